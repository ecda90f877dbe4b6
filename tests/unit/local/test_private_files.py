"""The state folder is its owner's alone, whatever it was before."""

import json
import stat
from pathlib import Path

import pytest

from local.ports import CannotStart
from local.private_files import load_or_make_secrets, make_private_folder, sole_use


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """As an older version left it."""
    folder = tmp_path / "state"
    for name in ("", "aws", "aws/cognito", "logs"):
        (folder / name).mkdir(mode=0o755)
    for name in ("secrets.json", "ready.json", "aws/state.json", "aws/cognito/keys.pem", "logs/gateway.log"):
        (folder / name).touch(mode=0o644)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def test_existing_folder_and_its_files_become_private(open_folder: Path) -> None:
    make_private_folder(open_folder)
    assert mode(open_folder) == 0o700
    for path in open_folder.rglob("*"):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path


def test_new_folder_is_private_from_the_start(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "state")
    assert mode(tmp_path / "a" / "state") == 0o700


def test_what_others_keep_in_the_folder_and_what_links_lead_to_is_left_alone(open_folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.touch()
    elsewhere.chmod(0o644)
    (open_folder / "link").symlink_to(elsewhere)
    (open_folder / "aws" / "link").symlink_to(elsewhere)
    (open_folder / "projects").mkdir()
    (open_folder / "projects").chmod(0o755)
    (open_folder / "tool.sh").touch()
    (open_folder / "tool.sh").chmod(0o755)
    make_private_folder(open_folder)
    assert (mode(elsewhere), mode(open_folder / "projects"), mode(open_folder / "tool.sh")) == (0o644, 0o755, 0o700)


def test_folder_that_all_users_share_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    with pytest.raises(CannotStart, match="all users share"), sole_use(tmp_path):
        pass
    assert mode(tmp_path) == 0o1777


def test_secrets_are_made_once_and_those_of_an_older_version_kept(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text(json.dumps({"admin_secret": "from before"}))
    first = load_or_make_secrets(tmp_path)
    assert first.admin_secret == "from before"
    assert load_or_make_secrets(tmp_path) == first
    assert mode(tmp_path / "secrets.json") == 0o600
