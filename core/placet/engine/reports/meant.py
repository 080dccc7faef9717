"""Finds the item that is meant where a request has a title, or a misspelt key, in place of its key."""

from __future__ import annotations

from placet.engine.act.access import may_see, visible_workspaces
from placet.engine.act.input import is_key, parse_key
from placet.engine.act.people import Actor
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork

#: So many of the latest items are searched in each of so many workspaces: this is only a hint.
LOOKED_AT, WORKSPACES = 5000, 20
#: Shorter texts occur in nearly every title, and longer ones in none.
_SHORTEST, _LONGEST = 2, 500


def meant(unit: UnitOfWork, actor: Actor, text: str) -> ItemRecord | None:
    """The item that is meant, of those that the actor may see: by its misspelt key, or by a part of its title."""
    wanted = text.strip()
    found = unit.item(parse_key(wanted.upper())) if is_key(wanted.upper()) else None
    if found is not None and may_see(unit, actor, found):
        return found
    # Many a machine has a name like a key: `db-1`.
    if not _SHORTEST <= len(wanted) <= _LONGEST:
        return None
    refs = [
        ref
        for workspace in visible_workspaces(unit, actor)[:WORKSPACES]
        for ref in unit.session.titled(workspace, wanted, among=LOOKED_AT)
    ]
    return min(unit.session.items(refs), key=lambda record: _unlikeness(record, wanted), default=None)


def _unlikeness(record: ItemRecord, wanted: str) -> tuple[bool, bool, int, str, int]:
    """Sorts by likeness: the title itself, titles that begin with the text, those that contain it, short ones first."""
    title, sought = record.title.casefold(), wanted.casefold()
    return title != sought, not title.startswith(sought), len(title), record.workspace, record.number
