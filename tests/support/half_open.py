"""`python -m tests.support.half_open <port> <count>`: so many connections that begin a handshake and never go on.

Prints a line when all are open, then holds them until its input ends. A process of its own, so that it takes neither
the test's time nor its file descriptors.
"""

import resource
import socket
import sys

HALF_A_HELLO = b"\x03" + bytes(700)


def main(port: int, count: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    held = []
    for index in range(count):
        # Addresses of the loopback network in turn: one alone has 28,000 ports, some of them in use.
        source = f"127.0.0.{index % 4 + 2}"
        connection = socket.create_connection(("127.0.0.1", port), source_address=(source, 0))
        connection.sendall(HALF_A_HELLO)
        held.append(connection)
    print("open", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
