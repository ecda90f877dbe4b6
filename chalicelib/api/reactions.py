"""What happens by itself: bus events fan out to dashboards, dead nodes and lost hooks are cleaned up after.

The bus rule and its permission belong to the infra stack: Chalice's own `on_cw_event` knows only the default bus.
"""

import time
from dataclasses import asdict
from typing import Any

from chalice.app import Blueprint, CloudWatchEvent, Rate
from pydantic import ValidationError

from chalicelib import counters
from chalicelib.api.http import now_ms
from chalicelib.config import settings
from chalicelib.domain.events import (
    EVENT_TYPES,
    ChannelChanged,
    ChannelHidden,
    DashboardConnected,
    HolderQuestioned,
    PublisherOrdered,
    PublisherWaiting,
    StreamMetrics,
    StreamStateChange,
)
from chalicelib.domain.metrics import STREAMS_SWEPT, SWEEPS
from chalicelib.observability import logger
from chalicelib.services import fanout, schedule
from chalicelib.services.media_servers import claims, readers, reconciler, refusals
from chalicelib.services.recordings import upkeep
from chalicelib.services.streams import backstop, fleet, lifecycle

blueprint = Blueprint(__name__)

ECS_TASK_CHANGE = "ECS Task State Change"


@blueprint.lambda_function(name="on_stream_event")
def on_stream_event(event: dict[str, Any], _context: Any) -> dict[str, str]:
    """One event of the bus (EventBridge's envelope). What is not ours or not valid is logged and dropped."""
    detail_type = str(event.get("detail-type", ""))
    if detail_type == ECS_TASK_CHANGE:
        _task_changed(event.get("detail") or {})
        return {"handled": detail_type}
    model = EVENT_TYPES.get(detail_type)
    if model is None:
        logger("control").warning("An unknown event was dropped", event="event_unknown", detail_type=detail_type[:100])
        return {"dropped": detail_type}
    try:
        detail = model.model_validate(event.get("detail"))
    except ValidationError as error:
        logger("control").warning(
            "An invalid event was dropped", event="event_invalid", detail_type=detail_type, problems=error.error_count()
        )
        return {"dropped": detail_type}
    if isinstance(detail, StreamStateChange):
        fanout.state_changed(detail)
    elif isinstance(detail, PublisherWaiting):
        fanout.publisher_waits(detail)
    elif isinstance(detail, StreamMetrics):
        fanout.measured(detail)
    elif isinstance(detail, DashboardConnected):
        fanout.greet(detail, now_ms)
    elif isinstance(detail, ChannelChanged):
        fanout.channel_changed(detail)
    elif isinstance(detail, PublisherOrdered):
        reconciler.follow_orders(detail.node_id, now_ms())
    elif isinstance(detail, HolderQuestioned):
        claims.look_for(detail.node_id, now_ms())
    elif isinstance(detail, ChannelHidden):
        readers.kick(detail.channel_id)
        fanout.hidden(detail.channel_id)
    return {"handled": detail_type}


@blueprint.schedule(Rate(1, unit=Rate.MINUTES), name="sweep_dead_nodes")
def sweep_dead_nodes(_event: CloudWatchEvent) -> None:
    """The backstop for streams whose node died with nobody left to see it."""
    ended = backstop.sweep(settings().ingest_urls, now_ms, time.sleep)
    lifecycle.announce(ended)
    logger("control").info("Ended the streams of dead nodes", event="dead_nodes_swept", ended=len(ended))
    counters.count(STREAMS_SWEPT, len(ended))
    counters.count(SWEEPS, label="dead_nodes")


@blueprint.schedule(Rate(1, unit=Rate.MINUTES), name="sweep_recordings")
def sweep_recordings(_event: CloudWatchEvent) -> None:
    """Sends the reminders of planned broadcasts. Then finishes recordings whose node did not, and deletes those that
    have expired or were deleted."""
    if reminders := schedule.send_reminders(now_ms):
        logger("control").info("Reminded of planned broadcasts", event="reminders_sent", count=reminders)
    swept = upkeep.sweep(now_ms)
    logger("control").info("Swept recordings", event="recordings_swept", **asdict(swept))
    counters.count(SWEEPS, label="recordings")


@blueprint.schedule(Rate(1, unit=Rate.MINUTES), name="reconcile_media_servers")
def reconcile_media_servers(_event: CloudWatchEvent) -> None:
    """Compares our state with each MediaMTX's own list: corrects what lost hooks left wrong, and renews sessions.

    Then reports the refusals of publishers that were only counted.
    """
    reconciler.reconcile_all(now_ms)
    refusals.summarise(now_ms())
    counters.count(SWEEPS, label="media_servers")


def _task_changed(detail: dict[str, Any]) -> None:
    """ECS says that a task stopped: its node's session is over now, not when it would have expired."""
    node_id = str(detail.get("taskArn", "")).rpartition("/")[2]
    if detail.get("lastStatus") != "STOPPED" or not node_id:
        return
    if fleet.node_stopped(node_id, now_ms()):
        logger("control").info("The platform stopped a node", event="node_stopped", node_id=node_id)
