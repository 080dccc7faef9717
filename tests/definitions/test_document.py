"""Definitions as documents: the same rules have the same hash, and no rule can be changed without another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placet import (
    SAME,
    Approval,
    Ballot,
    CheckContext,
    Computed,
    Duty,
    EffectContext,
    Fields,
    Gate,
    ItemType,
    Panel,
    Quorum,
    Settings,
    State,
    Timer,
    Transition,
    Workflow,
    effect,
    elapsed,
    fields_present,
    reason_given,
)
from placet.definitions.document import canonical, content_hash, item_type_document, plain


class ThingFields(Fields):
    size: int | None = None
    double: int | None = None


class OtherFields(Fields):
    size: int
    double: int | None = None


class Figures(Settings):
    days: int = 3
    wait: timedelta = timedelta(hours=1)


class Color(Enum):
    RED = "red"


def _double(ctx: CheckContext) -> int:
    return 2 * int(ctx.item.fields.size)


@effect("toy.call")
def call(ctx: EffectContext) -> None:
    """A bell rings."""


def gate(at_least: int = 10) -> Gate:
    return Gate("toy.why", "Why", reason_given("toy.reason", at_least=at_least), waived_by=["toy.boss"])


def approval(**other: Any) -> Approval:
    return Approval("toy.ok", "OK", **{"panel": Panel(Ballot(["toy.boss"], Quorum.any()))} | other)


def finish(**other: Any) -> Transition:
    parts: dict[str, Any] = {"gates": [gate()], "effects": [call], "asks": ["toy.ok"]}
    return Transition("finish", "new", "done", ["toy.doer"], **parts | other)


def thing(*transitions: Transition, **other: Any) -> ItemType:
    """An item type with one of each, made anew."""
    parts: dict[str, Any] = {
        "fields": ThingFields,
        "workflow": Workflow(
            "toy.thing",
            [State("new", "New", "todo"), State("done", "Done", "done")],
            transitions or [finish()],
        ),
        "indexed": ["size"],
        "computed": [Computed("double", _double)],
        "frozen_in": {"done": ["size"]},
        "approvals": [approval()],
        "duties": [Duty("toy.two", "Two people", ("create",), ("transition:finish",))],
        "timers": [Timer("toy.soon", "Soon", starts=("create",), stops=("finish",), target=elapsed(days=1))],
    }
    return ItemType("toy.thing", "Thing", **parts | other)


def hashed(item_type: ItemType) -> str:
    return content_hash(item_type_document(item_type))


CHANGES: dict[str, Callable[[], ItemType]] = {
    "a source": lambda: thing(replace(finish(), sources=("new", "done"))),
    "a target": lambda: thing(replace(finish(), target=SAME)),
    "a role": lambda: thing(replace(finish(), roles=("toy.boss",))),
    "a gate less": lambda: thing(finish(gates=[])),
    "a check more": lambda: thing(finish(gates=[gate().plus(fields_present("toy.sized", "size"))])),
    "a check's figure": lambda: thing(finish(gates=[gate(11)])),
    "who waives": lambda: thing(finish(gates=[Gate("toy.why", "Why", *gate().checks)])),
    "an effect": lambda: thing(finish(effects=[])),
    "what is asked for": lambda: thing(finish(asks=[])),
    "what is taken back": lambda: thing(finish(voids=["toy.ok"])),
    "an input": lambda: thing(finish(input=["size"])),
    "the fields": lambda: thing(fields=OtherFields),
    "what is computed": lambda: thing(computed=[]),
    "what is frozen": lambda: thing(frozen_in={}),
    "a quorum": lambda: thing(approvals=[approval(panel=Panel(Ballot(["toy.boss"], Quorum.all())))]),
    "an order": lambda: thing(approvals=[approval(panel=Panel(Ballot(["toy.boss"], Quorum.any()), ordered=True))]),
    "an expiry": lambda: thing(approvals=[approval(expires=timedelta(days=1))]),
    "what is material": lambda: thing(approvals=[approval(material_fields=["size"])]),
    "a duty": lambda: thing(duties=[]),
    "a timer": lambda: thing(timers=[]),
    "a parent": lambda: thing(parents=["toy.thing"]),
    "no parent": lambda: thing(parents=None),
    "who makes it": lambda: thing(creators=["toy.boss"]),
    "who edits it": lambda: thing(editors=["toy.boss"]),
    "who writes a field": lambda: thing(writers={"size": ["toy.boss"]}),
}  # fmt: skip


class TestTheHash:
    def test_is_the_same_for_the_same_rules(self) -> None:
        """Wherever and whenever they are written down."""
        assert hashed(thing()) == hashed(thing())

    @pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
    def test_is_another_one_when_a_rule_is(self, change: Callable[[], ItemType]) -> None:
        """So a record made under other rules cannot pass for one made under these."""
        assert hashed(change()) != hashed(thing())

    @given(st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3)))
    def test_does_not_depend_on_the_order_of_keys(self, document: dict[str, Any]) -> None:
        """One document has one spelling."""
        assert content_hash(document) == content_hash(dict(reversed(document.items())))

    def test_is_none_of_a_number_that_json_does_not_have(self) -> None:
        """A value that others cannot read is not written."""
        with pytest.raises(ValueError, match="not JSON compliant"):
            canonical({"share": float("nan")})


class TestThePlainForm:
    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (None, None),
            (True, True),
            (1.5, 1.5),
            (Color.RED, "red"),
            (timedelta(days=1, hours=2), "P1DT2H"),
            (datetime(2026, 3, 2, 9, tzinfo=UTC), "2026-03-02T09:00:00+00:00"),
            (date(2026, 3, 2), "2026-03-02"),
            (time(9), "09:00:00"),
            (Figures(), {"days": 3, "wait": "PT1H"}),
            ({Color.RED: (1, [2])}, {"red": [1, [2]]}),
            (frozenset({"b", "a"}), ["a", "b"]),
            (_double, f"{__name__}._double"),
            (Quorum.n(2), {
                "kind": "n", "value": 2, "of_votes": False, "minimum_votes": 0, "strictly": False, "weights": {},
            }),
            (b"bytes", "b'bytes'"),
        ],
    )  # fmt: skip
    def test_writes_every_value_of_a_definition_in_json(self, value: Any, written: Any) -> None:
        """Functions by their name, so that the record can be read without the plugin."""
        assert plain(value) == written

    def test_names_the_function_where_a_panel_depends_on_the_item(self) -> None:
        """The document has everything that decides, as far as it can."""
        document = item_type_document(thing(approvals=[approval(panel=_panel, asked=["toy.boss"])]))

        assert document["approvals"][0]["panel"] == f"{__name__}._panel"
        assert document["approvals"][0]["asked"] == ["toy.boss"]


def _panel(ctx: CheckContext) -> Panel:
    return Panel(Ballot(["toy.boss"], Quorum.any()))
