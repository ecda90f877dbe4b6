"""Further ingest regions of a stage: their nodes and the nodes' alarms, which use the data of the home region."""

from infra.deploy import ingest, stacks
from infra.deploy.run import Run


def deploy_ingest(run: Run, image: str) -> None:
    """One region after another, with the image of the home region, where ECS reads it."""
    for region in run.stage.remote:
        there = run.in_region(region)
        run.say(f"  {region}")
        _replicate_secret(run, region)
        stacks.deploy(there, f"ingest-{region}", parameters(run, region, image))


def deploy_observability(run: Run) -> None:
    for region in run.stage.remote:
        stacks.deploy(run.in_region(region), f"observability-{region}")


def parameters(run: Run, region: str, image: str | None) -> dict[str, str]:
    """Of a region's ingest stack."""
    home = {"DataRegion": run.region, "MediaBucket": run.output("MediaBucket")}
    return ingest.parameters(run.in_region(region), image) | home


def addresses(run: Run, region: str) -> dict[str, str]:
    """Outputs of a region's ingest stack; empty while there is none."""
    stack = stacks.find(run.in_region(region), run.stage.stack(f"ingest-{region}")) or {}
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def delete(run: Run) -> None:
    for region in run.stage.remote:
        there = run.in_region(region)
        for noun in (f"observability-{region}", f"ingest-{region}"):
            run.say(noun)
            stacks.delete(there, noun)
        if region in _replicas(run):
            run.client("secretsmanager").remove_regions_from_replication(
                SecretId=run.stage.secret("playback"), RemoveReplicaRegions=[region]
            )


def _replicate_secret(run: Run, region: str) -> None:
    """ECS reads the nodes' secret in its own region."""
    if region not in _replicas(run):
        run.client("secretsmanager").replicate_secret_to_regions(
            SecretId=run.stage.secret("playback"), AddReplicaRegions=[{"Region": region}]
        )


def _replicas(run: Run) -> set[str]:
    secret = run.client("secretsmanager").describe_secret(SecretId=run.stage.secret("playback"))
    return {one["Region"] for one in secret.get("ReplicationStatus", [])}


__all__ = ["addresses", "delete", "deploy_ingest", "deploy_observability", "parameters"]
