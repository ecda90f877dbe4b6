"""`python -m benchmarks.api.gateway`: the local gateway, with what each call cost in a header of its answer.

Without the schedules: in the cloud each is a function of its own, here the minute's look at all streams would stand in
the way of whatever is measured just then.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from benchmarks.api import meter
from local.gateway import __main__ as gateway
from local.gateway.functions import Functions
from local.gateway.reactions import Reactions

HEADER = "X-Bench-Cost"


def main() -> None:
    meter.install()
    run = Functions.run

    async def metered_run(functions: Functions, call: Callable[[], Any]) -> Any:
        def metered_call() -> Any:
            with meter.measured() as cost:
                answer = call()
            if isinstance(answer, dict) and "statusCode" in answer:
                answer["headers"] = {**(answer.get("headers") or {}), HEADER: json.dumps(asdict(cost))}
            return answer

        return await run(functions, metered_call)

    Functions.run = metered_run  # type: ignore[assignment, method-assign]
    Reactions.start_schedules = lambda _: None  # type: ignore[assignment, method-assign]
    gateway.main()


if __name__ == "__main__":
    main()
