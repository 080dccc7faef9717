"""Who is notified of an event of a workspace itself: of changes of its rules, proposed and made.

A workspace cannot switch these rules off, since a change of rules that nobody learns of is a way around them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from placet.catalog.catalog import Catalog
from placet.definitions.roles import SYSTEM
from placet.engine.act.notifications import Why
from placet.engine.act.people import NotificationChoice, WorkspaceRecord
from placet.engine.act.records import EventRecord, Message
from placet.engine.act.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Circle:
    """A workspace as it is now, with the people of whom some are notified."""

    place: WorkspaceRecord
    catalog: Catalog
    #: Ids of the people who are administrators.
    administrators: Sequence[str]

    def deciders(self) -> Iterable[tuple[str, Message]]:
        """Administrators, and holders of roles that vote, waive, or decide on changes of rules."""
        yield from self.governors()
        for role in sorted(_deciding_roles(self.catalog)):
            for person in self.place.roles.get(role, ()):
                yield person, Message("notification.role", {"role": role})

    def governors(self) -> Iterable[tuple[str, Message]]:
        """The people who may be the second person for a change of rules."""
        for person in self.administrators:
            yield person, Message("notification.administrator")
        for role in self.place.governed_by:
            for person in self.place.roles.get(role, ()):
                yield person, Message("notification.second_person", {"role": role})


@dataclass(frozen=True, slots=True)
class WorkspaceRule:
    """One of Placet's own rules about workspaces."""

    id: str
    title: str
    #: The kinds of events that it is about.
    kinds: frozenset[str]
    find: Callable[[EventRecord, Circle], Iterable[tuple[str, Message]]]


def notified_of_workspace(
    unit: UnitOfWork, event: EventRecord, administrators: Sequence[str]
) -> Mapping[str, tuple[Why, ...]]:
    """The people to be notified of an event of a workspace, each with the reasons; nobody of their own act."""
    place = unit.workspace(event.workspace)
    circle = Circle(place, unit.catalog(place.key), administrators)
    reasons: dict[str, dict[str, Why]] = {}
    for rule in WORKSPACE_RULES:
        if event.kind not in rule.kinds:
            continue
        choice = place.notification_rules.get(rule.id, NotificationChoice())
        also = (
            (person, Message("notification.workspace", {"workspace": place.key, "role": role}))
            for role in choice.to
            for person in place.roles.get(role, ())
        )
        for person, reason in (*rule.find(event, circle), *also):
            reasons.setdefault(person, {}).setdefault(rule.id, Why(rule.id, reason))
    return {
        person: tuple(whys.values())
        for person, whys in reasons.items()
        if person not in {event.actor, SYSTEM}
    }


def _deciding_roles(catalog: Catalog) -> set[str]:
    item_types = catalog.item_types.values()
    voting = {role for item_type in item_types for each in item_type.approvals for role in each.asked}
    waiving = {
        role
        for item_type in item_types
        for transition in item_type.workflow.transitions
        for gate in transition.gates
        for role in gate.waived_by
    }
    return voting | waiving


def _rules_changed(event: EventRecord, circle: Circle) -> Iterable[tuple[str, Message]]:
    return circle.deciders() if event.data.get("changes", {}).keys() - {"name"} else ()


def _proposed(event: EventRecord, circle: Circle) -> Iterable[tuple[str, Message]]:  # noqa: ARG001  # the signature of all of them
    return circle.governors()


def _appointed(event: EventRecord, circle: Circle) -> Iterable[tuple[str, Message]]:
    """Who gains or loses the role, and those who appoint: administrators, or who decides on proposals."""
    yield from circle.governors()
    for role, (before, after) in event.data["changes"].items():
        for person in set(before) ^ set(after):
            given = "notification.role_given" if person in after else "notification.role_taken"
            yield person, Message(given, {"role": role})


def proposer_of(event: EventRecord, _: object) -> Iterable[tuple[str, Message]]:
    """The one who made the proposal that an event decides on, even if others learn of such events."""
    proposer = event.data.get("proposal", {}).get("by")
    return [(proposer, Message("notification.proposer"))] if proposer else ()


WORKSPACE_RULES = (
    WorkspaceRule(
        "core.rules_changed", "Rules of the workspace were changed", frozenset({"workspace_changed"}), _rules_changed
    ),
    WorkspaceRule(
        "core.rules_proposed", "A change of rules waits for a second person", frozenset({"change_proposed"}), _proposed
    ),
    WorkspaceRule(
        "core.proposal_decided", "A proposed change of rules was decided",
        frozenset({"workspace_changed", "proposal_decided", "roles"}), proposer_of,
    ),
    WorkspaceRule(
        "core.appointed", "Somebody was given a role in the workspace, or no longer holds it", frozenset({"roles"}),
        _appointed,
    ),
)  # fmt: skip
