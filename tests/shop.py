"""A workshop that repairs things: one method that uses everything that definitions offer, and an engine that runs it.

Nobody here is called by a role: `ann` wishes, `ben` and `bea` repair, `mia` is the master, `tom` has no role at all.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, TypeVar

import pytest
from clock import Clock

from placet import (
    OPEN,
    SAME,
    ActorId,
    Appointment,
    Approval,
    Ballot,
    BlockedError,
    Cardinality,
    Change,
    CheckContext,
    Computed,
    Decision,
    Duty,
    EffectContext,
    Fields,
    Gate,
    ItemKey,
    ItemType,
    Line,
    LinkType,
    Method,
    Moment,
    Panel,
    Quorum,
    Ref,
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
from placet.app import Application, build
from placet.catalog.discovery import Registry
from placet.definitions.method import Settings as MethodSettings
from placet.engine.act.people import Actor
from placet.engine.act.records import ItemRecord
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.engine.moved import Moved
from placet.settings import Settings

#: A Monday morning.
START = datetime(2026, 3, 2, 9, tzinfo=UTC)

CUSTOMER = Role("shop.customer", "Customer")
FIXER = Role("shop.fixer", "Fixer", on_item=Appointment(["shop.master"]))
MASTER = Role("shop.master", "Master", max_holders=1, on_item=Appointment(["shop.master"], [FIXER]))


class ShopSettings(MethodSettings):
    #: The longest that an estimate may be without the master, in hours.
    largest_estimate: int = 40


class RepairFields(Fields):
    fault: Line | None = None
    hours: int | None = None
    price: float | None = None
    deposit: Decimal | None = None
    due: Moment | None = None
    total: float | None = None
    express: bool | None = None
    tags: list[Line] | None = None
    fixer: ActorId | None = None
    like: Annotated[ItemKey, Ref("shop.repair")] | None = None
    spares: list[Annotated[ItemKey, Ref("shop.part")]] | None = None
    notes: Text | None = None


class PartFields(Fields):
    maker: Line
    shelf: int | None = None


def _total(ctx: CheckContext) -> float | None:
    hours, price = ctx.item.fields.hours, ctx.item.fields.price
    return None if hours is None or price is None else hours * price


@check("shop.estimate_is_small")
def estimate_is_small(ctx: CheckContext) -> Verdict:
    """The estimate is no longer than what the shop does without the master."""
    hours, largest = ctx.item.fields.hours or 0, ctx.settings.largest_estimate
    if hours <= largest:
        return passed(hours=hours)
    return blocked(
        "{hours} hours are more than {largest}",
        remedy="ask the master",
        who=[MASTER.id],
        params={"hours": hours, "largest": largest},
    )


@check("shop.not_before_due")
def not_before_due(ctx: CheckContext) -> Verdict:
    """A repair is handed over when it is due, and not before."""
    due = ctx.item.fields.due
    if due is None or ctx.now >= due:
        return passed()
    return blocked("it is due at {due}", remedy="wait", earliest=due, params={"due": due.isoformat()})


@check("shop.bench_is_free")
def bench_is_free(ctx: CheckContext) -> Verdict:
    """No other express repair is on the bench."""
    busy = [i for i in ctx.items("shop.repair", states=["bench"], express=True) if i.key != ctx.item.key]
    if not ctx.item.fields.express or not busy:
        return passed(busy=len(busy))
    return blocked(
        "the bench is taken by {keys}", remedy="wait", params={"keys": ", ".join(i.key for i in busy)}
    )


@effect("shop.order_part")
def order_part(ctx: EffectContext) -> None:
    """A part is ordered for the repair, which is counted."""
    part = ctx.create("shop.part", f"Part for {ctx.item.title}", parent=ctx.item.key, maker="Acme")
    ctx.link("shop.needs", part)
    ctx.set(notes=f"ordered {part}")
    ctx.set_on(part, shelf=7)


@effect("shop.deliver_parts")
def deliver_parts(ctx: EffectContext) -> None:
    """The parts that a repair needs are used up with it."""
    for part in ctx.linked("shop.needs"):
        if part.state == "ordered":
            ctx.fire(part.key, "use", comment=f"used for {ctx.item.key}")


DESCRIBED = Gate(
    "shop.described", "Described", fields_present("shop.fault_named", "fault", "hours"), waived_by=[MASTER]
)
SMALL = Gate("shop.small", "Small enough", estimate_is_small, bench_is_free, waived_by=[MASTER])
AGREED = Gate("shop.agreed", "Agreed", approval_granted("shop.agreement_given", "shop.agreement"))
TESTED = Gate(
    "shop.tested",
    "Tested",
    evidence_present("shop.test_attached", "test_result", younger_than=timedelta(days=7)),
)
PARTS_USED = Gate(
    "shop.parts_used",
    "Parts used",
    children_in_state("shop.children_used", "shop.part", ["used"]),
    linked_in_state("shop.linked_used", "shop.needs", ["used"]),
)
DUE = Gate("shop.due", "Due", not_before_due)
OTHER = Gate("shop.four_eyes", "Four eyes", actor_differs("shop.somebody_else", "transition:start"))
WHY = Gate("shop.why", "Why", reason_given("shop.reason_given"))

AGREEMENT = Approval(
    "shop.agreement",
    "Agreement",
    Panel(Ballot([CUSTOMER, FIXER], Quorum.n(2), veto=[CUSTOMER])),
    material_fields={
        "fault": Change.ANY,
        "price": Change.HIGHER,
        "deposit": Change.HIGHER,
        "due": Change.LOWER,
    },
    material_evidence=["offer"],
    expires=timedelta(days=10),
)
SIGNATURE = Approval("shop.signature", "Signature", Panel(Ballot([MASTER], Quorum.any())), reopens=False)
NOT_ALONE = Duty("shop.not_alone", "Nobody agrees to their own wish", ("create",), ("vote:shop.agreement",))
NOT_NAMED = Duty(
    "shop.not_named", "Nobody tests what they repair", ("named:fixer",), ("transition:hand_over",)
)

# fmt: off
REPAIR = Workflow(
    "shop.repair",
    states=[
        State("wished",  "Wished for",   "todo"),
        State("bench",   "On the bench", "active"),
        State("testing", "Being tested", "waiting"),
        State("done",    "Handed over",  "done"),
        State("dropped", "Dropped",      "cancelled"),
    ],
    transitions=[
        Transition("start",     "wished",  "bench",   [FIXER],           [DESCRIBED, SMALL], input=["fixer", "hours"]),
        Transition("order",     "bench",   SAME,      [FIXER],           [], [order_part]),
        Transition("test",      "bench",   "testing", [FIXER],           [PARTS_USED]),
        Transition("fit",       "bench",   SAME,      [FIXER],           [], [deliver_parts]),
        Transition("offer",     "bench",   SAME,      [FIXER],           asks=["shop.agreement", "shop.signature"]),
        Transition("take_back", "bench",   SAME,      [FIXER],           voids=["shop.agreement"]),
        Transition("hand_over", "testing", "done",    [FIXER, MASTER],   [AGREED, TESTED, DUE, OTHER]),
        Transition("rework",    "testing", "bench",   [FIXER]),
        Transition("drop",      OPEN,      "dropped", [CUSTOMER, MASTER], [WHY]),
    ],
)
PART = Workflow(
    "shop.part",
    states=[State("ordered", "Ordered", "todo"), State("used", "Used up", "done")],
    transitions=[Transition("use", "ordered", "used", [FIXER, "system"])],
)
# fmt: on

METHOD = Method(
    "shop",
    "Repair shop",
    roles=[CUSTOMER, FIXER, MASTER],
    settings=ShopSettings,
    link_types=[
        LinkType("shop.needs", "Needs", targets=("shop.part",), inverse="Needed by"),
        LinkType("shop.replaces", "Replaces", cardinality=Cardinality.ONE_TO_ONE, acyclic=True),
        LinkType("shop.follows", "Follows", sources=("shop.repair",), cardinality=Cardinality.MANY_TO_ONE,
                 inverse="Followed by"),
    ],
    item_types=[
        ItemType(
            "shop.repair",
            "Repair",
            fields=RepairFields,
            workflow=REPAIR,
            indexed=["fault", "hours", "price", "deposit", "due", "express", "tags"],
            computed=[Computed("total", _total)],
            frozen_in={"testing": ["fault"], "done": ["fault"]},
            approvals=[AGREEMENT, SIGNATURE],
            duties=[NOT_ALONE, NOT_NAMED],
            parents=None,
        ),
        ItemType(
            "shop.part", "Part", fields=PartFields, workflow=PART, parents=["shop.repair"], creators=[FIXER],
            editors=[FIXER],
        ),
    ],
)  # fmt: skip


Definition = TypeVar("Definition")


def changed(definition: Definition, **parts: Any) -> Definition:
    """A definition with some of its parts changed, which are written as in the definition itself."""
    return replace(definition, **parts)  # type: ignore[type-var]  # all definitions are dataclasses


def with_repair(**parts: Any) -> Method:
    """The method with parts of the repair's definition changed."""
    repair, part = METHOD.item_types
    return changed(METHOD, item_types=[changed(repair, **parts), part])


def replace_approval(approval: Approval) -> Method:
    """The method with another agreement."""
    return with_repair(approvals=[approval, SIGNATURE])


def replace_transition(*transitions: Transition, **parts: Any) -> Method:
    """The method with transitions of the repair in the place of their namesakes or added, and other parts changed."""
    moves = {each.name: each for each in (*REPAIR.transitions, *transitions)}
    return with_repair(workflow=Workflow(REPAIR.id, REPAIR.states, list(moves.values())), **parts)


def plugin(method: Method, *, name: str = "", **hooks: Callable[..., Any]) -> ModuleType:
    """A plugin's module, as an entry point would lead to it."""
    module = ModuleType(name or method.id)
    for hook, function in {"placet_method": lambda: method, **hooks}.items():
        setattr(module, hook, hookimpl(function))
    return module


def employ(engine: Engine, id: str, *roles: Role, admin: bool = False, workspace: str = "SHOP") -> Actor:
    """Somebody new who holds these roles besides those who hold them already."""
    made = engine.people.add(SYSTEM_ACTOR, id=id, name=id.capitalize(), admin=admin)
    for role in roles:
        held = engine.workspaces.get(SYSTEM_ACTOR, workspace).roles.get(role.id, ())
        engine.workspaces.assign(SYSTEM_ACTOR, workspace, role.id, [*held, id])
    return made


def furnish(engine: Engine, methods: Sequence[str] = ("shop",), **workspace: Any) -> dict[str, Actor]:
    """Make the workspace SHOP and its people."""
    ida = employ(engine, "ida", admin=True)
    engine.workspaces.create(ida, key="SHOP", name="The shop", methods=methods, **workspace)
    holders = {"ann": CUSTOMER, "cid": CUSTOMER, "ben": FIXER, "bea": FIXER, "mia": MASTER}
    people = {id: employ(engine, id, role) for id, role in holders.items()}
    return {"ida": ida, **people, "tom": employ(engine, "tom")}


@dataclass
class Shop:
    """The workspace SHOP with its people, and short names for what tests do all the time."""

    application: Application
    clock: Clock
    people: dict[str, Actor] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        return self.application.engine

    def person(self, id: str, *roles: Role, admin: bool = False, workspace: str = "SHOP") -> Actor:
        """Somebody new who holds these roles besides those who hold them already."""
        self.people[id] = employ(self.engine, id, *roles, admin=admin, workspace=workspace)
        return self.people[id]

    def __getitem__(self, id: str) -> Actor:
        return self.people[id]

    def wish(self, title: str = "A broken lamp", *, by: str = "ann", **fields: Any) -> ItemRecord:
        """A repair in its first state."""
        return self.engine.items.create(
            self[by], workspace="SHOP", type="shop.repair", title=title, fields=fields
        )

    def on_bench(self, **fields: Any) -> ItemRecord:
        """A repair that was started by ben."""
        wished = self.wish(**{"fault": "dark", "hours": 2, **fields})
        return self.move(wished, "start", "ben")

    def offered(self, **fields: Any) -> ItemRecord:
        """A repair on the bench that everybody was asked to agree to."""
        return self.move(self.on_bench(**fields), "offer", "ben")

    def move(self, item: ItemRecord | str, transition: str, by: str, **said: Any) -> ItemRecord:
        """Move an item, and answer it."""
        key = item if isinstance(item, str) else item.key
        moved = self.engine.transition(self[by], key, transition, **said)
        assert isinstance(moved, Moved)
        return moved.item

    def refusal(self, item: ItemRecord | str, transition: str, by: str, **said: Any) -> BlockedError:
        """The refusal that a transition meets."""
        key = item if isinstance(item, str) else item.key
        with pytest.raises(BlockedError) as caught:
            self.engine.transition(self[by], key, transition, **said)
        return caught.value

    def vote(self, item: ItemRecord, by: str, decision: str = "approve", **said: Any) -> ItemRecord:
        """Decide on the agreement of a repair."""
        approval = said.pop("approval", "shop.agreement")
        return self.engine.approvals.vote(self[by], item.key, approval, Decision(decision), **said).item

    def attach(
        self, item: ItemRecord, kind: str, content: bytes = b"evidence", by: str = "ben", **said: Any
    ) -> None:
        """Attach a file to an item."""
        self.engine.evidence.attach(self[by], item.key, kind=kind, content=content, **said)

    def item(self, item: ItemRecord | str) -> ItemRecord:
        """The item as it is now."""
        return self.engine.items.get(SYSTEM_ACTOR, item if isinstance(item, str) else item.key)

    def kinds(self, item: ItemRecord) -> list[str]:
        """The events of an item, in order."""
        return [event.kind for event in self.engine.event_log.history(SYSTEM_ACTOR, item.key).rows]


_SQLITE = "sqlite:///"


@cache
def _plain() -> Registry:
    """The method alone, loaded once in a process: composing and linting it takes as long as many a test."""
    return Registry.of(plugin(METHOD))


class OpenShop:
    """Opens shops, over databases and with plugins of a test's choice."""

    def __init__(self, folder: Path, opened: ExitStack, template: Path | None = None) -> None:
        """`template` is a SQLite file with a shop that was opened under the method alone, and nothing done yet."""
        self._folder = folder
        self._opened = opened
        self._template = template

    def __call__(
        self,
        url: str,
        *others: ModuleType,
        methods: Sequence[str] = ("shop",),
        method: Method = METHOD,
        broken: Mapping[str, str] | None = None,
        **workspace: Any,
    ) -> Shop:
        """A shop with the method and others installed, and some of them switched on, in place of whatever was there."""
        plain = methods == ("shop",) and not workspace
        if plain and self._template is not None and url.startswith(_SQLITE):
            shutil.copyfile(self._template, url.removeprefix(_SQLITE))
            return self.again(url, *others, method=method, broken=broken)
        shop = self.again(url, *others, method=method, broken=broken)
        shop.people |= furnish(shop.engine, methods, **workspace)
        return shop

    def again(
        self,
        url: str,
        *others: ModuleType,
        method: Method | None = METHOD,
        broken: Mapping[str, str] | None = None,
    ) -> Shop:
        """Another process over a database that is there, with its own plugins."""
        if method is METHOD and not others and not broken:
            registry = _plain()
        else:
            modules = [*([plugin(method)] if method is not None else []), *others]
            registry = Registry.of(*modules, broken=broken)
        clock = Clock(START)
        settings = Settings(database_url=url, evidence_url=str(self._folder / "evidence"))
        application = build(settings, clock=clock, registry=registry)
        self._opened.callback(application.close)
        people = application.engine.people.find(SYSTEM_ACTOR, limit=100).rows
        return Shop(application, clock, {actor.id: actor for actor in people})
