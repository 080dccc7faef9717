"""Gates on the making of an item: what could never move is refused with all reasons, and is not there afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shop import FIXER, estimate_is_small, plugin, with_repair

from placet import BlockedError, Extension, Gate, GateMode, Method, fields_present
from placet.catalog.discovery import Registry
from placet.engine.engine import SYSTEM_ACTOR
from placet.testing import Desk

#: Nothing comes to the shop whose fault is not known.
SHOP = plugin(
    with_repair(
        creators=[FIXER],
        entries={"bench": [FIXER]},
        creation=[
            Gate("shop.known", "Known", fields_present("shop.fault_known", "fault"), estimate_is_small)
        ],
    )
)


def _extend(catalog: Extension) -> None:
    gate = Gate("deposits.paid", "Paid", fields_present("deposits.deposit", "deposit"))
    catalog.add_gate("shop.repair", "create", gate)


#: A method that asks for a deposit, too.
DEPOSITS = plugin(Method("deposits", "Deposits", requires=["shop"]), placet_extend=_extend)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path, registry=Registry.of(SHOP, DEPOSITS)) as opened:
        yield opened


def refused(desk: Desk, **fields: Any) -> dict[str, str]:
    """The blockers of a wish that is refused, by check."""
    with pytest.raises(BlockedError) as refusal:
        desk.create("shop.repair", "A lamp", actor="fixer", **fields)
    return {blocker.check: blocker.message for blocker in refusal.value.blockers}


class TestAGateOnMaking:
    def test_refuses_with_all_blockers_those_of_other_methods_too(self, desk: Desk) -> None:
        assert refused(desk, hours=50) == {
            "shop.fault_known": "missing: fault",
            "shop.estimate_is_small": "50 hours are more than 40",
            "deposits.deposit": "missing: deposit",
        }
        assert desk.items() == []

    def test_lets_pass_what_is_in_order_and_records_the_verdicts(self, desk: Desk) -> None:
        lamp = desk.create("shop.repair", "A lamp", actor="fixer", fault="dark", deposit="5")

        (created,) = desk.history(lamp)
        assert [each["check"] for each in created.data["checks"]] == [
            "shop.fault_known", "shop.estimate_is_small", "deposits.deposit",
        ]  # fmt: skip

    def test_has_a_mode_like_other_gates(self, desk: Desk) -> None:
        """A new rule can be rolled out with warnings, which are recorded."""
        desk.engine.workspaces.change(SYSTEM_ACTOR, desk.key, gate_modes={"shop.known": GateMode.WARN})

        lamp = desk.create("shop.repair", "A lamp", actor="fixer", hours=50, deposit="5")

        (created,) = desk.history(lamp)
        assert [each["check"] for each in created.data["reported"]] == [
            "shop.fault_known",
            "shop.estimate_is_small",
        ]

    def test_leaves_alone_what_began_elsewhere(self, desk: Desk) -> None:
        """An item that is made in a later state has begun under other rules."""
        made = desk.engine.items.create(
            desk.person("fixer"),
            workspace=desk.key, type="shop.repair", title="From elsewhere", state="bench",
        )  # fmt: skip

        assert made.state == "bench"
