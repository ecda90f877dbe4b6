#!/bin/sh
# Write each requirements.txt anew from its requirements.in: every package, pinned, with the hashes of its files.
# pip refuses a file whose hash differs. The locks hold for all platforms and for Python 3.11 and newer.
# `--upgrade` takes the newest versions that the pins allow; without it, what is locked stays.
set -eu
cd "$(dirname "$0")/.."
[ -x .venv-lock/bin/uv ] || {
  "${PYTHON:-python3}" -m venv .venv-lock
  .venv-lock/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
}

lock() {
  input=$1
  shift
  echo "Locking $input"
  .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --no-annotate --custom-compile-command "make lock" "$@" --output-file "${input%.in}.txt" "$input"
}

lock requirements-dev.in "$@"
# What runs is what the tests ran with.
for input in requirements.in ingest_container/requirements.in ingest_container/requirements-build.in local/requirements.in; do
  lock "$input" "$@" --constraint requirements-dev.txt
done
# Environments of their own.
for input in local/cloud-requirements.in local/node-requirements.in local/go-requirements.in tests/fuzz/requirements.in; do
  lock "$input" "$@"
done
