#!/bin/sh
# Write a software bill of materials (CycloneDX, JSON) of each lock file of what is deployed, into build/sbom/.
# From the lock files alone: nothing of what they name is installed.
set -eu
cd "$(dirname "$0")/.."
[ -x .venv-sbom/bin/cyclonedx-py ] || {
  "${PYTHON:-python3}" -m venv .venv-sbom
  .venv-sbom/bin/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0
}
mkdir -p build/sbom

python_packages() {
  echo "build/sbom/$2.json"
  .venv-sbom/bin/cyclonedx-py requirements "$1" --output-reproducible --output-format JSON --output-file "build/sbom/$2.json"
}

python_packages requirements.txt functions
python_packages ingest_container/requirements.txt ingest
echo build/sbom/dashboard.json
# npm wants a version of the project itself: in a copy, it gets that of the release.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp dashboard/package.json dashboard/package-lock.json "$copy"
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
here=$PWD
cd "$copy"
sh "$here/local/with_node.sh" npm version "$version" --no-git-tag-version >/dev/null
sh "$here/local/with_node.sh" npm sbom --package-lock-only --omit dev --sbom-format cyclonedx >"$here/build/sbom/dashboard.json"
