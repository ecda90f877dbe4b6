"""Options of sockets to other machines."""

import socket

# Seconds idle before the first probe, between probes, and their number; and milliseconds that sent data may stay
# unacknowledged.
_OPTIONS = (("TCP_KEEPIDLE", 2), ("TCP_KEEPINTVL", 1), ("TCP_KEEPCNT", 3), ("TCP_USER_TIMEOUT", 5_000))


def notice_death(connected: socket.socket) -> None:
    """The socket notices within seconds that the other machine is gone, even while it only waits for an answer."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _OPTIONS:
        if (option := getattr(socket, name, None)) is not None:  # Linux has them all
            connected.setsockopt(socket.IPPROTO_TCP, option, value)
