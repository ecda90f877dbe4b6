"""`python -m infra.deploy deploy dev`: the commands behind `make deploy`, `diff`, `destroy` and `rollback`."""

import argparse
import difflib
import json
import sys
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy import destroy, fronts, ingest, regions, releases, stacks
from infra.deploy.chalice_state import Deployed, path_of
from infra.deploy.run import CannotDeploy, Run
from infra.deploy.steps import NAMES, STACKS, STEPS, chosen, templates
from infra.render_chalice_config import OutputMissing, as_json, render
from infra.stages import REMOTE_REGIONS, STAGE_NAMES, STAGES


def deploy(run: Run, arguments: argparse.Namespace) -> None:
    steps = chosen(arguments.only, arguments.first, arguments.skip)
    for step in steps:
        run.say(f"{step.name}: {step.does}")
        try:
            step.run(run)
        except (CannotDeploy, OutputMissing, BotoCoreError, ClientError) as error:
            hint = f"make deploy STAGE={run.stage.name} ARGS='--from {step.name}'"
            raise CannotDeploy(f"{step.name} stopped:\n{error}\nTo go on from here: {hint}") from error
    run.say(f"{run.stage.prefix}: done ({', '.join(step.name for step in steps)})")


def diff(run: Run, _arguments: argparse.Namespace) -> None:
    templates(run)
    image = ingest.running_image(run)
    parameters = {
        "ingest": ingest.parameters(run, run.image or image),
        "edge": fronts.edge_parameters(run),
    }
    if path_of(run).is_file():
        parameters |= {"api-edge": Deployed.read(path_of(run)).parameters(), "api-front": fronts.api_parameters(run)}
    places = [(noun, fronts.in_cloudfronts_region(run) if noun == "site-front" else run) for noun in STACKS]
    is_new = stacks.find(run, run.stage.stack("data")) is None
    for region in () if is_new else run.stage.remote:
        parameters[f"ingest-{region}"] = regions.parameters(run, region, run.image or image)
        places += [(f"{noun}-{region}", run.in_region(region)) for noun in ("ingest", "observability")]
    for noun, there in places:
        try:
            changes = stacks.diff(there, noun, parameters.get(noun))
        except (CannotDeploy, ClientError) as error:
            run.say(f"{run.stage.stack(noun)}: cannot be compared yet: {error}")
            continue
        run.say(f"{run.stage.stack(noun)}: {'no change' if not changes else ''}")
        for change in changes:
            run.say(f"    {change}")
    _configuration(run)


def _configuration(run: Run) -> None:
    """What the next `chalice deploy` would be told anew. The code is not compared: it is uploaded each time."""
    path = run.root / ".chalice" / "config.json"
    before = path.read_text()
    try:
        after = as_json(render(json.loads(before), run.stage, run.outputs()))
    except OutputMissing as missing:
        run.say(f"API: {missing}")
        return
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), "now", "then", n=0, lineterm=""))
    run.say("API: configuration " + ("unchanged" if not lines else "would change"))
    for line in lines:
        run.say(f"    {line}")


def rollback(run: Run, arguments: argparse.Namespace) -> None:
    releases.roll_back(run, arguments.to, arguments.skip)


def remove(run: Run, arguments: argparse.Namespace) -> None:
    destroy.destroy(run, with_data=arguments.data, ask=input)


def parsed(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, function, text in (
        ("deploy", deploy, "deploy a stage, or some steps of it"),
        ("diff", diff, "say what a deployment would change"),
        ("destroy", remove, "delete a stage; its data only with --data"),
        ("rollback", rollback, "deploy an earlier release again"),
    ):
        command = commands.add_parser(name, help=text)
        command.set_defaults(function=function)
        command.add_argument("stage", choices=STAGE_NAMES)
        command.add_argument("--set", action="append", default=[], metavar="STACK:NAME=VALUE", type=_setting)
        command.add_argument("--image", help="an ingest image by its digest, instead of building one")
        command.add_argument("--administrator", metavar="EMAIL", help="the first administrator")
        if name == "deploy":
            command.add_argument("--only", action="append", default=[], choices=NAMES, help="these steps alone")
            command.add_argument("--from", dest="first", choices=NAMES, help="this step and those after it")
            command.epilog = "steps: " + "; ".join(f"{step.name} ({step.does})" for step in STEPS)
        if name in ("deploy", "rollback"):
            command.add_argument("--skip", action="append", default=[], choices=NAMES, help="all steps but these")
        if name == "destroy":
            command.add_argument("--data", action="store_true", help="also the tables, accounts and keys")
        if name == "rollback":
            command.add_argument("--to", metavar="REVISION", help="not the release before, but this one")
    return parser.parse_args(arguments)


def _setting(text: str) -> tuple[str, str]:
    key, found, value = text.partition("=")
    noun = key.partition(":")[0]
    known = {*STACKS, *(f"{one}-{region}" for one in ("ingest", "observability") for region in REMOTE_REGIONS)}
    if not found or noun not in known or ":" not in key:
        raise argparse.ArgumentTypeError("must be like ingest:Packaging=off, or ingest-eu-west-1:Packaging=on")
    return key, value


def main(arguments: Sequence[str] | None = None) -> int:
    found = parsed(arguments)
    run = Run(STAGES[found.stage], settings=dict(found.set), image=found.image, administrator=found.administrator)
    try:
        found.function(run, found)
    except (CannotDeploy, BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. What AWS has begun goes on; run the same command again to wait for it.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
