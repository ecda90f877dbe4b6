"""Which parallel worker takes which tests: a file at a time, or a folder whose session fixtures are dear."""

from collections.abc import Sequence

import pytest
from xdist.scheduler import LoadScopeScheduling


class ByFolder(LoadScopeScheduling):  # type: ignore[misc]
    """The scope is the file, or one of `together`. xdist's own groups do not reach pytest 9's node ids."""

    together: Sequence[str] = ()

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in self.together if file.startswith(f"tests/{folder}/")), file)


def scheduler(config: pytest.Config, log: object, together: Sequence[str]) -> ByFolder:
    made = ByFolder(config, log)
    made.together = together
    return made
