"""Bodies of requests about ingest nodes."""

from pydantic import Field

from chalicelib.contract.requests.base import RequestModel, WholeNumber, example

# Below, a load balancer would not know in time; above, it is no drain.
SHORTEST_DRAIN_S, LONGEST_DRAIN_S = 30, 86_400


class Drain(RequestModel):
    """Without `within_seconds` running streams stay until they end. With it they are moved to other nodes one by one,
    spread over that time: each encoder reconnects within its stream's grace period, and the stream continues."""

    model_config = example(within_seconds=3600)

    within_seconds: WholeNumber | None = Field(default=None, ge=SHORTEST_DRAIN_S, le=LONGEST_DRAIN_S)
