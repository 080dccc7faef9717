"""Who may act: roles, and the duties that one person may not combine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from placet.errors import DefinitionError

#: The role of timers and effects. Nobody can be given it.
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody is in a workspace or on one item."""

    #: `itil.change_manager`.
    id: str
    title: str
    #: What it decides, as the method's own table says.
    decides: str = ""
    #: At most so many people hold it at once in one place; `None` for any number.
    max_holders: int | None = None

    def __str__(self) -> str:
        return self.id


def role_ids(roles: Iterable[Role | str]) -> tuple[str, ...]:
    """Role ids as stored, whether the table named the role or its id."""
    if isinstance(roles, str):
        raise DefinitionError(f'"{roles}" stands where a list of roles belongs: write ["{roles}"]')
    return tuple(str(role) for role in roles)


@dataclass(frozen=True, slots=True)
class Duty:
    """Segregation of duties: what one person may not do on an item having done something else on it.

    Acts are written `create`, `transition:NAME`, `vote:APPROVAL`, or `named:FIELD` (who stands in a field that holds an
    actor). It binds in both directions, over the item's whole history, and through delegation: a vote counts as
    the act of the voter and of the person voted for.
    """

    #: `itil.sod_authorize`.
    id: str
    title: str
    #: One of these acts...
    acts: tuple[str, ...]
    #: ...keeps the same person from one of these.
    bars: tuple[str, ...]
    remedy: str = "ask somebody else who holds the role"

    def __post_init__(self) -> None:
        object.__setattr__(self, "acts", tuple(self.acts))
        object.__setattr__(self, "bars", tuple(self.bars))
