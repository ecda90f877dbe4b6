"""A blocked broadcaster's page says so, and works again once the block is lifted."""

import json
import urllib.request

import pytest
from playwright.sync_api import expect

from local.loopback import open_url
from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.conftest import OpenStudio
from tests.support.stack import Stack

BLOCKED = "This broadcaster is blocked."


def moderate(stack: Stack, verb: str, channel_id: str) -> None:
    request = urllib.request.Request(
        f"{stack.http_url}/api/admin/broadcasters/{channel_id}/{verb}",
        method="POST",
        data=json.dumps({"by": "ada"}).encode(),
        headers={"X-Api-Key": stack.admin_secret, "Content-Type": "application/json"},
    )
    with open_url(request, timeout=30) as answer:
        assert answer.status == 200


@pytest.mark.requirement("HI-9")
@pytest.mark.requirement("SO-4")
def test_a_blocked_broadcaster_reads_why_and_comes_back_when_it_is_lifted(
    stack: Stack, open_studio: OpenStudio, broadcaster: Broadcaster
) -> None:
    studio = open_studio().sign_in(broadcaster)
    channel_id = str(broadcaster.channel()["channel_id"])

    moderate(stack, "block", channel_id)
    expect(studio.part("link-closed")).to_contain_text(BLOCKED)
    expect(studio.part("link-closed")).to_contain_text("Contact the operators of this service.")
    expect(studio.part("status")).to_have_count(0)

    studio.page.reload()
    expect(studio.part("load-error")).to_contain_text(BLOCKED)
    expect(studio.part("link-closed")).to_contain_text(BLOCKED)
    expect(studio.part("link-lost")).to_have_count(0)

    moderate(stack, "unblock", channel_id)
    studio.part("link-retry").click()
    studio.whole()
    expect(studio.part("link-closed")).to_have_count(0)
