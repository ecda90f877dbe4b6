"""What the origin has of a channel beside its media: the thumbnail, `status.json`, and the reports of viewers."""

from aiohttp import web

from ingest_container.media import answers, status, viewer_reports
from ingest_container.media.carriers import Carriers
from ingest_container.media.viewer_reports import ViewerReports


class ChannelObjects:
    """Handlers of one origin."""

    def __init__(self, carriers: Carriers, reports: ViewerReports) -> None:
        self._carriers = carriers
        self._reports = reports

    def add_routes(self, router: web.UrlDispatcher, channel: str) -> None:
        """`channel`: the path of a channel."""
        router.add_get(f"{channel}/thumb.jpg", self._thumbnail)
        router.add_get(f"{channel}/status.json", self._status)
        router.add_post(f"{channel}/viewers", self._report)

    async def _thumbnail(self, request: web.Request) -> web.StreamResponse:
        packager, carrier = await self._carriers.running(request)
        if self._carriers.is_elsewhere(request, packager, carrier):
            return await self._carriers.forward(request, carrier)
        if packager is None:
            raise web.HTTPNotFound()
        packager.asked()
        if packager.latest_thumbnail is None:
            raise web.HTTPNotFound()
        return answers.thumbnail(request, packager.latest_thumbnail)

    async def _status(self, request: web.Request) -> web.StreamResponse:
        viewing = await self._carriers.viewing(request)
        packager, carrier = self._carriers.present_packager(request), viewing.carrier
        if carrier is not None and self._carriers.is_elsewhere(request, packager, carrier):
            if carrier.origin:
                return await self._carriers.forward(request, carrier)
            if not carrier.is_gone:  # a media server, or a node without an origin: how its stream is, is not known here
                raise web.HTTPNotFound()
            # Of a node that is gone the rows say enough: the stream waits for its encoder.
        return answers.status(status.document(viewing, packager))

    async def _report(self, request: web.Request) -> web.StreamResponse:
        packager, carrier = await self._carriers.running(request)
        if self._carriers.is_elsewhere(request, packager, carrier):
            return await self._carriers.relay(request, carrier, await viewer_reports.read(request))
        if packager is None or packager.is_test:  # nobody is counted
            raise web.HTTPNotFound()
        return await self._reports.answer(request, packager)
