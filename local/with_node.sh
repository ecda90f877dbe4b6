#!/bin/sh
# Run a command with Node.js 20 or newer on the PATH:  with_node.sh <command> ...
# The machine's own Node.js if it is new enough, else the one that PyPI carries, in a virtualenv of its own.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)

new_enough() {
  command -v npm >/dev/null 2>&1 &&
    node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null
}

if ! new_enough; then
  (cd "$here" && [ -x .venv-node/bin/npm ] || sh local/make_venv.sh .venv-node local/node-requirements.txt) >&2
  PATH="$here/.venv-node/bin:$PATH"
  export PATH
fi
exec "$@"
