"""Histories: each event is examined, and its item replayed from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from placet.engine.act import became, texts
from placet.engine.act.journal import examined
from placet.engine.act.records import EventRecord
from placet.engine.reports.verification.comparison import Unknown
from placet.engine.reports.verification.findings import Findings

#: A reading of events: the state before, and an event, give the state after it.
Reading = Callable[[dict[str, Any] | None, Mapping[str, Any]], dict[str, Any]]
#: How reading fails on what somebody tampered with.
UNFIT = (LookupError, TypeError, ValueError, AttributeError)


class History:
    """One history, from its first event on; it holds the state of its subject, and no events."""

    def __init__(self, key: str, findings: Findings, reading: Reading = became.replayed) -> None:
        self.key = key
        self._findings = findings
        self._reading = reading
        self.seq, self.head = 0, ""
        self.state: dict[str, Any] | None = None
        #: Whether an event was not as it was written, so that what follows from it is not known.
        self.broken = False
        #: The rules under which its events were decided, by their hashes, each with the number of its first event.
        self.rules: dict[str, int] = {}
        #: Ids of events whose texts are erased, and that no event has named yet, with their numbers.
        self._erased: dict[str, int] = {}

    def take(self, event: EventRecord) -> None:
        """Examine the next event, and read it."""
        self._findings.events += 1
        if self.broken:
            return
        fault, content = examined(event, self.seq, self.head)
        if fault is None:
            fault = self._read(event, content)
        if fault is not None:
            self.broken = True
            self._findings.add(self.key, fault, seq=event.seq, event=event.id, place="events")
        self.seq, self.head = event.seq, event.hash

    def _read(self, event: EventRecord, content: dict[str, Any]) -> str | None:
        if event.text is not None and event.text.erased_at is not None:
            self._erased[event.id] = event.seq
        if event.kind == "erased":
            self._erased.pop(str(content.get("event")), None)
        try:
            texts.filled(content, event.text, Unknown.ERASED)
            self.state = self._reading(self.state, content)
            if content.get("definition"):
                self.rules.setdefault(str(content["definition"]), event.seq)
        except UNFIT as error:
            return f"it cannot be read: {type(error).__name__} {error}"
        return None

    def ended(self, seq: int, head: str) -> bool:
        """Whether it ends where its subject says; what is wrong is a finding, and then nothing else can be compared."""
        if self.broken:
            return False
        for event, number in self._erased.items():
            said = "its text was erased, and no event says by whom"
            self._findings.add(self.key, said, seq=number, event=event, place="event_texts")
        if (self.seq, self.head) == (seq, head):
            return True
        said = f"it knows {seq} events, and its log ends at {self.seq}"
        self._findings.add(self.key, said, seq=self.seq + 1, place="events")
        return False
