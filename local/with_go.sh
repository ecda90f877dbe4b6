#!/bin/sh
# Run a command with Go 1.25 or newer on the PATH:  with_go.sh <command> ...
# The machine's own if it is new enough, else the one that PyPI carries, in a virtualenv of its own. Tests only.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)

new_enough() {
  command -v go >/dev/null 2>&1 &&
    [ "$(go env GOVERSION | sed 's/go1\.\([0-9]*\).*/\1/')" -ge 25 ] 2>/dev/null
}

if ! new_enough; then
  (cd "$here" && [ -x .venv-go/bin/go ] || sh local/make_venv.sh .venv-go local/go-requirements.txt) >&2
  PATH="$here/.venv-go/bin:$PATH"
  export PATH
fi
exec "$@"
