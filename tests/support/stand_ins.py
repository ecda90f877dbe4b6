"""Commands that a deployment runs and a test cannot: stand-ins on the PATH, which note what they were asked for."""

from pathlib import Path

from infra.deploy.website import PAGES

DIGEST = "sha256:" + "0" * 63  # and a digit: how many images were built

DOCKER = """#!/bin/sh
printf '%s\\n' "$*" >> {notes}/docker
case $1 in
  login) cat > {notes}/docker-login ;;
  buildx)
    while [ $# -gt 0 ]; do
      [ "$1" = --metadata-file ] && file=$2
      shift
    done
    if [ -n "${{file-}}" ]; then
      built=$(grep -c 'buildx build' {notes}/docker)
      printf '{{"containerimage.digest": "{digest}%s"}}' "$built" > "$file"
    fi ;;
esac
"""

# The real command needs a library for the signatures of CloudFront's key value store.
AWS = """#!/bin/sh
printf '%s\\n' "$*" >> {notes}/aws
case "$1 ${{2-}}" in
  "--version ") echo aws-cli/2.31.0 ;;
  "cloudformation describe-stacks") echo arn:aws:cloudfront::000000000000:key-value-store/1 ;;
  "cloudfront-keyvaluestore describe-key-value-store") echo ETAG1 ;;
  "secretsmanager get-secret-value") echo {secret} ;;
  "cloudfront-keyvaluestore update-keys") cat > {notes}/aws-update ;;
esac
"""

# Every page is index.html; the dashboard's build has tests of its own.
NPM = """#!/bin/sh
printf '%s\\n' "$*" >> {notes}/npm
case "$*" in
  *build*)
    mkdir -p dist/assets
    for page in {pages}; do cp index.html dist/$page; done
    cp index.html dist/assets/index-1a2b3c4d.js ;;
esac
"""


def stand_ins(folder: Path, secret: str) -> tuple[Path, Path]:
    """The folder for the PATH, and the one with the notes, a file for each command."""
    commands, notes = folder / "bin", folder / "notes"
    commands.mkdir()
    notes.mkdir()
    for name, script in (("docker", DOCKER), ("aws", AWS), ("npm", NPM)):
        text = script.format(notes=notes, digest=DIGEST, secret=secret, pages=" ".join(PAGES))
        (commands / name).write_text(text)
        (commands / name).chmod(0o755)
    return commands, notes


__all__ = ["DIGEST", "stand_ins"]
