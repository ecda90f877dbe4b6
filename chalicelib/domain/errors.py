"""Every error a user of stream-sync can meet, as one small tree.

    StreamSyncError
    |-- InvalidInput                 400  what was sent cannot be understood
    |   |-- PayloadTooLarge          413
    |   |-- IdempotencyKeyReused     422
    |   |-- UnsupportedMediaType     415
    |   `-- WebhookUrlRefused        400
    |-- Unauthenticated              401  who is calling is not known
    |   `-- TokenMissing, TokenInvalid, TokenExpired, AdminSecretInvalid, HookSecretInvalid
    |-- AdminRoleMissing, ActionNotAllowed  403
    |-- NotFound                     404
    |   `-- RouteNotFound, ChannelNotFound, StreamNotFound, KeyNotFound, BroadcasterNotFound, NodeNotFound,
    |       WebhookNotFound, DeliveryNotFound
    |-- MethodNotAllowed             405
    |-- Conflict                     409
    |   `-- NotLive, TooManyKeys, KeyChanged, KeyIsCurrent, BroadcasterExists, StillInProgress,
    |       TooManyWebhooks, BroadcastEnded
    |-- TooManyRequests              429
    |-- PublishRefused               a publisher may not go live: `domain.refusals`
    |-- IdentityUnavailable, MediaServerUnavailable  503  the token issuer, or a media server, does not answer
    |-- LeaseLost, SessionTaken      409  a write came too late: another holder, or another run of the node, has it now
    `-- InternalError                500

A leaf binds a stable `code`, its HTTP status and what the person at the other end should do; a publisher's refusal its
RTMP status code as well. Each edge maps the tree once: `api.problems` to RFC 9457 problem details, the ingest node to
`onStatus`.
"""

from collections.abc import Sequence
from typing import ClassVar


class StreamSyncError(Exception):
    """Root of the tree. `detail` is a sentence for a person and never holds a secret."""

    code: ClassVar[str] = "internal_error"
    http_status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side"
    action: ClassVar[str] = "Try again in a moment."
    retry_after_s: int | None = None  # when it makes sense to try again, where that is known

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title


class InternalError(StreamSyncError):
    """A defect of ours; the log has the cause, the answer does not."""


class InvalidInput(StreamSyncError):
    """The request was understood as a request, but not its content.

    `problems` holds one `{"field": "title", "problem": "must be a string"}` for each thing to mend.
    """

    code = "invalid_input"
    http_status = 400
    title = "The request is not valid"
    action = "Correct the fields named in `errors` and send the request again."

    def __init__(self, detail: str | None = None, problems: Sequence[dict[str, str]] = ()) -> None:
        super().__init__(detail)
        self.problems = list(problems)


class PayloadTooLarge(InvalidInput):
    code = "payload_too_large"
    http_status = 413
    title = "The request body is too large"
    action = "Send a smaller body."


class UnsupportedMediaType(InvalidInput):
    code = "unsupported_media_type"
    http_status = 415
    title = "The request body is not JSON"
    action = "Send JSON with the header `Content-Type: application/json`."


class WebhookUrlRefused(InvalidInput):
    """Told to an administrator, who may know why: the reason names the rule, never what our network looks like."""

    code = "webhook_url_refused"
    title = "Webhooks may not be sent to this URL"
    action = "Use an https:// URL of a server on the public internet."


class Unauthenticated(StreamSyncError):
    code = "unauthenticated"
    http_status = 401
    title = "You are not signed in"
    action = "Sign in and send the token as `Authorization: Bearer <token>`."


class TokenMissing(Unauthenticated):
    code = "token_missing"
    title = "No access token was sent"


class TokenInvalid(Unauthenticated):
    code = "token_invalid"
    title = "The access token is not valid"
    action = "Sign in again to get a new token."


class TokenExpired(Unauthenticated):
    code = "token_expired"
    title = "The access token has expired"
    action = "Sign in again, or use the refresh token."


class AdminSecretInvalid(Unauthenticated):
    code = "admin_secret_invalid"
    title = "The shared secret is missing or wrong"
    action = "Send the shared secret in the header `X-Api-Key`, or sign in as an administrator."


class HookSecretInvalid(Unauthenticated):
    code = "hook_secret_invalid"
    title = "The media server did not show the hook secret"
    action = "Configure the media server as docs/integrations/ describes for it."


class AdminRoleMissing(StreamSyncError):
    code = "admin_role_missing"
    http_status = 403
    title = "You are signed in, but not as an administrator"
    action = "Sign in with an account that has the administrator's role, or ask an administrator to give you that role."


class ActionNotAllowed(StreamSyncError):
    code = "action_not_allowed"
    http_status = 403
    title = "The media server's own interfaces are not open to this caller"
    action = (
        "Use the credential that STREAM_SYNC_MEDIAMTX_API_SECRET holds, or leave these actions to the server itself."
    )


class NotFound(StreamSyncError):
    code = "not_found"
    http_status = 404
    title = "There is nothing here"
    action = "Check the address."


class RouteNotFound(NotFound):
    code = "route_not_found"
    title = "This API has no such route"
    action = "Check method and path against /openapi.json."


class ChannelNotFound(NotFound):
    code = "channel_not_found"
    title = "There is no such channel"
    action = "Check the channel's id; a private channel is found by its owner only."


class StreamNotFound(NotFound):
    code = "stream_not_found"
    title = "There is no such stream"
    action = "Check the id: a stream id is given when a stream starts, and in the list of streams."


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


class MethodNotAllowed(StreamSyncError):
    code = "method_not_allowed"
    http_status = 405
    title = "This route does not take that method"
    action = "Use one of the methods in the `Allow` header."


class Conflict(StreamSyncError):
    code = "conflict"
    http_status = 409
    title = "The request does not fit the present state"


class NotLive(Conflict):
    code = "not_live"
    title = "The channel is not live"
    action = "There is nothing to end."


class BroadcastEnded(Conflict):
    code = "broadcast_ended"
    title = "The stream was ended"
    action = "Let the publisher go; it may connect again if its stream key is still good."


class TooManyKeys(Conflict):
    code = "too_many_keys"
    title = "The channel has as many stream keys as it may have"
    action = "Revoke a key that you no longer use, then try again."


class TooManyWebhooks(Conflict):
    code = "too_many_webhooks"
    title = "There are as many webhooks as there may be"
    action = "Delete a webhook that you no longer use, then try again."


class KeyChanged(Conflict):
    code = "key_changed"
    title = "The stream key was changed by another request at the same time"
    action = "Load the credentials again."


class KeyIsCurrent(Conflict):
    code = "key_is_current"
    title = "This is the key that the dashboard shows"
    action = "Reset it instead: the old one is revoked and a new one takes its place."


class BroadcasterExists(Conflict):
    code = "broadcaster_exists"
    title = "There is a broadcaster for this account already"
    action = "Find it in the list of broadcasters."


class StillInProgress(Conflict):
    code = "still_in_progress"
    title = "The first request with this Idempotency-Key is still being worked on"
    action = "Wait a moment and send the same request again."


class IdempotencyKeyReused(InvalidInput):
    code = "idempotency_key_reused"
    http_status = 422
    title = "This Idempotency-Key was used with another request"
    action = "Use a new Idempotency-Key for each different request."


class TooManyRequests(StreamSyncError):
    code = "too_many_requests"
    http_status = 429
    title = "Too many requests"
    action = "Wait as long as the `Retry-After` header says, then try again."

    def __init__(self, retry_after_s: int, detail: str | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class IdentityUnavailable(StreamSyncError):
    code = "identity_unavailable"
    http_status = 503
    title = "The sign-in service cannot be reached to check the token"


class MediaServerUnavailable(StreamSyncError):
    code = "media_server_unavailable"
    http_status = 503
    title = "The media server's control API does not answer"
    action = "Check the address in STREAM_SYNC_MEDIAMTX_SERVERS; we go on asking."


class LeaseLost(StreamSyncError):
    code = "lease_lost"
    http_status = 409
    title = "The channel is held by somebody else now"
    action = "Stop publishing, then start again."


class SessionTaken(StreamSyncError):
    code = "session_taken"
    http_status = 409
    title = "Another run of this node holds its session"
    action = "Give each node an id of its own."
