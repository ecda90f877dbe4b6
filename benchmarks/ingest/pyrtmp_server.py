"""`python -m benchmarks.ingest.pyrtmp_server <port>`: pyrtmp's own example server, without its debug log."""

import asyncio
import logging
import sys

from pyrtmp.rtmp import SimpleRTMPServer


async def serve(port: int) -> None:
    logging.disable(logging.INFO)
    server = SimpleRTMPServer()
    await server.create(host="127.0.0.1", port=port)
    await server.start()
    await server.wait_closed()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
