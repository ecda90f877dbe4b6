"""What does not exist: the branch of the error tree with status 404."""

from chalicelib.domain.errors import StreamSyncError


class NotFound(StreamSyncError):
    code = "not_found"
    http_status = 404
    title = "There is nothing at this URL"
    action = "Check the URL."


class RouteNotFound(NotFound):
    code = "route_not_found"
    title = "This API has no such route"
    action = "Check the method and the path against /openapi.json."


class ChannelNotFound(NotFound):
    code = "channel_not_found"
    title = "There is no such channel"
    action = "Check the channel's id. A private channel is visible to its owner only."


class StreamNotFound(NotFound):
    code = "stream_not_found"
    title = "There is no such stream"
    action = "Check the id against the list of streams."


class RecordingNotFound(NotFound):
    code = "recording_not_found"
    title = "There is no recording of this stream"
    action = "Check the list of streams: the recording may have expired or been deleted."


class BroadcastNotFound(NotFound):
    code = "broadcast_not_found"
    title = "There is no such planned broadcast"
    action = "Check the id against the schedule: the broadcast may have been removed, or be over."


class KeyNotFound(NotFound):
    code = "key_not_found"
    title = "There is no such stream key"
    action = "Check the key's id against the list of keys."


class BroadcasterNotFound(NotFound):
    code = "broadcaster_not_found"
    title = "There is no such broadcaster"
    action = "Check the id against the list of broadcasters."


class NodeNotFound(NotFound):
    code = "node_not_found"
    title = "There is no such ingest node"
    action = "Check the id against the list of nodes."


class WebhookNotFound(NotFound):
    code = "webhook_not_found"
    title = "There is no such webhook"
    action = "Check the id against the list of webhooks."


class DeliveryNotFound(NotFound):
    code = "delivery_not_found"
    title = "There is no such delivery"
    action = "Check the id against the webhook's list of deliveries; they are kept for 30 days."
