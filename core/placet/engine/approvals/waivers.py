"""Waivers: passing a gate by a decision of its own, which is requested, decided and reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from placet.definitions.checks import Gate
from placet.definitions.verdicts import BlockedError
from placet.engine.act.access import Expected, demand_version, demand_version_read, seen_item
from placet.engine.act.input import COMMENT_LIMIT, clean_text
from placet.engine.act.journal import new_id
from placet.engine.act.people import Actor
from placet.engine.act.recorder import append, with_act
from placet.engine.act.records import ItemRecord, Waiver
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import people_of, segregation
from placet.engine.rules.material import waived_content
from placet.engine.rules.refusals import refused
from placet.errors import ConflictError, InvalidError, NotFoundError


class Waivers:
    """Decisions about gates. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts

    def ask(
        self,
        actor: Actor,
        key: str,
        *,
        gate: str,
        reason: str,
        expires_at: datetime,
        expected: Expected = None,
    ) -> Waiver:
        """Request a waiver of an item's gate, until a moment, at most for the time that the gate declares.

        Source: managed exceptions to controls: each is a decision of its own, with an owner, an end and a review.

        Raises:
            BlockedError: the gate cannot be waived.
            InvalidError: no such gate, or an end that is past or too far ahead.
            StaleError, PreconditionRequiredError: the item has changed since `expected`, or that is missing.
        """
        why = clean_text(reason, "/reason", limit=COMMENT_LIMIT, empty=False)

        def do(unit: UnitOfWork) -> Waiver:
            record = seen_item(unit, actor, key)
            demand_version(unit, record, expected)
            _demand_within(unit, record, _waivable(unit, record, actor, gate), expires_at)
            waiver = Waiver(new_id(), gate, why, actor.id, unit.now, expires_at)
            about = {"id": waiver.id, "gate": gate, "reason": why, "expires_at": expires_at}
            asked = replace(record, waivers=(*record.waivers, waiver))
            append(unit, asked, "waiver_asked", actor.id, {"waiver": about})
            unit.write()
            return waiver

        return self._acts.act("waiver", do)

    def decide(
        self,
        actor: Actor,
        key: str,
        waiver: str,
        *,
        grant: bool,
        comment: str = "",
        expected: Expected = None,
    ) -> Waiver:
        """Grant or refuse a waiver: a second person, with a role that may waive the gate, whom no duty bars.

        It is granted for the item as it is: when its material content changes, the gate is closed again.

        Raises:
            BlockedError: the actor asked for it, has no role that may waive the gate, or is barred by a duty.
            ConflictError: it was decided already.
            StaleError, PreconditionRequiredError: the item has changed since `expected`, or that is missing.
        """
        self._acts.demand_in_person(actor, "waive")
        said = clean_text(comment, "/comment", limit=COMMENT_LIMIT)

        def do(unit: UnitOfWork) -> Waiver:
            record = seen_item(unit, actor, key)
            demand_version_read(unit, record, expected)
            found = _waiver(record, waiver)
            _demand_undecided(unit, record, found)
            ctx = Context(unit, record, actor.id)
            roles = _demand_role(
                ctx,
                found,
                "{gate:gate} is for the {roles:role or} to waive, and {actor:person} holds no such role",
            )
            _demand_another(ctx, found, roles)
            record = _by(ctx, f"waive:{found.gate}", roles)
            content = waived_content(record, unit.item_type(record), found.gate) if grant else {}
            decided = replace(
                found, granted=grant, decided_by=actor.id, decided_at=unit.now, comment=said, content=content
            )
            return _keep(unit, record, decided, "waiver_decided", actor, {"granted": grant, "comment": said})

        return self._acts.act("waiver", do)

    def review(
        self, actor: Actor, key: str, waiver: str, *, review: str, expected: Expected = None
    ) -> Waiver:
        """Review a granted waiver: was it right to pass the gate? Who asked for it does not say so.

        Raises as `decide`.
        """
        self._acts.demand_in_person(actor, "review a waiver")
        said = clean_text(review, "/review", limit=COMMENT_LIMIT, empty=False)

        def do(unit: UnitOfWork) -> Waiver:
            record = seen_item(unit, actor, key)
            demand_version_read(unit, record, expected)
            found = _waiver(record, waiver)
            if not found.granted or found.reviewed_by is not None:
                state = "was reviewed" if found.reviewed_by else "was not granted"
                gate = unit.titles(record.workspace, record.type).gate(found.gate)
                raise ConflictError(f"the waiver of '{gate}' {state}: there is nothing to review")
            ctx = Context(unit, record, actor.id)
            roles = _demand_role(
                ctx,
                found,
                "the waiver is for the {roles:role or} to review, and {actor:person} holds no such role",
            )
            if actor.id == found.asked_by:
                others = [person for person in people_of(roles, ctx) if person != actor.id]
                raise refused(
                    ctx, "review", "segregation", "{actor:person} asked for this waiver, and does not review it",
                    "ask {people:person or}", actor=actor.id, people=others or roles,
                )  # fmt: skip
            record = _by(ctx, f"review:{found.gate}", roles)
            reviewed = replace(found, reviewed_by=actor.id, reviewed_at=unit.now, review=said)
            return _keep(unit, record, reviewed, "waiver_reviewed", actor, {"review": said})

        return self._acts.act("waiver", do)


def _gates(unit: UnitOfWork, record: ItemRecord) -> dict[str, Gate]:
    item_type = unit.item_type(record)
    transitions = item_type.workflow.transitions if item_type is not None else ()
    return {gate.id: gate for transition in transitions for gate in transition.gates}


def _waivable(unit: UnitOfWork, record: ItemRecord, actor: Actor, id: str) -> Gate:
    """The gate of an item. Raises `InvalidError` where there is none, and `BlockedError` where it cannot be waived."""
    gates = _gates(unit, record)
    if id not in gates:
        of = unit.titles(record.workspace, record.type).sentence("gate of {type:a type}", type=record.type)
        raise InvalidError.unknown("/gate", of, id[:200], gates)
    if not gates[id].waived_by:
        ctx, message = Context(unit, record, actor.id), "'{gate:gate}' cannot be waived"
        raise refused(ctx, "waive", "waiver", message, "meet what it asks for", gate=id)
    return gates[id]


def _demand_within(unit: UnitOfWork, record: ItemRecord, gate: Gate, expires_at: datetime) -> None:
    """Raises `InvalidError` for a waiver that has ended already, or that lasts longer than its gate allows."""
    titles, day = unit.titles(record.workspace, record.type), timedelta(days=1)
    if expires_at <= unit.now:
        raise InvalidError.at("/expires_at", titles.sentence("is not after now, {now:moment}", now=unit.now))
    if expires_at - unit.now > gate.waived_for:
        raise InvalidError.at(
            "/expires_at",
            titles.sentence(
                "is {ahead:count day} ahead, and '{gate:gate}' can be waived for {days:count day} at most: until "
                "{longest:moment}",
                ahead=ceil((expires_at - unit.now) / day), gate=gate.id, days=gate.waived_for / day,
                longest=unit.now + gate.waived_for,
            ),
        )  # fmt: skip


def _demand_undecided(unit: UnitOfWork, record: ItemRecord, found: Waiver) -> None:
    if found.granted is not None:
        raise ConflictError(
            unit.titles(record.workspace, record.type).sentence(
                "{by:person} has decided on the waiver of '{gate:gate}' already",
                by=found.decided_by, gate=found.gate,
            )
        )  # fmt: skip


def _demand_another(ctx: Context, found: Waiver, roles: Sequence[str]) -> None:
    """Raises `BlockedError` for the person who asked for the waiver."""
    if ctx.actor == found.asked_by:
        others = [person for person in people_of(roles, ctx) if person != ctx.actor]
        raise refused(
            ctx, "waive", "segregation", "{actor:person} asked for this waiver, and does not decide on it",
            "ask {people:person or}", actor=ctx.actor, people=others or roles,
        )  # fmt: skip


def _by(ctx: Context, act: str, roles: Sequence[str]) -> ItemRecord:
    """The item with an act of the actor. Raises `BlockedError` where segregation of duties bars them from it."""
    barred = list(segregation(ctx, act, [ctx.actor], roles=roles))
    if barred:
        raise BlockedError(ctx.record.key, act.partition(":")[0], barred, wording=ctx.titles)
    return replace(ctx.record, acts=with_act(ctx.record.acts, act, ctx.actor))


def _demand_role(ctx: Context, waiver: Waiver, otherwise: str) -> tuple[str, ...]:
    """The roles that may waive the gate. Raises `BlockedError` with the message `otherwise` for an actor with none."""
    gate = _gates(ctx.unit, ctx.record).get(waiver.gate)
    roles = gate.waived_by if gate is not None else ()
    if not ctx.holds(ctx.actor, *roles):
        raise refused(
            ctx, "waive", "role", otherwise, "ask {people:person or}",
            gate=waiver.gate, roles=roles, actor=ctx.actor, people=people_of(roles, ctx) or roles,
        )  # fmt: skip
    return roles


def _keep(
    unit: UnitOfWork,
    record: ItemRecord,
    waiver: Waiver,
    kind: str,
    actor: Actor,
    about: dict[str, object],
) -> Waiver:
    waivers = tuple(waiver if w.id == waiver.id else w for w in record.waivers)
    data = {"waiver": {"id": waiver.id, "gate": waiver.gate, **about}}
    append(unit, replace(record, waivers=waivers), kind, actor.id, data)
    unit.write()
    return waiver


def _waiver(record: ItemRecord, id: str) -> Waiver:
    found = next((w for w in record.waivers if w.id == id), None)
    if found is None:
        raise NotFoundError(f"waiver on {record.key}", id[:100])
    return found
