"""Task protection: ECS stops no task for a deployment or a scale-in while the task has publishers.

no publisher --first one--> protected --term renewed--> protected --no publisher for RELEASE_AFTER--> not protected

The term is short, so that a node that dies, or whose agent does not answer, is not protected for long. Source: the ECS
container agent's endpoint for task protection; the agent sets `ECS_AGENT_URI`.
"""

import asyncio
import json
import os
import urllib.request
from collections.abc import Callable

from aws_lambda_powertools import Logger

from ingest_container.base.clock import steady

AGENT_VARIABLE = "ECS_AGENT_URI"
TIMEOUT_S = 5.0
TERM_MINUTES = 15
RENEW_AFTER = 300.0  # seconds of the term
RELEASE_AFTER = 10.0  # seconds without publishers: one that reconnects costs no calls
RETRY_AFTER = 10.0
LOOK_EVERY = 0.5


class Term:
    """Decides what to ask for, and when. No clock, no network."""

    def __init__(self) -> None:
        self.is_held = False
        self._renew_at = 0.0
        self._retry_at = 0.0
        self._last_active = 0.0

    def wanted(self, now: float, active: int) -> bool | None:
        """Whether to ask for protection (True), or to give it up (False); None: neither."""
        if active:
            self._last_active = now
        if now < self._retry_at:
            return None
        if active:
            return True if not self.is_held or now >= self._renew_at else None
        return False if self.is_held and now >= self._last_active + RELEASE_AFTER else None

    def answered(self, now: float, asked: bool, done: bool) -> None:
        """What came of it."""
        if done:
            self.is_held, self._renew_at = asked, now + RENEW_AFTER
        else:
            self._retry_at = now + RETRY_AFTER


class TaskProtection:
    """`run` until it is cancelled. It protects while the node drains, too: its streams take time to move."""

    def __init__(self, agent: str, active: Callable[[], int], log: Logger) -> None:
        self._url = f"{agent}/task-protection/v1/state"
        self._active = active
        self._log = log
        self._term = Term()

    async def run(self) -> None:
        while True:
            wanted = self._term.wanted(steady(), self._active())
            if wanted is not None:
                done = await asyncio.to_thread(self._ask, wanted)
                if wanted is not self._term.is_held and done:
                    self._log.info("Task protection changed", event="task_protection_set", protected=wanted)
                self._term.answered(steady(), wanted, done)
            await asyncio.sleep(LOOK_EVERY)

    def _ask(self, protected: bool) -> bool:
        body = {"ProtectionEnabled": protected} | ({"ExpiresInMinutes": TERM_MINUTES} if protected else {})
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._url, json.dumps(body).encode(), headers, method="PUT")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                return bool(json.load(answer)["protection"]["ProtectionEnabled"] is protected)
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._log.warning(
                "Task protection could not be set: ECS may stop this task while it has publishers",
                event="task_protection_failed",
                protected=protected,
                error=type(error).__name__,
            )
            return False


def task_protection(active: Callable[[], int], log: Logger) -> TaskProtection | None:
    """None outside ECS."""
    agent = os.environ.get(AGENT_VARIABLE, "")
    return TaskProtection(agent, active, log) if agent.startswith("http://") else None
