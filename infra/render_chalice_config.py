"""Fill a stage's addresses into Chalice's configuration: `python -m infra.render_chalice_config dev`.

Reads the outputs of the stage's three stacks and writes `.chalice/config.json` (only this stage's part) and
`.chalice/policies/<stage>/`. Running it again changes nothing, or what the stacks changed. The configuration holds
addresses and no secrets: commit it, the next deployment then shows what moved. The policies are made from it each time.

Uses the ordinary AWS credentials and region of the shell.
"""

import argparse
import copy
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import boto3

from infra.functions import FUNCTIONS, Function
from infra.policies import RECORDINGS, Place, Policy
from infra.stages import STAGE_NAMES, STAGES, Stage

CHALICE = Path(".chalice")
PLACEHOLDER = ".invalid"  # in the addresses that the repository starts with

# Environment variable of the functions -> output of a stack.
FROM_OUTPUT = {
    "STREAM_SYNC_KMS_KEY_ID": "KmsKeyArn",
    "STREAM_SYNC_OIDC_ISSUER": "OidcIssuer",
    "STREAM_SYNC_OIDC_AUDIENCE": "OidcAudience",
    "STREAM_SYNC_PLAYBACK_BASE_URL": "PlaybackBaseUrl",
}


class OutputMissing(LookupError):
    """A stack has not been deployed, or is older than this code."""


def place_of(kms_key_arn: str) -> Place:
    """Where the stage lives, by the one full ARN among its outputs: `arn:aws:kms:eu-west-1:123456789012:key/...`."""
    _, partition, _, region, account, _ = kms_key_arn.split(":", 5)
    return Place(partition, region, account)


def recording_place(media_bucket: str) -> str:
    """Where the functions find recordings: as the ingest stack tells the nodes."""
    return f"s3://{media_bucket}/{RECORDINGS}"


def render(config: Mapping[str, Any], stage: Stage, outputs: Mapping[str, str]) -> dict[str, Any]:
    """The configuration with this stage's environment filled in. Raises OutputMissing."""
    rendered = copy.deepcopy(dict(config))
    environment = rendered["stages"][stage.name]["environment_variables"]
    for variable, output in FROM_OUTPUT.items():
        environment[variable] = _output(outputs, output)
    environment["STREAM_SYNC_SECRET_PREFIX"] = stage.secret_prefix
    environment["STREAM_SYNC_WS_MANAGEMENT_PARAMETER"] = stage.websocket_parameter
    if PLACEHOLDER in environment["STREAM_SYNC_ALLOWED_ORIGINS"]:
        environment["STREAM_SYNC_ALLOWED_ORIGINS"] = _output(outputs, "SiteUrl")
    environment["STREAM_SYNC_RECORDING"] = recording_place(_output(outputs, "MediaBucket"))
    return with_ingest(rendered, stage, place_of(outputs["KmsKeyArn"]).region, outputs)


def with_ingest(config: dict[str, Any], stage: Stage, region: str, outputs: Mapping[str, str]) -> dict[str, Any]:
    """The configuration with the URLs of one region's ingest stack; others stay. Raises OutputMissing."""
    environment = config["stages"][stage.name]["environment_variables"]
    url, plain = _output(outputs, "IngestUrl"), _output(outputs, "PlainIngestUrl")
    for variable, value in (
        ("STREAM_SYNC_INGEST_URLS", url),
        ("STREAM_SYNC_PLAIN_INGEST_URLS", plain if plain != url else None),
    ):
        urls = _known_urls(environment.get(variable, "{}"))
        urls.pop(region, None)
        urls |= {region: value} if value is not None else {}
        environment[variable] = json.dumps(urls, sort_keys=True)
    return config


def policies(stage: Stage, config: Mapping[str, Any]) -> dict[str, Policy]:
    """Each function's policy, with the ARNs that `config` has, by its file in `.chalice`."""
    environment = config["stages"][stage.name]["environment_variables"]
    key = environment["STREAM_SYNC_KMS_KEY_ID"]
    media = environment["STREAM_SYNC_RECORDING"].removeprefix("s3://").partition("/")[0]
    place = place_of(key)
    return {policy_file(stage, function): function.policy(stage, place, key, media) for function in FUNCTIONS}


def policy_file(stage: Stage, function: Function) -> str:
    return f"policies/{stage.name}/{function.name}.json"


def as_json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"


def _output(outputs: Mapping[str, str], name: str) -> str:
    if name not in outputs:
        raise OutputMissing(
            f"No stack of this stage has the output {name}: deploy the data, ingest and edge stacks first"
        )
    return outputs[name]


def _known_urls(text: str) -> dict[str, str]:
    """The ingest URLs so far, without the placeholder that the repository starts with."""
    return {region: url for region, url in json.loads(text).items() if PLACEHOLDER not in url}


def stack_outputs(
    stage: Stage, cloudformation: Any, nouns: Iterable[str] = ("data", "ingest", "edge")
) -> dict[str, str]:
    """Outputs of these stacks, by name. `cloudformation` is a boto3 client; its ClientError passes through."""
    stacks = [
        stack for noun in nouns for stack in cloudformation.describe_stacks(StackName=stage.stack(noun))["Stacks"]
    ]
    return {output["OutputKey"]: output["OutputValue"] for stack in stacks for output in stack.get("Outputs", [])}


def write(stage: Stage, outputs: Mapping[str, str], chalice: Path) -> None:
    """Renders the files in the folder `chalice`. Raises OutputMissing, and then has written nothing."""
    path = chalice / "config.json"
    path.write_text(as_json(render(json.loads(path.read_text()), stage, outputs)))
    write_policies(stage, chalice)


def write_policies(stage: Stage, chalice: Path) -> None:
    """Makes the policies from the configuration as it is."""
    config = json.loads((chalice / "config.json").read_text())
    for name, document in policies(stage, config).items():
        (chalice / name).parent.mkdir(parents=True, exist_ok=True)
        (chalice / name).write_text(as_json(document))


def add_remote(stage: Stage, region: str, outputs: Mapping[str, str], chalice: Path) -> None:
    """Puts the URLs of a further region's ingest stack into the configuration. Raises OutputMissing."""
    config = chalice / "config.json"
    config.write_text(as_json(with_ingest(json.loads(config.read_text()), stage, region, outputs)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.render_chalice_config", description=__doc__)
    parser.add_argument("stage", choices=STAGE_NAMES)
    parser.add_argument("--remote", nargs="+", default=[], metavar="region", help="further ingest regions")
    parser.add_argument("--policies", action="store_true", help="only make the policies; asks AWS nothing")
    arguments = parser.parse_args()
    stage = STAGES[arguments.stage]
    if arguments.policies:
        write_policies(stage, CHALICE)
    else:
        write(stage, stack_outputs(stage, boto3.client("cloudformation")), CHALICE)
    for region in arguments.remote:
        remote = boto3.client("cloudformation", region_name=region)
        add_remote(stage, region, stack_outputs(stage, remote, (f"ingest-{region}",)), CHALICE)
    print(f"{CHALICE}/config.json and the policies beside it are those of {stage.prefix}")


if __name__ == "__main__":
    main()
