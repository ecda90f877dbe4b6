"""The data plane: an asyncio ingest node around the sans-IO RTMP core in `ingest_container.rtmp`."""
