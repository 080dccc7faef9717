"""Approvals: decisions asked of role holders, their quorums, and how they expire or go stale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from placet.definitions.arguments import Requirement, Title, at_least, written
from placet.definitions.context import CheckContext
from placet.definitions.places import Written
from placet.definitions.roles import Role, role_ids


def _above_zero(value: float) -> bool:
    return value > 0


class QuorumKind(StrEnum):
    """The way in which a quorum counts."""

    #: One approval is enough.
    ANY = "any"
    #: Everybody who is asked approves.
    ALL = "all"
    #: A number of approvals.
    COUNT = "n"
    #: More than, or at least, a share of the votes cast, or of the people asked.
    PERCENT = "percent"
    #: Somebody has voted, even to abstain; rejections count by the ballot's veto alone.
    HEARD = "heard"
    #: The approving roles' weights reach a sum.
    WEIGHTS = "weights"


@written
@dataclass(frozen=True, slots=True)
class Quorum:
    """The approvals with which a ballot is granted. Abstentions are recorded, and count for neither side.

    It counts people: one person has one vote in a ballot, however many roles they hold and people they stand in for.
    """

    kind: QuorumKind
    #: Approvals for `n`, percent for `percent`, the sum for `weights`.
    value: Annotated[float, Requirement(_above_zero, "a number above zero")] = 1
    #: `percent` of the votes cast (abstentions left out) instead of the people asked.
    of_votes: bool = False
    #: Votes (approve or reject) that have to be cast before the share counts.
    minimum_votes: Annotated[int, at_least(0)] = 0
    #: The share has to be exceeded, not only reached.
    strictly: bool = False
    weights: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def any(cls) -> Quorum:
        return cls(QuorumKind.ANY)

    @classmethod
    def all(cls) -> Quorum:
        return cls(QuorumKind.ALL)

    @classmethod
    def n(cls, approvals: int) -> Quorum:
        return cls(QuorumKind.COUNT, approvals)

    @classmethod
    def percent(
        cls, percent: float, *, of_votes: bool = False, minimum_votes: int = 0, strictly: bool = False
    ) -> Quorum:
        """At least `percent` of the people asked approve, or of the votes cast; `strictly`: more than that."""
        return cls(
            QuorumKind.PERCENT, percent, of_votes=of_votes, minimum_votes=minimum_votes, strictly=strictly
        )

    @classmethod
    def majority(cls, *, minimum_votes: int) -> Quorum:
        """More approve than reject, once so many have voted."""
        return cls(QuorumKind.PERCENT, 50, of_votes=True, minimum_votes=minimum_votes, strictly=True)

    @classmethod
    def heard(cls) -> Quorum:
        """An interest is heard: somebody approves or abstains, and a rejection counts where it is a veto."""
        return cls(QuorumKind.HEARD)

    @classmethod
    def weigh(cls, weights: Mapping[Role | str, float], reach: float) -> Quorum:
        return cls(QuorumKind.WEIGHTS, reach, weights={str(role): weight for role, weight in weights.items()})


@written
@dataclass(frozen=True, slots=True)
class Ballot:
    """One vote within an approval: who is asked, and how many of them have to agree."""

    roles: tuple[str, ...]
    quorum: Quorum
    #: Roles whose rejection refuses the whole approval, whatever the count.
    veto: tuple[str, ...] = ()
    #: Actors whose rejection does so, where that depends on the item (the owner of an affected service).
    veto_actors: tuple[str, ...] = ()
    #: People asked besides the role holders.
    actors: tuple[str, ...] = ()
    #: At least one of the approvals has to come from a holder of these roles.
    including: tuple[str, ...] = ()

    def __init__(
        self,
        roles: Sequence[Role | str],
        quorum: Quorum,
        *,
        veto: Sequence[Role | str] = (),
        veto_actors: Sequence[str] = (),
        actors: Sequence[str] = (),
        including: Sequence[Role | str] = (),
    ) -> None:
        object.__setattr__(self, "roles", role_ids(roles))
        object.__setattr__(self, "quorum", quorum)
        object.__setattr__(self, "veto", role_ids(veto))
        object.__setattr__(self, "veto_actors", tuple(veto_actors))
        object.__setattr__(self, "actors", tuple(actors))
        object.__setattr__(self, "including", role_ids(including))


@written
@dataclass(frozen=True, slots=True)
class Panel:
    """The people who decide on one item: ballots, all of which have to be granted, one after the other if `ordered`."""

    ballots: tuple[Ballot, ...]
    #: A ballot is asked only when the one before it is granted.
    ordered: bool = False
    #: One person's vote counts in every ballot in which they have a seat, where ballots stand for interests that one
    #: person may hold together. Otherwise each ballot is granted by people of its own.
    combined: bool = False

    def __init__(self, *ballots: Ballot, ordered: bool = False, combined: bool = False) -> None:
        object.__setattr__(self, "ballots", tuple(ballots))
        object.__setattr__(self, "ordered", ordered)
        object.__setattr__(self, "combined", combined)


class Change(StrEnum):
    """The change of a material field that makes an approval stale."""

    ANY = "any"
    #: The value becomes smaller or earlier.
    LOWER = "lower"
    #: The value becomes greater or later.
    HIGHER = "higher"
    #: A list gets members that it did not have: somebody or something that was not asked about.
    ADDED = "added"
    #: Another value takes the place of one that was there; what was open is filled in, once, without a new decision.
    REPLACED = "replaced"


@written
@dataclass(frozen=True, slots=True)
class Approval(Written):
    """A decision that a transition opens and a gate waits for.

    It is bound to the material fields and evidence for which it was given. When one of them changes, the round is
    voided and, if `reopens`, the next one is opened without votes.
    """

    #: `itil.change_approval`.
    id: str
    title: Title
    #: Who decides; a function where that depends on the item.
    panel: Panel | Callable[[CheckContext], Panel]
    #: Names of fields, each with the change that counts.
    material_fields: Mapping[str, Change] = field(default_factory=dict)
    #: Kinds of evidence whose content is approved too.
    material_evidence: tuple[str, ...] = ()
    #: Elapsed time, or a function that returns the moment; with `None` it never expires.
    expires: timedelta | Callable[[CheckContext], datetime | None] | None = None
    #: Elapsed time after which everybody whose vote is missing is reminded, once; `None` for no reminder.
    reminds: timedelta | None = None
    reopens: bool = True
    #: Whether the panel, a function, is determined again whenever votes are counted: where it follows from facts that
    #: are not material, such as other items. A round is void once somebody decides who was not asked in it; one that
    #: asked more people than decide now stands, also when the rules have changed.
    follows_facts: bool = False
    #: Roles that may vote, for the linter and the documentation, where the panel is a function.
    asked: tuple[str, ...] = ()

    def __init__(
        self,
        id: str,
        title: Title,
        panel: Panel | Callable[[CheckContext], Panel],
        *,
        material_fields: Mapping[str, Change] | Sequence[str] = (),
        material_evidence: Sequence[str] = (),
        expires: timedelta | Callable[[CheckContext], datetime | None] | None = None,
        reminds: timedelta | None = None,
        reopens: bool = True,
        follows_facts: bool = False,
        asked: Sequence[Role | str] = (),
    ) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "panel", panel)
        material = (
            dict(material_fields)
            if isinstance(material_fields, Mapping)
            else dict.fromkeys(material_fields, Change.ANY)
        )
        object.__setattr__(self, "material_fields", material)
        object.__setattr__(self, "material_evidence", tuple(material_evidence))
        object.__setattr__(self, "expires", expires)
        object.__setattr__(self, "reminds", reminds)
        object.__setattr__(self, "reopens", reopens)
        object.__setattr__(self, "follows_facts", follows_facts)
        roles = role_ids(asked)
        if isinstance(panel, Panel):
            roles += tuple(role for ballot in panel.ballots for role in ballot.roles)
        object.__setattr__(self, "asked", tuple(dict.fromkeys(roles)))
