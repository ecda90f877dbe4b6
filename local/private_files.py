"""Files that only their owner may read: the state folder, its secrets, `ready.json`."""

import contextlib
import errno
import fcntl
import json
import os
import secrets
import stat
import string
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from local.ports import CannotStart

ALPHANUMERIC = string.ascii_letters + string.digits


# What lies in the state folder's own folders is ours; whatever else a user keeps there is left alone.
OUR_FOLDERS = ("aws", "logs")
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private_folder(folder: Path) -> None:
    """Create it, or remove other users' permissions from an existing one and its files. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & stat.S_ISVTX:
        raise PermissionError(errno.EPERM, "it is a folder that all users share")
    _take_from_others(folder)
    for entry in folder.iterdir():
        if not entry.is_symlink() and (entry.is_file() or entry.name in OUR_FOLDERS):
            _take_from_others(entry)
    for name in OUR_FOLDERS:
        for parent, folders, files in os.walk(folder / name):
            for each in (*folders, *files):
                _take_from_others(Path(parent, each))


def _take_from_others(path: Path) -> None:
    mode = path.lstat().st_mode
    if mode & OTHERS and not stat.S_ISLNK(mode):
        path.chmod(stat.S_IMODE(mode) & ~OTHERS)


@contextlib.contextmanager
def sole_use(folder: Path) -> Iterator[None]:
    """Lock the state folder: two emulators saving into one would lose each other's writes. Raises CannotStart."""
    try:
        make_private_folder(folder)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise CannotStart(
            f"The folder {folder} cannot be used: {error.strerror}.\n"
            "Choose another:  STREAM_SYNC_STATE_DIR=.local-2 make run"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(
                f"stream-sync is already running with the folder {folder}.\n"
                "Stop it, or give the second one its own folder and ports: STREAM_SYNC_STATE_DIR, "
                "STREAM_SYNC_HTTP_PORT,\nSTREAM_SYNC_RTMP_PORT and STREAM_SYNC_CLOUD_PORT."
            ) from error
        yield


def write_private_json(path: Path, value: dict[str, Any]) -> None:
    """Write atomically, with mode 0600 from the first byte on."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(value, file, indent=2)
        file.write("\n")
    unfinished.replace(path)


@dataclass(frozen=True)
class Secrets:
    """Secrets of this local installation: generated once, then kept."""

    admin_secret: str
    jwt_secret: str
    demo_password: str
    bus_secret: str
    hook_secret: str
    playback_secret: str
    # The only credentials that the AWS emulator takes.
    access_key_id: str
    secret_access_key: str

    def __repr__(self) -> str:
        return "Secrets(...)"


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHANUMERIC) for _ in range(length))


def load_or_make_secrets(state_dir: Path) -> Secrets:
    """The secrets in the state folder; missing ones are generated and written.

    Raises CannotStart if the file is there and cannot be read.
    """
    path = state_dir / "secrets.json"
    try:
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    except ValueError as error:
        raise CannotStart(f"{path} is damaged. Remove it to have new secrets generated.") from error
    # A Cognito password holds all four kinds of character; the rest are plain.
    fresh = {
        "admin_secret": _random(40),
        "jwt_secret": _random(48),
        "demo_password": f"{_random(16)}-aA1",
        "bus_secret": _random(40),
        "hook_secret": _random(40),
        "playback_secret": _random(48),
        "access_key_id": f"LOCAL{_random(15).upper()}",
        "secret_access_key": _random(40),
    }
    names = {field.name for field in fields(Secrets)}
    result = Secrets(**{name: known.get(name) or fresh[name] for name in names})
    if asdict(result) != known:
        write_private_json(path, asdict(result))
    return result


@dataclass(frozen=True)
class SignIn:
    """The ids of the Cognito user pool and its client, as assigned by the emulator."""

    user_pool: str
    client_id: str


def write_sign_in(state_dir: Path, sign_in: SignIn) -> None:
    write_private_json(state_dir / "sign-in.json", asdict(sign_in))


def read_sign_in(state_dir: Path) -> SignIn:
    return SignIn(**json.loads((state_dir / "sign-in.json").read_text()))
