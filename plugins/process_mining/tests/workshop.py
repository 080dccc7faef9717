"""A workshop that repairs things: a plugin's module, with something of everything that a log can have."""

from __future__ import annotations

from placet import (
    OPEN,
    SAME,
    Appointment,
    Approval,
    Ballot,
    EffectContext,
    Fields,
    Gate,
    ItemType,
    Line,
    LinkType,
    Method,
    Moment,
    Panel,
    Quorum,
    Role,
    State,
    Transition,
    Workflow,
    effect,
    fields_present,
    hookimpl,
    reason_given,
)

CUSTOMER = Role("shop.customer", "Customer")
FIXER = Role("shop.fixer", "Fixer", on_item=Appointment([CUSTOMER]))


class RepairFields(Fields):
    fault: Line | None = None
    hours: int | None = None
    price: float | None = None
    due: Moment | None = None
    express: bool | None = None
    tags: list[Line] | None = None


class PartFields(Fields):
    maker: Line


@effect("shop.order_part")
def order_part(ctx: EffectContext) -> None:
    """A part is ordered for the repair."""
    ctx.link("shop.needs", ctx.create("shop.part", "A part", parent=ctx.item.key, maker="Acme"))


DESCRIBED = Gate("shop.described", "Described", fields_present("shop.fault_named", "fault", "hours"))
WHY = Gate("shop.why", "Why", reason_given("shop.reason_given"))
AGREEMENT = Approval("shop.agreement", "Agreement", Panel(Ballot([CUSTOMER], Quorum.any())))

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
        Transition("start",     "wished",  "bench",   [FIXER], [DESCRIBED]),
        Transition("order",     "bench",   SAME,      [FIXER], [], [order_part]),
        Transition("offer",     "bench",   SAME,      [FIXER], asks=["shop.agreement"]),
        Transition("test",      "bench",   "testing", [FIXER]),
        Transition("rework",    "testing", "bench",   [FIXER]),
        Transition("hand_over", "testing", "done",    [FIXER]),
        Transition("drop",      OPEN,      "dropped", [CUSTOMER], [WHY]),
    ],
)
PART = Workflow(
    "shop.part",
    states=[State("ordered", "Ordered", "todo"), State("used", "Used up", "done")],
    transitions=[Transition("use", "ordered", "used", [FIXER])],
)
# fmt: on


@hookimpl
def placet_method() -> Method:
    """The workshop."""
    return Method(
        "shop",
        "Workshop",
        roles=[CUSTOMER, FIXER],
        link_types=[
            LinkType("shop.needs", "Needs", targets=("shop.part",)),
            LinkType("shop.follows", "Follows", sources=("shop.repair",)),
        ],
        item_types=[
            ItemType(
                "shop.repair", "Repair", fields=RepairFields, workflow=REPAIR, approvals=[AGREEMENT], parents=None,
                creators=[CUSTOMER], editors=[FIXER],
            ),
            ItemType(
                "shop.part", "Part", fields=PartFields, workflow=PART, parents=["shop.repair"], creators=[FIXER],
                editors=[FIXER],
            ),
        ],
    )  # fmt: skip
