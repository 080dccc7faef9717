"""Notification rules, declared here as data: who is notified of what happens to an item, and why.

Notifying is never part of a decision: what a rule names is read after the event is recorded, and nobody is ever
notified of their own act.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from placet.definitions.arguments import written
from placet.definitions.places import Written
from placet.definitions.roles import CREATE, Role, role_ids

#: What the ids of Placet's own notification rules begin with; no method is called so.
CORE = "core"
#: What is before the name of a field that holds the roles to be notified.
ROLES_IN = "roles:"


@written
@dataclass(frozen=True, slots=True)
class NotificationRule(Written):
    """Who is notified when something happens to an item of a type, with the reason that they are given.

    What happens is written `create`, `transition:NAME`, `state:STATE` (it is entered), `vote:APPROVAL`, `named:FIELD`
    (the field has got another value) or `timer:TIMER` (it has come to a threshold). Notified are those who hold a role,
    on the item or else in the workspace, and those who did an act on it, written as duties write it: `create`,
    `transition:NAME`, `vote:APPROVAL`, or `named:FIELD` for the one who stands in a field that holds an actor. Where
    that depends on the item, `roles:FIELD` notifies those who hold the roles whose ids stand in a field of it.
    """

    #: `itil.change_scheduled`.
    id: str
    title: str
    item_type: str
    #: One of these...
    on: tuple[str, ...]
    #: ...notifies all of these.
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
        """The roles whose holders are notified."""
        return tuple(name for name in self.to if not is_act(name) and not name.startswith(ROLES_IN))

    @property
    def acts(self) -> tuple[str, ...]:
        """The acts whose doers are notified."""
        return tuple(name for name in self.to if is_act(name))

    @property
    def role_fields(self) -> tuple[str, ...]:
        """The fields that say which roles are notified."""
        return tuple(name.removeprefix(ROLES_IN) for name in self.to if name.startswith(ROLES_IN))


def is_act(name: str) -> bool:
    """Whether a name in `NotificationRule.to` is an act rather than a role."""
    return name == CREATE or (":" in name and not name.startswith(ROLES_IN))
