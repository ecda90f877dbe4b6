"""The Lambda authorizer of the broadcaster's routes: it verifies the JWT, in AWS and on the laptop alike."""

from chalice.app import AuthRequest, AuthResponse, AuthRoute, Blueprint

from chalicelib.api import metering, problems
from chalicelib.api.gateway_responses import CONTEXT_FIELDS
from chalicelib.domain.errors import IdentityUnavailable, StreamSyncError
from chalicelib.services import identity

blueprint = Blueprint(__name__)

# API Gateway keeps a policy for this long and applies it to every route: so it names all of them, and is short-lived.
POLICY_TTL_S = 30
EMAIL = "email"  # in the policy's context, for the routes
NOBODY = "nobody"  # API Gateway demands a principal of a denial, too
BROADCASTER_ROUTES: list[str | AuthRoute] = [
    *("/api/account", "/api/channel", "/api/channel/*", "/api/streams", "/api/streams/*"),
]


@blueprint.authorizer(name="broadcaster_auth", ttl_seconds=POLICY_TTL_S)
def broadcaster_auth(request: AuthRequest) -> AuthResponse:
    """Allows all of the broadcaster's routes, or none; a denial says why in its context (see `gateway_responses`).

    Raises IdentityUnavailable: a token that cannot be judged is not denied, for a denial is kept and signs people out.
    """
    try:
        principal = identity.principal_of_header(request.token)
    except IdentityUnavailable as error:
        metering.answered(error)
        metering.write()
        raise
    except StreamSyncError as error:
        metering.answered(error)
        metering.write()
        body = problems.problem(error)
        return AuthResponse(routes=[], principal_id=NOBODY, context={name: str(body[name]) for name in CONTEXT_FIELDS})
    context = {EMAIL: principal.email} if principal.email is not None else None
    return AuthResponse(routes=BROADCASTER_ROUTES, principal_id=principal.user_id, context=context)
