"""The picture of the stacks is drawn from what is deployed."""

from infra.diagram import STACKS, page
from infra.stages import StageName
from tests.infra.conftest import ROOT, Templates


def test_the_diagram_is_current(templates: dict[StageName, Templates]) -> None:
    """Otherwise: `python -m infra.app prod && python -m infra.diagram cdk.out > docs/infrastructure.md`."""
    written = {template.path.name: template.body for template in templates["prod"].all}
    bodies = {noun: written[f"stream-sync-prod-{noun}.template.json"] for noun in STACKS}
    assert (ROOT / "docs" / "infrastructure.md").read_text() == page(bodies)
    assert len(written) == len(STACKS), "a stack that is not in the picture"
