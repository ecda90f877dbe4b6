"""Receivers can check deliveries with nothing but what docs/webhooks.md shows: that very code runs here."""

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib.domain.webhook_signature import signature

pytestmark = pytest.mark.requirement("FX-10")

Check = Callable[[str, bytes, str], bool]
SECRET = "whsec_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
BODY = '{"type":"Stream Start","data":{"title":"Füchse"}}'.encode()


@pytest.fixture(scope="module")
def check() -> Check:
    page = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    shown: dict[str, Check] = {}
    exec(code, shown)  # noqa: S102 - our own page
    return shown["is_from_stream_sync"]


def now() -> int:
    return int(time.time())


def test_a_fresh_signature_is_accepted(check: Check) -> None:
    assert check(signature([SECRET], now(), BODY), BODY, SECRET)


def test_the_form_is_time_and_hex() -> None:
    assert re.fullmatch(r"t=1700000000,v1=[0-9a-f]{64}", signature([SECRET], 1_700_000_000, BODY))


@pytest.mark.needs("openssl")
def test_openssl_computes_the_same(tmp_path: Path) -> None:
    signed = tmp_path / "signed"
    signed.write_bytes(b"1700000000." + BODY)
    command = ["openssl", "dgst", "-sha256", "-hmac", SECRET, "-r", str(signed)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert signature([SECRET], 1_700_000_000, BODY) == f"t=1700000000,v1={done.stdout.split()[0]}"


def test_while_a_secret_is_rotated_either_fits(check: Check) -> None:
    header = signature(["whsec_new", "whsec_old"], now(), BODY)
    assert header.count("v1=") == 2
    assert check(header, BODY, "whsec_new")
    assert check(header, BODY, "whsec_old")
    assert not check(header, BODY, "whsec_older")


def test_another_body_is_refused(check: Check) -> None:
    assert not check(signature([SECRET], now(), BODY), BODY + b" ", SECRET)


@pytest.mark.parametrize("age", [-301, 301, 86_400])
def test_an_old_or_future_delivery_is_refused(check: Check, age: int) -> None:
    assert not check(signature([SECRET], now() - age, BODY), BODY, SECRET)


def test_the_time_cannot_be_changed(check: Check) -> None:
    at = now()
    header = signature([SECRET], at - 600, BODY).replace(f"t={at - 600}", f"t={at}")
    assert not check(header, BODY, SECRET)


@pytest.mark.parametrize("header", ["", "t=", "v1=00", "t=x,v1=00", "t=1,t=2,v1=00", ",,=,", "t=²,v1=é"])
def test_nonsense_is_refused_and_does_no_harm(check: Check, header: str) -> None:
    assert not check(header, BODY, SECRET)
