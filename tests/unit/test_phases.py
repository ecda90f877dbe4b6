"""`python -m tests` notices when a file is in no phase."""

from pathlib import Path

from tests.__main__ import ROOT, SERIAL_MARK, left_out, mixed


def report(folder: Path, *classes: str) -> Path:
    file = folder / "report.xml"
    cases = "".join(f'<testcase classname="{name}" name="test"/>' for name in classes)
    file.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    return file


def test_a_file_of_which_nothing_ran_is_named(tmp_path: Path) -> None:
    files = [path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")]
    names = {file.as_posix(): ".".join(file.with_suffix("").parts) for file in files}
    this = Path(__file__).relative_to(ROOT).as_posix()
    others = [name for file, name in names.items() if file != this]
    assert left_out([report(tmp_path, *others)]) == [this]
    assert left_out([report(tmp_path, *others, f"{names[this]}.TestInAClass")]) == []


def test_the_serial_phase_collects_every_file_in_which_a_test_is_marked(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "unit"
    folder.mkdir(parents=True)
    (folder / "test_measured.py").write_text(f"@{SERIAL_MARK}\ndef test_it(): ...\n")
    (folder / "test_other.py").write_text("def test_it(): ...\n")
    assert mixed(tmp_path) == ("tests/unit/test_measured.py",)
