"""Blockers that one person can clear now.

A check names who can clear its blocker, often by a role, and many of them are not work for anybody: a move for
emergencies says of every other change that it is not one. So a blocker counts as somebody's work only if they can do
something about it, and if its transition can come to pass at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from placet.definitions.context import ApprovalStatus
from placet.definitions.items import ItemType
from placet.definitions.verdicts import Action, Blocker, GateMode, Outcome
from placet.engine.act.people import Actor
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.views import approval_views
from placet.engine.items.rights import demand_editor
from placet.engine.rules.context import Context
from placet.engine.rules.previews import TransitionPreview
from placet.errors import ForbiddenError

#: Blockers about the person who asks: they say nothing about the item.
_ABOUT_THE_PERSON = frozenset({"role", "segregation"})
#: Actions that write on the item itself. Votes and moves are on the worklist in their own right.
_WRITING = frozenset({"edit", "attach", "link", "create"})
_ELSEWHERE = frozenset({"approve", "transition"})


class Clearing:
    """The blockers of one item that one person can clear."""

    def __init__(self, unit: UnitOfWork, record: ItemRecord, actor: Actor, item_type: ItemType) -> None:
        self._record = record
        self._item_type = item_type
        self._actor = actor
        self._ctx = Context(unit, record, actor.id)
        self._pending = {
            view.approval for view in approval_views(unit, record) if view.status is ApprovalStatus.PENDING
        }
        self._waivable: Mapping[str, tuple[str, ...]] = {
            gate.id: gate.waived_by for t in item_type.workflow.transitions for gate in t.gates
        }
        try:
            demand_editor(unit, actor, record, "edit")
            self._edits = True
        except ForbiddenError:
            self._edits = False

    def mine(self, preview: TransitionPreview) -> Iterator[Blocker]:
        """The blockers of a transition that the person can clear; none of a transition that nobody can bring about."""
        standing = [
            blocker
            for blocker in preview.blockers
            if blocker.gate not in _ABOUT_THE_PERSON and blocker.mode is GateMode.ENFORCE
        ]
        if all(map(self._can_pass, standing)):
            yield from (blocker for blocker in standing if self._is_mine(blocker))

    def _can_pass(self, blocker: Blocker) -> bool:
        """Whether somebody can do something about a blocker, or time alone clears it."""
        return (
            blocker.earliest is not None
            or bool(self._waivable.get(blocker.gate))
            or any(self._is_open(action) for action in blocker.actions)
            or bool(self._by_name(blocker.who))
        )

    def _is_open(self, action: Action) -> bool:
        """Whether an action can be taken by anybody: a vote only while it is asked for."""
        return action.kind != "approve" or action.href.rpartition("/")[2] in self._pending

    def _is_mine(self, blocker: Blocker) -> bool:
        if blocker.verdict is Outcome.UNKNOWN or not self._names(blocker.who):
            return False
        if any(action.kind in _WRITING and self._can_take(action) for action in blocker.actions):
            return True
        if any(action.kind in _ELSEWHERE for action in blocker.actions):
            return False
        return self._actor.id in blocker.who or self._ctx.holds(
            self._actor.id, *self._waivable.get(blocker.gate, ())
        )

    def _can_take(self, action: Action) -> bool:
        frozen = self._item_type.frozen_in.get(self._record.state, ())
        return self._edits and not (action.kind == "edit" and set(action.fields) & set(frozen))

    def _names(self, who: Sequence[str]) -> bool:
        roles = [name for name in who if name in self._ctx.catalog.roles]
        return self._actor.id in who or (bool(roles) and self._ctx.holds(self._actor.id, *roles))

    def _by_name(self, who: Sequence[str]) -> list[str]:
        return [name for name in who if name not in self._ctx.catalog.roles]
