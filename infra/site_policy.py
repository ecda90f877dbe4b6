"""The pages' Content-Security-Policy, as a header of CloudFront (`infra.edge_headers`) and of a laptop's gateway.

Whatever runs, renders or plays comes from the pages' own origin, and nothing is inline but the style sheets of the
player's controls: media-chrome puts a <style> element into each of its components. They are named by their hashes, so
another version of it needs new ones: Chromium's message about the first one that is missing tells its hash, and the
browser tests fail on any such message.
"""

from collections.abc import Sequence

# media-chrome 4.19.4
CONTROLS: tuple[str, ...] = (
    "sha256-+XYYAhYtiUsaw0+wUtfcBE3yMARPO4zdUhZGkDgDohM=",
    "sha256-1Jc+kPhfOh4UvXYTCgDHEAV3Caafvsf5jeNdPbSiQ8o=",
    "sha256-3mr12lsHkByBAuT5HIjiVaMHjH42rxTHchQEttT3yhE=",
    "sha256-5LsYGeD4Fwu+AtlpdRPSk6g18GLvHddLqx5a2hMGkpw=",
    "sha256-C7t4uFhGErrgCiy7sp4fN8QAsq2Xafh4lWfnefi0l/E=",
    "sha256-CZ8hU2wFQkJQTP3Dj2nl5E530al0uN4149GNCvQZTDE=",
    "sha256-LLrbL3VRTSpcR7f/VRuhdwB3hQdbFqJkzjoEZmHBXIw=",
    "sha256-MV44r6ksBw+mCcZujzocHAOffIPu/joVS2FNHESx3Ho=",
    "sha256-VJnVbqNRyX0jCFZEJ4ltrffJx26lCuyVbNYdioxBwzQ=",
    "sha256-W9200sCekROkcax0iJ77FC7fL1XmtkKZFU4jWBgOGi0=",
    "sha256-ad5pLE4ykOnAn8/VmRayKdKPhP3pvqoX4MGy3EktnBg=",
    "sha256-icRYLLVSVG1RE2ze2JPpc2di/XuMtAkqJdem5GFjU5M=",
    "sha256-l0oXN8ELODFEFGnJztGBqT5qrnYVXGDHmO9UVWjtMXA=",
    "sha256-m+frfzRQalnJwRN07WZLWSWd4eM4WsynbWp5qQi8Or0=",
    "sha256-sAS/YwJd8QhcsuwF6ji1l+uwVdgQ8O/zcjWaGi0VXSw=",
)
# What the pages have no use for.
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


def site_policy(connect: Sequence[str], media: Sequence[str] = (), *, frames: str) -> str:
    """`connect`: where the API, its WebSocket and the sign-in are; `media`: where streams and their pictures are, too.

    `frames`: who may show the page in a frame, "'none'" or "*".
    """
    sources = {
        "default-src": ("'none'",),
        "script-src": ("'self'",),
        "style-src": ("'self'", *(f"'{value}'" for value in CONTROLS)),
        "font-src": ("'self'",),
        "img-src": ("'self'", "data:", *media),
        "connect-src": ("'self'", *connect, *media),
        "media-src": ("'self'", "blob:", *media),
        "base-uri": ("'none'",),
        "form-action": ("'none'",),
        "frame-ancestors": (frames,),
    }
    return "; ".join(" ".join((name, *allowed)) for name, allowed in sources.items())


__all__ = ["CONTROLS", "PERMISSIONS", "site_policy"]
