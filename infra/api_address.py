"""Where the REST API of a stage is, as Chalice noted it, for a shell: `python -m infra.api_address prod`."""

import argparse
import sys
from pathlib import Path

from infra.deploy.chalice_state import Deployed
from infra.deploy.run import CannotDeploy
from infra.stages import STAGE_NAMES

DEPLOYED = Path(".chalice/deployed")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.api_address", description="Print the REST API's URL.")
    parser.add_argument("stage", choices=STAGE_NAMES)
    try:
        print(Deployed.read(DEPLOYED / f"{parser.parse_args().stage}.json").rest_url)
    except CannotDeploy as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
