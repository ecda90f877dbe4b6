#!/bin/sh
# Package the control plane and deploy it:  sh infra/deploy_api.sh <stage> <bucket for packages>
# The stage's data and ingest stacks stand already (infra/README.md). Uses the shell's AWS credentials and region.
set -eu
cd "$(dirname "$0")/.."
stage=$1
bucket=$2
out=cdk.out/api-$stage

.venv/bin/python -m infra.render_chalice_config "$stage"
.venv/bin/chalice package --stage "$stage" --merge-template "cdk.out/chalice-$stage.json" "$out"
aws cloudformation package --template-file "$out/sam.json" --s3-bucket "$bucket" --s3-prefix "stream-sync-$stage" \
  --use-json --output-template-file "$out/packaged.json"
# ROTATED: CloudFormation looks at a secret again only where something else of the function changed.
aws cloudformation deploy --stack-name "stream-sync-$stage-api" --template-file "$out/packaged.json" \
  --s3-bucket "$bucket" --s3-prefix "stream-sync-$stage" --parameter-overrides Rotated="${ROTATED:-never}" \
  --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND
