"""Every error that a user of stream-sync can encounter, as one small tree.

    StreamSyncError
    |-- InvalidInput                 400  the request is not valid
    |   |-- PayloadTooLarge          413
    |   |-- IdempotencyKeyReused     422
    |   |-- UnsupportedMediaType     415
    |   `-- WebhookUrlRefused        400
    |-- Unauthenticated              401  the caller has not proved who they are
    |   `-- TokenMissing, TokenInvalid, TokenExpired, AdminSecretInvalid, HookSecretInvalid
    |-- AdminRoleMissing, ActionNotAllowed  403
    |-- AccountDeleted               410
    |-- NotFound                     404  `domain.not_found`
    |-- MethodNotAllowed             405
    |-- Conflict                     409
    |   `-- NotLive, TooManyKeys, KeyChanged, KeyIsCurrent, KeyNotActive, BroadcasterExists, StillInProgress,
    |       TooManyWebhooks, BroadcastEnded, RecordingRunning, TooManyBroadcasts, BroadcastChanged
    |-- TooManyRequests              429
    |-- PublishRefused               a publisher may not go live: `domain.refusals`
    |-- IdentityUnavailable, MediaServerUnavailable  503  the token issuer, or a media server, does not respond
    |-- PlaybackTokensUnavailable    503  there is no secret to sign them with
    |-- LeaseLost, SessionTaken      409  a write came too late: another publisher, or another process, holds it now
    `-- InternalError                500

A leaf binds a stable `code`, its HTTP status and what the user should do; a publisher's refusal its RTMP status code as
well. Each edge maps the tree once: `api.problems` to RFC 9457 problem details, the ingest node to
`onStatus`.
"""

from collections.abc import Sequence
from typing import ClassVar


class StreamSyncError(Exception):
    """Root of the tree. `detail` is a sentence for people and never contains a secret."""

    code: ClassVar[str] = "internal_error"
    http_status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side"
    action: ClassVar[str] = "Try again in a moment."
    retry_after_s: int | None = None  # when to try again, if that is known

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title


class InternalError(StreamSyncError):
    """A defect of ours; the log has the cause, the response does not."""


class InvalidInput(StreamSyncError):
    """The content of the request is not valid.

    `problems` has one `{"field": "title", "problem": "must be a string"}` for each field that is not valid.
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
    """`detail` names the rule that was broken, and reveals nothing about our network."""

    code = "webhook_url_refused"
    title = "Webhooks cannot be sent to this URL"
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
    title = "The hook secret is missing or wrong"
    action = "Configure the media server as described in docs/integrations/."


class AdminRoleMissing(StreamSyncError):
    code = "admin_role_missing"
    http_status = 403
    title = "You are signed in, but not as an administrator"
    action = "Sign in with an account that has the administrator's role, or ask an administrator to give you that role."


class AccountDeleted(StreamSyncError):
    code = "account_deleted"
    http_status = 410
    title = "This account and its data were deleted"
    action = "Create a new account to broadcast again."


class ActionNotAllowed(StreamSyncError):
    code = "action_not_allowed"
    http_status = 403
    title = "This caller may not use the media server's own interfaces"
    action = "Authenticate with the password in STREAM_SYNC_MEDIAMTX_API_SECRET."


class MethodNotAllowed(StreamSyncError):
    code = "method_not_allowed"
    http_status = 405
    title = "This route does not support this method"
    action = "Use one of the methods in the `Allow` header."


class Conflict(StreamSyncError):
    code = "conflict"
    http_status = 409
    title = "The request conflicts with the current state"


class NotLive(Conflict):
    code = "not_live"
    title = "The channel is not live"
    action = "There is nothing to end."


class RecordingRunning(Conflict):
    code = "recording_running"
    title = "The stream is still being recorded"
    action = "Try again when the stream has ended."


class BroadcastEnded(Conflict):
    code = "broadcast_ended"
    title = "The stream was ended"
    action = "Disconnect the publisher. It may connect again if its stream key is still valid."


class TooManyKeys(Conflict):
    code = "too_many_keys"
    title = "The channel has reached the maximum number of stream keys"
    action = "Revoke a key that you no longer use, then try again."


class TooManyWebhooks(Conflict):
    code = "too_many_webhooks"
    title = "The maximum number of webhooks has been reached"
    action = "Delete a webhook that you no longer use, then try again."


class TooManyBroadcasts(Conflict):
    code = "too_many_broadcasts"
    title = "The maximum number of planned broadcasts has been reached"
    action = "Remove a broadcast from the schedule, then try again."


class BroadcastChanged(Conflict):
    code = "broadcast_changed"
    title = "The planned broadcast was changed by another request"
    action = "Load the schedule again, then repeat the change."


class KeyChanged(Conflict):
    code = "key_changed"
    title = "The stream key was changed by another request at the same time"
    action = "Reload the credentials."


class KeyIsCurrent(Conflict):
    code = "key_is_current"
    title = "This is the key that the studio shows"
    action = "Reset it instead: the old one is revoked and a new one takes its place."


class KeyNotActive(Conflict):
    code = "key_not_active"
    title = "The stream key was revoked, has expired or has no uses left"
    action = "Create a new key."


class BroadcasterExists(Conflict):
    code = "broadcaster_exists"
    title = "This account already has a broadcaster"
    action = "Find it in the list of broadcasters."


class StillInProgress(Conflict):
    code = "still_in_progress"
    title = "The first request with this Idempotency-Key is still being processed"
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
    action = "Wait for the time in the `Retry-After` header, then try again."

    def __init__(self, retry_after_s: int, detail: str | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class IdentityUnavailable(StreamSyncError):
    code = "identity_unavailable"
    http_status = 503
    title = "The sign-in service cannot be reached to check the token"


class PlaybackTokensUnavailable(StreamSyncError):
    code = "playback_tokens_unavailable"
    http_status = 503
    title = "This service is not configured to sign playback tokens"
    action = "Set STREAM_SYNC_PLAYBACK_SECRETS for the control plane and the ingest nodes."


class MediaServerUnavailable(StreamSyncError):
    code = "media_server_unavailable"
    http_status = 503
    title = "The media server's control API does not respond"
    action = "Check the URL in STREAM_SYNC_MEDIAMTX_SERVERS. The control plane keeps retrying."


class LeaseLost(StreamSyncError):
    code = "lease_lost"
    http_status = 409
    title = "Another publisher now holds the channel"
    action = "Stop publishing, then start again."


class SessionTaken(StreamSyncError):
    code = "session_taken"
    http_status = 409
    title = "Another process with this node id holds its session"
    action = "Give each node a unique id."
