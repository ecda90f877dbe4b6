"""Routes about streams as they were: measures, details and files, for owners and administrators."""

from chalice.app import Blueprint, Response

from chalicelib import contract
from chalicelib.api.http import now_ms
from chalicelib.api.routing import ADMIN, BROADCASTER, Route
from chalicelib.contract.requests.base import ms_of
from chalicelib.contract.requests.samples import ExportQuery, SampleQuery
from chalicelib.domain.channels import Channel
from chalicelib.domain.not_found import StreamNotFound
from chalicelib.domain.streams import Stream
from chalicelib.services.reading import discovery, history, samples

blueprint = Blueprint(__name__)


# The parameter has the name that `viewer` gives it: API Gateway allows only one name at one place of a path.
@Route(
    "GET",
    "/api/streams/{key_or_id}/samples",
    BROADCASTER,
    query=SampleQuery,
    answer=contract.StreamSamples,
    problems=(StreamNotFound,),
).on(blueprint)
def get_samples(channel: Channel, key_or_id: str, query: SampleQuery) -> contract.StreamSamples:
    """What was measured over one of the caller's streams, by its id: while it is running, up to a few seconds ago. Kept
    for 90 days."""
    return _samples(discovery.stream_of(channel, key_or_id), query)


@Route(
    "GET",
    "/api/streams/{key_or_id}/details",
    BROADCASTER,
    answer=contract.OwnStreamDetails,
    problems=(StreamNotFound,),
).on(blueprint)
def get_own_stream(channel: Channel, key_or_id: str) -> contract.OwnStreamDetails:
    """Everything about one of the caller's streams, by its id, with the streams before and after it and the publishers
    that were refused around it."""
    return history.details(channel, key_or_id, now_ms())


@Route(
    "GET",
    "/api/streams/{key_or_id}/export",
    BROADCASTER,
    query=ExportQuery,
    answer=contract.StreamExport,
    text="text/csv",
    problems=(StreamNotFound,),
    no_store=True,
).on(blueprint)
def export_stream(channel: Channel, key_or_id: str, query: ExportQuery) -> Response:
    """A file with everything stored about one of the caller's streams, by its id: as JSON all of it, as CSV its
    samples."""
    if query.format == "csv":
        text, kind = history.export_csv(channel, key_or_id, now_ms()), "text/csv; charset=utf-8"
    else:
        text, kind = history.export(channel, key_or_id, now_ms()).model_dump_json(), "application/json"
    disposition = f'attachment; filename="{history.file_name(key_or_id, query.format)}"'
    return Response(text, {"Content-Type": kind, "Content-Disposition": disposition})


@Route(
    "GET",
    "/api/admin/streams/{stream_id}/samples",
    ADMIN,
    query=SampleQuery,
    answer=contract.StreamSamples,
    problems=(StreamNotFound,),
).on(blueprint)
def get_stream_samples(stream_id: str, query: SampleQuery) -> contract.StreamSamples:
    """What was measured over a stream: while it is running, up to a few seconds ago. Kept for 90 days."""
    return _samples(discovery.stream_with_id(stream_id), query)


def _samples(stream: Stream, query: SampleQuery) -> contract.StreamSamples:
    since = ms_of(query.since) if query.since is not None else None
    return samples.page(stream, query.resolution, since, query.cursor)
