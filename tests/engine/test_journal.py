"""The chain of events: whatever is changed in it afterwards is found, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placet import BusinessCalendar, Timetable
from placet.engine.act.journal import chained, make_event, new_id
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.records import EventRecord
from placet.engine.reports.verification.findings import Findings
from placet.engine.reports.verification.histories import History

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LENGTH = 5


def chain(length: int = LENGTH) -> list[EventRecord]:
    """A history as the engine writes it."""
    subject = WorkspaceRecord(
        "OPS", "Operations", 1, (), {}, {},
        {"default": Timetable(((None, BusinessCalendar()),))}, record_refusals=True, require_if_match=False,
        roles={}, created_at=AT,
    )  # fmt: skip
    events = []
    for n in range(length):
        event = make_event(subject, "shown", AT + timedelta(minutes=n), "ann", {"what": f"number {n}"})
        subject = replace(subject, seq=event.seq, head=event.hash)
        events.append(event)
    return events


def fault(events: list[EventRecord], like: list[EventRecord]) -> tuple[int, str] | None:
    """Number and reason of the first bad event, the head being that of another history."""
    findings = Findings()
    history = History("OPS", findings, lambda _, event: dict(event))
    for event in events:
        history.take(event)
    history.ended(len(like), like[-1].hash)
    return (findings.kept[0].seq, findings.kept[0].reason) if findings.kept else None


class TestAnEvent:
    def test_holds_what_happened_without_what_is_empty(self) -> None:
        """The body is canonical JSON: keys sorted, no blanks, moments in UTC."""
        event = chain(1)[0]

        assert event.body == (
            f'{{"actor":"ann","at":"2026-03-02T09:00:00Z","id":"{event.id}",'
            '"item":"OPS","kind":"shown","seq":1,"what":"number 0"}'
        )
        assert event.data == orjson.loads(event.body)

    def test_hashes_its_body_behind_the_hash_before_it(self) -> None:
        """So anybody can check a history with nothing but SHA-256."""
        one, two = chain(2)

        assert one.hash == sha256(f"\n{one.body}".encode()).hexdigest()
        assert two.hash == sha256(f"{one.hash}\n{two.body}".encode()).hexdigest()

    def test_ids_are_in_the_order_of_time(self) -> None:
        """A later id sorts after an earlier one."""
        ids = [new_id() for _ in range(100)]

        assert ids == sorted(ids)


class TestVerification:
    def test_finds_nothing_in_a_history_as_it_was_written(self) -> None:
        """An untouched log is good."""
        events = chain()

        assert fault(events, events) is None
        assert History("OPS", Findings()).ended(0, "")

    @given(st.integers(0, LENGTH - 1), st.data())
    def test_finds_any_byte_of_any_body_that_changed(self, n: int, data: st.DataObject) -> None:
        """Also one that leaves valid JSON behind."""
        events = chain()
        body = events[n].body
        at = data.draw(st.integers(0, len(body) - 1))
        other = data.draw(st.characters(codec="ascii").filter(lambda c: c != body[at]))
        changed = [*events]
        changed[n] = replace(events[n], body=body[:at] + other + body[at + 1 :])

        assert fault(changed, events) == (n + 1, "its content is not what was hashed")

    @pytest.mark.parametrize(
        ("column", "change"),
        [
            ("id", lambda e: replace(e, id="another")),
            ("kind", lambda e: replace(e, kind="voted")),
            ("at", lambda e: replace(e, at=e.at + timedelta(microseconds=1))),
            ("actor", lambda e: replace(e, actor="bob")),
            ("item", lambda e: replace(e, workspace="DEV")),
        ],
    )
    def test_finds_a_column_that_does_not_say_what_was_hashed(
        self, column: str, change: Callable[[EventRecord], EventRecord]
    ) -> None:
        """Columns are searched, so they have to be right too."""
        events = chain()
        changed = [events[0], change(events[1]), *events[2:]]

        assert fault(changed, events) == (2, f"its columns differ from its body: {column}")

    def test_finds_a_forged_event_by_the_one_after_it(self) -> None:
        """Who computes the hash anew breaks the next link."""
        events = chain()
        body = events[1].body.replace("number 1", "nothing")
        forged = replace(events[1], body=body, hash=chained(events[0].hash, body))

        assert fault([events[0], forged, *events[2:]], events) == (
            3,
            "it does not follow from the event before it",
        )

    @given(st.integers(0, LENGTH - 2))
    def test_finds_an_event_that_is_gone(self, n: int) -> None:
        """Numbers have no gaps."""
        events = chain()

        found = fault(events[:n] + events[n + 1 :], events)

        assert found == (n + 2, f"number {n + 1} is missing: {n + 2} follows {n}")

    @given(st.integers(0, LENGTH - 1))
    def test_finds_a_tail_that_was_cut_off(self, kept: int) -> None:
        """The item knows how many events it has."""
        events = chain()

        assert fault(events[:kept], events) == (
            kept + 1,
            f"it knows {LENGTH} events, and its log ends at {kept}",
        )

    @given(st.permutations(range(LENGTH)).filter(lambda order: order != sorted(order)))
    def test_finds_another_order(self, order: list[int]) -> None:
        """Events stand as they happened."""
        events = chain()

        assert fault([events[n] for n in order], events) is not None
