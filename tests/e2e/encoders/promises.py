"""What the product promises, in seconds, and what the fixtures look like."""

from typing import Protocol, TypeVar

from tests.support.encoders import Program
from tests.support.obs import Obs
from tests.support.obs_profile import Profile

LIVE_WITHIN = 2.0  # of the first media (SS-3.1)
STOPPED_WITHIN = 2.0  # of a clean stop, a reset, a stop order
SOON = 60.0  # no promise: where tests run beside others, and another test measures it
OFFLINE_WITHIN = 10.0  # of a connection's end, however it ends (SS-3.3)

# ffmpeg says this when it was accepted and has sent its headers: no frame can have come before.
FFMPEG_ON_AIR = "Output #0"

P = TypeVar("P", bound=Program)


class Start(Protocol):
    """Shows the program where the test fails, and ends it when the test is over."""

    def __call__(self, program: P) -> P: ...


class StartObs(Protocol):
    """`inside` is a command that runs OBS elsewhere, such as in a network namespace."""

    def __call__(self, ingest_url: str, key: str, *inside: str, profile: Profile | None = None) -> Obs: ...


class Record(Protocol):
    """Puts a measured value into the test's report."""

    def __call__(self, name: str, value: object) -> None: ...
