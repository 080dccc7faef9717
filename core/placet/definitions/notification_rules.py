"""Notification rules, declared as data: who is notified of which happenings on an item, and why.

Notifications are never part of a decision: a rule is applied after the event is recorded, and nobody is ever notified
of their own act.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from placet.definitions.arguments import Title, written
from placet.definitions.places import Written
from placet.definitions.roles import CREATE, Role, role_ids

#: The beginning of the ids of Placet's own notification rules; no method has this id.
CORE = "core"
#: The prefix of the name of a field that holds the roles to be notified.
ROLES_IN = "roles:"
#: The prefix of the id of an approval, for the people whose vote on it is still asked for.
ASKED = "asked:"


@written
@dataclass(frozen=True, slots=True)
class NotificationRule(Written):
    """Who is notified when something happens to an item of a type, with the reason that they are given.

    Happenings are written `create`, `transition:NAME`, `state:STATE` (it is entered), `vote:APPROVAL`, `named:FIELD`
    (the value of the field has changed) or `timer:TIMER` (it has reached a threshold). The rule notifies holders of
    roles, those of the item or else of the workspace, and people who did an act on the item, written as in duties:
    `create`, `transition:NAME`, `vote:APPROVAL`, or `named:FIELD` for the actor in a field. `roles:FIELD` notifies the
    holders of the roles whose ids are in a field of the item, and `asked:APPROVAL` the people whose vote is still asked
    for.
    """

    #: `itil.change_scheduled`.
    id: str
    title: Title
    item_type: str
    #: One of these...
    on: tuple[str, ...]
    #: ...notifies all of these.
    to: tuple[str, ...]
    #: The end of the sentence "You get this because ...".
    because: str

    def __init__(
        self, id: str, title: Title, item_type: str, on: Iterable[str], to: Iterable[Role | str], because: str
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
        return tuple(name for name in self.to if not is_act(name) and not name.startswith((ROLES_IN, ASKED)))

    @property
    def acts(self) -> tuple[str, ...]:
        """The acts that lead to people: everybody who did one is notified."""
        return tuple(name for name in self.to if is_act(name))

    @property
    def asked(self) -> tuple[str, ...]:
        """The approvals whose missing voters are notified."""
        return approvals_asked(self.to)

    @property
    def role_fields(self) -> tuple[str, ...]:
        """The fields that hold the roles to be notified."""
        return tuple(name.removeprefix(ROLES_IN) for name in self.to if name.startswith(ROLES_IN))


def is_act(name: str) -> bool:
    """Whether a name in `NotificationRule.to` is an act rather than a role."""
    return name == CREATE or (":" in name and not name.startswith((ROLES_IN, ASKED)))


def approvals_asked(names: Iterable[str]) -> tuple[str, ...]:
    """The approvals in a list of who is notified."""
    return tuple(name.removeprefix(ASKED) for name in names if name.startswith(ASKED))
