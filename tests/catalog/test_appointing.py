"""The linter's proofs about roles: where they are held, and who appoints their holders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from linting import lint

from placet import (
    Appointment,
    Approval,
    Ballot,
    Duty,
    Fields,
    ItemType,
    Method,
    Panel,
    Quorum,
    Role,
    State,
    Transition,
    Workflow,
)
from placet.catalog.catalog import Catalog

READER = "library.reader"


@pytest.mark.parametrize(
    ("role", "finding"),
    [
        (
            Role("city.clerk", "Clerk", on_item=Appointment(["library.readr"])),
            'there is no role "library.readr": did you mean "library.reader"',
        ),
        (
            Role("city.clerk", "Clerk", on_item=Appointment([READER], ["library.readr"])),
            'there is no role "library.readr": did you mean "library.reader"',
        ),
        (
            Role("city.clerk", "Clerk", held_on=["library.lon"], on_item=Appointment([READER])),
            'there is no item type "library.lon": did you mean "library.loan"?',
        ),
        (
            Role("city.clerk", "Clerk", held_on=["library.loan"]),
            "it is held on library.loan, and nobody can be given it there: say in `on_item` who appoints it",
        ),
        (
            Role("city.clerk", "Clerk", on_item=Appointment([])),
            "only administrators appoint it: name roles in `by` of `on_item`",
        ),
        (
            Role("city.clerk", "Clerk", through=["nothing"]),
            "items inherit it through fields, and it is held on no item: name the types of the items in `held_on`",
        ),
        (
            Role(
                "city.clerk", "Clerk", held_on=["library.loan"], on_item=Appointment([READER], ["city.clerk"])
            ),
            "its holders have to hold city.clerk in the workspace, which is held on library.loan",
        ),
    ],
)
def test_a_role_that_nobody_can_be_given_is_found(
    composed: Callable[..., Catalog], role: Role, finding: str
) -> None:
    catalog = composed(Method("city", "City", roles=[role], extends=["library"]))

    assert any(str(each).startswith(f"city.clerk: {finding}") for each in lint(catalog))


CLERK = Role("city.clerk", "Clerk", held_on=["city.office"], on_item=Appointment(["city.mayor"]))
MAYOR = Role("city.mayor", "Mayor")


def permits(*transitions: Transition, parents: list[str] | None = None) -> ItemType:
    """Permits, which clerks issue; they have no parents unless some are given."""
    workflow = Workflow(
        "city.permit",
        [State("asked", "Asked for", "todo"), State("issued", "Issued", "done")],
        transitions or [Transition("issue", ["asked"], "issued", [CLERK])],
    )
    return ItemType(
        "city.permit", "Permit", fields=Fields, workflow=workflow, creators=[MAYOR], parents=parents
    )


OFFICE = ItemType(
    "city.office",
    "Office",
    fields=Fields,
    creators=[MAYOR],
    workflow=Workflow(
        "city.office",
        [State("open", "Open", "active"), State("shut", "Shut", "done")],
        [Transition("shut", ["open"], "shut", [MAYOR])],
    ),
)


def warned(composed: Callable[..., Catalog], *types: ItemType, roles: list[Role]) -> list[tuple[str, str]]:
    """The code and the place of each finding about roles in use."""
    catalog = composed(Method("city", "City", item_types=types, roles=roles))
    codes = {"unused-role", "nobody-holds", "nobody-appoints"}
    return [(each.code, each.where) for each in lint(catalog) if each.code in codes and "city" in each.where]


class TestARoleInUse:
    def test_is_held_where_it_is_needed_and_given_by_somebody(self, composed: Callable[..., Catalog]) -> None:
        """The mayor appoints clerks of an office, below which permits lie."""
        assert warned(composed, OFFICE, permits(parents=["city.office"]), roles=[MAYOR, CLERK]) == []

    def test_that_no_table_names_is_found(self, composed: Callable[..., Catalog]) -> None:
        idle = Role("city.herald", "Herald")

        assert warned(composed, OFFICE, roles=[MAYOR, idle]) == [("unused-role", "city.herald")]

    @pytest.mark.parametrize(
        "use",
        [
            {"creators": ["city.herald"]},
            {"editors": ["city.herald"]},
            {"approvals": [Approval("city.consent", "Consent", panel=Panel(Ballot(["city.herald"], Quorum.any())))]},
            {"duties": [Duty("city.apart", "Apart", ["create"], ["appoint:city.herald"])]},
        ],
        ids=["creators", "editors", "an approval", "a duty"],
    )  # fmt: skip
    def test_of_one_use_is_left_alone(self, composed: Callable[..., Catalog], use: dict[str, Any]) -> None:
        table = {name: getattr(OFFICE, name) for name in ItemType.__dataclass_fields__} | use

        found = warned(composed, ItemType(**table), roles=[MAYOR, Role("city.herald", "Herald")])

        assert ("unused-role", "city.herald") not in found

    def test_that_nobody_holds_on_the_items_that_need_it_is_found(
        self, composed: Callable[..., Catalog]
    ) -> None:
        """Permits have no parents, and clerks are clerks of an office."""
        catalog = composed(Method("city", "City", item_types=[OFFICE, permits()], roles=[MAYOR, CLERK]))

        found = [str(each) for each in lint(catalog) if each.code == "nobody-holds"]

        said = (
            "city.permit.issue: nobody holds city.clerk on a city.permit, which neither lies below a city.office nor "
            "names one: name another role, a field of the items in its `through`, or a type above them in its `held_on`"
        )
        assert found == [said]

    def test_beside_another_that_can_be_held_is_left_alone(self, composed: Callable[..., Catalog]) -> None:
        either = Transition("issue", ["asked"], "issued", [CLERK, MAYOR])

        assert warned(composed, OFFICE, permits(either), roles=[MAYOR, CLERK]) == []

    def test_that_can_have_no_holder_is_found(self, composed: Callable[..., Catalog]) -> None:
        nobody = Role("city.mayor", "Mayor", max_holders=0)

        assert ("nobody-holds", "city.mayor") in warned(composed, OFFICE, roles=[nobody])

    def test_that_only_its_holders_give_is_found(self, composed: Callable[..., Catalog]) -> None:
        """Two roles that appoint each other: nobody is the first."""
        clerk = Role("city.clerk", "Clerk", held_on=["city.office"], on_item=Appointment(["city.chief"]))
        chief = Role("city.chief", "Chief", held_on=["city.office"], on_item=Appointment(["city.clerk"]))

        found = warned(composed, OFFICE, permits(parents=["city.office"]), roles=[MAYOR, clerk, chief])

        assert found == [("nobody-appoints", "city.chief"), ("nobody-appoints", "city.clerk")]
