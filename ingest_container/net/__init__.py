"""Sockets: listeners, TLS, PROXY protocol, who may connect, how connections are read."""
