"""The data plane: an asyncio RTMP ingest node. `python -m ingest_container` runs one.

server -> connection -> rtmp.Session          bytes and their protocol
              |
          broadcast -> services.streams.lifecycle     one live stream and its lease
              |
          telemetry -> bus, pulses, timeline  what others get to know
node: the node's session, its orders, the tick, the end
"""
