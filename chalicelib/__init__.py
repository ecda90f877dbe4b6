"""The control plane of stream-sync, and what it shares with the ingest node."""
