"""Proposed changes of a workspace's rules, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from placet.definitions.readonly import sealed
from placet.engine.act.people import Actor, WorkspaceRecord


class ProposalStatus(StrEnum):
    """The state of a proposal."""

    OPEN = "open"
    APPLIED = "applied"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    #: Nobody decided it in time.
    EXPIRED = "expired"
    #: The rules have changed since it was made, so that it would no longer do what was proposed.
    STALE = "stale"


#: Who may always be the second person, beside the holders of the roles in `governed_by`.
ADMINISTRATOR = "administrator"
#: The part of the rules that gates added by items are.
GATES = "gates"
#: The part of the rules that new windows are, which others have to respect; no part of the configuration.
WINDOWS = "windows"
#: The part of the rules that the holders of roles are; no part of the configuration.
ROLES = "roles"
#: The erasing of texts, which nobody brings back; no part of the configuration.
ERASURE = "erasure"
#: Of the installation: its administrators, and auditors of all workspaces.
OFFICES = "offices"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of rules that waits for a second person."""

    id: str
    #: `installation` for one of the installation itself.
    workspace: str
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    #: Version of the workspace's configuration on which it was made.
    version: int
    #: SHA-256 of the changes and of the rules to which they apply, in hex.
    digest: str
    #: `{part: [before, after]}` for each part of the configuration that it changes; of `roles`, the holders by role; of
    #: `windows`, those to declare; of `erasure`, the events whose texts are to be erased.
    changes: Mapping[str, Sequence[Any]]
    #: Whether it may strand items.
    force: bool = False
    #: As it was decided; the engine's verbs also return `expired` and `stale`, which follow from time and rules.
    status: ProposalStatus = ProposalStatus.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None
    #: Who can decide it: `administrator`, and role ids.
    needs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        sealed(self, "changes")


def needed(place: WorkspaceRecord) -> tuple[str, ...]:
    """Who can be the second person in a workspace: administrators, and holders of the roles that it names."""
    return (ADMINISTRATOR, *place.governed_by)


def gaining(proposal: Proposal) -> frozenset[str]:
    """The people who would get a role by a proposal, and do not decide on it."""
    before, after = proposal.changes.get(ROLES, ({}, {}))
    return frozenset(
        person for role, people in after.items() for person in people if person not in before.get(role, ())
    )


def may_decide(place: WorkspaceRecord, actor: Actor) -> bool:
    """Whether an actor may be the second person: a person, and an administrator or holder of a role that it names."""
    held = any(actor.id in place.roles.get(role, ()) for role in place.governed_by)
    return actor.kind == "person" and (actor.admin or held)
