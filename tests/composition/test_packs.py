"""The example of packs in their README, on the method that it is about."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

import placet_itil_change
from placet.testing import Registry, Rules
from placet_packs import Pack
from placet_packs.models import PackPart

README = Path(__file__).parents[2] / "plugins/packs/README.md"


def example() -> str:
    found = re.search(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def parts(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The names of all members of a part, and of the parts in it."""
    found: dict[str, type[BaseModel]] = {}
    for name, info in model.model_fields.items():
        found[name] = model
        inside = [info.annotation]
        while inside:
            each = inside.pop()
            inside += get_args(each)
            if isinstance(each, type) and issubclass(each, BaseModel):
                found |= parts(each)
    return found


class TestTheExample:
    def test_extends_the_change_without_a_finding(self, tmp_path: Path) -> None:
        file = tmp_path / "rules.yaml"
        file.write_text(example(), encoding="utf-8")

        catalog, findings = Registry.of(placet_itil_change, Pack(file)).linted(Rules(("itil", "acme")))

        change = catalog.item_types["itil.change"]
        assert [str(finding) for finding in findings if finding.severity != "note"] == []
        assert "acme.security_review" in {approval.id for approval in change.approvals}
        assert "acme.review_due" in {timer.id for timer in change.timers}
        assert "ticket" in change.fields.model_fields

    @pytest.mark.parametrize("name", sorted(parts(PackPart)))
    def test_stands_beside_a_table_with_every_name(self, name: str) -> None:
        """Each member of each part is documented."""
        assert re.search(rf"`(\{{)?{name}\b", README.read_text(encoding="utf-8"))
