"""ministack, the AWS emulator: its command, its environment, and when it is ready."""

import os
from pathlib import Path

from local.children import Child
from local.loopback import answers
from local.settings import HOST, REGION, ROOT, LocalSettings

PYTHON = ROOT / ".venv-cloud" / "bin" / "python"
READY_TIMEOUT_S = 60.0
# It writes its state while it stops.
STOP_GRACE_S = 15.0


def environment(port: int, state_dir: Path) -> dict[str, str]:
    """State is kept below `state_dir`; it holds private keys of Cognito's pools, so the folder must be private."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state_dir / "aws"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state_dir / "s3"),
        "TMPDIR": str(state_dir),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # Nothing here runs containers: spare the search for a Docker daemon.
        "DOCKER_HOST": "unix:///nonexistent",
        "LOG_LEVEL": "WARNING",
    }


async def start(settings: LocalSettings) -> Child:
    """Start it and wait until it answers. Raises ChildDied."""
    child = await Child.start(
        "AWS emulator",
        [PYTHON, "-m", "ministack"],
        env=environment(settings.cloud_port, settings.state_dir.resolve()),
        cwd=ROOT,
        log=settings.log_dir / "emulator.log",
    )
    try:
        await child.until(lambda: answers(f"{settings.cloud_url}/_ministack/ready"), READY_TIMEOUT_S)
    except BaseException:
        await child.stop(STOP_GRACE_S)
        raise
    return child
