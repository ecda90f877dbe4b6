"""Sockets: listeners, TLS, PROXY protocol, limits of connections, an RTMP session on a connection."""
