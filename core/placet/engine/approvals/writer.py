"""Opens and takes back rounds of approvals inside a unit of work."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from placet.definitions.document import method_of
from placet.definitions.roles import SYSTEM
from placet.engine.act.plugin_calls import PluginError
from placet.engine.act.records import ApprovalRound, ItemRecord, ItemRef, Message
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals import rounds
from placet.engine.approvals.confirming import closed
from placet.engine.rules.context import Context
from placet.engine.rules.panels import decided_by_others
from placet.engine.rules.refusals import plugin_failed, type_of
from placet.errors import InvalidError


class RoundWriter:
    """Writes all changes of an item's approvals except votes; the event of the act records them."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def open(self, ref: ItemRef, approval: str, actor: str) -> None:
        """Ask for an approval, in a new round."""
        record = self._unit.own(ref)
        item_type = type_of(self._unit, record)
        definition = item_type.approval(approval)
        if definition is None:
            raise InvalidError.unknown("/approval", "approval", approval, [a.id for a in item_type.approvals])
        ctx = Context(self._unit, record, actor)
        ctx.speaks_for(method_of(approval))
        try:
            opened = self._unit.plugins.call(approval, ctx, partial(rounds.opened, approval=definition))
        except PluginError as failure:
            what = f"asking for {approval}"
            raise plugin_failed(record.key, "approve", "approval", what, failure, ctx.titles) from failure
        self._unit.put(opened)

    def void(self, ref: ItemRef, approval: str, reason: Message) -> None:
        """Withdraw an approval."""
        self._unit.put(rounds.voided(self._unit.own(ref), approval, reason))

    def void_stale(self, record: ItemRecord) -> None:
        """Void the approvals whose material or panel has changed, and ask again for those that reopen."""
        item_type = type_of(self._unit, record)
        ref = ItemRef(record.workspace, record.number)
        outdated = {round.approval: (round, reason) for round, reason in self._decided_by_others(record)}
        outdated |= {round.approval: (round, reason) for round, reason in rounds.stale(record, item_type)}
        for round, reason in outdated.values():
            self.void(ref, round.approval, reason)
            definition = item_type.approval(round.approval)
            if definition is not None and definition.reopens and round.state == record.state:
                self.open(ref, round.approval, SYSTEM)
        left = self._unit.own(ref)
        filled = rounds.filled_in(left, item_type)
        if filled is not left:
            self._unit.put(filled)

    def _decided_by_others(self, record: ItemRecord) -> Iterator[tuple[ApprovalRound, Message]]:
        """Open rounds that would be put to other people now, or counted in another way, each with the reason."""
        ctx = Context(self._unit, record, SYSTEM)
        for approval in dict.fromkeys(round.approval for round in record.approvals):
            round = record.round(approval)
            reason = None if round is None else decided_by_others(ctx, round)
            if round is not None and reason is not None:
                yield round, reason

    def close(self, ref: ItemRef) -> None:
        """Withdraw everything that still waits for a decision, as the item has reached a final state."""
        record = self._unit.own(ref)
        reason = Message("approval.closed", {"key": record.key, "state": record.state})
        self._unit.put(closed(rounds.closed(record, reason)))
