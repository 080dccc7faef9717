"""Items: each is replayed from its events, and compared with its row and with the tables that follow from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from placet.engine.act.auditing import Searched, StoredItem
from placet.engine.act.records import EventRecord, ItemRecord, ItemRef
from placet.engine.act.typed import TypedFields
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.reports.verification import schedules
from placet.engine.reports.verification.comparison import differing
from placet.engine.reports.verification.findings import Findings
from placet.engine.reports.verification.histories import UNFIT, History

#: Items of one batch, and events that are read at a time.
ITEMS, EVENTS = 200, 500
#: Behind every number of an event.
_END = 2**62
#: Parts that have a column of their own; the others are in the column `body`.
_COLUMNS = frozenset({
    "type", "title", "state", "category", "version", "fields", "created_at", "created_by", "updated_at", "state_since",
    "definition",
})  # fmt: skip


def verified(unit: UnitOfWork, workspace: str, after: int, findings: Findings) -> int | None:
    """Verify a batch of items after a number; returns the last number, or `None` if there are no more."""
    # Fields that are read once are not kept beyond the batch, nor do they displace those that acts read again.
    unit.typed = TypedFields()
    page = unit.session.audit.items(workspace, after, ITEMS)
    last = page[-1].ref.number if len(page) == ITEMS else None
    stored = {item.ref.number: item for item in page}
    proved: list[ItemRecord] = []
    rules: dict[str, tuple[str, int]] = {}
    for history, number in _histories(unit, workspace, after, last, findings):
        rules = {hash: (history.key, seq) for hash, seq in history.rules.items()} | rules
        record = _compared(history, stored.pop(number, None), findings)
        if record is not None:
            proved.append(record)
    for item in stored.values():
        findings.add(item.ref.key, "it is stored, and has no events", place="items")
    for hash in sorted(rules.keys() - unit.session.audit.kept_definitions(rules)):
        key, seq = rules[hash]
        said = f"it was decided under the rules {hash}, and they are not kept"
        findings.add(key, said, seq=seq, place="definitions")
    _followed(unit, workspace, proved, findings)
    if last is None:
        for number, table in unit.session.audit.derived_of_nothing(workspace):
            findings.add(ItemRef(workspace, number).key, "there is no such item", place=table)
    return last


def events_of(
    unit: UnitOfWork, workspace: str, after: tuple[int, int], last: int | None
) -> Iterator[EventRecord]:
    """Events item by item, after (item's number, event's number), to the last item's number; a few at a time."""
    while True:
        batch = unit.session.audit.events(workspace, after, last, EVENTS)
        yield from batch
        if len(batch) < EVENTS:
            return
        after = (batch[-1].number, batch[-1].seq)


def _histories(
    unit: UnitOfWork, workspace: str, after: int, last: int | None, findings: Findings
) -> Iterator[tuple[History, int]]:
    """The history of each item after a number, with its number, once all of its events are taken."""
    history, number = None, after
    for event in events_of(unit, workspace, (after, _END), last):
        if history is None or event.number != number:
            if history is not None:
                yield history, number
            number = event.number
            history = History(ItemRef(workspace, number).key, findings)
        history.take(event)
    if history is not None:
        yield history, number


def _compared(history: History, item: StoredItem | None, findings: Findings) -> ItemRecord | None:
    """The item of a row that is what its events say; `None` with findings for any other."""
    if item is None:
        if not history.broken:
            said = "its events are in the log, and the item is not there"
            findings.add(history.key, said, seq=history.seq, place="items")
        return None
    if not history.ended(item.seq, item.head):
        return None
    wrong = list(differing(item.parts, history.state))
    for each in wrong:
        part = each.split("/")[0].split(" ")[0]
        column = "parent_number" if part == "parent" else part if part in _COLUMNS else "body"
        findings.add(history.key, each, seq=item.seq, place=f"items.{column}")
    return None if wrong else item.record


def _followed(unit: UnitOfWork, workspace: str, records: Sequence[ItemRecord], findings: Findings) -> None:
    """Compare the tables that searches read with the items from which they follow."""
    if not records:
        return
    found = [(record, _searched(unit, record)) for record in records]
    numbers = [record.number for record in records]
    seqs = {record.number: record.seq for record in records}
    first, last = min(numbers), max(numbers)
    for number, table in unit.session.audit.derived(workspace, found, first, last):
        said = f"{table} does not follow from the item"
        findings.add(ItemRef(workspace, number).key, said, seq=seqs[number], place=table)
    stored = unit.session.audit.schedules(workspace, first, last)
    for record in records:
        for table, said in schedules.differing(unit, record, stored.get(record.number, schedules.NONE)):
            findings.add(record.key, said, seq=record.seq, place=table)


def _searched(unit: UnitOfWork, record: ItemRecord) -> Searched:
    """The values by which searches find an item.

    Nothing is expected while a change of rules is being followed, or where the configuration cannot be read,
    which is a finding of its own.
    """
    try:
        return _expected(unit, record)
    except UNFIT:
        return Searched(None, None)


def _expected(unit: UnitOfWork, record: ItemRecord) -> Searched:
    item_type = unit.item_type(record)
    if item_type is None or not unit.is_indexed(record.workspace, record.type):
        return Searched(None, None)
    zone = unit.workspace(record.workspace).calendar.zone
    span = None
    if item_type.calendar is not None:
        span = unit.environment.derived.span(item_type, record.fields, zone)
    return Searched(unit.index_values(record), span)
