"""`python -m tests` notices when a file is in no phase."""

from pathlib import Path

from tests.__main__ import ROOT, left_out


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
