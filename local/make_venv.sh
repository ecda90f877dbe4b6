#!/bin/sh
# Make a virtualenv and install one requirements file into it:  make_venv.sh <folder> <requirements.txt>
# Says what to install where this machine's Python cannot do it.
set -eu
venv=$1
requirements=$2
python=${PYTHON:-python3}

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

command -v "$python" >/dev/null 2>&1 ||
  fail "stream-sync needs Python 3.11 or newer, but '$python' was not found." \
    "Debian and Ubuntu:  sudo apt-get install python3 python3-venv" \
    "macOS:              brew install python@3.12" \
    "Or choose another one: make PYTHON=/path/to/python3.12 ..."

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "stream-sync needs Python 3.11 or newer; '$python' is $("$python" -V 2>&1)." \
    "Choose a newer one: make PYTHON=/path/to/python3.12 ..."

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  echo "Creating $venv"
  rm -rf "$venv" # half of one, from a run that was interrupted
  if "$python" -c 'import ensurepip' 2>/dev/null; then
    "$python" -m venv "$venv"
  elif "$python" -c 'import virtualenv' 2>/dev/null; then
    "$python" -m virtualenv --quiet "$venv"
  elif "$python" -m pip --version >/dev/null 2>&1; then
    # Debian's python3-pip without python3-venv: virtualenv in a folder of its own touches nothing of the system's.
    "$python" -m pip install --quiet --root-user-action ignore --target "$venv-maker" virtualenv
    PYTHONPATH="$venv-maker" "$python" -m virtualenv --quiet "$venv"
    rm -rf "$venv-maker"
  else
    fail "This Python cannot create virtualenvs: its 'venv' module lacks ensurepip." \
      "Debian and Ubuntu:  sudo apt-get install python3-venv"
  fi
fi

echo "Installing $requirements into $venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$requirements"
