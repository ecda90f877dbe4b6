"""The Lambda functions of the control plane, by Chalice's names, and what each may do.

`.chalice/config.json` names a policy file for each; `infra.render_chalice_config` writes them from here. Two rights are
not here, because they name what is made after the functions: to push over the WebSocket API, and to take from queues
(`infra.api_edge`).
"""

from dataclasses import dataclass
from typing import Literal, get_args

from infra.policies import (
    Place,
    Policy,
    Statement,
    event_statement,
    log_statement,
    parameter_statement,
    policy_of,
    recording_statements,
    row_statements,
    scan_statement,
    sealing_statement,
    secret_statement,
)
from infra.stages import Stage
from infra.tables import TABLES

Secret = Literal["admin", "user-service", "hooks", "mediamtx-api", "playback"]
API_HANDLER = "api_handler"
SECRETS: tuple[Secret, ...] = get_args(Secret)


@dataclass(frozen=True)
class Function:
    """`reads`, `writes`: tables; what is written may be read as well. `pushes`: writes to, or closes, WebSockets.

    `contexts`: keys of the encryption contexts of secrets that it may encrypt or decrypt.
    """

    name: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    scans: str | None = None
    secrets: tuple[Secret, ...] = ()
    kms: tuple[Literal["kms:Decrypt", "kms:Encrypt"], ...] = ()
    contexts: tuple[str, ...] = ()
    recordings: bool = False
    publishes: bool = False
    pushes: bool = False

    @property
    def logical_id(self) -> str:
        """`on_stream_event` -> `OnStreamEvent`: in parameters and in templates."""
        return "".join(part.capitalize() for part in self.name.split("_"))

    def deployed_as(self, stage: Stage) -> str:
        """Its name on AWS, as Chalice makes it."""
        return stage.prefix if self.name == API_HANDLER else f"{stage.prefix}-{self.name}"

    def policy(self, stage: Stage, place: Place, kms_key_arn: str, media_bucket: str) -> Policy:
        statements: list[Statement] = row_statements(stage, place, self.reads, self.writes)
        if self.scans is not None:
            statements.append(scan_statement(stage, place, self.scans))
        if self.publishes:
            statements.append(event_statement(stage, place))
        if self.secrets:
            statements.append(secret_statement(stage, place, self.secrets))
        if self.kms:
            statements.append(sealing_statement(self.kms, kms_key_arn, self.contexts))
        if self.recordings:
            bucket = f"arn:{place.partition}:s3:::{media_bucket}"
            statements += recording_statements(bucket, may_delete=True)
        if self.pushes:
            statements.append(parameter_statement(place, stage.websocket_parameter))
        return policy_of(*statements, log_statement(place, self.deployed_as(stage)))


# What the encryption context of a secret names: whose it is (`services.sealing`).
STREAM_KEY, WEBHOOK = ("channel_id", "key_id"), ("webhook_id",)
# What a stream, its channel and its node are made of.
_STREAMS = ("channels", "keys", "streams", "timeline", "nodes", "pulses")

FUNCTIONS = (
    Function(
        API_HANDLER,
        writes=tuple(table.name for table in TABLES),
        secrets=SECRETS,
        kms=("kms:Decrypt", "kms:Encrypt"),
        contexts=(*STREAM_KEY, *WEBHOOK, "purpose"),
        recordings=True,
        publishes=True,
        pushes=True,
    ),
    # It parses tokens that anybody may have made up, and has no access to any data.
    Function("broadcaster_auth", secrets=("user-service",)),
    Function(
        "websocket_connect",
        reads=("streams", "nodes", "pulses"),
        writes=(
            "channels",
            "keys",
            "timeline",
            "connections",
            "limits",
        ),  # a broadcaster's first visit makes the channel
        secrets=("user-service",),
        kms=("kms:Encrypt",),
        contexts=STREAM_KEY,
        publishes=True,
    ),
    Function("websocket_message", reads=_STREAMS, writes=("connections", "limits", "watches"), pushes=True),
    Function("websocket_disconnect", writes=("connections", "limits")),
    Function(
        "on_stream_event",
        writes=(*_STREAMS, "connections", "limits", "watches"),
        secrets=("mediamtx-api",),  # it disconnects publishers that were ordered to stop
        publishes=True,
        pushes=True,
    ),
    Function("sweep_dead_nodes", writes=_STREAMS, publishes=True),
    # Beside recordings, the reminders of planned broadcasts.
    Function(
        "sweep_recordings",
        reads=("channels",),
        writes=("streams", "timeline", "schedule"),
        recordings=True,
        publishes=True,
    ),
    Function(
        "reconcile_media_servers",
        writes=(*_STREAMS, "samples", "limits"),
        scans="nodes",  # once a minute, all publishers of a media server
        secrets=("mediamtx-api",),
        publishes=True,
    ),
    Function(
        "on_webhook_event", writes=("webhooks", "deliveries"), kms=("kms:Decrypt",), contexts=WEBHOOK, publishes=True
    ),
    Function(
        "sweep_webhooks", writes=("webhooks", "deliveries"), kms=("kms:Decrypt",), contexts=WEBHOOK, publishes=True
    ),
)

# The name of both APIs' stage: `api_gateway_stage` in `.chalice/config.json`.
API_STAGE = "api"

STREAM_EVENT, WEBHOOK_EVENT = "on_stream_event", "on_webhook_event"
# Called every minute: a run that failed is followed by the next, so it is not repeated.
SCHEDULED = ("sweep_dead_nodes", "sweep_recordings", "sweep_webhooks", "reconcile_media_servers")
PUSHERS = tuple(function for function in FUNCTIONS if function.pushes)

WEBSOCKET_API_ID = "WebsocketApiId"


def arn_parameter(function: Function) -> str:
    return f"{function.logical_id}Arn"


def role_parameter(function: Function) -> str:
    return f"{function.logical_id}Role"


__all__ = [
    "API_HANDLER",
    "API_STAGE",
    "FUNCTIONS",
    "PUSHERS",
    "SCHEDULED",
    "SECRETS",
    "STREAM_EVENT",
    "WEBHOOK_EVENT",
    "WEBSOCKET_API_ID",
    "Function",
    "arn_parameter",
    "role_parameter",
]
