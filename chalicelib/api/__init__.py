"""The HTTP and WebSocket surface: Chalice blueprints, one an audience. Thin: parse, call a service, answer."""
