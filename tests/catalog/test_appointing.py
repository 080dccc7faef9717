"""The linter's proofs about roles: where they are held, and who appoints their holders."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from linting import lint

from placet import Appointment, Method, Role
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
