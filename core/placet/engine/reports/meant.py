"""Which item somebody means who writes something else where its key belongs."""

from __future__ import annotations

from placet.engine.act.access import may_see, reach
from placet.engine.act.input import is_key, parse_key
from placet.engine.act.people import Actor
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork

#: Of each workspace, so many of the latest items are looked at, in so many workspaces: it only helps who mistook one.
LOOKED_AT, WORKSPACES = 5000, 20
#: Shorter texts are in the titles of nearly all items, and longer ones in that of none.
_SHORTEST, _LONGEST = 2, 500


def meant(work: UnitOfWork, actor: Actor, text: str) -> ItemRecord | None:
    """The item that the actor may see whose key was miswritten so, or whose title this is, begins with, or contains."""
    wanted = text.strip()
    if is_key(wanted.upper()):
        found = work.item(parse_key(wanted.upper()))
        return found if found is not None and may_see(work, actor, found) else None
    if not _SHORTEST <= len(wanted) <= _LONGEST:
        return None
    refs = [
        ref
        for workspace in reach(work, actor)[:WORKSPACES]
        for ref in work.session.titled(workspace, wanted, among=LOOKED_AT)
    ]
    return min(work.session.items(refs), key=lambda record: _unlikeness(record, wanted), default=None)


def _unlikeness(record: ItemRecord, wanted: str) -> tuple[bool, bool, int, str, int]:
    """Less for the title itself than for one that begins with it, and than for a short one that contains it."""
    title, sought = record.title.casefold(), wanted.casefold()
    return title != sought, not title.startswith(sought), len(title), record.workspace, record.number
