"""Items that leave the scope of a control by a computed field: each kind of act that changes one is found.

A scope goes by fields, and a computed field follows from links, evidence and confirmations. The yard is a method of its
own: a crate has papers, a lid, and the word of its owner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import placet_cobit
import placet_governance
from placet import (
    ActorId,
    CheckContext,
    Computed,
    Confirmation,
    Fields,
    ItemType,
    LinkType,
    Method,
    Role,
    State,
    Transition,
    Workflow,
    hookimpl,
)
from placet.testing import Desk, Registry

from .assurance import PEOPLE, Assurance

PACKER = Role("yard.packer", "Packer")
#: The field `word`, by what the owner has answered.
WORDS = {"pending": 0, "confirmed": 1, "declined": 2, "expired": 3, "withdrawn": 4}


class CrateFields(Fields):
    owner: ActorId
    papers: int = 0
    lids: int = 0
    word: int = 0


def papers(ctx: CheckContext) -> int:
    return len(ctx.evidence("paper"))


def lids(ctx: CheckContext) -> int:
    return len(ctx.linked("yard.lid"))


def word(ctx: CheckContext) -> int:
    status = ctx.confirmation("yard.kept").status(ctx.item.fields.owner)
    return WORDS["pending" if status is None else status.value]


YARD = Method(
    "yard",
    "Yard",
    roles=[PACKER],
    link_types=[LinkType("yard.lid", "Lid", targets=["yard.crate"])],
    item_types=[
        ItemType(
            "yard.crate",
            "Crate",
            fields=CrateFields,
            workflow=Workflow(
                "yard.crate",
                [State("packed", "Packed", "active"), State("shipped", "Shipped", "done")],
                [Transition("ship", "packed", "shipped", [PACKER])],
            ),
            computed=[Computed("papers", papers), Computed("lids", lids), Computed("word", word)],
            confirmations=[
                Confirmation("yard.kept", "Kept by the owner", "owner", lasts=timedelta(days=3)),
            ],
        )
    ],
)


def yard() -> ModuleType:
    module = ModuleType("yard")
    module.placet_method = hookimpl(lambda: YARD)  # type: ignore[attr-defined]  # as an entry point would lead to it
    return module


class Yard(Assurance):
    """The organization with a yard, whose crates are shipped with a sign-off as far as they are in scope."""

    def signed_off(self, scope: dict[str, Any]) -> str:
        """A control in force that asks crates of a scope for a sign-off."""
        binding = {"item_type": "yard.crate", "transition": "ship", "check_id": "core.evidence_present",
                   "params": {"kind": "sign_off"}, "scope": scope}  # fmt: skip
        return self.control(
            bindings=[binding], mode="block", execution="it_dependent_manual",
            evidence_requirements=[{"kind": "sign_off"}],
        )  # fmt: skip

    def crate(self) -> str:
        return self.desk.create("yard.crate", "A crate", actor="packer", owner="kim").key

    def departed(self, control: str) -> list[str]:
        """The elements that the tester of the control is shown of March, as they are described."""
        key = self.assessment(control, "2026-03-02", "2026-03-31")
        self.desk.pass_time("2026-04-02T09:00:00Z")
        self.move("nils", key, "request_evidence")
        return [self.fields(each)["happened"] for each in self.children(key, "control_test")]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Yard]:
    registry = Registry.of(placet_governance, placet_cobit, yard())
    people = {**PEOPLE, "yard.packer": ["packer", "kim"]}
    with Desk(tmp_path, registry=registry, people=people) as desk:
        yield Yard(desk)


Act = Callable[[Yard, str], object]


def attach_paper(office: Yard, crate: str) -> None:
    office.attach("packer", crate, "paper")


def put_lid_on(office: Yard, crate: str) -> None:
    office.desk.link(crate, "yard.lid", office.crate(), actor="packer")


def take_lid_off(office: Yard, crate: str) -> None:
    [lid] = office.desk.links(crate)
    office.desk.unlink(crate, "yard.lid", lid.key, actor="packer")


def confirm(office: Yard, crate: str) -> None:
    office.desk.confirm(crate, "yard.kept", by="kim")


def decline(office: Yard, crate: str) -> None:
    office.desk.confirm(crate, "yard.kept", by="kim", confirm=False, comment="It is not mine.")


def take_back(office: Yard, crate: str) -> None:
    office.desk.engine.confirmations.take_back(office.desk.person("kim"), crate, "yard.kept")


def wait(office: Yard, crate: str) -> None:
    office.desk.pass_time("2026-03-09T09:00:00Z")


def nothing(office: Yard, crate: str) -> None:
    pass


class TestAnItemLeavesAScope:
    @pytest.mark.parametrize(
        ("scope", "before", "leaves", "said"),
        [
            ({"papers": {"at_most": 0}}, nothing, attach_paper, "packer changed papers"),
            ({"lids": {"at_most": 0}}, nothing, put_lid_on, "packer changed lids"),
            ({"lids": {"at_least": 1}}, put_lid_on, take_lid_off, "packer changed lids"),
            ({"word": {"at_most": 0}}, nothing, confirm, "kim changed word"),
            ({"word": {"at_most": 0}}, nothing, decline, "kim changed word"),
            ({"word": {"at_least": 1}}, confirm, take_back, "kim changed word"),
            ({"word": {"at_least": 1, "at_most": 1}}, confirm, wait, "system changed word"),
        ],
        ids=["evidence", "link", "removed link", "confirmation", "refusal", "taken back", "expired"],
    )
    def test_and_its_tester_sees_it(
        self, office: Yard, scope: dict[str, Any], before: Act, leaves: Act, said: str
    ) -> None:
        """It moved without what the control asks for, and is in the sample, with who changed the field."""
        crate = office.crate()
        before(office, crate)
        control = office.signed_off(scope)
        inside = office.refused("packer", crate, "ship")
        leaves(office, crate)

        office.move("packer", crate, "ship")

        assert len(inside) == 1
        assert office.departed(control) == [f"ship, out of scope after {said}"]

    def test_or_was_never_in_it(self, office: Yard) -> None:
        """A crate without a paper, where papers are asked for: that is not a departure."""
        control = office.signed_off({"papers": {"at_least": 1}})
        office.move("packer", office.crate(), "ship")

        assert office.departed(control) == []
