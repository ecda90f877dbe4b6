"""ministack, the AWS emulator: its command, its environment, and when it is ready."""

import os
from collections.abc import Mapping

from local.children import Child
from local.environment import of_the_system
from local.loopback import answers
from local.private_files import Secrets
from local.settings import HOST, REGION, ROOT, LocalSettings

PYTHON = ROOT / ".venv-cloud" / "bin" / "python"
READY_TIMEOUT_S = 120.0
# It writes its state while it stops.
STOP_GRACE_S = 15.0


COMMAND = (PYTHON, "-m", "local.emulator_server")


def environment(settings: LocalSettings, secrets: Secrets, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """State is kept below the state folder; it holds private keys of Cognito's pools, so the folder must be private."""
    state_dir = settings.state_dir.resolve()
    return of_the_system(inherited) | {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(settings.cloud_port),
        "MINISTACK_REGION": REGION,
        "SERVICES": "dynamodb,cognito-idp,kms,events,s3",
        "AWS_ACCESS_KEY_ID": secrets.access_key_id,
        "AWS_SECRET_ACCESS_KEY": secrets.secret_access_key,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state_dir / "aws"),
        "TMPDIR": str(state_dir),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # Nothing here runs containers: spare the search for a Docker daemon.
        "DOCKER_HOST": "unix:///nonexistent",
        "LOG_LEVEL": "WARNING",
    }


async def start(settings: LocalSettings, env: Mapping[str, str]) -> Child:
    """Start it and wait until it answers. Raises ChildDied."""
    child = await Child.start(
        "AWS emulator",
        COMMAND,
        env=env,
        cwd=ROOT,
        log=settings.log_dir / "emulator.log",
    )
    try:
        await child.until(lambda: answers(f"{settings.cloud_url}/_ministack/ready"), READY_TIMEOUT_S)
    except BaseException:
        await child.stop(STOP_GRACE_S)
        raise
    return child
