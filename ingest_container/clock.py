"""The wall clock. Rows and events carry it; durations are measured with the event loop's monotonic time."""

import time


def now_ms() -> int:
    return time.time_ns() // 1_000_000
