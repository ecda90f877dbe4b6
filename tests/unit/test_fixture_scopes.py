"""A fixture of a package's scope lasts for the whole session where its folder is no package (`__init__.py`)."""

from tests.__main__ import ROOT


def test_folders_with_fixtures_of_package_scope_are_packages() -> None:
    conftests = [file for file in (ROOT / "tests").rglob("conftest.py") if 'scope="package"' in file.read_text()]
    assert conftests
    assert [file for file in conftests if not (file.parent / "__init__.py").exists()] == []
