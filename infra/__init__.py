"""What runs on AWS: the stacks (CDK), and what the Chalice template needs from them. Start at `infra/app.py`."""
