"""Checkpoints as the installation's own history keeps them, each in its event, and the tree of the latest one.

Reading one shows whether somebody has altered it.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from placet.engine.act.people import INSTALLATION
from placet.engine.act.queries import EventQuery, Page
from placet.engine.act.records import EventRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import TamperedError
from placet.verify_export import Checkpoint as Signed
from placet.verify_export import Tree, VerificationError, parse_checkpoint

#: The kind of the event that keeps a checkpoint.
KIND = "checkpoint"
#: Checkpoints that are read at a time.
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed checkpoint."""

    origin: str
    #: Number of events that it covers: those at the positions 1 to `size`.
    size: int
    #: Root of the tree over them, in base64.
    root: str
    #: When it was signed, in UTC.
    time: str
    #: The signed text with its signatures, as it is kept elsewhere.
    note: str


def _unreadable(what: str, why: Exception) -> TamperedError:
    return TamperedError(
        f"{what} cannot be read ({why}), so somebody changed the database: run placet audit verify, and compare the "
        "log with a checkpoint that was kept elsewhere"
    )


def signed_of(note: str) -> Signed:
    """A stored checkpoint. Raises `TamperedError` for one that somebody tampered with."""
    try:
        return parse_checkpoint(note)
    except VerificationError as error:
        raise _unreadable("a stored checkpoint", error) from None


def tree_of(unit: UnitOfWork) -> tuple[int, Sequence[bytes], str | None]:
    """The tree of the latest checkpoint, and its text. Raises as `signed_of`."""
    what = "the note of the latest checkpoint"
    try:
        size, peaks, latest = unit.session.audit.tree()
        expected = size.bit_count()
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _unreadable(what, error) from None
    if len(peaks) != expected:
        raise _unreadable(what, ValueError(f"{len(peaks)} subtrees for {size} events"))
    if latest is not None:
        signed = signed_of(latest)
        if (signed.size, signed.root) != (size, Tree(size, peaks).root()):
            raise _unreadable(what, ValueError("its tree is not the signed one"))
    return size, peaks, latest


def checkpoint_of(note: str) -> Checkpoint:
    """A stored checkpoint as callers see it. Raises as `signed_of`."""
    signed = signed_of(note)
    return Checkpoint(signed.origin, signed.size, base64.b64encode(signed.root).decode(), signed.time, note)


def page_of(unit: UnitOfWork, after: str | None, limit: int) -> Page[EventRecord]:
    """A page of the events that keep checkpoints."""
    query = EventQuery((INSTALLATION,), kinds=(KIND,), after=after, limit=limit)
    page = unit.session.log.list_events(query)
    return Page([each.event for each in page.rows], page.next_cursor)


def note_of(event: EventRecord) -> str:
    """The text of the checkpoint that an event keeps. Raises as `signed_of`."""
    try:
        return str(orjson.loads(event.body)["note"])
    except (ValueError, LookupError, TypeError) as error:
        raise _unreadable(f"the checkpoint of event {event.seq} of the installation", error) from None


def roots(unit: UnitOfWork) -> dict[int, bytes]:
    """The roots of all checkpoints by their sizes."""
    found: dict[int, bytes] = {}
    after: str | None = None
    while True:
        page = page_of(unit, after, _BATCH)
        for event in page.rows:
            try:
                checkpoint = signed_of(note_of(event))
            except TamperedError:
                # Its hash is not that of its event any more, which is a finding of the installation's history.
                continue
            found[checkpoint.size] = checkpoint.root
        if len(page.rows) < _BATCH:
            return found
        after = page.next_cursor
