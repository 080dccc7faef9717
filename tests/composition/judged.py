"""The verdict of an offered check on an item as it is, without a control that asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from placet import Gate
from placet.engine.act.access import ref_of
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import evaluate_gates
from placet.testing import Desk


def judge(
    desk: Desk,
    item: ItemRecord | str,
    check: str,
    *,
    params: Mapping[str, Any] | None = None,
    transition: str = "",
    actor: str = "system",
) -> list[str]:
    """The messages of a check of COBIT: none where it is met. A check that fails to run says so."""

    def see(unit: UnitOfWork) -> list[str]:
        ctx = Context(unit, unit.own(ref_of(desk.item(item))), actor, transition=transition)
        made = desk.catalog.offered_checks[f"cobit.{check}"].of(f"cobit.{check}", params or {})
        found = evaluate_gates(ctx, [Gate("cobit.judged", "Judged", made)])
        return [blocker.message for blocker in found.blockers]

    return desk.engine._acts.look(see)
