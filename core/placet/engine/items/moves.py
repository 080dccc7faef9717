"""Makes transitions inside a unit of work, with their effects, timers and approvals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from placet.definitions.copies import changed
from placet.definitions.items import ItemType
from placet.definitions.roles import SYSTEM
from placet.definitions.verdicts import BlockedError, Blocker, GateMode
from placet.definitions.wording import with_article
from placet.definitions.workflow import Transition
from placet.engine.act.input import COMMENT_LIMIT, clean_text
from placet.engine.act.recorder import append, unrecorded_fields, with_act
from placet.engine.act.records import EventRecord, ItemRecord, ItemRef, Message
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.asks import followed
from placet.engine.approvals.confirming import asked_for
from placet.engine.approvals.writer import RoundWriter
from placet.engine.items.effects import EffectRunner
from placet.engine.items.fields import FieldWriter
from placet.engine.items.rights import reserved, unasked_fields
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import Evaluation, evaluate, roles_held
from placet.engine.rules.grounds import blocker_data, check_data
from placet.engine.rules.machine import machine_of
from placet.engine.rules.refusals import not_from_here, type_of
from placet.errors import ConflictError, DefinitionError, InvalidError, PlacetError

#: Effects can move items whose effects move further items: a chain deeper than this is a circle.
_DEPTH_LIMIT = 8


class MoveWriter:
    """Moves items."""

    def __init__(
        self, unit: UnitOfWork, fields: FieldWriter, rounds: RoundWriter, effects: EffectRunner
    ) -> None:
        self._unit = unit
        self._fields = fields
        self._rounds = rounds
        self._effects = effects
        self._depth = 0

    def move(
        self,
        ref: ItemRef,
        name: str,
        sent: Mapping[str, Any],
        comment: str,
        actor: str,
        *,
        caused_by: str | None = None,
        kept: bool = True,
    ) -> tuple[ItemRecord, EventRecord]:
        """Make a transition, with its effects, timers and approvals.

        `kept` says whether the event keeps the comment: not where the comment only repeats what the event records.

        Raises:
            BlockedError: with all blockers.
        """
        self._unit.begin_move()
        before = self._unit.own(ref)
        item_type = type_of(self._unit, before)
        transition = _transition(item_type, name)
        comment = clean_text(comment, "/comment", limit=COMMENT_LIMIT)
        applied = self._fields.applied(before, item_type, sent, actor)
        candidate = self._fields.signed(before, applied, item_type, actor)
        ctx = Context(self._unit, candidate, actor, transition=name, comment=comment, sent=sent)
        found, blockers = self._judged(ctx, before, item_type, transition)
        target = machine_of(item_type.workflow).move(before.state, name)
        self._enter(candidate, item_type, transition, target, actor)
        data: dict[str, Any] = {
            "transition": name,
            "from_state": before.state,
            "to_state": target,
            "comment": comment if kept else None,
            "roles": roles_held(ctx, transition),
            "reported": [blocker_data(b) for b in blockers],
            "waived": found.waived,
            "checks": [check_data(report) for report in found.reports],
            "read": self._unit.others_read(ref),
            "caused_by": caused_by,
        }
        said = {"transition": name, "comment": comment, "sent": sent}
        return self._completed(ref, before, item_type, transition, actor, said, data)

    def _judged(
        self, ctx: Context, before: ItemRecord, item_type: ItemType, transition: Transition
    ) -> tuple[Evaluation, list[Blocker]]:
        """The evaluation, with its warnings. Raises `BlockedError` where there is a blocker."""
        blockers: list[Blocker] = []
        if ctx.sent:
            blockers += self._fields.frozen(
                before, ctx.sent, ctx.actor, act=transition.name, asked_for=transition.input
            )
            blockers += reserved(self._unit, before, ctx.record, ctx.sent, ctx.actor)
            blockers += unasked_fields(self._unit, before, ctx, transition)
        if ctx.record.fields is not before.fields:
            blockers += self._fields.named(before, ctx.record, ctx.actor)
            blockers += self._fields.barred(before, ctx.record, ctx.actor)
        if not machine_of(item_type.workflow).leaves(before.state, transition.name):
            blockers.append(not_from_here(item_type, transition, before, ctx.titles))
        found = evaluate(ctx, transition)
        blockers += found.blockers
        if any(blocker.mode is GateMode.ENFORCE for blocker in blockers):
            shown = [b for b in blockers if b.mode is not GateMode.OBSERVE]
            observed = [b for b in blockers if b.mode is GateMode.OBSERVE]
            raise BlockedError(before.key, transition.name, shown, observed=observed, wording=ctx.titles)
        return found, blockers

    def _completed(
        self,
        ref: ItemRef,
        before: ItemRecord,
        item_type: ItemType,
        transition: Transition,
        actor: str,
        said: dict[str, Any],
        data: dict[str, Any],
    ) -> tuple[ItemRecord, EventRecord]:
        """Run the effects, and record the whole result of the transition."""
        outer, self._unit.left_out = self._unit.left_out, {}
        since = len(self._unit.events)
        for effect in transition.effects:
            self._effects.run(ref, effect, actor, said)
        after = self._after_move(ref, item_type, transition, actor)
        changes = unrecorded_fields(self._unit, before, after, since)
        # The hooks of plugins see what will be recorded; their own changes are recorded too.
        seen = data | {"kind": "transition", "actor": actor, "changes": changes}
        self._effects.run_hooks(ref, actor, said, seen)
        settled = self._fields.settled(self._unit.own(ref))
        same = settled.fields is after.fields
        data["changes"] = changes if same else unrecorded_fields(self._unit, before, settled, since)
        data["left_out"] = list(self._unit.left_out)
        self._unit.left_out = outer
        _, event = append(self._unit, settled, "transition", actor, data)
        if item_type.consequences:
            moved = data["to_state"] != data["from_state"]
            self._effects.follow(ref, data["changes"], moved=moved, cause=data["caused_by"])
        return self._unit.own(ref), event

    def _enter(
        self, record: ItemRecord, item_type: ItemType, transition: Transition, target: str, actor: str
    ) -> None:
        state = item_type.workflow.state(target)
        if state is None:
            raise DefinitionError(f"{item_type.id}: the machine leads to {target}, which is not a state")
        self._unit.put(
            changed(
                record,
                state=state.id,
                category=state.category.value,
                state_since=self._unit.now if state.id != record.state else record.state_since,
                acts=with_act(record.acts, f"transition:{transition.name}", actor),
            )
        )

    def _after_move(
        self, ref: ItemRef, item_type: ItemType, transition: Transition, actor: str
    ) -> ItemRecord:
        for approval in transition.voids:
            self._rounds.void(
                ref, approval, Message("approval.voided", {"transition": transition.name, "actor": actor})
            )
        for asked in transition.asks:
            confirmation = item_type.confirmation(asked)
            if confirmation is None:
                self._rounds.open(ref, asked, actor)
            else:
                self._unit.put(asked_for(self._unit, self._unit.own(ref), confirmation, actor))
        record = self._unit.own(ref)
        state = item_type.workflow.state(record.state)
        if state is not None and state.category.final:
            self._rounds.close(ref)
            record = self._unit.own(ref)
        if record.asks:
            record = followed(record, item_type, self._unit.now)
            self._unit.put(record)
        return record

    def fire(
        self, ref: ItemRef, name: str, comment: str, fields: Mapping[str, Any], *, caused_by: str
    ) -> None:
        """Move another item as `system`, under all its rules."""
        self._depth += 1
        if self._depth > _DEPTH_LIMIT:
            raise ConflictError(
                f"effects move items in a circle: {name} on {ref.key} is the {self._depth}th in a row"
            )
        kept = self._unit.savepoint()
        try:
            self.move(ref, name, fields, comment, SYSTEM, caused_by=caused_by)
        except PlacetError:
            # An effect may catch it and go on: nothing of the refused move may remain then.
            self._unit.back_to(kept)
            raise
        finally:
            self._depth -= 1


def _transition(item_type: ItemType, name: str) -> Transition:
    found = item_type.workflow.transition(name)
    if found is None:
        known = [t.name for t in item_type.workflow.transitions]
        what = f"transition of {with_article(item_type.title.lower())}"
        raise InvalidError.unknown("/transition", what, name, known)
    return found
