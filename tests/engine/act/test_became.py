"""The events of an item give all of its content, whatever became of it, and with its texts kept apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placet.definitions.context import ApprovalStatus, ConfirmationStatus, Decision
from placet.definitions.timers import Span
from placet.engine.act import became, texts
from placet.engine.act.journal import make_event
from placet.engine.act.patches import BECAME
from placet.engine.act.questions import AskRecord, ConfirmationRecord
from placet.engine.act.records import (
    ApprovalRound,
    BallotRecord,
    EventRecord,
    Evidence,
    ItemRecord,
    Mark,
    Message,
    TimerRecord,
    Vote,
    Waiver,
)
from placet.engine.act.targets import timer_data

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
MOMENTS = st.integers(0, 3).map(lambda hours: MORNING + timedelta(hours=hours))
PEOPLE = st.sampled_from(["ann", "ben", "cleo"])
#: Texts that people type, two of which look like ids; the same text may be in several places of an item.
TEXTS = st.sampled_from(["", "ann", "OPS-1", "the disk is full", "a/b ~ c"])
#: An item is called something.
TITLES = st.sampled_from(["ann", "the disk is full"])
VALUES = st.none() | st.integers(0, 2) | st.booleans() | TEXTS | st.lists(TEXTS, max_size=2)
FIELDS = st.dictionaries(st.sampled_from(["notes", "words", "a/b", "~"]), VALUES, max_size=4)
FREE = frozenset({"notes", "words", "a/b", "~"})


def few(each: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(each, max_size=2).map(tuple)


def by(*names: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(names), values, max_size=2)


MATERIAL = by("notes", "words", "title", values=VALUES)
VOTES = st.builds(Vote, PEOPLE, st.sampled_from(Decision), MOMENTS, comment=st.none() | TEXTS)
ROUNDS = st.builds(
    ApprovalRound, st.sampled_from(["shop.quote", "shop.price"]), st.integers(1, 2), st.sampled_from(ApprovalStatus),
    MOMENTS, st.just("new"), st.just((BallotRecord(("shop.owner",), {"kind": "any"}),)), material=MATERIAL,
    votes=few(VOTES), reason=st.none() | st.builds(Message, st.just("voided"), by("field", values=TEXTS)),
)  # fmt: skip
WAIVERS = st.builds(
    Waiver, st.sampled_from(["1", "2"]), st.just("shop.quoted"), TEXTS, PEOPLE, MOMENTS, MOMENTS,
    granted=st.none() | st.booleans(), comment=TEXTS, review=TEXTS, content=MATERIAL,
)  # fmt: skip
CONFIRMATIONS = st.builds(
    ConfirmationRecord, st.just("shop.seen"), PEOPLE, st.sampled_from(ConfirmationStatus), MOMENTS, PEOPLE,
    material=MATERIAL, comment=TEXTS,
)  # fmt: skip
EVIDENCE = st.builds(
    Evidence,
    st.just("e1"),
    st.just("photo"),
    TEXTS,
    MOMENTS,
    PEOPLE,
    st.none() | st.just("0" * 64),
    st.none() | TEXTS,
)
MARKS = st.builds(
    Mark, MOMENTS, st.sampled_from(["pause", "continue", "stop"]),
    target=st.none() | MOMENTS | st.just(Span(timedelta(hours=4))),
)  # fmt: skip
ITEMS = st.builds(
    ItemRecord, st.just("OPS"), st.just(1), st.just("shop.repair"), TITLES, st.sampled_from(["new", "done"]),
    st.sampled_from(["todo", "done"]), st.just(1), st.just(0), st.just(""), FIELDS, MOMENTS, PEOPLE, MOMENTS, MOMENTS,
    st.sampled_from(["rules", "later rules"]), parent=st.none() | st.just("OPS-7"),
    roles=by("shop.owner", "shop.clerk", values=few(PEOPLE)), approvals=few(ROUNDS), confirmations=few(CONFIRMATIONS),
    asks=few(st.builds(AskRecord, st.just("shop.paid"), PEOPLE, PEOPLE, MOMENTS, MOMENTS)), waivers=few(WAIVERS),
    evidence=few(EVIDENCE), links=by("shop.part", values=st.just(("OPS-8",))),
    link_attributes=by("shop.part", values=by("OPS-8", values=by("why", values=TEXTS))),
    acts=by("create", "transition:finish", "vote:shop.quote", values=few(PEOPLE)), edited=by("notes", values=MOMENTS),
    timers=by("shop.due", values=st.builds(TimerRecord, few(MARKS), turns=st.integers(0, 1))),
)  # fmt: skip
#: The members that say of an event what it did, each as true as the item makes it.
KINDS = st.sampled_from(["edited", "transition", "commented"])


def parts_of(record: ItemRecord) -> dict[str, Any]:
    """The parts of an item in JSON."""
    parts = {name: getattr(record, name) for name in became.PARTS}
    parts["timers"] = {name: timer_data(timer) for name, timer in record.timers.items()}
    found: dict[str, Any] = orjson.loads(orjson.dumps(parts, option=orjson.OPT_UTC_Z))
    return found


def event_of(before: ItemRecord | None, after: ItemRecord, kind: str) -> EventRecord:
    """The event that leads from one item to the other, as the engine writes it."""
    data: dict[str, Any] = {
        "version": after.version,
        "definition": after.definition,
        "comment": "the disk is full",
    }
    if before is None:
        kind = "created"
        data |= {"type": after.type, "title": after.title, "to_state": after.state}
    elif kind == "transition":
        data |= {"transition": "finish", "to_state": after.state}
    elif kind == "edited":
        names = before.fields.keys() | after.fields.keys()
        pairs = {name: [before.fields.get(name), after.fields.get(name)] for name in sorted(names)}
        data["changes"] = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    said = {**data, "kind": kind, "at": MORNING, "actor": "ann"}
    data[BECAME] = became.became(before, after, said)
    return make_event(after, kind, MORNING, "ann", data, free_text=FREE)


def replayed(events: list[EventRecord]) -> dict[str, Any] | None:
    """The item that its events give, read from their bodies and texts alone."""
    state: dict[str, Any] | None = None
    for event in events:
        content = orjson.loads(event.body)
        texts.put_back(content, event.text)
        state = became.replayed(state, content)
    return state


class TestTheEventsOfAnItem:
    @given(st.lists(st.tuples(ITEMS, KINDS), min_size=1, max_size=3))
    def test_give_its_content_whatever_became_of_it(self, course: list[tuple[ItemRecord, str]]) -> None:
        """Fields, votes, waivers, links and timers, and whichever of them the event's other members state already."""
        records = [replace(record, version=n) for n, (record, _) in enumerate(course, start=1)]
        befores = [None, *records[:-1]]
        events = [
            event_of(before, after, kind)
            for before, after, (_, kind) in zip(befores, records, course, strict=True)
        ]

        assert replayed(events) == parts_of(records[-1])

    @given(ITEMS, ITEMS)
    def test_have_no_typed_text_in_their_bodies(self, before: ItemRecord, after: ItemRecord) -> None:
        """The chain holds without it, once it is erased."""
        event = event_of(before, replace(after, version=2, title="a title"), "edited")

        assert "the disk is full" not in event.body
        assert "a title" not in event.body

    @given(ITEMS)
    def test_that_change_nothing_have_no_patch(self, record: ItemRecord) -> None:
        """A comment on an item says all that it did by itself."""
        assert event_of(record, record, "commented").data.get(BECAME) is None


class TestAnEventThatDoesNotFit:
    @pytest.mark.parametrize("path", ["/approvals/3/status", "/nothing/at/all", "/acts/create/first"])
    def test_is_refused(self, path: str) -> None:
        """Verification reports it as a finding."""
        event = {
            "at": "2026-03-02T09:00:00Z",
            "kind": "created",
            "actor": "ann",
            "version": 1,
            "type": "shop.repair",
        }

        with pytest.raises((LookupError, TypeError, ValueError)):
            became.replayed(None, {**event, BECAME: [{"op": "replace", "path": path, "value": 1}]})
