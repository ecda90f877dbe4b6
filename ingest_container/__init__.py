"""The data plane: an asyncio RTMP ingest node. `python -m ingest_container` runs one.

node    the process: wiring, admission, waiting room, membership of the fleet, periodic work
live    one publisher's connection, one broadcast and the steps that write it, telemetry, audit records
media   packaging: samples, fMP4 parts, playlists, the origin's HTTP server
net     sockets: listeners, PROXY protocol, TLS, an RTMP session on a connection, limits of CPU and connections
rtmp    the protocol, sans-IO
base    settings, clock, threads, retry

`compiled` finds the ahead-of-time build of the hot path in `rtmp` and `media`; `build` makes it.

Each imports only those below it.
"""
