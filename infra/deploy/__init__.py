"""Deploys a stage step by step: `make deploy STAGE=dev`. Start at `steps.py`; infra/README.md has the commands."""
