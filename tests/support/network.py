"""A network of our own that can break: an encoder behind a router that may stop to forward.

    encoder namespace ---- router namespace ---- this machine
        .6            .5                    .2    .1 = where an ingest node listens

While it is cut the router drops what comes, silently and in both directions at once, as a dead link does: nobody is
told, no connection is refused, and both ends still think that they are connected. (A rule that rejects, a link that is
down or a rule on the sender's own host would be noticed by its TCP.)

Needs root. Names and addresses hold the process id, so that two runs do not meet.
"""

import os
import subprocess
import time
from types import TracebackType

# 198.18.0.0/15 is for tests of networks (RFC 2544): nobody routes it.
_SUBNET = f"198.18.{os.getpid() % 256}"
# The encoder's TCP tries again after this and a round trip (delayed acknowledgements make it up to 40 ms), then after
# twice, four times ... as much: 6.5 to 7.8 s after a cut of 6 s. Linux' own 200 ms would begin at 6.2 s, so close
# behind the mend that a busy machine might miss it; the next try comes at 13 s.
_RETRANSMIT_AFTER = "210ms"


class BreakableNetwork:
    """`with BreakableNetwork() as network:`; everything is gone afterwards."""

    server_address = f"{_SUBNET}.1"

    def __init__(self) -> None:
        self._encoder = f"sync-enc-{os.getpid()}"
        self._router = f"sync-router-{os.getpid()}"
        self._link = f"sync{os.getpid()}"  # 15 characters at most

    @property
    def inside(self) -> list[str]:
        """What runs a command on the encoder's side."""
        return ["ip", "netns", "exec", self._encoder]

    def cut(self) -> float:
        """From now on nothing passes; the wall clock just before."""
        now = time.time()
        self._forward(False)
        return now

    def mend(self) -> None:
        self._forward(True)

    def cut_for(self, seconds: float) -> float:
        """Cut, wait, mend; the wall clock just before the cut."""
        cut = self.cut()
        time.sleep(max(0.0, cut + seconds - time.time()))
        self.mend()
        return cut

    def _forward(self, on: bool) -> None:
        write = f"echo {int(on)} > /proc/sys/net/ipv4/ip_forward"
        _run("ip", "netns", "exec", self._router, "sh", "-c", write)

    def __enter__(self) -> "BreakableNetwork":
        try:
            self._build()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def _build(self) -> None:
        encoder, router, link = self._encoder, self._router, self._link
        for namespace in (encoder, router):
            _run("ip", "netns", "add", namespace)
            _run("ip", "-n", namespace, "link", "set", "lo", "up")
        _run("ip", "link", "add", link, "type", "veth", "peer", "name", "north", "netns", router)
        _run("ip", "-n", router, "link", "add", "south", "type", "veth", "peer", "name", "net", "netns", encoder)
        _run("ip", "address", "add", f"{_SUBNET}.1/30", "dev", link)
        _run("ip", "-n", router, "address", "add", f"{_SUBNET}.2/30", "dev", "north")
        _run("ip", "-n", router, "address", "add", f"{_SUBNET}.5/30", "dev", "south")
        _run("ip", "-n", encoder, "address", "add", f"{_SUBNET}.6/30", "dev", "net")
        _run("ip", "link", "set", link, "up")
        _run("ip", "-n", router, "link", "set", "north", "up")
        _run("ip", "-n", router, "link", "set", "south", "up")
        _run("ip", "-n", encoder, "link", "set", "net", "up")
        _run("ip", "route", "add", f"{_SUBNET}.4/30", "via", f"{_SUBNET}.2")
        _run("ip", "-n", encoder, "route", "add", "default", "via", f"{_SUBNET}.5", "rto_min", _RETRANSMIT_AFTER)
        self.mend()

    def _remove(self) -> None:
        # Namespaces last until their last process ends; the link, and with it all routes, goes at once.
        subprocess.run(["ip", "link", "delete", self._link], capture_output=True, check=False)
        for namespace in (self._encoder, self._router):
            subprocess.run(["ip", "netns", "delete", namespace], capture_output=True, check=False)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr.strip()}"
