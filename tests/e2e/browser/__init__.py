"""The dashboard in a real Chromium, on the local cloud, with real publishers."""
