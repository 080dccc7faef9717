"""Who may act: roles, and the duties that one person may not combine."""

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


@written
@dataclass(frozen=True, slots=True)
class Role(Written):
    """What somebody is in a workspace or on one item."""

    #: `itil.change_manager`.
    id: str
    title: str
    #: What it decides, as the method's own table says.
    decides: str = ""
    #: At most so many people hold it at once in one place; `None` for any number.
    max_holders: Annotated[int, at_least(0)] | None = None

    def __str__(self) -> str:
        return self.id


def role_ids(roles: Iterable[Role | str]) -> tuple[str, ...]:
    """Role ids as stored, whether the table named the role or its id."""
    return tuple(map(str, roles))


@written
@dataclass(frozen=True, slots=True)
class Duty(Written):
    """Segregation of duties: what one person may not do on an item having done something else on it.

    Acts are written `create`, `transition:NAME`, `vote:APPROVAL`, or `named:FIELD` (who stands in a field that holds an
    actor). It binds in both directions, over the item's whole history, and through delegation: a vote counts as
    the act of the voter and of the person voted for.
    """

    #: `itil.sod_authorize`.
    id: str
    title: str
    #: One of these acts...
    acts: Sequence[str]
    #: ...keeps the same person from one of these.
    bars: Sequence[str]
    #: What to do instead; empty: ask one of those whom it does not bar.
    remedy: str = ""
