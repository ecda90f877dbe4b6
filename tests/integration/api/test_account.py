"""`DELETE /api/account`, as its caller has it."""

import pytest

from tests.integration.api.conftest import Client

pytestmark = [pytest.mark.needs("ministack"), pytest.mark.requirement("FX-18")]


def test_deleted_account_is_gone_for_its_owner_and_for_everybody(me: Client, anyone: Client, admin: Client) -> None:
    channel = me("PATCH", "/api/channel", {"title": "Piano", "display_name": "Ada"}).json
    assert channel["display_name"] == "Ada"
    path = f"/api/channels/{channel['channel_id']}"
    assert anyone.get(path).status == 200
    assert me("DELETE", "/api/account").json == {"finished": True}
    anyone.get(path).problem(404, "channel_not_found")
    me.get("/api/channel").problem(410, "account_deleted")
    me.get("/api/channel/credentials").problem(410, "account_deleted")
    kept = admin.get(f"/api/admin/broadcasters/{channel['channel_id']}").json
    assert "Ada" not in str(kept)
    assert [key["status"] for key in kept["keys"]] == ["revoked"]


def test_deleting_may_be_repeated_and_takes_no_channel(me: Client) -> None:
    assert me("DELETE", "/api/account").json == {"finished": True}
    me.get("/api/channel")
    for _ in range(2):
        assert me("DELETE", "/api/account").json == {"finished": True}


def test_who_is_blocked_stays_so(me: Client, admin: Client) -> None:
    channel_id = me.get("/api/channel").json["channel_id"]
    admin("POST", f"/api/admin/broadcasters/{channel_id}/block", {"why": "spam"})
    me("DELETE", "/api/account").problem(403, "broadcaster_blocked")
