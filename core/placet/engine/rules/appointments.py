"""The opinions of methods on appointments: whether somebody may be given a role, on an item or in a workspace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from placet.definitions.checks import Check
from placet.definitions.context import CheckContext
from placet.definitions.roles import SYSTEM
from placet.definitions.verdicts import BlockedError, Blocker, GateMode, Outcome, Verdict
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import attributed, verdict_of

_Opinion = Callable[[CheckContext, str, str], Verdict | None]


def demand_appointable(
    unit: UnitOfWork, on: ItemRecord | WorkspaceRecord, role: str, gaining: Sequence[str]
) -> None:
    """Raises `BlockedError` with all that methods have against giving people a role."""
    record = on if isinstance(on, ItemRecord) else _itself(unit, on)
    ctx = Context(unit, record, SYSTEM)
    blockers: list[Blocker] = []
    for method, opinion in ctx.catalog.appointments:
        gate = f"{method}.placet_appoint"
        if ctx.catalog.mode(gate) is not GateMode.ENFORCE:
            continue
        for person in gaining:
            check = Check(gate, partial(_opinion, opinion, role, person))
            verdict = verdict_of(ctx, check)
            blockers += attributed(ctx, verdict, gate, gate, GateMode.ENFORCE)
    if blockers:
        raise BlockedError(on.key, "appoint", blockers, wording=ctx.titles)


def _opinion(opinion: _Opinion, role: str, person: str, ctx: CheckContext) -> Verdict:
    given = opinion(ctx, role, person)
    return Verdict(Outcome.MET) if given is None else given


def _itself(unit: UnitOfWork, place: WorkspaceRecord) -> ItemRecord:
    """A placeholder where an item is expected: an item of no type, which stands for the workspace."""
    return ItemRecord(
        workspace=place.key, number=0, type="", title=place.name, state="", category="", version=0, seq=0,
        head="", fields={}, created_at=place.created_at, created_by=SYSTEM, updated_at=unit.now,
        state_since=place.created_at, definition="",
    )  # fmt: skip
