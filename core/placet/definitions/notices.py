"""Notices, declared here as data: who is told of what happens to an item, and why.

Telling is never part of a decision: what a notice names is read after the event is recorded, and nobody is ever told
of their own act.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from placet.definitions.arguments import written
from placet.definitions.places import Written
from placet.definitions.roles import CREATE, Role, role_ids

#: What the ids of the house's own notices begin with; no method is called so.
CORE = "core"
#: What is before the name of a field that holds the roles to be told.
ROLES_IN = "roles:"


@written
@dataclass(frozen=True, slots=True)
class Notice(Written):
    """Who is told when something happens to an item of a type, with the reason that they are given.

    What happens is written `create`, `transition:NAME`, `state:STATE` (it is entered), `vote:APPROVAL`, `named:FIELD`
    (the field has got another value) or `timer:TIMER` (it has come to a threshold). Told are those who hold a role,
    on the item or else in the workspace, and those who did an act on it, written as duties write it: `create`,
    `transition:NAME`, `vote:APPROVAL`, or `named:FIELD` for whoever stands in a field that holds an actor. Where who is
    told depends on the item, `roles:FIELD` tells those who hold the roles whose ids stand in a field of it.
    """

    #: `itil.change_scheduled`.
    id: str
    title: str
    item_type: str
    #: One of these...
    on: tuple[str, ...]
    #: ...is told to all of these.
    to: tuple[str, ...]
    #: The end of the sentence "You get this because ...".
    because: str

    def __init__(
        self, id: str, title: str, item_type: str, on: Iterable[str], to: Iterable[Role | str], because: str
    ) -> None:
        for name, value in {
            "id": id,
            "title": title,
            "item_type": item_type,
            "on": tuple(on),
            "to": role_ids(to),
            "because": because,
        }.items():
            object.__setattr__(self, name, value)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles whose holders are told."""
        return tuple(name for name in self.to if not is_act(name) and not name.startswith(ROLES_IN))

    @property
    def acts(self) -> tuple[str, ...]:
        """The acts whose doers are told."""
        return tuple(name for name in self.to if is_act(name))

    @property
    def role_fields(self) -> tuple[str, ...]:
        """The fields that say which roles are told."""
        return tuple(name.removeprefix(ROLES_IN) for name in self.to if name.startswith(ROLES_IN))


def is_act(name: str) -> bool:
    """Whether a name in `Notice.to` is an act rather than a role."""
    return name == CREATE or (":" in name and not name.startswith(ROLES_IN))
