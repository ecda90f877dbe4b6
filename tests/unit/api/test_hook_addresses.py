"""What a media server says of its client's address is logged and shown: it must be one."""

import pytest

from chalicelib.api.hooks.common import as_address
from chalicelib.api.hooks.mediamtx import AuthRequest
from chalicelib.api.hooks.nginx_rtmp import Publisher
from chalicelib.api.hooks.ome import OmeClient
from chalicelib.api.hooks.srs import SrsHook


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("", None),
        ("999.1.1.1", None),
        ("203.0.113.7, 198.51.100.1", None),
        ("a stream key\n", None),
        (None, None),
    ],
)
def test_an_address_is_taken_and_nothing_else(said: str | None, taken: str | None) -> None:
    assert as_address(said) == taken


def test_no_dialect_passes_on_what_is_no_address() -> None:
    secret = "aB3" * 13 + "x"
    assert AuthRequest.model_validate({"action": "publish", "ip": secret}).ip is None
    assert Publisher.model_validate({"clientid": "1", "addr": secret}).addr is None
    assert SrsHook.model_validate({"action": "on_publish", "client_id": "1", "ip": secret}).ip is None
    assert OmeClient.model_validate({"address": "192.0.2.1", "port": 1, "real_ip": secret}).real_ip is None
