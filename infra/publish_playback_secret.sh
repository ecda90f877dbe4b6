#!/bin/sh
# Give CloudFront the secrets of playback tokens:  sh infra/publish_playback_secret.sh <stage>
# From Secrets Manager into the edge stack's key value store; on no command line and in no file.
set -eu
stage=$1

store=$(aws cloudformation describe-stacks --stack-name "stream-sync-$stage-edge" --output text \
  --query "Stacks[0].Outputs[?OutputKey=='PlaybackSecretsStore'].OutputValue")
etag=$(aws cloudfront-keyvaluestore describe-key-value-store --kvs-arn "$store" --query ETag --output text)
aws secretsmanager get-secret-value --secret-id "stream-sync-$stage/playback" --query SecretString --output text |
  STORE=$store ETAG=$etag python3 -c '
import json, os, sys
put = {"Key": "playback_secrets", "Value": sys.stdin.read().strip()}
json.dump({"KvsARN": os.environ["STORE"], "IfMatch": os.environ["ETAG"], "Puts": [put]}, sys.stdout)' |
  aws cloudfront-keyvaluestore update-keys --cli-input-json file:///dev/stdin --query ItemCount --output text
