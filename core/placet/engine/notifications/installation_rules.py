"""Who is notified of an event of the installation: of its offices, proposed, given and taken away.

A workspace has no say in these rules. Only administrators and auditors of all read the installation's history, and so
nobody else is notified of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from placet.definitions.roles import SYSTEM
from placet.engine.act.notifications import Why
from placet.engine.act.people import INSTALLATION, Actor
from placet.engine.act.records import EventRecord, Message
from placet.engine.notifications.workspace_rules import proposer_of

_ADMINISTRATOR = Message("notification.administrator")
_OFFICES = ("admin", "auditor")


@dataclass(frozen=True, slots=True)
class InstallationRule:
    """One of Placet's own rules about the installation."""

    id: str
    title: str
    #: The kinds of events that it is about.
    kinds: frozenset[str]
    #: The people of an event, given the ids of all administrators.
    find: Callable[[EventRecord, Sequence[str]], Iterable[tuple[str, Message]]]


def reads_installation(actor: Actor) -> bool:
    """Whether somebody reads the installation's history, and may be notified of it."""
    return actor.admin or actor.auditor


def notified_of_installation(
    event: EventRecord, administrators: Sequence[str]
) -> Mapping[str, tuple[Why, ...]]:
    """The people to be notified of an event of the installation, each with the reasons; nobody of their own act."""
    reasons: dict[str, list[Why]] = {}
    for rule in INSTALLATION_RULES:
        if event.kind in rule.kinds:
            for person, reason in dict(rule.find(event, administrators)).items():
                reasons.setdefault(person, []).append(Why(rule.id, reason))
    return {person: tuple(each) for person, each in reasons.items() if person not in {event.actor, SYSTEM}}


def is_of_installation(event: EventRecord) -> bool:
    """Whether a rule may be about an event: one of the installation, of a kind that a rule names."""
    return event.workspace == INSTALLATION and any(event.kind in rule.kinds for rule in INSTALLATION_RULES)


def _proposed(event: EventRecord, administrators: Sequence[str]) -> Iterable[tuple[str, Message]]:
    [(_, after)] = event.data["proposal"]["changes"].values()
    for person in administrators:
        # Whom it is about does not decide on it.
        yield (
            person,
            _ADMINISTRATOR if person == after["person"] else Message("notification.second_administrator"),
        )


def _given(event: EventRecord, administrators: Sequence[str]) -> Iterable[tuple[str, Message]]:
    added = event.kind == "actor_added" and any(event.data.get(office) for office in _OFFICES)
    if not (added or event.data.get("changes")):
        return
    concerned = event.data["person"]
    yield from ((person, _ADMINISTRATOR) for person in administrators if person != concerned)
    # Who is new here learns of it by an invitation.
    if not added:
        yield concerned, Message("notification.office")


INSTALLATION_RULES = (
    InstallationRule(
        "core.office_proposed", "A proposal of the installation waits for another administrator",
        frozenset({"change_proposed"}), _proposed,
    ),
    InstallationRule(
        "core.office_decided", "A proposal of the installation was decided",
        frozenset({"proposal_decided", "actor_changed", "actor_erased"}), proposer_of,
    ),
    InstallationRule(
        "core.office_given", "Somebody was made an administrator or an auditor, or is no longer one",
        frozenset({"actor_added", "actor_changed"}), _given,
    ),
)  # fmt: skip
