"""The step `smoke`: one real broadcast, as a broadcaster and a viewer would see it.

The first administrator signs in, ffmpeg publishes a test card with their key, the API says LIVE, the playlist is there,
and after the end the API says OFFLINE.
"""

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.administrator import GROUP, SECRET, user_pool
from infra.deploy.chalice_state import Deployed, path_of
from infra.deploy.run import CannotDeploy, Run

LIVE_WITHIN_S, PLAYS_WITHIN_S, OFFLINE_WITHIN_S = 60.0, 60.0, 90.0
ANSWER_S = 35.0  # API Gateway itself gives up after 29 s
MOST_ANSWER = 1 << 20
LOOK_EVERY_S = 2.0


def broadcast(run: Run) -> None:
    """Raises CannotDeploy, and says which part did not work."""
    if shutil.which("ffmpeg") is None:
        raise CannotDeploy("ffmpeg is not installed: it makes the smoke broadcast (skip with ARGS='--skip smoke')")
    api, token = Deployed.read(path_of(run)).rest_url, _sign_in(run)
    credentials = _get(f"{api}/api/channel/credentials?reveal=true", token)
    began = run.clock()
    with _publisher(f"{credentials['ingest_url']}/{credentials['stream_key']}") as publisher:
        channel = _until(run, api, token, "LIVE", LIVE_WITHIN_S, publisher)
        run.say(f"  live after {run.clock() - began:.1f} s")
        playlist = str(channel["playback"]["hls_url"])
        _plays(run, playlist, publisher)
        run.say(f"  plays after {run.clock() - began:.1f} s: {playlist}")
    _until(run, api, token, "OFFLINE", OFFLINE_WITHIN_S)
    run.say("  ended")


def _sign_in(run: Run) -> str:
    try:
        password = run.client("secretsmanager").get_secret_value(SecretId=run.stage.secret(SECRET))["SecretString"]
        users = run.client("cognito-idp").list_users_in_group(UserPoolId=user_pool(run), GroupName=GROUP)["Users"]
        answer = run.client("cognito-idp").admin_initiate_auth(
            UserPoolId=user_pool(run),
            ClientId=run.output("OidcAudience"),
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",  # by AWS credentials: browsers cannot use it
            AuthParameters={"USERNAME": users[0]["Username"], "PASSWORD": password},
        )
        return str(answer["AuthenticationResult"]["IdToken"])
    except (ClientError, LookupError) as error:
        raise CannotDeploy(
            f"The first administrator cannot sign in ({type(error).__name__}): run the step `administrator`; "
            "if their password was changed, skip this step"
        ) from None


@contextmanager
def _publisher(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """ffmpeg, which is stopped properly; its messages are not shown, for they name the key."""
    inputs = ("testsrc2=size=1280x720:rate=30", "sine=frequency=440")
    card = [part for one in inputs for part in ("-re", "-f", "lavfi", "-i", one)]
    video = ["-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-g", "60"]
    audio = ["-c:a", "aac", "-ar", "48000"]
    command = ["ffmpeg", "-nostdin", "-loglevel", "quiet", *card, *video, "-b:v", "1500k", *audio, "-f", "flv", url]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until(
    run: Run,
    api: str,
    token: str,
    status: str,
    seconds: float,
    publisher: subprocess.Popen[bytes] | None = None,
) -> dict[str, Any]:
    """The channel once it has the status."""
    until = run.clock() + seconds
    while True:
        channel = _get(f"{api}/api/channel", token)
        if channel["status"] == status:
            return channel
        _check(publisher)
        if run.clock() > until:
            raise CannotDeploy(f"The channel is {channel['status']} instead of {status} after {seconds:.0f} s")
        run.sleep(LOOK_EVERY_S)


def _plays(run: Run, playlist: str, publisher: subprocess.Popen[bytes]) -> None:
    until = run.clock() + PLAYS_WITHIN_S
    while True:
        try:
            with urllib.request.urlopen(playlist, timeout=ANSWER_S) as response:
                if response.read(MOST_ANSWER).startswith(b"#EXTM3U"):
                    return
                why = "it is no playlist"
        except OSError as error:
            why = str(error)
        _check(publisher)
        if run.clock() > until:
            raise CannotDeploy(f"{playlist} does not play: {why}")
        run.sleep(LOOK_EVERY_S)


def _check(publisher: subprocess.Popen[bytes] | None) -> None:
    if publisher is not None and publisher.poll() is not None:
        raise CannotDeploy("The ingest refused the broadcast, or cannot be reached: look at the node's log")


def _get(url: str, token: str) -> dict[str, Any]:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_S) as response:
            document: dict[str, Any] = json.loads(response.read(MOST_ANSWER))
            return document
    except (OSError, ValueError) as error:
        raise CannotDeploy(f"{url} does not answer as it should: {error}") from None


__all__ = ["broadcast"]
