"""The step `dashboard`: the pages, and what they must know, into the bucket that CloudFront serves.

Files below `assets/` have a hash in their names and are cached for good; they go first, so that no page names a file
that is not there yet. Old ones stay: open pages may still load them.
"""

import json
import mimetypes
from pathlib import Path
from typing import Any

from infra.deploy.administrator import user_pool
from infra.deploy.chalice_state import Deployed, path_of
from infra.deploy.run import CannotDeploy, Run

FOR_GOOD = "public, max-age=31536000, immutable"
ALWAYS_ASK = "no-cache"
PAGES = ("index.html", "studio.html", "account.html", "admin.html", "watch.html", "embed.html")


def config(run: Run) -> dict[str, Any]:
    """`config.json` (dashboard/README.md)."""
    outputs, deployed, domain = run.outputs(), Deployed.read(path_of(run)), run.stage.domain
    return {
        "api_url": deployed.rest_url if domain is None else f"https://{domain.api}",
        "ws_url": deployed.websocket_url if domain is None else f"wss://{domain.websocket}",
        "playback_url": outputs["PlaybackBaseUrl"],
        "cognito": {
            "endpoint": f"https://cognito-idp.{run.region}.amazonaws.com/",
            "client_id": outputs["OidcAudience"],
            "user_pool_id": user_pool(run),
            "sign_up": run.stage.sign_up,
        },
    }


def upload(run: Run) -> None:
    folder = run.root / "dashboard" / "dist"
    run.command("make", "dashboard")
    if missing := [page for page in PAGES if not (folder / page).is_file()]:
        raise CannotDeploy(f"{folder} has no {missing[0]}: run `make dashboard`")
    bucket, s3 = run.output("SiteBucket"), run.client("s3")
    # Without the build's own records, .vite/.
    files = sorted(path for path in folder.rglob("*") if path.is_file() and ".vite" not in path.parts)
    for path in sorted(files, key=lambda path: path.suffix == ".html"):
        key = path.relative_to(folder).as_posix()
        if key != "config.json":
            s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes(), **headers(key))
    body = json.dumps(config(run), indent=2).encode()
    s3.put_object(Bucket=bucket, Key="config.json", Body=body, **headers("config.json"))
    run.say(f"  {len(files)} files: {run.output('SiteUrl')}")


def headers(key: str) -> dict[str, str]:
    kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
    text = kind.startswith("text/") or kind.endswith(("javascript", "json", "xml"))
    return {
        "ContentType": f"{kind}; charset=utf-8" if text else kind,
        "CacheControl": FOR_GOOD if Path(key).parts[0] == "assets" else ALWAYS_ASK,
    }


__all__ = ["ALWAYS_ASK", "FOR_GOOD", "PAGES", "config", "headers", "upload"]
