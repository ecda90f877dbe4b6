"""The laptop cloud: everything stream-sync needs, on 127.0.0.1, started by one command."""
