"""The ingest image, judged without a container engine: what it copies exists and is enough."""

import ast
import fnmatch
import http.server
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from ingest_container import compiled
from tests.infra.conftest import ROOT, offline_environment

DOCKERFILE = ROOT / "ingest_container" / "Dockerfile"
HOME = Path("/srv")


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", DOCKERFILE.read_text())
    lines = [line.strip() for line in text.splitlines()]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines if line and not line.startswith("#")]


def of(name: str) -> list[str]:
    return [value for instruction, value in instructions() if instruction == name]


def copied() -> list[tuple[str, str]]:
    """(path in the repository, path in the image) of every COPY that is not from another stage."""
    return [(source, target) for source, target in (shlex.split(c) for c in of("COPY") if not c.startswith("--from"))]


def ignored(path: str) -> bool:
    """.dockerignore, as far as ours goes: the last pattern that matches the path or a folder above it decides."""
    decision = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        bare = pattern.removeprefix("!").removeprefix("**/")
        parents = [path, *(str(parent) for parent in Path(path).parents if str(parent) != ".")]
        names = [Path(p).name for p in parents] if "**/" in pattern else parents
        if any(fnmatch.fnmatchcase(name, bare) for name in names):
            decision = not pattern.startswith("!")
    return decision


@pytest.fixture(scope="module")
def image_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The image's own files, at their places under a root, as a build would leave them."""
    root = tmp_path_factory.mktemp("image")
    for source, target in copied():
        origin = ROOT / source
        files = [f for f in origin.rglob("*") if f.is_file()] if origin.is_dir() else [origin]
        for file in files:
            if not ignored(str(file.relative_to(ROOT))):
                inside = Path(target) / file.relative_to(origin) if origin.is_dir() else Path(target)
                place = root / inside.relative_to("/")
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(file.read_bytes())
    return root


def test_everything_copied_exists_and_reaches_the_builder() -> None:
    assert copied()
    for source, _ in copied():
        assert (ROOT / source).exists(), source
        assert not ignored(source), source


def test_nothing_but_code_and_requirements_reaches_the_builder() -> None:
    for secret in (".local/ready.json", ".env", ".git/config", ".chalice/config.json", "tests/conftest.py", ".venv/x"):
        assert ignored(secret), secret
    assert ignored("chalicelib/__pycache__/config.cpython-311.pyc")
    assert not ignored("chalicelib/domain/keys.py")


def test_the_requirement_files_that_it_installs_are_copied(image_tree: Path) -> None:
    installs = [command for command in of("RUN") if "pip install" in command]
    assert len(installs) == 2, "the node's own, and what compiles it"
    for install in installs:
        requirements = image_tree / install.split("-r ")[1].strip().lstrip("/")
        for included in re.findall(r"^-r (\S+)", requirements.read_text(), re.MULTILINE):
            assert (requirements.parent / included).resolve().is_file()


def test_the_compiled_hot_path_is_where_the_node_looks_for_it() -> None:
    (taken,) = [shlex.split(c)[1:] for c in of("COPY") if c.startswith("--from=compile")]
    place = str(HOME / compiled.BUILDS.relative_to(ROOT).parts[0])
    assert taken == [place, place]


def test_it_runs_the_node_as_nobody_in_particular() -> None:
    assert of("USER") == ["10001:10001"]
    assert of("ENTRYPOINT") == ['["python", "-m", "ingest_container"]']
    assert of("STOPSIGNAL") == ["SIGTERM"]
    assert of("CMD") == []


def test_it_is_built_on_a_slim_python_that_we_test_with() -> None:
    bases = {base.split()[0] for base in of("FROM")}
    assert bases == {"python:3.11-slim"}


@pytest.fixture
def health() -> Iterator[tuple[int, list[str]]]:
    """An HTTP server's port, and the paths it was asked for."""
    asked: list[str] = []

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with http.server.HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port, asked
        server.shutdown()
        thread.join()


def test_its_health_check_asks_whether_the_event_loop_answers(health: tuple[int, list[str]]) -> None:
    port, asked = health
    (check,) = of("HEALTHCHECK")
    _, program = check.split(" CMD ")
    (python, flag, code) = ast.literal_eval(program.strip())
    assert (python, flag) == ("python", "-c")

    def check_on(port: int) -> int:
        command = [sys.executable, "-I", flag, code]
        env = offline_environment(STREAM_SYNC_HEALTH_PORT=str(port))
        return subprocess.run(command, env=env, capture_output=True, check=False).returncode

    assert (check_on(port), asked) == (0, ["/live"])
    assert check_on(1) != 0, "nobody listens on port 1, and the check says that all is well"


def test_load_balancers_reach_the_health_port() -> None:
    environment = dict(pair.split("=", 1) for line in of("ENV") for pair in line.split())
    assert (environment["STREAM_SYNC_HEALTH_HOST"], environment["STREAM_SYNC_HEALTH_PORT"]) == ("0.0.0.0", "8081")


def third_party(tree: Path) -> set[str]:
    """Top-level modules that the image's code imports, without Python's own and ours."""
    found: set[str] = set()
    for file in tree.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                found.add((node.module or "").split(".")[0])
    return found - sys.stdlib_module_names - {"chalicelib", "ingest_container"}


def required(requirement: str, into: set[str]) -> set[str]:
    """The distribution and all that it needs here."""
    name = re.split(r"[\s\[;<>=!~(]", requirement, maxsplit=1)[0].lower().replace("_", "-")
    if name not in into and "extra ==" not in requirement:
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            return into  # for another platform
        into.add(name)
        for need in needs:
            required(need, into)
    return into


def test_every_import_is_installed(image_tree: Path) -> None:
    installed: set[str] = set()
    for file in image_tree.rglob("requirements*.txt"):
        for line in file.read_text().splitlines():
            if line.strip() and not line.startswith(("#", "-r")):
                required(line.split("#")[0].strip(), installed)
    origins = metadata.packages_distributions()
    missing = {
        module
        for module in third_party(image_tree)
        if not {name.lower().replace("_", "-") for name in origins.get(module, [])} & installed
    }
    assert missing == set()


def test_the_node_is_importable_from_the_copied_files_alone(image_tree: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(image_tree / HOME.relative_to('/'))!r}); import ingest_container.__main__"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-c", code],
        cwd=image_tree,
        env=offline_environment(AWS_REGION="us-east-1"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
