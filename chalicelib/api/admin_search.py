"""Routes for administrators: one search for everything that has a name, an id or an address."""

from chalice.app import Blueprint

from chalicelib import contract
from chalicelib.api.http import now_ms
from chalicelib.api.routing import ADMIN, Route
from chalicelib.contract.requests.search import SearchQuery
from chalicelib.services.reading import searching

blueprint = Blueprint(__name__)


@Route("GET", "/api/admin/search", ADMIN, query=SearchQuery, answer=contract.SearchResults).on(blueprint)
def search(query: SearchQuery) -> contract.SearchResults:
    """Finds people, streams, keys, nodes and refusals. Every lookup is bounded; none reads a whole table."""
    return searching.search(query.q, now_ms())
