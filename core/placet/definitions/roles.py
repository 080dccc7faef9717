"""Roles, and the duties that one person may not combine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from placet.definitions.arguments import at_least, written
from placet.definitions.places import Written

#: The act of making an item, in duties, timers and notification rules.
CREATE = "create"
#: The role of timers and effects. Nobody can be given it.
SYSTEM = "system"
#: The role of people who read everything in a workspace, its audit too, and write nothing there.
AUDITOR = "placet.auditor"


@written
@dataclass(frozen=True, slots=True)
class Role(Written):
    """A role of people in a workspace or on one item."""

    #: `itil.change_manager`.
    id: str
    title: str
    #: The decisions of its holders, as in the method's own table.
    decides: str = ""
    #: The most people who may hold it in one place at once; `None` for any number.
    max_holders: Annotated[int, at_least(0)] | None = None

    def __str__(self) -> str:
        return self.id


#: The definition of the auditor's role, which exists in every workspace.
AUDITOR_ROLE = Role(
    AUDITOR, "Auditor", decides="Nothing: reads everything in the workspace, and writes nothing."
)


def role_ids(roles: Iterable[Role | str]) -> tuple[str, ...]:
    """Role ids, for roles or ids in a table."""
    return tuple(map(str, roles))


@written
@dataclass(frozen=True, slots=True)
class Duty(Written):
    """Segregation of duties: acts on an item that one person may not combine.

    Acts are written `create`, `transition:NAME`, `vote:APPROVAL`, or `named:FIELD` (for the actor in a field). A duty
    binds in both directions, over the item's whole history, and through delegation: a vote counts as the act of the
    voter and of the person who delegated it.
    """

    #: `itil.sod_authorize`.
    id: str
    title: str
    #: One of these acts...
    acts: Sequence[str]
    #: ...keeps the same person from one of these.
    bars: Sequence[str]
    #: The remedy; empty: ask somebody whom it does not bar.
    remedy: str = ""
