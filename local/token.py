"""`make token`: print a JWT of the demo account, valid for an hour."""

import sys

from local.account import running_stack, sign_in
from local.ports import CannotStart
from local.settings import local_settings


def main() -> int:
    try:
        print(sign_in(running_stack(local_settings())))
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
