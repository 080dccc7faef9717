"""Each time that a control was evaluated, read from the log alone: nothing of it is stored a second time.

A transition records every check of every gate, with its verdict and the values that it read, and a gate of a control is
known by its id. So the log has the population of a control's tests, and what went past it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from placet import CheckContext, EventView, ItemView, JobContext, Outcome
from placet_cobit.controls.bindings import ControlMode, gate_id, gates_of
from placet_cobit.controls.fields import mode_by
from placet_cobit.ids import CONTROL

#: The reading of a control's check by which an accepted risk let it pass: the key of the risk acceptance.
WAIVED_BY = "waived_by"
#: The reading of a check that did not run, as the item is out of the scope of the gate.
OUT_OF_SCOPE = "out_of_scope"
#: The transitions of a control that put its gates in force, and those that take them out.
_BEGINS, _ENDS = ("activate", "resume_control"), ("suspend_control", "retire_control")


class ExecutionVerdict(StrEnum):
    """How one evaluation of a control came out."""

    PASS = "pass"  # noqa: S105  # a verdict
    FAIL = "fail"
    #: Not met, and let through by a risk acceptance in force.
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Execution:
    """One evaluation of a control at an attempt to move an item."""

    #: Key of the control.
    control: str
    #: Key of the item that was to be moved.
    item: str
    #: Id of the event: the element of a sample.
    event: str
    transition: str
    at: datetime
    actor: str
    verdict: ExecutionVerdict
    #: The values that the control's checks read, as the event keeps them, by check.
    inputs: Mapping[str, Any] = field(default_factory=dict)
    #: Hash of the rules in force for the item: the configuration version of an automated control.
    definition: str = ""
    #: Key of the risk acceptance, where the verdict is `waived`.
    acceptance: str | None = None
    #: Whether the attempt was refused, by this control or by another rule.
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Bypass:
    """A transition that a control gates, which went past it while it was in force.

    It did not run, as the plugin was off, or failed; or it found its check unmet, was designed to stop that, and did
    not, as somebody had loosened its gate meanwhile.
    """

    control: str
    item: str
    event: str
    transition: str
    at: datetime
    actor: str


def executions(
    ctx: CheckContext | JobContext,
    control: ItemView,
    since: datetime,
    until: datetime,
    *,
    refused: bool = False,
) -> tuple[Execution, ...]:
    """The evaluations of a control in the time [since, until), in order of time: one for each attempt.

    A transition that passes two gates of the control counts once, with the strictest verdict. With `refused`, attempts
    that the control refused are among them, as far as the workspace records refusals; of an attempt that others
    refused, the log does not say how the control judged it. A control gates the items of its own workspace alone.
    """
    kinds = ("transition", "refused") if refused else ("transition",)
    found = [
        execution
        for type in types_of(in_force(ctx, control, until))
        for event in ctx.events(type, kinds=kinds, since=since, until=until)
        if (execution := execution_of(control.key, event)) is not None
    ]
    return tuple(sorted(found, key=lambda each: (each.at, each.event)))


def execution_of(control: str, event: EventView) -> Execution | None:
    """The evaluation of a control that an event records; `None` where it was not evaluated."""
    checks = [each for each in judged(control, event) if OUT_OF_SCOPE not in each.get("read", {})]
    if not checks:
        return None
    verdicts = [_verdict(each) for each in checks]
    accepted = [each["read"][WAIVED_BY] for each in checks if _verdict(each) is ExecutionVerdict.WAIVED]
    return Execution(
        control=control,
        item=event.key,
        event=event.id,
        transition=event.data["transition"],
        at=event.at,
        actor=event.actor,
        verdict=next(each for each in _STRICTEST_FIRST if each in verdicts),
        inputs={each["check"]: each.get("read", each.get("params", {})) for each in checks},
        definition=event.data.get("definition", ""),
        acceptance=accepted[0] if accepted else None,
        refused=event.kind == "refused",
    )


def judged(control: str, event: EventView) -> list[Mapping[str, Any]]:
    """The checks of a control's gates that an event records, those out of whose scope the item was among them."""
    # A refusal records the blockers, and a transition all checks.
    named = event.data.get("blockers" if event.kind == "refused" else "checks", ())
    return [each for each in named if each["gate"].startswith(gates_of(control))]


_STRICTEST_FIRST = (ExecutionVerdict.FAIL, ExecutionVerdict.WAIVED, ExecutionVerdict.PASS)


def _verdict(check: Mapping[str, Any]) -> ExecutionVerdict:
    if check["verdict"] != Outcome.MET.value:
        return ExecutionVerdict.FAIL
    return ExecutionVerdict.WAIVED if WAIVED_BY in check.get("read", {}) else ExecutionVerdict.PASS


def bypasses(
    ctx: CheckContext | JobContext, control: ItemView, since: datetime, until: datetime
) -> tuple[Bypass, ...]:
    """The transitions of a control's bound kinds in [since, until) that went past it while it was in force.

    By the version of the rules under which each was decided, and not by the clock: an act is decided under one version.
    An item out of a control's scope did not go past it: its event says by which values; see `departures.py` for one
    that had been in it.
    """
    spells = list(in_force(ctx, control, until))
    found = []
    for type in types_of(spells):
        for event in ctx.events(type, since=since, until=until):
            name, version = event.data["transition"], event.data["workspace_version"]
            bound = any(spell.covers(version) and (type, name) in spell.bound for spell in spells)
            if bound and (not judged(control.key, event) or _let_go(spells, control.key, event)):
                found.append(Bypass(control.key, event.key, event.id, name, event.at, event.actor))
    return tuple(sorted(found, key=lambda each: (each.at, each.event)))


def _let_go(spells: Iterable[Spell], control: str, event: EventView) -> bool:
    """Whether a control that was designed to stop a transition found it unmet, and the transition was made."""
    version = event.data["workspace_version"]
    stops = any(spell.stops and spell.covers(version) for spell in spells)
    found = execution_of(control, event) if stops else None
    return found is not None and found.verdict is ExecutionVerdict.FAIL


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which a control was in force, in versions of the workspace's rules, and its bound transitions."""

    bound: frozenset[tuple[str, str]]
    #: The version under which it was put in force: the next one has its gates.
    after: int
    #: The scopes of its gates, by gate: values, or a range, by field.
    scopes: Mapping[str, Mapping[str, Any]]
    #: Whether it stops what does not meet it, by its design.
    stops: bool
    #: The last version with its gates; `None` while it is in force.
    last: int | None = None

    def covers(self, version: int) -> bool:
        return self.after < version and (self.last is None or version <= self.last)


def in_force(ctx: CheckContext | JobContext, control: ItemView, until: datetime) -> Iterator[Spell]:
    """The spells of a control until a moment, in order of time."""
    bound: frozenset[tuple[str, str]] = frozenset()
    scopes: Mapping[str, Mapping[str, Any]] = {}
    stops = False
    begun: int | None = None
    own = (
        each
        for each in ctx.events(CONTROL, since=control.created_at, until=until, of=[control.key])
        if each.data["transition"] in {*_BEGINS, *_ENDS}
    )
    for event in own:
        version = event.data["workspace_version"]
        if begun is not None:
            yield Spell(bound, begun, scopes, stops, version)
            begun = None
        if event.data["transition"] in _BEGINS:
            changed = event.data["changes"].get("in_force")
            if changed is not None:
                bindings = changed[1]
                bound = frozenset((each["item_type"], each["transition"]) for each in bindings)
                scopes = {
                    gate_id(control.key, n): each.get("scope", {}) for n, each in enumerate(bindings, 1)
                }
            design = event.data["changes"].get("activated")
            if design is not None:
                stops = mode_by(design[1].get("mode"), design[1].get("nature")) is ControlMode.BLOCK
            begun = version
    if begun is not None:
        yield Spell(bound, begun, scopes, stops)


def types_of(spells: Iterable[Spell]) -> list[str]:
    """The item types that a control has gated in some spells."""
    return sorted({type for spell in spells for type, _ in spell.bound})
