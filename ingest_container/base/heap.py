"""Memory that was freed goes back to the system.

glibc returns the end of its heap only, and raises its own thresholds as large blocks are freed: what thousands of
connections held for seconds would stay with the process for as long as one small block behind it is in use.
"""

import ctypes


def give_back() -> bool:
    """Whole free pages, wherever they are. Whether there were any; False too where the C library cannot (musl, macOS).

    Takes a fifth of a millisecond for each MB that is given back. The GIL is not held.
    """
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return False
    return bool(trim(0))
