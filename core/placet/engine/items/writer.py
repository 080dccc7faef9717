"""The hand that carries out an act: it changes items in a `UnitOfWork`, under the rules, with what follows from that.

What follows from every change of content: computed fields are computed again, approvals whose material changed are
voided, and the event says what became of what.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from placet.definitions.checks import Effect
from placet.definitions.context import EffectContext
from placet.definitions.document import method_of
from placet.definitions.items import ActorRef, ItemType
from placet.definitions.jobs import Job
from placet.definitions.readonly import read_only
from placet.definitions.roles import CREATE, SYSTEM
from placet.definitions.states import State
from placet.definitions.verdicts import Blocker, GateMode, worded
from placet.definitions.workflow import Transition
from placet.engine.act.input import (
    TITLE_LIMIT,
    checked_fields,
    clean_text,
    dump,
    marked_fields,
    merged,
    parse_key,
    validated,
    values_of,
)
from placet.engine.act.plugin_calls import PluginError
from placet.engine.act.records import EventRecord, ItemRecord, ItemRef, Message
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals import rounds
from placet.engine.items import links as linking
from placet.engine.rules.computed import Computing
from placet.engine.rules.context import Context, Effects
from placet.engine.rules.evaluation import evaluate, roles_held, segregation
from placet.engine.rules.grounds import blocker_data, check_data
from placet.engine.rules.machine import machine_of
from placet.engine.rules.refusals import failed, method_missing, not_from_here
from placet.engine.timers.marks import advanced
from placet.errors import (
    BlockedError,
    ConflictError,
    DefinitionError,
    Fault,
    InvalidError,
    NotFoundError,
    PlacetError,
)

_log = logging.getLogger(__name__)

#: Effects that move items whose effects move items: deeper than this is a circle.
_DEPTH_LIMIT = 8
#: The definition hash of an item that is only just being made, before its first event.
_UNBORN = ""


class Hand:
    """Carries out one act."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self._computing = Computing(work)
        self._depth = 0

    # Making

    def create(
        self,
        workspace: str,
        type: str,
        title: str,
        fields: Mapping[str, Any],
        *,
        parent: str | None = None,
        actor: str = SYSTEM,
        links: Sequence[tuple[str, str]] = (),
        state: str | None = None,
        caused_by: str | None = None,
    ) -> ItemRecord:
        """Make an item, in its initial state or in a later one that its type lets it begin in."""
        catalog = self.work.catalog(workspace)
        if type not in catalog.item_types:
            raise InvalidError.unknown("/type", "item type", type, catalog.item_types)
        item_type = catalog.item_type(type)
        title = clean_text(title, "/title", limit=TITLE_LIMIT, empty=False)
        stored = checked_fields(item_type, merged({}, fields), fields)
        if parent is not None:
            self._check_parent(item_type, parent)
        begun = _entered(item_type, state)
        now = self.work.now
        record = ItemRecord(
            workspace=workspace,
            number=self.work.next_number(workspace),
            type=type,
            title=title,
            state=begun.id,
            category=begun.category.value,
            version=0,
            seq=0,
            head="",
            fields={},
            created_at=now,
            created_by=actor,
            updated_at=now,
            state_since=now,
            definition=_UNBORN,
            parent=parent,
            acts={"create": (actor,)},
            workspace_version=self.work.workspace(workspace).version,
        )
        record = self._with_fields(record, stored, actor)
        self.work.add(record)
        changes: dict[str, Any] = {name: [None, value] for name, value in record.fields.items()}
        record, _ = self._append(
            record,
            "created",
            actor,
            {"changes": changes, "to_state": record.state, "type": type, "title": title, "parent": parent,
             "caused_by": caused_by},
        )  # fmt: skip
        for link_type, target in links:
            record = self.link(ItemRef(record.workspace, record.number), link_type, target, actor)
        return record

    def _check_parent(self, item_type: ItemType, parent: str) -> None:
        try:
            found = self.work.item(parse_key(parent))
        except NotFoundError:
            found = None
        if found is None:
            raise InvalidError.at("/parent", f'there is no item "{parent}"')
        if item_type.parents is None or (item_type.parents and found.type not in item_type.parents):
            allowed = " or ".join(item_type.parents or ()) or "none"
            raise InvalidError.at(
                "/parent", f"{parent} is a {found.type}; as a parent {item_type.id} takes {allowed}"
            )

    # Fields

    def apply(self, record: ItemRecord, patch: Mapping[str, Any], actor: str) -> ItemRecord:
        """The item with other field values: valid, references resolved, computed fields computed."""
        item_type = self._type_of(record)
        return self._with_fields(
            record, checked_fields(item_type, self._patched(item_type, record, patch), patch), actor
        )

    def _patched(self, item_type: ItemType, record: ItemRecord, patch: Mapping[str, Any]) -> dict[str, Any]:
        computed = item_type.computed_fields
        own = {name: value for name, value in record.fields.items() if name not in computed}
        # A computed field that an effect set stays what it was until it is computed again.
        return merged(own, patch)

    def _with_fields(self, record: ItemRecord, fields: dict[str, Any], actor: str) -> ItemRecord:
        item_type = self._type_of(record)
        before = record.fields
        if not item_type.computed and fields == before:
            return record
        self._check_references(item_type, before, fields)
        followed = self._followed(replace(record, fields=fields), item_type, actor)
        changed = [n for n in {*before, *followed} if before.get(n) != followed.get(n)]
        if not changed:
            return record
        return replace(
            record, fields=followed, edited={**record.edited, **dict.fromkeys(changed, self.work.now)}
        )

    def _followed(self, record: ItemRecord, item_type: ItemType, actor: str) -> Mapping[str, Any]:
        """The fields of an item with the computed ones as they follow."""
        try:
            return self._computing.fields(record, item_type, actor)
        except PluginError as failure:
            what = f"computing {failure.id.rpartition('.')[2]}"
            raise self._failed(record.key, "edit", "computed", what, failure) from failure

    def _check_references(
        self, item_type: ItemType, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        faults: list[Fault] = []
        for name, mark in marked_fields(item_type.fields):
            if before.get(name) == after.get(name):
                continue
            for pointer, value in values_of(after, name):
                if isinstance(mark, ActorRef):
                    if value != SYSTEM and self.work.session.actor(value) is None:
                        near = self.work.session.actor_ids(value, 1000)
                        faults += InvalidError.unknown(pointer, "actor", value, near).faults
                    continue
                found = self.work.item(parse_key(value))
                if found is None:
                    faults.append(Fault(pointer, f'there is no item "{value}"'))
                elif mark.types and found.type not in mark.types:
                    faults.append(
                        Fault(pointer, f"{value} is a {found.type}, not a {' or '.join(mark.types)}")
                    )
        if faults:
            raise InvalidError(faults)

    def frozen(
        self, record: ItemRecord, patch: Mapping[str, Any], *, act: str, asked_for: Sequence[str] = ()
    ) -> list[Blocker]:
        """Blockers for fields that the rules freeze in the item's state."""
        item_type = self._type_of(record)
        locked = [
            name
            for name in item_type.frozen_in.get(record.state, ())
            if name in patch and name not in asked_for and patch[name] != record.fields.get(name)
        ]
        if not locked:
            return []
        moves = [t.name for t in item_type.workflow.leaving(record.state) if t.target != record.state]
        return [
            worded(
                "{fields} cannot be changed in state {state}",
                "move it first: {moves}" if moves else "record what is new on another item",
                {"fields": locked, "state": record.state, "act": act, "moves": moves},
                message_id="field.frozen",
                gate="frozen",
                check="frozen",
                source=method_of(item_type.id),
            )
        ]

    def named(self, before: ItemRecord, after: ItemRecord, actor: str) -> list[Blocker]:
        """Blockers where an edit names somebody whom segregation of duties keeps from it."""
        item_type = self._type_of(after)
        ctx = Context(self.work, after, actor)
        return [
            blocker
            for name, mark in marked_fields(item_type.fields)
            if isinstance(mark, ActorRef) and before.fields.get(name) != after.fields.get(name)
            for blocker in segregation(
                ctx, f"named:{name}", [value for _, value in values_of(after.fields, name)]
            )
        ]

    def set_fields(self, ref: ItemRef, patch: Mapping[str, Any]) -> None:
        """Change fields without an event of their own: the transition that does it records them."""
        record = self._there(ref)
        item_type = self._type_of(record)
        fields = dump(validated(item_type.fields, merged(record.fields, patch)))
        self.work.put(self._with_fields(record, fields, SYSTEM))

    def edit_other(self, ref: ItemRef, patch: Mapping[str, Any], *, caused_by: str) -> None:
        """Change fields of another item as `system`, with an event of its own."""
        before = self._there(ref)
        self.set_fields(ref, patch)
        after = self._there(ref)
        changes = changed_fields(before, after)
        if changes:
            self._append(self._settle(after), "edited", SYSTEM, {"changes": changes, "caused_by": caused_by})

    def edit(self, ref: ItemRef, title: str | None, patch: Mapping[str, Any], actor: str) -> ItemRecord:
        """An edit by a person. An edit that changes nothing writes nothing."""
        before = self._there(ref)
        after = self.apply(before, patch, actor) if patch else before
        blockers = self.frozen(before, patch, act="edit") + self.named(before, after, actor)
        if blockers:
            raise BlockedError(before.key, "edit", blockers)
        if title is not None:
            after = replace(after, title=clean_text(title, "/title", limit=TITLE_LIMIT, empty=False))
        changes = changed_fields(before, after)
        if after.title != before.title:
            changes["title"] = [before.title, after.title]
        if not changes:
            return before
        self.work.put(after)
        return self._append(self._settle(after), "edited", actor, {"changes": changes})[0]

    # Moving

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
        """Make a transition, with all that belongs to it.

        `kept` is whether the event keeps the comment; not where it only puts in words what the event says anyway.

        Raises:
            BlockedError: with everything that stands in the way.
        """
        self.work.begin_move()
        before = self._there(ref)
        item_type = self._type_of(before)
        transition = item_type.workflow.transition(name)
        if transition is None:
            known = [t.name for t in item_type.workflow.transitions]
            raise InvalidError.unknown("/transition", f"transition of {item_type.id}", name, known)
        comment = clean_text(comment, "/comment", limit=10_000)
        candidate = self.apply(before, sent, actor)
        blockers = self.frozen(before, sent, act=name, asked_for=transition.input)
        blockers += self.named(before, candidate, actor)
        blockers += not_from_here(item_type, transition, before)
        ctx = Context(self.work, candidate, actor, transition=name, comment=comment, sent=sent)
        found = evaluate(ctx, transition)
        blockers += found.blockers
        if any(blocker.mode is GateMode.ENFORCE for blocker in blockers):
            shown = [b for b in blockers if b.mode is not GateMode.OBSERVE]
            observed = [b for b in blockers if b.mode is GateMode.OBSERVE]
            raise BlockedError(before.key, name, shown, observed=observed)
        target = machine_of(item_type.workflow).move(before.state, name)
        self._enter(candidate, item_type, transition, target, actor)
        event_data: dict[str, Any] = {
            "transition": name,
            "from_state": before.state,
            "to_state": target,
            "comment": comment if kept else None,
            "roles": roles_held(ctx, transition),
            "reported": [blocker_data(b) for b in blockers],
            "waived": found.waived,
            "checks": [check_data(report) for report in found.reports],
            "read": self.work.others_read(ref),
            "caused_by": caused_by,
        }
        said = {"transition": name, "comment": comment, "sent": sent}
        self._run_effects(ref, transition, actor, said)
        after = self._after_move(ref, item_type, transition, actor)
        changes = changed_fields(before, after)
        # The plugins' own effects see what will be recorded; what they change is recorded too.
        self._plugin_effects(
            ref, actor, said, event_data | {"kind": "transition", "actor": actor, "changes": changes}
        )
        settled = self._settle(self._there(ref))
        same = settled.fields is after.fields
        event_data["changes"] = changes if same else changed_fields(before, settled)
        return self._append(settled, "transition", actor, event_data)

    def _enter(
        self, record: ItemRecord, item_type: ItemType, transition: Transition, target: str, actor: str
    ) -> None:
        state = item_type.workflow.state(target)
        if state is None:
            raise DefinitionError(f"{item_type.id}: the machine leads to {target}, which is no state")
        self.work.put(
            replace(
                record,
                state=state.id,
                category=state.category.value,
                state_since=self.work.now if state.id != record.state else record.state_since,
                acts=with_act(record.acts, f"transition:{transition.name}", actor),
            )
        )

    def _run_effects(self, ref: ItemRef, transition: Transition, actor: str, said: dict[str, Any]) -> None:
        for effect in transition.effects:
            self._run_effect(ref, effect, actor, said)

    def _run_effect(self, ref: ItemRef, effect: Effect, actor: str, said: dict[str, Any]) -> None:
        record = self._there(ref)
        ctx = Effects(self, record, actor, **said)
        ctx.speaks_for(method_of(effect.id))
        try:
            self.work.guard.call(effect.id, ctx, effect.run)
        except PluginError as failure:
            if isinstance(failure.error, BlockedError | ConflictError):
                # What an effect fired was refused, and the effect lets that stand.
                raise failure.error from None
            what = f"effect {effect.id}"
            raise self._failed(record.key, said["transition"], "effect", what, failure) from failure

    def run_effects(
        self, ref: ItemRef, effects: Sequence[Effect], cause: str, sent: Mapping[str, Any] | None = None
    ) -> None:
        """Effects that no transition brings but a clock or a link.

        What they change on the item, approvals that they ask for or void included, is an edit.
        """
        if not effects:
            return
        before = self._there(ref)
        for effect in effects:
            self._run_effect(ref, effect, SYSTEM, {"transition": "", "cause": cause, "sent": sent or {}})
        after = self._there(ref)
        changes = changed_fields(before, after)
        recorded = self.work.as_recorded(after)
        # What an event in between has said already (a link, made by an effect) is not said again.
        if changes or (recorded is not None and recorded.approvals != after.approvals):
            self._append(self.settle(ref), "edited", SYSTEM, {"changes": changes, "caused_by": cause})

    def run_job(self, workspace: str, job: Job) -> None:
        """One occurrence of a periodic job, as `system`.

        Raises:
            PluginError: its code failed, or took too long.
        """
        place = self.work.workspace(workspace)
        # What stands for the workspace where an item is expected; no verb of a job's context reads or writes it.
        itself = ItemRecord(
            workspace=workspace, number=0, type=job.id, title=place.name, state="", category="", version=0, seq=0,
            head="", fields={}, created_at=place.created_at, created_by=SYSTEM, updated_at=self.work.now,
            state_since=place.created_at, definition=_UNBORN,
        )  # fmt: skip
        try:
            self.work.guard.call(job.id, Effects(self, itself, SYSTEM, cause=job.id), job.run)
        except PluginError as failure:
            if isinstance(failure.error, PlacetError):
                # What it asked the engine for was refused.
                raise failure.error from None
            raise

    def _plugin_effects(self, ref: ItemRef, actor: str, said: dict[str, Any], event: dict[str, Any]) -> None:
        catalog = self.work.catalog(ref.workspace)
        event = read_only(event)
        for method, run in catalog.effects:
            effect = Effect(f"{method}.placet_effect", partial(_told, run, event))
            self._run_effect(ref, effect, actor, said)

    def _after_move(
        self, ref: ItemRef, item_type: ItemType, transition: Transition, actor: str
    ) -> ItemRecord:
        for approval in transition.voids:
            self.void(
                ref, approval, Message("approval.voided", {"transition": transition.name, "actor": actor})
            )
        for approval in transition.asks:
            self.open_round(ref, approval, actor)
        record = self._there(ref)
        state = item_type.workflow.state(record.state)
        if state is not None and state.category.final:
            record = rounds.closed(
                record, Message("approval.closed", {"key": record.key, "state": record.state})
            )
            self.work.put(record)
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
        kept = self.work.checkpoint()
        try:
            self.move(ref, name, fields, comment, SYSTEM, caused_by=caused_by)
        except PlacetError:
            # An effect may catch it and go on: then nothing of the refused move is left.
            self.work.back_to(kept)
            raise
        finally:
            self._depth -= 1

    # Approvals

    def open_round(self, ref: ItemRef, approval: str, actor: str) -> None:
        """Ask for an approval, in a new round."""
        record = self._there(ref)
        item_type = self._type_of(record)
        definition = item_type.approval(approval)
        if definition is None:
            raise InvalidError.unknown("/approval", "approval", approval, [a.id for a in item_type.approvals])
        ctx = Context(self.work, record, actor)
        ctx.speaks_for(method_of(approval))
        try:
            opened = self.work.guard.call(approval, ctx, partial(rounds.opened, approval=definition))
        except PluginError as failure:
            what = f"asking for {approval}"
            raise self._failed(record.key, "approve", "approval", what, failure) from failure
        self.work.put(opened)

    def void(self, ref: ItemRef, approval: str, reason: Message) -> None:
        """Take back an approval."""
        self.work.put(rounds.voided(self._there(ref), approval, reason))

    def settle(self, ref: ItemRef) -> ItemRecord:
        """Void what the item's content no longer bears out, after a change that is no edit (evidence)."""
        return self._settle(self._there(ref))

    def _settle(self, record: ItemRecord) -> ItemRecord:
        """Computed fields as they follow now, stale approvals voided and, where they reopen, asked again."""
        item_type = self._type_of(record)
        fields = self._followed(record, item_type, SYSTEM)
        if fields is not record.fields:
            record = replace(record, fields=fields)
        ref = ItemRef(record.workspace, record.number)
        self.work.put(record)
        for round, reason in rounds.stale(record, item_type):
            self.void(ref, round.approval, reason)
            definition = item_type.approval(round.approval)
            if definition is not None and definition.reopens and round.state == record.state:
                self.open_round(ref, round.approval, SYSTEM)
        return self._there(ref)

    # Links

    def link(self, ref: ItemRef, link_type: str, target: str, actor: str) -> ItemRecord:
        """Link an item to another, with what goes along; a link that is there already stays one."""
        record = self._there(ref)
        linked = linking.linked(self.work, record, link_type, target)
        if linked is record:
            return record
        linked = self._relinked(record, linked, "linked", actor, {"link_type": link_type, "target": target})
        effects = self.work.catalog(record.workspace).link_types[link_type].effects
        self.run_effects(ref, effects, link_type, sent={"link": link_type, "target": target})
        return self._there(ref) if effects else linked

    def unlink(self, ref: ItemRef, link_type: str, target: str, actor: str) -> ItemRecord:
        """Take a link away. Raises `NotFoundError` with the links that there are."""
        record = self._there(ref)
        unlinked = linking.unlinked(self.work, record, link_type, target)
        return self._relinked(record, unlinked, "unlinked", actor, {"link_type": link_type, "target": target})

    def _relinked(
        self, before: ItemRecord, after: ItemRecord, kind: str, actor: str, data: Mapping[str, Any]
    ) -> ItemRecord:
        """Other links are other content: what is computed from them is computed again."""
        settled = self._settle(after)
        changes = changed_fields(before, settled)
        return self._append(settled, kind, actor, {**data, "changes": changes} if changes else data)[0]

    # What all of them use

    def _there(self, ref: ItemRef) -> ItemRecord:
        record = self.work.item(ref)
        if record is None:
            raise NotFoundError("item", ref.key)
        return record

    def _type_of(self, record: ItemRecord) -> ItemType:
        item_type = self.work.item_type(record)
        if item_type is None:
            method = method_of(record.type)
            reason = self.work.catalog(record.workspace).missing.get(
                method, f"the method {method} is not switched on in {record.workspace}"
            )
            raise BlockedError(record.key, "change", [method_missing(method, reason, record.type)])
        return item_type

    def _append(
        self, record: ItemRecord, kind: str, actor: str, data: Mapping[str, Any], *, content: bool = True
    ) -> tuple[ItemRecord, EventRecord]:
        definition = self.work.catalog(record.workspace).definition(record.type).hash
        if record.definition != definition:
            record = replace(record, definition=definition)
        # What a clock does by itself, it tells itself.
        marks: list[dict[str, Any]] = list(data.get("timers", ()))
        if content:
            act = str(data.get("transition") or "")
            if kind == "created" and record.state == self._type_of(record).workflow.initial.id:
                act = CREATE
            record, marks = self._clocked(record, act, actor)
        became = rounds.since(self.work.as_recorded(record), record)
        version = self.work.workspace(record.workspace).version
        told = {
            **data, **became, "timers": marks, "definition": definition, "workspace_version": version,
        }  # fmt: skip
        return self.work.record(record, kind, actor, told, content=content)

    def _clocked(self, record: ItemRecord, act: str, actor: str) -> tuple[ItemRecord, list[dict[str, Any]]]:
        """The item with its clocks as the act leaves them."""
        item_type = self._type_of(record)
        try:
            return advanced(self.work, record, item_type, act, actor)
        except PluginError as failure:
            refusal = self._failed(
                record.key, act or "edit", "timer", f"setting the clocks of {record.key}", failure
            )
            if isinstance(failure.error, NotFoundError):
                remedy = "give the workspace a calendar of this name, or report it to the plugin's maintainer"
                told = replace(
                    refusal.blockers[0],
                    message=str(failure.error),
                    remedy=remedy,
                    message_id="timer.calendar",
                )
                refusal = BlockedError(record.key, act or "edit", [told])
            raise refusal from failure

    def _failed(self, key: str, act: str, gate: str, what: str, failure: PluginError) -> BlockedError:
        """Code of a plugin failed: it is logged with where, and stops the act by name."""
        _log.error("%s failed on %s: %s", failure.id, key, failure, exc_info=failure.error)
        return BlockedError(key, act, [failed(gate, what, failure)])

    def append(
        self, record: ItemRecord, kind: str, actor: str, data: Mapping[str, Any], *, content: bool = True
    ) -> tuple[ItemRecord, EventRecord]:
        """Record something that happened to an item; works for items whose method is gone, too."""
        if self.work.item_type(record) is None:
            version = self.work.workspace(record.workspace).version
            data = {**data, "definition": record.definition, "workspace_version": version}
            return self.work.record(record, kind, actor, data, content=content)
        return self._append(record, kind, actor, data, content=content)


def _told(
    run: Callable[[EffectContext, dict[str, Any]], None], event: dict[str, Any], ctx: EffectContext
) -> None:
    run(ctx, event)


def _entered(item_type: ItemType, wished: str | None) -> State:
    """The state in which an item is made."""
    workflow = item_type.workflow
    if wished is None or wished == workflow.initial.id:
        return workflow.initial
    found = workflow.state(wished)
    if found is None:
        raise InvalidError.unknown(
            "/state", f"state of {item_type.id}", wished[:100], [state.id for state in workflow.states]
        )
    if wished not in item_type.entries:
        allowed = " or ".join((workflow.initial.id, *item_type.entries))
        raise InvalidError.at("/state", f"a {item_type.id} is made in {allowed}, not in {wished}")
    return found


def with_act(acts: Mapping[str, tuple[str, ...]], act: str, *people: str) -> dict[str, tuple[str, ...]]:
    """Who did what, with one act more."""
    return {**acts, act: tuple(dict.fromkeys((*acts.get(act, ()), *people)))}


def changed_fields(before: ItemRecord, after: ItemRecord) -> dict[str, list[Any]]:
    """`{field: [old, new]}` of what differs."""
    if before.fields is after.fields:
        return {}
    return {
        name: [before.fields.get(name), after.fields.get(name)]
        for name in sorted({*before.fields, *after.fields})
        if before.fields.get(name) != after.fields.get(name)
    }
