"""Verification: the hash of every event is recomputed, and every chain followed to its head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from placet.engine.act.access import ref_of
from placet.engine.act.journal import FirstBad, first_bad
from placet.engine.act.people import INSTALLATION
from placet.engine.act.queries import ItemQuery
from placet.engine.act.records import EventRecord, ItemRecord, ItemRef
from placet.engine.act.unit_of_work import UnitOfWork

#: Events read at a time.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Audit:
    """The result of a verification."""

    ok: bool
    events: int
    first_bad: FirstBad | None = None


def verified(work: UnitOfWork, places: Sequence[str], *, installation: bool) -> Audit:
    """Recompute every hash of every chain in some workspaces, and compare each chain's end with its item.

    Args:
        work: the view of the store.
        places: keys of the workspaces.
        installation: whether the installation's own chain is verified too.
    """
    events = 0
    chains = chain(_own(work), _chains(work, places)) if installation else _chains(work, places)
    for each in chains:
        counted, bad = _followed(work, *each)
        events += counted
        if bad is not None:
            return Audit(ok=False, events=events, first_bad=bad)
    return Audit(ok=True, events=events)


def _own(work: UnitOfWork) -> Iterator[tuple[ItemRef, str, int, str]]:
    end = work.session.installation()
    yield ItemRef(INSTALLATION, 0), INSTALLATION, end.seq, end.head


def _chains(work: UnitOfWork, places: Sequence[str]) -> Iterator[tuple[ItemRef, str, int, str]]:
    """Reference, key, last number and head of every chain: those of the workspaces, and those of their items."""
    for place in places:
        record = work.workspace(place)
        yield ItemRef(place, 0), place, record.seq, record.head
        for item in _all_items(work, place):
            yield ref_of(item), item.key, item.seq, item.head


def _followed(work: UnitOfWork, ref: ItemRef, key: str, seq: int, head: str) -> tuple[int, FirstBad | None]:
    count = 0

    def counted() -> Iterator[EventRecord]:
        nonlocal count
        after = 0
        while batch := work.session.log.history(ref, after, _BATCH):
            for event in batch:
                count += 1
                yield event
            after = batch[-1].seq

    bad = first_bad(key, counted(), seq=seq, head=head)
    return count, bad


def _all_items(work: UnitOfWork, workspace: str) -> Iterator[ItemRecord]:
    cursor: str | None = None
    while True:
        page = work.session.list_items(ItemQuery((workspace,), limit=_BATCH, cursor=cursor))
        yield from page.rows
        if page.next_cursor is None:
            return
        cursor = page.next_cursor
