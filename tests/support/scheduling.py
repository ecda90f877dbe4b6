"""Which parallel worker takes which tests: a file at a time, or a folder whose session fixtures are dear."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from xdist.scheduler import LoadScopeScheduling


@dataclass(frozen=True)
class Plan:
    """Paths below `tests/`."""

    together: Sequence[str]  # folders that one worker takes as a whole
    first: Sequence[str]  # files and folders that take long, the longest first

    def scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in map(_below_tests, self.together) if file.startswith(f"{folder}/")), file)

    def rank(self, nodeid: str) -> int:
        """What has a lower one begins earlier, so that no worker is left alone with a long file in the end."""
        ranks = (rank for rank, path in enumerate(map(_below_tests, self.first)) if nodeid.startswith(path))
        return next(ranks, len(self.first))


class ByPlan(LoadScopeScheduling):  # type: ignore[misc]
    """xdist's own groups do not reach pytest 9's node ids, and it begins with the files that hold most tests."""

    plan: Plan

    def _split_scope(self, nodeid: str) -> str:
        return self.plan.scope(nodeid)


def scheduler(config: pytest.Config, log: object, plan: Plan) -> ByPlan:
    config.option.loadscopereorder = False  # the items are in the plan's order
    made = ByPlan(config, log)
    made.plan = plan
    return made


def _below_tests(path: str) -> str:
    return f"tests/{path}"
