"""The one evaluator: all blockers of a transition at once.

Listing, dry run, execution and bulk acts use it, and no other code decides.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from placet.definitions.checks import Check, Gate
from placet.definitions.context import CheckContext
from placet.definitions.copies import changed, stamped
from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.once import once
from placet.definitions.roles import AUDITOR, SYSTEM, Duty
from placet.definitions.scopes import OUT_OF_SCOPE, beyond
from placet.definitions.verdicts import Blocker, GateMode, Outcome, Verdict, unknown, worded
from placet.definitions.wording import literal
from placet.definitions.workflow import Transition
from placet.engine.act.lenient import unfit
from placet.engine.act.plugin_calls import PluginError
from placet.engine.act.records import Waiver
from placet.engine.rules.check_failures import in_words
from placet.engine.rules.context import Context, barred_from
from placet.engine.rules.machine import machine_of
from placet.engine.rules.material import is_waived_for
from placet.engine.rules.refusals import method_missing, report_it, unfit_field
from placet.engine.rules.second_person import second_person
from placet.engine.rules.views import done_against
from placet.errors import UnfitFieldError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """One check of one gate, with its verdict and its reads."""

    gate: str
    check: str
    #: In the words of people only where it is shown to them: see `Context.entitles`.
    title: str
    source: str
    mode: GateMode
    verdict: Outcome
    read: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of evaluating one transition."""

    #: Blockers of every mode.
    blockers: tuple[Blocker, ...]
    reports: tuple[CheckReport, ...]
    #: Gates that were waived, with the id of the waiver.
    waived: Mapping[str, str]

    @property
    def enforced(self) -> tuple[Blocker, ...]:
        """The blockers that stop the transition."""
        return tuple(b for b in self.blockers if b.mode is GateMode.ENFORCE)


def evaluate_creation(ctx: Context, gates: Sequence[Gate]) -> Evaluation:
    """Evaluate the gates on the making of an item; `ctx` has the item as it would be."""
    found = evaluate_gates(ctx, gates)
    # A button on an item that is not there leads nowhere.
    return changed(found, blockers=tuple(stamped(blocker, actions=()) for blocker in found.blockers))


def evaluate_gates(ctx: Context, gates: Sequence[Gate]) -> Evaluation:
    """Evaluate gates on an act that is not a transition; `ctx` has the item as it would be."""
    blockers: list[Blocker] = []
    reports: list[CheckReport] = []
    for gate in gates:
        found, reported = _gate(ctx, gate)
        blockers += found
        reports += reported
    return Evaluation(tuple(blockers), tuple(reports), {})


def evaluate(ctx: Context, transition: Transition) -> Evaluation:
    """Evaluate all rules of a transition; the first blocker does not end it."""
    blockers = [*_missing_methods(ctx)] if ctx.catalog.missing else []
    blockers += _role(ctx, transition)
    if transition.decides:
        blockers += _in_person(ctx, transition)
    item_type = ctx.catalog.item_types.get(ctx.record.type)
    if item_type is not None and item_type.duties and transition.name in _barred(item_type):
        askable = [role for role in transition.roles if role != SYSTEM]
        blockers += segregation(ctx, f"transition:{transition.name}", [ctx.actor], roles=askable)
    if ctx.workspace.governed:
        blockers += second_person(ctx, transition)
    if transition.input:
        blockers += _unfit_input(ctx, transition)
    gates = transition.gates
    if item_type is not None:
        gates = machine_of(item_type.workflow).gates(ctx.record, transition)
        if ctx.sent and ctx.actor != SYSTEM:
            # A person changes fields on the way.
            gates = (*gates, *item_type.editing)
    reports: list[CheckReport] = []
    waived: dict[str, str] = {}
    for gate in gates:
        found, reported = ctx.once(gate, partial(_gate, ctx, gate))
        reports += reported
        waiver = waiver_of(ctx, gate) if found else None
        if waiver is not None:
            waived[gate.id] = waiver.id
        else:
            blockers += found
    if ctx.catalog.checks:
        found, reported = _opinions(ctx)
        blockers += found
        reports += reported
    return Evaluation(tuple(blockers), tuple(reports), waived)


def _opinions(ctx: Context) -> tuple[list[Blocker], list[CheckReport]]:
    """The verdicts of methods on a transition of another method."""
    blockers: list[Blocker] = []
    reports: list[CheckReport] = []
    for method, opinion in ctx.catalog.checks:
        check = _dynamic(method, opinion)
        verdict = ctx.once(check, partial(verdict_of, ctx, check))
        if verdict is not _NO_OPINION:
            mode = ctx.catalog.mode(check.id)
            reports.append(CheckReport(check.id, check.id, "", method, mode, verdict.outcome, verdict.read))
            blockers += attributed(ctx, verdict, check.id, check.id, mode)
    return blockers, reports


def waiver_of(ctx: Context, gate: Gate) -> Waiver | None:
    """The waiver that lets the item through a gate now; `None` without one."""
    item_type = ctx.catalog.item_types.get(ctx.record.type)
    held = (w for w in ctx.record.waivers if w.gate == gate.id and w.holds(ctx.now))
    return next((w for w in held if is_waived_for(ctx.record, item_type, w)), None)


_NO_OPINION = Verdict(Outcome.MET)
#: Remedies for a person whom segregation of duties bars from an act, unless the duty has its own.
_ASK_ABLE = "ask {people:person or}"
_ASK_OTHERS = "ask an administrator to make somebody else {roles:role or}"
_LEAVE = "leave it to somebody else"


@dataclass(frozen=True, slots=True)
class _Instead:
    """The words for acts with one verb that are left to somebody else."""

    #: The consequence for the act; `{name}` is that which is acted on.
    consequence: str = "this is for somebody else"
    #: The remedy if somebody is known who may do it.
    ask: str = _ASK_ABLE
    #: The remedy if nobody is; empty: another holder of the roles is appointed.
    ask_others: str = ""

    def others(self, roles: Sequence[str]) -> str:
        """The remedy if nobody is known who may do it, for roles whose holders may."""
        return self.ask_others or (_ASK_OTHERS if roles else _LEAVE)


_SOMEBODY = _Instead()
#: By the verb of an act.
_INSTEAD = {
    "transition": _Instead("{name:transition} is for somebody else"),
    "vote": _Instead("somebody else votes on {name:approval}"),
    "confirm": _Instead("somebody else confirms {name:confirmation}", ask_others="ask somebody else"),
    "named": _Instead(
        "somebody else is named as {name:field}", "name {people:person or}", "name somebody else"
    ),
    "edit": _Instead(ask_others="have somebody else write {name:field}"),
    "attach": _Instead("somebody else attaches {name:word}", ask_others="have somebody else attach it"),
}


@lru_cache(maxsize=1024)
def _dynamic(method: str, opinion: Callable[[CheckContext], Verdict | None]) -> Check:
    """A hook as a check; made once, because a check inspects its function when it is made."""
    return Check(f"{method}.placet_check", partial(_opinion, opinion))


def _opinion(opinion: Callable[[CheckContext], Verdict | None], ctx: CheckContext) -> Verdict:
    given = opinion(ctx)
    return _NO_OPINION if given is None else given


def _missing_methods(ctx: Context) -> Iterator[Blocker]:
    for method, reason in ctx.catalog.missing.items():
        yield method_missing(method, reason)


def _holds(ctx: Context, role: str) -> bool:
    """Whether the actor holds a role; only the system actor holds `system`, and an auditor's roles move nothing."""
    if ctx.actor in ctx.workspace.roles.get(AUDITOR, ()):
        return False
    return role == SYSTEM if ctx.actor == SYSTEM else role != SYSTEM and ctx.actor in ctx.holders(role)


def roles_held(ctx: Context, transition: Transition) -> list[str]:
    """The roles by which the actor may make a transition, in the transition's order."""
    return [role for role in transition.roles if _holds(ctx, role)]


def _role(ctx: Context, transition: Transition) -> Iterator[Blocker]:
    for role in transition.roles:
        if _holds(ctx, role):
            return
    askable = [role for role in transition.roles if role != SYSTEM]
    people = people_of(askable, ctx)
    message = "{transition:transition} is for the {roles:role or}, and {actor:person} holds no such role"
    remedy = "ask {people:person or}" if people else "ask an administrator to give somebody this role"
    if not askable:
        message, remedy = "{transition:transition} happens by itself", "wait: no person can make it"
    yield worded(
        message,
        remedy,
        {"actor": ctx.actor, "transition": transition.name, "roles": askable, "people": list(people)},
        wording=ctx.titles,
        who=(*askable, *people),
        message_id="role.missing",
        gate="role",
        check="role",
        source=transition.origin or method_of(ctx.record.type),
    )


def _in_person(ctx: Context, transition: Transition) -> Iterator[Blocker]:
    """A decision is made by a person, and in person: another's token would make it theirs under another name."""
    if ctx.unit.is_service(ctx.actor):
        people = [each for each in people_of(transition.roles, ctx) if each != ctx.actor]
        yield worded(
            "{actor:person} is a service account, and {transition:transition} is for people to decide",
            "ask {people:person or}" if people else "ask an administrator to give somebody this role",
            {"actor": ctx.actor, "transition": transition.name, "people": people},
            wording=ctx.titles,
            who=people,
            message_id="token.service",
            gate="token",
            check="token.service",
            source=transition.origin or method_of(ctx.record.type),
        )
        return
    maker = ctx.unit.token_maker(ctx.actor)
    if maker is not None:
        yield worded(
            "{maker:person} made this token, and {transition:transition} is for {actor:person} to decide in person",
            "ask an administrator for an invitation, which gives {actor:person} a token of their own",
            {"maker": maker, "actor": ctx.actor, "transition": transition.name},
            wording=ctx.titles,
            who=(ctx.actor,),
            message_id="token.own",
            gate="token",
            check="token.own",
            source=transition.origin or method_of(ctx.record.type),
        )


def segregation(
    ctx: Context, act: str, people: Iterable[str], *, roles: Sequence[str] = ()
) -> Iterator[Blocker]:
    """The duties that bar these people from an act, because of their earlier acts on the item.

    `roles` are those whose holders may do it instead.
    """
    item_type = ctx.catalog.item_types.get(ctx.record.type)
    for duty in item_type.duties if item_type is not None else ():
        for person in dict.fromkeys(people) if duty.conflicting(act) else ():
            done = done_against(duty, ctx.record, act, person)
            if done and person != SYSTEM:
                barred = barred_from(act, ctx.record, ctx)
                askable = [role for role in roles if role != SYSTEM] or _roles_beside(item_type, duty, act)
                candidates = people_of(askable, ctx)
                able = [each for each in candidates if each not in barred]
                verb, _, name = act.partition(":")
                words = _INSTEAD.get(verb, _SOMEBODY)
                # The title is about the acts that it bars; the other way round it would read backwards.
                message = f"{literal(duty.title)}: {{actor:person}} {{done:act and}}"
                if not duty.is_barred(act):
                    message = f"{{actor:person}} {{done:act and}}, so {words.consequence}"
                yield worded(
                    message,
                    literal(duty.remedy) or (words.ask if able else words.others(askable)),
                    {
                        "actor": person,
                        "act": act,
                        "name": name,
                        "done": done,
                        "key": ctx.record.key,
                        "people": able,
                        "roles": askable,
                    },
                    wording=ctx.titles,
                    who=able,
                    message_id=duty.id,
                    gate="segregation",
                    check=duty.id,
                    source=method_of(duty.id),
                )


def _roles_beside(item_type: ItemType | None, duty: Duty, act: str) -> list[str]:
    """The roles of people who may be named instead: those of transitions that take the name, under the same duty."""
    verb, _, name = act.partition(":")
    if item_type is None or verb != "named":
        return []
    beside = {other for side in (duty.acts, duty.bars) if act in side for other in side}
    takes = (each for each in item_type.workflow.transitions if name in each.input)
    able = (each for each in takes if f"transition:{each.name}" in beside)
    return list(dict.fromkeys(role for each in able for role in each.roles if role != SYSTEM))


@once
def _barred(item_type: ItemType) -> frozenset[str]:
    """The transitions of a type from which a duty keeps somebody."""
    names = [transition.name for transition in item_type.workflow.transitions]
    return frozenset(
        name for name in names if any(duty.conflicting(f"transition:{name}") for duty in item_type.duties)
    )


def _unfit_input(ctx: Context, transition: Transition) -> Iterator[Blocker]:
    """Blockers for stored fields that do not fit their type any more, where the transition takes them."""
    for name, error in unfit(ctx.item.fields).items():
        if name in transition.input:
            source = method_of(ctx.record.type)
            yield unfit_field(error, ctx.record.key, ctx.titles, gate="field", check="field", source=source)


def _gate(ctx: Context, gate: Gate) -> tuple[list[Blocker], list[CheckReport]]:
    mode = ctx.catalog.mode(gate.id)
    blockers: list[Blocker] = []
    reports: list[CheckReport] = []
    out = _beyond(ctx, gate) if gate.only else None
    for check in gate.checks:
        verdict = out or ctx.once(check, partial(verdict_of, ctx, check))
        if gate.unless is not None and verdict.outcome is Outcome.UNMET:
            verdict = _let_through(ctx, gate.unless, verdict)
        reports.append(
            CheckReport(
                gate.id,
                check.id,
                check.says(ctx.titles) if ctx.entitles else check.title,
                method_of(check.id),
                mode,
                verdict.outcome,
                verdict.read,
            )
        )
        if verdict.blockers:
            blockers += attributed(ctx, verdict, gate.id, check.id, mode)
    return blockers, reports


def _beyond(ctx: Context, gate: Gate) -> Verdict | None:
    """A met verdict where the gate is not for the item, which says by which values; `None` where it is."""
    try:
        found = beyond(gate.only, ctx.item.fields)
    except UnfitFieldError:
        # A stored value that does not fit opens no gate.
        return None
    return Verdict(Outcome.MET, read={OUT_OF_SCOPE: found}) if found else None


def _let_through(ctx: Context, exception: Check, unmet: Verdict) -> Verdict:
    """An unmet verdict; or where the exception holds a met one, which says what was unmet and by what it passed."""
    excepted = ctx.once(exception, partial(verdict_of, ctx, exception))
    return Verdict(Outcome.MET, read={**unmet.read, **excepted.read}) if excepted.met else unmet


def verdict_of(ctx: Context, check: Check) -> Verdict:
    """The check's verdict; a check that fails is `unknown`, and its remedy names the plugin."""
    ctx.speaks_for(method_of(check.id))
    try:
        verdict: object = ctx.unit.plugins.call(check.id, ctx, check.test)
    except PluginError as failure:
        if isinstance(failure.error, UnfitFieldError):
            return Verdict(Outcome.UNMET, (unfit_field(failure.error, ctx.record.key, ctx.titles),))
        _log.error("check %s failed on %s: %s", check.id, ctx.record.key, failure, exc_info=failure.error)
        return unknown(f"check failed to run: {in_words(failure)}", remedy=report_it(check.id))
    if not isinstance(verdict, Verdict):
        _log.error("check %s answered %s instead of a verdict", check.id, type(verdict).__name__)
        return unknown(
            f"check failed to run: it answered {type(verdict).__name__} instead of a verdict",
            remedy=report_it(check.id),
        )
    return verdict


def attributed(ctx: Context, verdict: Verdict, gate: str, check: str, mode: GateMode) -> list[Blocker]:
    """The blockers of a verdict with their origin, worded with names and titles."""
    return [_with_origin(blocker, ctx, gate, check, mode) for blocker in verdict.blockers]


def _with_origin(blocker: Blocker, ctx: Context, gate: str, check: str, mode: GateMode) -> Blocker:
    shown = ctx.is_shown(blocker)
    message, remedy = blocker.sentences(ctx.titles) if shown else (blocker.message, blocker.remedy)
    return stamped(
        blocker,
        message=message,
        remedy=remedy,
        gate=gate,
        check=check,
        mode=mode,
        source=method_of(check),
        message_id=blocker.message_id or check,
    )


def people_of(who: Iterable[str], ctx: Context) -> tuple[str, ...]:
    """Actor ids, with each role id replaced by its holders on the item, in order and without duplicates."""
    people: dict[str, None] = {}
    roles = ctx.catalog.roles
    for name in who:
        if name in roles:
            people |= dict.fromkeys(ctx.holders(name))
        else:
            people[name] = None
    people.pop(SYSTEM, None)
    return tuple(people)
