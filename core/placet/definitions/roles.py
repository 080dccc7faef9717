"""Roles, and the duties that one person may not combine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from placet.definitions.arguments import Title, at_least, written
from placet.definitions.places import Written

#: The act of making an item, in duties, timers and notification rules.
CREATE = "create"
#: The act of changing fields without a transition.
EDIT = "edit"
#: Verbs of acts that may stand alone in a duty, for all acts with them.
ALONE = frozenset({"edit", "confirm", "waive", "review", "appoint"})
#: The role of timers and effects. Nobody can be given it.
SYSTEM = "system"
#: The role of people who read everything in a workspace, its audit too, and write nothing there.
AUDITOR = "placet.auditor"


@written
@dataclass(frozen=True, slots=True)
class Appointment:
    """How people are appointed to a role for one item. Administrators may appoint as the roles in `by` do.

    Nobody appoints themselves, and nobody appoints on an item in which they have a part (who made or moved it, voted on
    it, is named in it or holds another role on it), unless that is declared.
    """

    #: Roles whose holders appoint: those of the workspace, or of the item itself.
    by: tuple[str, ...]
    #: Roles of the workspace of which an appointed person holds one; empty: anybody can be appointed.
    to: tuple[str, ...] = ()
    #: Whether people with a part in the item may appoint on it.
    by_parties: bool = False
    #: Whether people may appoint themselves.
    themselves: bool = False

    def __init__(
        self,
        by: Iterable[Role | str],
        to: Iterable[Role | str] = (),
        *,
        by_parties: bool = False,
        themselves: bool = False,
    ) -> None:
        object.__setattr__(self, "by", role_ids(by))
        object.__setattr__(self, "to", role_ids(to))
        object.__setattr__(self, "by_parties", by_parties)
        object.__setattr__(self, "themselves", themselves)


@written
@dataclass(frozen=True, slots=True)
class Role(Written):
    """A role of people: in a workspace, or on items of some types and all that lie below them."""

    #: `itil.change_manager`.
    id: str
    title: Title
    #: The decisions of its holders, as in the method's own table.
    decides: str = ""
    #: The most people who may hold it in one place at once; `None` for any number.
    max_holders: Annotated[int, at_least(0)] | None = None
    #: Item types on whose items it is held, such as a project or a team; empty: it is held in the workspace. Items
    #: below such an item inherit its holders, so that two projects in one workspace have each their own.
    held_on: Sequence[str] = ()
    #: Fields by which items name an item on which it is held, and inherit its holders, besides their parent.
    through: Sequence[str] = ()
    #: How it is given for one item; `None`: only in the workspace.
    on_item: Appointment | None = None
    #: Roles that nobody holds together with it in one place: on an item and those above it.
    apart_from: Sequence[str] = ()

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

    Acts are written `create`, `transition:NAME`, `vote:APPROVAL`, `named:FIELD` (for the actor in a field),
    `edit:FIELD` (for everybody who ever wrote it), `attach:KIND` (who attached evidence of the kind),
    `confirm:CONFIRMATION`, `waive:GATE` and `review:GATE` (who decides
    on a waiver of it, and who reviews it), or `appoint:ROLE` (who names holders of it on the item). The verbs `edit`,
    `confirm`, `waive`, `review` and `appoint` alone stand for all such acts; `edit` alone for the material fields of
    the item's approvals and confirmations. A duty binds in both directions, over the item's whole history, and
    through delegation: a vote counts as the act of the voter and of the person who delegated it. Only acts that a duty
    names are remembered for it: an edit counts from the moment from which a duty names its field.
    """

    #: `itil.sod_authorize`.
    id: str
    title: Title
    #: One of these acts...
    acts: Sequence[str]
    #: ...keeps the same person from one of these.
    bars: Sequence[str]
    #: The remedy; empty: ask somebody whom it does not bar.
    remedy: str = ""

    def conflicting(self, act: str) -> tuple[str, ...]:
        """The acts, as they are written here, that keep the same person from an act."""
        return _conflicting(tuple(self.acts), tuple(self.bars), act)

    def is_barred(self, act: str) -> bool:
        """Whether the act is among those that it bars, and not only among those that bar them."""
        return any(stands_for(written, act) for written in self.bars)


# Every act asks each duty of its item's type, several times, and the answer never changes.
@lru_cache(maxsize=4096)
def _conflicting(acts: tuple[str, ...], bars: tuple[str, ...], act: str) -> tuple[str, ...]:
    found: list[str] = []
    for own, others in ((bars, acts), (acts, bars)):
        if any(stands_for(written, act) for written in own):
            found += others
    return tuple(found)


def stands_for(written: str, act: str) -> bool:
    """Whether an act as a duty writes it covers an act: `waive` covers `waive:acme.tested`."""
    return written == act or (written in ALONE and act.startswith(f"{written}:"))
