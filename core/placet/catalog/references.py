"""Proofs about references: everything that a definition names exists.

Link types, parents and fields may name item types of methods that are switched off, as links lead to other workspaces.
Parts of a method that is switched on but could not be loaded are assumed to exist, as no item moves until it is loaded.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from placet.catalog.appointing import item_type_findings, role_findings
from placet.catalog.catalog import Catalog
from placet.catalog.findings import Finding, absent, error, warning
from placet.definitions import stock
from placet.definitions.approvals import Approval, Panel
from placet.definitions.checks import Check, Gate
from placet.definitions.confirmations import Confirmation
from placet.definitions.document import method_of
from placet.definitions.items import ACT_FORMS, ACTED_ON, ActorRef, ItemType, Ref
from placet.definitions.notification_rules import ASKED, NotificationRule, approvals_asked
from placet.definitions.roles import ALONE, CREATE, SYSTEM
from placet.definitions.scopes import scope_faults
from placet.definitions.timers import ByField, Holds, Threshold, Timer, Until
from placet.definitions.wording import with_article
from placet.definitions.workflow import SAME, Transition


def reference_findings(catalog: Catalog) -> Iterator[Finding]:
    """References to names that do not exist."""
    for link_type in catalog.link_types.values():
        for named in (*link_type.sources, *link_type.targets):
            yield from item_type_findings(catalog, link_type.id, named)
    yield from role_findings(catalog)
    for item_type in catalog.item_types.values():
        if item_type.workflow.states:
            yield from _References(catalog, item_type).findings()
    for rule in catalog.notification_rules.values():
        yield from item_type_findings(catalog, rule.id, rule.item_type)
        if rule.item_type in catalog.item_types:
            yield from _References(catalog, catalog.item_types[rule.item_type]).rule(rule)


def check_findings(catalog: Catalog, item_type: ItemType, check: Check) -> Iterator[Finding]:
    """References of a stock check, on items of a type, to names that do not exist."""
    if check.test.__module__ == stock.__name__:
        yield from _References(catalog, item_type).stock_check(check)


class _References:
    """The references of one item type."""

    def __init__(self, catalog: Catalog, item_type: ItemType) -> None:
        self.catalog = catalog
        self.type = item_type
        self.id = item_type.id
        self.fields = item_type.fields.model_fields
        self.states = [state.id for state in item_type.workflow.states]
        self.transitions = [transition.name for transition in item_type.workflow.transitions]
        self.approvals = [approval.id for approval in item_type.approvals]
        self.confirmations = [confirmation.id for confirmation in item_type.confirmations]
        duties = (act for duty in item_type.duties for act in (*duty.acts, *duty.bars))
        #: The edits that are remembered; with `edit` alone, those of every material field.
        self.edits = [act for act in duties if act.partition(":")[0] == "edit"]

    def findings(self) -> Iterator[Finding]:
        item_type = self.type
        makers = (role for roles in item_type.entries.values() for role in roles)
        writers = (role for roles in item_type.writers.values() for role in roles)
        yield from self._roles(self.id, (*item_type.creators, *item_type.editors, *makers, *writers))
        yield from self._named_fields(
            self.id, (*item_type.indexed, *item_type.writers, *(each.field for each in item_type.computed))
        )
        for consequence in item_type.consequences:
            yield from self._named_fields(consequence.id, consequence.fields)
        yield from self._named_states(self.id, (*item_type.frozen_in, *item_type.entries))
        for names in (*item_type.frozen_in.values(), item_type.frozen_because):
            yield from self._named_fields(self.id, names)
        for reasons in item_type.frozen_because.values():
            yield from self._named_states(self.id, [] if isinstance(reasons, str) else reasons)
        for parent in item_type.parents or ():
            yield from item_type_findings(self.catalog, self.id, parent)
        for name, declared in self.fields.items():
            for named in _refs([declared.annotation, *declared.metadata], set()):
                yield from item_type_findings(self.catalog, f"{self.id}.{name}", named)
        for transition in item_type.workflow.transitions:
            yield from self._transition(transition)
        yield from self._gates()
        yield from self._decisions()
        for timer in item_type.timers:
            yield from self._timer(timer)
        if item_type.calendar is not None:
            yield from self._named_fields(self.id, item_type.calendar.fields)
            yield from self._named_states(self.id, item_type.calendar.states)

    def _decisions(self) -> Iterator[Finding]:
        for approval in self.type.approvals:
            yield from self._approval(approval)
        for confirmation in self.type.confirmations:
            yield from self._confirmation(confirmation)
        for duty in self.type.duties:
            yield from self._acts(duty.id, (*duty.acts, *duty.bars), by_duty=True)

    def _transition(self, transition: Transition) -> Iterator[Finding]:
        where = f"{self.id}.{transition.name}"
        yield from self._named_states(
            where, itertools.filterfalse(self.type.workflow.means_open, transition.sources)
        )
        yield from self._named_states(where, [transition.target] if transition.target != SAME else [])
        if not transition.sources:
            yield error("no-source", where, "it leaves from no state", 'list its source states, or "open"')
        yield from self._roles(where, transition.roles)
        yield from self._named_fields(where, transition.input)
        asked = (id for id in transition.asks if id not in self.confirmations)
        yield from self._named_approvals(where, (*asked, *transition.voids))
        for effect in transition.effects:
            yield from self._named_approvals(
                effect.id, [effect.changes_rules] if effect.changes_rules else []
            )

    def _gates(self) -> Iterator[Finding]:
        for gate in self.type.gates:
            yield from self._roles(gate.id, gate.waived_by)
            yield from self._named_states(gate.id, gate.lasting)
            yield from self._waived_content(gate)
            for fault in scope_faults(gate.only, self.type.fields, self.id):
                yield error("unfit-scope", gate.id, fault, "correct `only`")
            if not gate.checks:
                yield warning("empty-gate", gate.id, "it has no check", "add a check to it, or take it out")
            for check in gate.every_check:
                if check.test.__module__ == stock.__name__:
                    yield from self.stock_check(check)

    def _waived_content(self, gate: Gate) -> Iterator[Finding]:
        """The fields and link types with which a gate is waived exist; without an approval some are named."""
        links = [name for name in gate.waived_content if "." in name]
        yield from self._named_fields(gate.id, [name for name in gate.waived_content if name not in links])
        for link_type in links:
            yield from self._link_type(gate.id, link_type)
        if gate.waived_by and not gate.waived_content and not self.type.approvals:
            yield warning(
                "waived-for-anything",
                gate.id,
                f"where it is waived on {with_article(self.id)}, it stays open whatever the item becomes, "
                "but for its title",
                "name the fields or link types in `waived_content` for whose values it is waived",
            )

    def _link_type(self, where: str, named: str) -> Iterator[Finding]:
        if named not in self.catalog.link_types and method_of(named) not in self.catalog.missing:
            yield absent(where, "link type", named, self.catalog.link_types)

    def stock_check(self, check: Check) -> Iterator[Finding]:
        """The references in the parameters of a stock check."""
        yield from self._named_fields(check.id, check.params.get("fields", ()))
        yield from self._acts(check.id, check.params.get("acts", ()))
        if "approval" in check.params:
            yield from self._named_approvals(check.id, [check.params["approval"]])
        if "confirmation" in check.params and check.params["confirmation"] not in self.confirmations:
            yield absent(
                check.id, "confirmation", check.params["confirmation"], self.confirmations, within=self.id
            )
        if "type" in check.params:
            named, states = check.params["type"], check.params["states"]
            yield from item_type_findings(self.catalog, check.id, named)
            if named in self.catalog.item_types:
                known = [state.id for state in self.catalog.item_types[named].workflow.states]
                yield from (
                    absent(check.id, "state", s, known, within=named) for s in states if s not in known
                )
        if "link_type" in check.params:
            yield from self._link_type(check.id, check.params["link_type"])

    def _approval(self, approval: Approval) -> Iterator[Finding]:
        yield from self._named_fields(approval.id, approval.material_fields)
        roles = list(approval.asked)
        people = 0
        if isinstance(approval.panel, Panel):
            for ballot in approval.panel.ballots:
                roles += [*ballot.veto, *ballot.including, *ballot.quorum.weights]
                people += len(ballot.actors)
        yield from self._roles(approval.id, dict.fromkeys(roles))
        if not approval.asked and not people:
            yield warning(
                "nobody-asked",
                approval.id,
                "its voters are not known",
                "list the roles that may in `asked`",
            )
        if not any(approval.id in transition.asks for transition in self.type.workflow.transitions):
            yield warning(
                "never-asked",
                approval.id,
                f"no transition of {self.id} asks for it",
                "name it in `asks` of one, unless an effect asks for it",
            )

    def _confirmation(self, confirmation: Confirmation) -> Iterator[Finding]:
        yield from self._named_fields(confirmation.id, (confirmation.field, *confirmation.material_fields))
        if confirmation.id in self.approvals:
            yield error(
                "id-defined-twice",
                confirmation.id,
                "it is an approval and a confirmation",
                "give one of them another id, as transitions ask for either by it",
            )
        declared = self.fields.get(confirmation.field)
        if declared is not None and not _names_people(declared, confirmation.member):
            where = f"{self.id}.{confirmation.field}"
            where += f", member {confirmation.member}" if confirmation.member else ""
            yield error(
                "confirms-no-actor",
                confirmation.id,
                f"it asks the person in {where}, which does not name an actor",
                "name a field of type ActorId, or in `member` the part of its objects that is one",
            )
        asking = any(confirmation.id in transition.asks for transition in self.type.workflow.transitions)
        if not confirmation.when_named and not asking:
            yield warning(
                "never-asked",
                confirmation.id,
                f"no transition of {self.id} asks for it",
                "name it in `asks` of one, or ask for it `when_named`",
            )

    def _timer(self, timer: Timer) -> Iterator[Finding]:
        acts = (*timer.starts, *timer.stops, *timer.resets, *timer.resumes)
        yield from self._named_transitions(timer.id, (name for name in acts if name != CREATE))
        for pause in timer.pauses:
            yield from self._named_states(timer.id, pause.states)
        conditions = (
            timer.runs_while,
            *(pause.when for pause in timer.pauses),
            *(threshold.when for threshold in timer.thresholds),
        )
        fields = [
            each.field for each in (*conditions, timer.target) if isinstance(each, Holds | ByField | Until)
        ]
        yield from self._named_fields(timer.id, fields)
        yield from self._named_states(timer.id, timer.states)
        if timer.starts and timer.follows_item:
            yield error(
                "timer-starts-twice",
                timer.id,
                "it starts with transitions, and it runs while a condition holds",
                "give one of `starts` and `runs_while`",
            )
        yield from self._distinct_labels(timer)
        for threshold in timer.thresholds:
            yield from self._threshold(timer, threshold)

    def _distinct_labels(self, timer: Timer) -> Iterator[Finding]:
        labels = [threshold.label for threshold in timer.thresholds]
        for label in dict.fromkeys(each for each in labels if labels.count(each) > 1):
            yield error(
                "same-threshold", timer.id, f"it has two thresholds at {label}", "make one threshold of them"
            )

    def _threshold(self, timer: Timer, threshold: Threshold) -> Iterator[Finding]:
        given = (threshold.percent, threshold.before, threshold.after)
        if sum(each is not None for each in given) != 1 or (threshold.percent or 0) < 0:
            yield error(
                "threshold-place",
                timer.id,
                "the point of a threshold is not clear",
                "give one of `percent`, `before` and `after`",
            )
        yield from self._roles(timer.id, (n for n in threshold.notifies if not n.startswith(ASKED)))
        yield from self._named_approvals(timer.id, approvals_asked(threshold.notifies))
        if threshold.fires is None:
            return
        fired = self.type.workflow.transition(threshold.fires)
        if fired is None:
            yield absent(timer.id, "transition", threshold.fires, self.transitions, within=self.id)
        elif SYSTEM not in fired.roles:
            yield error(
                "timer-cannot-fire",
                timer.id,
                f'it fires "{fired.name}", which {", ".join(fired.roles)} may fire and {SYSTEM} may not',
                f"add {SYSTEM} to the roles of the transition",
            )

    def rule(self, rule: NotificationRule) -> Iterator[Finding]:
        """The references of a notification rule for items of this type."""
        if not rule.on or not rule.to:
            lacking = "on" if not rule.on else "to"
            yield error(
                "empty-notification-rule",
                rule.id,
                f"it notifies nobody of anything, as `{lacking}` is empty",
                f"name in `{lacking}` {'what happens' if not rule.on else 'who is notified'}, or take it out",
            )
        yield from self._roles(rule.id, rule.roles)
        yield from self._acts(rule.id, rule.acts)
        yield from self._named_fields(rule.id, rule.role_fields)
        yield from self._named_approvals(rule.id, rule.asked)
        for happening in rule.on:
            kind, _, name = happening.partition(":")
            match kind:
                case "state":
                    yield from self._named_states(rule.id, [name])
                case "timer":
                    known = [timer.id for timer in self.type.timers]
                    if name not in known:
                        yield absent(rule.id, "timer", name, known, within=self.id)
                case _:
                    yield from self._acts(rule.id, [happening])
        for act in rule.acts:
            verb, _, name = act.partition(":")
            field = self.fields.get(name) if verb == "named" else None
            if field is not None and not any(map(_holds_actor, (field.annotation, *field.metadata))):
                yield error(
                    "notifies-no-actor",
                    rule.id,
                    f"it notifies the actor in {self.id}.{name}, which is not a field for an actor",
                    "name a field of type ActorId",
                )

    def _acts(self, where: str, acts: Iterable[str], *, by_duty: bool = False) -> Iterator[Finding]:
        for act in acts:
            verb, _, name = act.partition(":")
            known = self.type.acted_on(verb)
            if act == CREATE or act in ALONE or (verb == "attach" and name):
                continue
            if verb == "appoint":
                yield from self._roles(where, [name])
            elif known is None:
                yield error("unknown-act", where, f'there is no act "{act}"', f"write {ACT_FORMS}")
            elif name not in known:
                yield absent(where, ACTED_ON[verb], name, known, within=self.id)
            elif verb == "edit" and not by_duty and not {act, "edit"} & set(self.edits):
                yield warning(
                    "act-not-kept",
                    where,
                    f'nobody is known to have done "{act}", as no duty of {self.id} names it',
                    "name it in a duty",
                )

    def _named_fields(self, where: str, names: Iterable[str]) -> Iterator[Finding]:
        return (absent(where, "field", n, self.fields, within=self.id) for n in names if n not in self.fields)

    def _named_states(self, where: str, names: Iterable[str]) -> Iterator[Finding]:
        return (absent(where, "state", n, self.states, within=self.id) for n in names if n not in self.states)

    def _named_transitions(self, where: str, names: Iterable[str]) -> Iterator[Finding]:
        known = self.transitions
        return (absent(where, "transition", n, known, within=self.id) for n in names if n not in known)

    def _named_approvals(self, where: str, names: Iterable[str]) -> Iterator[Finding]:
        known = self.approvals
        return (absent(where, "approval", n, known, within=self.id) for n in names if n not in known)

    def _roles(self, where: str, names: Iterable[str]) -> Iterator[Finding]:
        for name in names:
            known = name == SYSTEM or name in self.catalog.roles or method_of(name) in self.catalog.missing
            if not known:
                yield absent(where, "role", name, self.catalog.roles)


def _names_people(declared: Any, member: str) -> bool:
    """Whether a field holds actors, or objects with a member that does."""
    if not member:
        return any(map(_holds_actor, (declared.annotation, *declared.metadata)))
    models = _models([declared.annotation])
    parts = (model.model_fields[member] for model in models if member in model.model_fields)
    return any(_holds_actor(hint) for part in parts for hint in (part.annotation, *part.metadata))


def _models(hints: Iterable[Any]) -> Iterator[type[BaseModel]]:
    """The models that an annotation names."""
    for hint in hints:
        if isinstance(hint, type) and issubclass(hint, BaseModel):
            yield hint
        elif get_origin(hint) is Annotated:
            yield from _models([hint.__origin__])
        else:
            yield from _models(get_args(hint))


def _holds_actor(hint: Any) -> bool:
    """Whether an annotation is of an actor, or of several."""
    if get_origin(hint) is Annotated:
        return any(map(_holds_actor, (hint.__origin__, *hint.__metadata__)))
    return isinstance(hint, ActorRef) or any(map(_holds_actor, get_args(hint)))


def _refs(hints: Iterable[Any], seen: set[type[BaseModel]]) -> Iterator[str]:
    """Item types named by `Ref` anywhere in annotations, models inside included."""
    for hint in hints:
        if isinstance(hint, Ref):
            yield from hint.types
        elif get_origin(hint) is Annotated:
            yield from _refs([hint.__origin__, *hint.__metadata__], seen)
        elif isinstance(hint, type) and issubclass(hint, BaseModel):
            if hint not in seen:
                seen.add(hint)
                inner = hint.model_fields.values()
                yield from _refs([part for each in inner for part in (each.annotation, *each.metadata)], seen)
        else:
            yield from _refs(get_args(hint), seen)
