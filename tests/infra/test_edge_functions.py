"""CloudFront's functions, run by Node.js: the very files, with a store in the place of CloudFront's."""

import base64
import hmac
import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import jwt
import pytest

from chalicelib import config
from chalicelib.services.playback_tokens import expiry, issue
from tests.infra.conftest import ROOT

FUNCTIONS = ROOT / "infra" / "edge_functions"
CHANNEL = "ch_0123456789abcdef01234567"
OLD, NEW = "o" * 48, "n" * 48
EXP = int(time.time()) + 3_600
CLAIMS = {"sub": CHANNEL, "aud": "playback", "exp": EXP}

# Prints what each event becomes.
RUN = """
import {{ handler }} from "./function.mjs";
const results = [];
for (const event of {events}) results.push(await handler(event));
console.log(JSON.stringify(results));
"""
STORE = """
const value = {value};
const get = async () => {{ if (value === null) throw new Error("There is no such key"); return value; }};
export default {{ kvs: () => ({{ get }}) }};
"""


def run(folder: Path, file: str, uris: list[str], secrets: str | None = None) -> list[dict[str, Any]]:
    """What the function makes of a request for each of these."""
    store = folder / "node_modules" / "cloudfront"
    store.mkdir(parents=True, exist_ok=True)
    (store / "package.json").write_text('{"name": "cloudfront", "type": "module", "exports": "./index.js"}')
    (store / "index.js").write_text(STORE.format(value=json.dumps(secrets)))
    (folder / "function.mjs").write_text((FUNCTIONS / file).read_text() + "\nexport { handler };\n")
    events = json.dumps([{"request": {"uri": uri, "headers": {}, "querystring": {}}} for uri in uris])
    (folder / "run.mjs").write_text(RUN.format(events=events))
    command = ["sh", "local/with_node.sh", "node", str(folder / "run.mjs")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def status(result: dict[str, Any]) -> int:
    """200: the request goes on as it came."""
    return int(result.get("statusCode", 200))


def unsigned(**claims: Any) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + ".AAAA"


GOOD = jwt.encode(CLAIMS, NEW, "HS256")
CASES = {
    "good": (GOOD, 200),
    "signed with the old secret": (jwt.encode(CLAIMS, OLD, "HS256"), 200),
    "expired": (jwt.encode(CLAIMS | {"exp": int(time.time()) - 1}, NEW, "HS256"), 403),
    "another channel's": (jwt.encode(CLAIMS | {"sub": "ch_2"}, NEW, "HS256"), 404),
    "another audience": (jwt.encode(CLAIMS | {"aud": "other"}, NEW, "HS256"), 404),
    "without an end": (jwt.encode({"sub": CHANNEL, "aud": "playback"}, NEW, "HS256"), 404),
    "of a secret that is none of ours": (jwt.encode(CLAIMS, "x" * 48, "HS256"), 404),
    "of another algorithm": (jwt.encode(CLAIMS, NEW + NEW, "HS512"), 404),
    "changed": (GOOD[:-4] + "AAAA", 404),
    "without a signature": (unsigned(**CLAIMS), 404),
    "no JSON": ("eA.eA.eA", 404),
    "too long": (jwt.encode(CLAIMS | {"more": "x" * 600}, NEW, "HS256"), 404),
}


@pytest.mark.requirement("FX-15")
@pytest.mark.needs("node")
def test_cloudfront_and_origin_judge_a_token_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uris = [f"/live/{CHANNEL}/{token}/01J/v.m3u8" for token, _ in CASES.values()]
    found = run(tmp_path, "playback_token.js", uris, f"{NEW}, {OLD}")
    assert dict(zip(CASES, map(status, found), strict=True)) == {name: code for name, (_, code) in CASES.items()}
    monkeypatch.setenv("STREAM_SYNC_PLAYBACK_SECRETS", f"{NEW}, {OLD}")
    config.settings.cache_clear()
    origin = {name: expiry(token, CHANNEL) is not None for name, (token, _) in CASES.items()}
    config.settings.cache_clear()
    assert origin == {name: code != 404 for name, (_, code) in CASES.items()}


@pytest.mark.requirement("FX-15")
@pytest.mark.needs("node")
def test_a_recordings_token_is_judged_likewise_but_for_its_channel(tmp_path: Path) -> None:
    """The path has the stream only; the origin knows its channel, and no cache has what it refused."""
    uris = [f"/vod/01ARZ3NDEKTSV4RRFFQ69G5FAV/{token}/index.m3u8" for token, _ in CASES.values()]
    found = run(tmp_path, "playback_token.js", uris, f"{NEW}, {OLD}")
    expected = {name: code for name, (_, code) in CASES.items()} | {"another channel's": 200}
    assert dict(zip(CASES, map(status, found), strict=True)) == expected


@pytest.mark.needs("node")
def test_what_the_service_issues_passes_unchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_PLAYBACK_SECRETS", NEW)
    config.settings.cache_clear()
    token = issue(CHANNEL, 60, int(time.time() * 1000)).text
    config.settings.cache_clear()
    uri = f"/live/{CHANNEL}/{token}/index.m3u8"
    assert run(tmp_path, "playback_token.js", [uri], NEW) == [{"uri": uri, "headers": {}, "querystring": {}}]


@pytest.mark.needs("node")
def test_paths_without_a_token_are_the_origins_affair(tmp_path: Path) -> None:
    uris = [f"/live/{CHANNEL}/index.m3u8", f"/live/{CHANNEL}/01J/3/p16.0.m4s", f"/live/{CHANNEL}/thumb.jpg"]
    uris += ["/vod/01J/index.m3u8", "/vod/01J/s-000000000016.0000000001.1790000000000.2000000.ck.0123456789abcdef.m4s"]
    assert [result["uri"] for result in run(tmp_path, "playback_token.js", uris, NEW)] == uris


@pytest.mark.needs("node")
@pytest.mark.parametrize("secrets", [None, ""])
def test_before_it_has_a_secret_no_token_is_good(tmp_path: Path, secrets: str | None) -> None:
    signed = GOOD.rpartition(".")[0]
    signature = base64.urlsafe_b64encode(hmac.digest(b"", signed.encode(), "sha256")).decode().rstrip("=")
    uris = [f"/live/{CHANNEL}/{token}/index.m3u8" for token in (GOOD, f"{signed}.{signature}")]
    assert [status(result) for result in run(tmp_path, "playback_token.js", uris, secrets)] == [404, 404]


@pytest.mark.needs("node")
def test_a_refusal_is_not_cached_and_players_may_read_it(tmp_path: Path) -> None:
    (result,) = run(tmp_path, "playback_token.js", [f"/live/{CHANNEL}/{CASES['expired'][0]}/index.m3u8"], NEW)
    assert result["headers"] == {
        "cache-control": {"value": "no-store"},
        "access-control-allow-origin": {"value": "*"},
    }


@pytest.mark.needs("node")
def test_each_route_has_its_page(tmp_path: Path) -> None:
    routes = {
        "/": "/index.html",
        "/studio": "/studio.html",
        "/studio/": "/studio.html",
        "/account": "/account.html",
        "/studio/streams": "/studio.html",
        "/studio/streams/01JD0000000000000000000001": "/studio.html",
        "/admin": "/admin.html",
        f"/admin/people/{CHANNEL}": "/admin.html",
        f"/watch/{CHANNEL}": "/watch.html",
        f"/watch/{CHANNEL}/": "/watch.html",
        f"/embed/{CHANNEL}": "/embed.html",
        "/nowhere": "/index.html",
        **{file: file for file in ("/index.html", "/config.json", "/assets/index-1a2b.js", "/favicon.svg")},
    }
    assert [result["uri"] for result in run(tmp_path, "site.js", list(routes))] == list(routes.values())
    assert all((ROOT / "dashboard" / page[1:]).is_file() for page in set(routes.values()) if page.endswith(".html"))


def test_nothing_is_used_that_cloudfronts_runtime_lacks() -> None:
    """cloudfront-js-2.0: no optional chaining, nullish operators, classes or for-of. It would fail at deployment."""
    for file in FUNCTIONS.glob("*.js"):
        code = re.sub(r"//[^\n]*", "", file.read_text())
        assert not re.search(r"\?\.|\?\?|\bclass\b|\bof\b|\brequire\(", code), file.name
