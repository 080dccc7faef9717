"""Methods made at random: any workflow that the linter lets pass, with everything that can block a transition.

All of them have a task, whose rules are drawn, and a part that lies below it or is linked to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from placet import (
    OPEN,
    SAME,
    ActorId,
    Appointment,
    Approval,
    Ballot,
    Change,
    Check,
    CheckContext,
    Computed,
    Duty,
    Effect,
    EffectContext,
    Fields,
    Gate,
    ItemType,
    LinkType,
    Method,
    Panel,
    Quorum,
    Role,
    State,
    Text,
    Transition,
    Verdict,
    Workflow,
    actor_differs,
    approval_granted,
    blocked,
    check,
    children_in_state,
    effect,
    evidence_present,
    fields_present,
    hookimpl,
    linked_in_state,
    passed,
    reason_given,
)

ROLES = [Role(f"walk.r{n}", f"Role {n}", on_item=Appointment(["walk.r0"])) for n in range(3)]
NEEDS = LinkType("walk.needs", "Needs", targets=("walk.part",))
APPROVALS = ["walk.a0", "walk.a1"]


class TaskFields(Fields):
    number: int = 6
    double: int | None = None
    text: Text | None = None
    who: ActorId | None = None


class PartFields(Fields):
    size: int = 0


@dataclass(frozen=True)
class Design:
    """A method as it was drawn, and what the walk may ask of it."""

    method: Method
    #: Named in examples that fail.
    table: str

    @property
    def plugin(self) -> ModuleType:
        """A plugin that brings it, with an opinion on every transition and a hand in each."""
        module = ModuleType("walk")
        module.placet_method = hookimpl(lambda: self.method)  # type: ignore[attr-defined]  # made on the fly
        module.placet_check = hookimpl(_no_thirteen)  # type: ignore[attr-defined]
        module.placet_effect = hookimpl(_signs)  # type: ignore[attr-defined]
        return module

    @property
    def task(self) -> ItemType:
        return self.method.item_types[0]

    @property
    def gates(self) -> list[str]:
        """Ids of its gates."""
        return sorted({gate.id for t in self.task.workflow.transitions for gate in t.gates})

    def __repr__(self) -> str:
        return self.table


def _no_thirteen(ctx: CheckContext) -> Verdict | None:
    """A rule across all transitions, without an opinion on most."""
    if ctx.item.type != "walk.task" or ctx.item.fields.number != 13:
        return None
    return blocked("nothing moves at 13", remedy="take another number")


def _signs(ctx: EffectContext, event: dict[str, Any]) -> None:
    """The reaction of a plugin to every transition that brought a task to another state."""
    if ctx.item.type == "walk.task" and event["from_state"] != event["to_state"]:
        ctx.set(text=f"{event['transition']} by {event['actor']}")


def _double(ctx: CheckContext) -> int:
    return int(ctx.item.fields.number) * 2


@check("walk.number_is_even")
def number_is_even(ctx: CheckContext) -> Verdict:
    """The number is even."""
    number = ctx.item.fields.number
    if number % 2 == 0:
        return passed(number=number)
    return blocked("{number} is odd", remedy="take an even one", params={"number": number})


@check("walk.a_day_old")
def a_day_old(ctx: CheckContext) -> Verdict:
    """The task is a day old."""
    earliest = ctx.item.created_at + timedelta(days=1)
    return passed() if ctx.now >= earliest else blocked("too young", remedy="wait", earliest=earliest)


@check("walk.divides")
def divides(ctx: CheckContext) -> Verdict:
    """Sixty can be divided by the number: a check that fails at zero."""
    return passed() if 60 % ctx.item.fields.number == 0 else blocked("60 has no such part", remedy="take 6")


@check("walk.few_elsewhere")
def few_elsewhere(ctx: CheckContext) -> Verdict:
    """Fewer than three other tasks have the same number."""
    alike = ctx.items("walk.task", number=ctx.item.fields.number)
    others = [item.key for item in alike if item.key != ctx.item.key]
    if len(others) < 3:
        return passed(others=len(others))
    return blocked("{keys} have it", remedy="take another", params={"keys": ", ".join(others)})


@effect("walk.count_on")
def count_on(ctx: EffectContext) -> None:
    """The number goes up by one."""
    ctx.set(number=ctx.item.fields.number + 1)


@effect("walk.make_part")
def make_part(ctx: EffectContext) -> None:
    """A part is made below the task and linked to it."""
    part = ctx.create("walk.part", "Part", parent=ctx.item.key, size=ctx.item.fields.number)
    ctx.link("walk.needs", part)


@effect("walk.use_parts")
def use_parts(ctx: EffectContext) -> None:
    """Every part below the task is measured and used."""
    for part in ctx.children("walk.part"):
        ctx.set_on(part.key, size=part.fields.size + 1)
        if part.state == "new":
            ctx.fire(part.key, "use", comment=f"for {ctx.item.key}")


@effect("walk.fails_at_seven")
def fails_at_seven(ctx: EffectContext) -> None:
    """Leaves things half done, and fails, at seven."""
    ctx.set(text="half done")
    if ctx.item.fields.number == 7:
        raise RuntimeError("seven")


@effect("walk.asks_again")
def asks_again(ctx: EffectContext) -> None:
    """The first approval is taken back and asked for again."""
    ctx.void("walk.a0", "asked again")
    ctx.ask("walk.a0")


CHECKS: list[Check] = [
    fields_present("walk.text_there", "text", "who"),
    reason_given("walk.reason", at_least=5),
    *(approval_granted(f"{approval}_granted", approval) for approval in APPROVALS),
    evidence_present("walk.photographed", "photo", younger_than=timedelta(days=2)),
    children_in_state("walk.children", "walk.part", ["used"]),
    linked_in_state("walk.linked", "walk.needs", ["used"]),
    actor_differs("walk.other_maker", "create", "named:who"),
    number_is_even,
    a_day_old,
    divides,
    few_elsewhere,
]
EFFECTS: list[Effect] = [count_on, make_part, use_parts, fails_at_seven, asks_again]

# fmt: off
PART = ItemType("walk.part", "Part", fields=PartFields, parents=["walk.task"], workflow=Workflow(
    "walk.part",
    [State("new", "New", "todo"), State("used", "Used", "done")],
    [Transition("use", "new", "used", [ROLES[0], "system"])],
))
# fmt: on


def _some(draw: st.DrawFn, of: list[Any], *, least: int = 0, most: int = 2) -> list[Any]:
    return draw(st.lists(st.sampled_from(of), min_size=least, max_size=most, unique_by=str)) if of else []


@st.composite
def quorums(draw: st.DrawFn) -> Quorum:
    """Every kind of quorum."""
    return draw(
        st.sampled_from(
            [
                Quorum.any(),
                Quorum.all(),
                Quorum.n(2),
                Quorum.percent(60),
                Quorum.percent(50, of_votes=True),
                Quorum.majority(minimum_votes=2),
                Quorum.weigh({ROLES[0]: 2, ROLES[1]: 1}, 2),
            ]
        )
    )


@st.composite
def approvals(draw: st.DrawFn, id: str) -> Approval:
    """An approval by one ballot or two."""
    ballots = [
        Ballot(
            _some(draw, ROLES, least=1),
            draw(quorums()),
            veto=_some(draw, ROLES, most=1),
            including=_some(draw, ROLES, most=1),
        )
        for _ in range(draw(st.integers(1, 2)))
    ]
    return Approval(
        id,
        id,
        Panel(*ballots, ordered=draw(st.booleans())),
        material_fields=draw(st.sampled_from([{}, {"number": Change.ANY}, {"number": Change.HIGHER}])),
        material_evidence=draw(st.sampled_from([[], ["photo"]])),
        expires=draw(st.sampled_from([None, timedelta(days=2)])),
        reopens=draw(st.booleans()),
    )


@st.composite
def workflows(draw: st.DrawFn, gates: list[Gate]) -> Workflow:
    """A way from the first state to the last one, and shortcuts, returns and loops besides."""
    count = draw(st.integers(2, 5))
    states = [f"s{n}" for n in range(count)]
    kinds = [*(draw(st.sampled_from(["todo", "active", "waiting", "cancelled"])) for _ in states[1:]), "done"]
    sources = [[state] for state in states[:-1]]
    targets = states[1:]
    for _ in range(draw(st.integers(0, 5))):
        sources.append(_some(draw, [*states, OPEN], least=1))
        targets.append(draw(st.sampled_from([*states, SAME])))
    transitions = [
        Transition(
            f"t{n}",
            source,
            target,
            _some(draw, ROLES, least=1, most=3),
            draw(st.lists(st.sampled_from(gates), max_size=2, unique_by=lambda gate: gate.id)),
            draw(st.lists(st.sampled_from(EFFECTS), max_size=2, unique_by=lambda effect: effect.id)),
            input=_some(draw, ["number", "text", "who"]),
            asks=_some(draw, APPROVALS, most=1),
            voids=_some(draw, APPROVALS, most=1),
        )
        for n, (source, target) in enumerate(zip(sources, targets, strict=True))
    ]
    named = [State(id, id.upper(), kind) for id, kind in zip(states, kinds, strict=True)]
    return Workflow("walk.task", named, transitions)


@st.composite
def designs(draw: st.DrawFn) -> Design:
    """A method that can be switched on."""
    gates = [
        Gate(
            f"walk.g{n}",
            f"Gate {n}",
            *draw(st.lists(st.sampled_from(CHECKS), min_size=1, max_size=2, unique_by=lambda c: c.id)),
            waived_by=_some(draw, ROLES, most=1),
        )
        for n in range(4)
    ]
    workflow = draw(workflows(gates))
    acts = [
        "create",
        "named:who",
        *(f"vote:{approval}" for approval in APPROVALS),
        *(f"transition:{transition.name}" for transition in workflow.transitions),
    ]
    duties = []
    for n in range(draw(st.integers(0, 2))):
        one, other = draw(st.lists(st.sampled_from(acts), min_size=2, max_size=2, unique=True))
        duties.append(Duty(f"walk.d{n}", f"Duty {n}", (one,), (other,)))
    task = ItemType(
        "walk.task",
        "Task",
        fields=TaskFields,
        workflow=workflow,
        indexed=["number", "who"],
        computed=[Computed("double", _double)],
        frozen_in={workflow.states[-1].id: _some(draw, ["number", "who"])},
        approvals=[draw(approvals(id)) for id in APPROVALS],
        duties=duties,
        parents=None,
    )
    method = Method("walk", "Walk", item_types=[task, PART], roles=ROLES, link_types=[NEEDS])
    moves = [
        f"{t.name}: {'|'.join(t.sources)} -> {t.target} by {','.join(t.roles)} "
        f"gates {[(g.id, [c.id for c in g.checks]) for g in t.gates]} effects {[e.id for e in t.effects]} "
        f"asks {t.asks} voids {t.voids}"
        for t in workflow.transitions
    ]
    return Design(method, "\n".join([*moves, *map(str, duties), *map(str, task.approvals)]))
