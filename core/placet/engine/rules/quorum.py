"""Counting of votes: the status of an approval round, as a pure function of its ballots and votes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

from placet.definitions.approvals import Ballot, Panel, QuorumKind
from placet.definitions.context import ApprovalStatus, Decision
from placet.engine.act.records import ApprovalRound, BallotRecord, Vote

#: Percent of the votes that a majority exceeds.
_HALF = 50


@dataclass(frozen=True, slots=True)
class Count:
    """The count of one ballot."""

    status: ApprovalStatus
    approvals: int
    needed: int
    #: People who are asked and have not voted; role ids where nobody holds the role.
    missing: tuple[str, ...]
    #: The person who refused it by a veto.
    veto: str | None = None
    #: The people who approve.
    voters: tuple[str, ...] = ()
    #: People who reject.
    against: int = 0
    #: People who would be asked and have not voted, if segregation of duties did not bar them.
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundCount:
    """The count of a round."""

    status: ApprovalStatus
    approvals: int
    needed: int
    missing: tuple[str, ...]
    #: People who are asked now: in an ordered panel only those of the first ballot that is not granted yet.
    asked: tuple[str, ...]
    #: People who were asked only by ballots that are granted.
    over: tuple[str, ...]
    summary: str
    #: People whom segregation of duties bars from a ballot that is asked now, where nobody is missing.
    kept: tuple[str, ...] = ()


def recorded(panel: Panel) -> tuple[BallotRecord, ...]:
    """A panel in the form that its round keeps."""
    return tuple(_recorded(ballot) for ballot in panel.ballots)


def _recorded(ballot: Ballot) -> BallotRecord:
    quorum = ballot.quorum
    return BallotRecord(
        roles=ballot.roles,
        quorum={
            "kind": quorum.kind.value,
            "value": quorum.value,
            "of_votes": quorum.of_votes,
            "minimum_votes": quorum.minimum_votes,
            "strictly": quorum.strictly,
            "weights": dict(quorum.weights),
        },
        veto=ballot.veto,
        veto_actors=ballot.veto_actors,
        actors=ballot.actors,
        including=ballot.including,
    )


def _latest(votes: Sequence[Vote]) -> list[Vote]:
    """The latest vote for each seat, which counts: people may change their vote while the round is open.

    Who has voted in person is not outvoted by a delegate.
    """
    found: dict[str, Vote] = {}
    for vote in votes:
        known = found.get(vote.seat)
        if known is None or vote.actor == vote.seat or known.actor != known.seat:
            found[vote.seat] = vote
    return list(found.values())


def _of_people(votes: Sequence[Vote]) -> list[Vote]:
    """One vote of each person: their own, or else the latest that they cast for somebody else."""
    found: dict[str, Vote] = {}
    for vote in votes:
        known = found.get(vote.actor)
        if known is None or known.seat != vote.actor:
            found[vote.actor] = vote
    return list(found.values())


def _in_ballot(ballot: BallotRecord, votes: Sequence[Vote]) -> list[Vote]:
    return _of_people([v for v in votes if set(v.roles) & set(ballot.roles) or v.seat in ballot.actors])


def vote_cast(ballot: BallotRecord, votes: Sequence[Vote], person: str) -> Vote | None:
    """The vote that counts in a ballot as a person's one vote, for whomever they cast it."""
    return next((vote for vote in _in_ballot(ballot, _latest(votes)) if vote.actor == person), None)


def asked_of(
    ballot: BallotRecord, holders: Callable[[str], Sequence[str]], barred: frozenset[str]
) -> list[str]:
    """The people whose votes a ballot asks for, in order of roles, without those whom segregation of duties bars."""
    people = [person for role in ballot.roles for person in holders(role)]
    return [person for person in dict.fromkeys([*people, *ballot.actors]) if person not in barred]


def deciding(ballot: BallotRecord, holders: Callable[[str], Sequence[str]]) -> frozenset[str]:
    """The people who decide in a ballot, by a vote or a veto, if nothing bars them."""
    by_role = (person for role in (*ballot.roles, *ballot.veto) for person in holders(role))
    return frozenset((*by_role, *ballot.actors, *ballot.veto_actors))


def _count(
    ballot: BallotRecord,
    votes: Sequence[Vote],
    holders: Callable[[str], Sequence[str]],
    barred: frozenset[str],
) -> Count:
    mine = _in_ballot(ballot, votes)
    approving = [v for v in mine if v.decision is Decision.APPROVE]
    rejecting = [v for v in mine if v.decision is Decision.REJECT]
    eligible = asked_of(ballot, holders, barred)
    # Who is asked too has given their only vote, and the seat for which they gave it waits for somebody else.
    voted = {v.actor if v.actor in eligible else v.seat for v in mine}
    waiting = [person for person in eligible if person not in voted]
    cast = {v.actor for v in mine} | voted
    kept = tuple(person for person in asked_of(ballot, holders, frozenset()) if person in barred - cast)
    vacant = tuple(role for role in ballot.roles if not holders(role))
    missing = tuple(waiting) + (vacant if not waiting else ())
    veto = next(
        (
            v.seat
            for v in votes
            if v.decision is Decision.REJECT
            and (v.seat in ballot.veto_actors or set(v.roles) & set(ballot.veto))
        ),
        None,
    )
    reached, needed, lost = _quorum(ballot, approving, rejecting, mine, waiting, holders)
    if veto:
        return Count(ApprovalStatus.REFUSED, len(approving), needed, (), veto, against=len(rejecting))
    if reached and ballot.including and not any(set(v.roles) & set(ballot.including) for v in approving):
        who, kept = _wanted(ballot, holders, waiting, kept)
        return Count(
            ApprovalStatus.PENDING, len(approving), needed + 1, who, against=len(rejecting), kept=kept
        )
    status = ApprovalStatus.GRANTED if reached else ApprovalStatus.REFUSED if lost else ApprovalStatus.PENDING
    return Count(
        status,
        len(approving),
        needed,
        missing,
        voters=tuple(v.actor for v in approving),
        against=len(rejecting),
        kept=kept,
    )


def _wanted(
    ballot: BallotRecord, holders: Callable[[str], Sequence[str]], waiting: Sequence[str], kept: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of the roles one of whose holders has to agree: those who can still do so, and those who are kept from it."""
    held = dict.fromkeys(person for role in ballot.including for person in holders(role))
    barred = tuple(person for person in held if person in kept)
    can = tuple(person for person in held if person in waiting)
    vacant = tuple(role for role in ballot.including if not holders(role))
    return can or vacant or (() if barred else ballot.including), barred


def _quorum(
    ballot: BallotRecord,
    approving: Sequence[Vote],
    rejecting: Sequence[Vote],
    mine: Sequence[Vote],
    waiting: Sequence[str],
    holders: Callable[[str], Sequence[str]],
) -> tuple[bool, int, bool]:
    """(reached, approvals needed, can no longer be reached) of one ballot."""
    quorum = ballot.quorum
    yes, no, open_ = len(approving), len(rejecting), len(waiting)
    kind, value = QuorumKind(quorum["kind"]), float(quorum["value"])
    if kind is QuorumKind.WEIGHTS:
        weights = quorum["weights"]
        got = sum(max((weights.get(role, 0.0) for role in vote.roles), default=0.0) for vote in approving)
        still = sum(
            max((weight for role, weight in weights.items() if person in holders(role)), default=0.0)
            for person in waiting
        )
        return got >= value, ceil(value), bool(no) and got + still < value
    if kind is QuorumKind.PERCENT and quorum["of_votes"]:
        cast = yes + no
        enough = cast >= max(int(quorum["minimum_votes"]), 1)
        reached = 100 * yes / cast if cast else 0.0
        won = enough and (reached > value if quorum["strictly"] else reached >= value)
        most = 100 * (yes + open_) / (cast + open_) if cast + open_ else 0.0
        hopeless = most <= value if quorum["strictly"] else most < value
        needed = max(int(quorum["minimum_votes"]), floor(cast * value / 100) + 1 if quorum["strictly"] else 1)
        return won, needed, bool(no) and hopeless
    abstained = len(mine) - yes - no
    if kind is QuorumKind.HEARD:
        return bool(yes + abstained), yes, bool(no) and not yes + abstained and not open_
    asked = len(mine) + len(waiting) - abstained
    share = asked * value / 100
    needed = {
        QuorumKind.ANY: 1,
        QuorumKind.COUNT: int(value),
        QuorumKind.ALL: max(asked, 1),
        QuorumKind.PERCENT: floor(share) + 1 if quorum["strictly"] else max(ceil(share), 1),
    }[kind]
    if kind is QuorumKind.ALL:
        return yes >= needed and not no, needed, bool(no)
    return yes >= needed, needed, bool(no) and yes + open_ < needed


def count_votes(
    round: ApprovalRound, holders: Callable[[str], Sequence[str]], barred: frozenset[str] = frozenset()
) -> RoundCount:
    """Count a round's votes: one vote of one person, however many roles they hold and people they stand in for.

    A pending round becomes granted when every ballot is granted, each by people of its own unless the panel says
    otherwise, and refused when one can no longer be granted.
    """
    votes = _latest(round.votes)
    counts = [_count(ballot, votes, holders, barred) for ballot in round.ballots]
    if not round.combined and all(count.status is ApprovalStatus.GRANTED for count in counts):
        counts = _by_different_people(round, counts)
    status = _status(counts)
    open_counts = [n for n, count in enumerate(counts) if count.status is ApprovalStatus.PENDING]
    asked_now = open_counts[:1] if round.ordered else open_counts
    asked = tuple(
        dict.fromkeys(person for n in asked_now for person in asked_of(round.ballots[n], holders, barred))
    )
    open_people = {p for n in open_counts for p in asked_of(round.ballots[n], holders, barred)}
    granted = [n for n, count in enumerate(counts) if count.status is ApprovalStatus.GRANTED]
    over = dict.fromkeys(p for n in granted for p in asked_of(round.ballots[n], holders, barred))
    approvals, needed = sum(c.approvals for c in counts), sum(c.needed for c in counts)
    missing = tuple(dict.fromkeys(person for n in asked_now for person in counts[n].missing))
    kept = tuple(dict.fromkeys(person for n in asked_now for person in counts[n].kept))
    return RoundCount(
        status,
        approvals,
        needed,
        missing,
        asked,
        tuple(p for p in over if p not in open_people),
        _summary(round, counts, status),
        () if missing else kept,
    )


def _status(counts: Sequence[Count]) -> ApprovalStatus:
    statuses = {count.status for count in counts}
    if ApprovalStatus.REFUSED in statuses:
        return ApprovalStatus.REFUSED
    return ApprovalStatus.PENDING if ApprovalStatus.PENDING in statuses else ApprovalStatus.GRANTED


def _by_different_people(round: ApprovalRound, counts: Sequence[Count]) -> list[Count]:
    """The counts of granted ballots, where no person's vote is counted in two of them.

    Each ballot needs as many people as its quorum, and as few of them as possible are taken from other ballots: a
    matching of people to ballots.
    """
    places = [n for n, count in enumerate(counts) for _ in range(min(count.needed, count.approvals))]
    taken: dict[str, int] = {}

    def place(at: int, tried: set[str]) -> bool:
        for person in counts[places[at]].voters:
            if person not in tried:
                tried.add(person)
                if person not in taken or place(taken[person], tried):
                    taken[person] = at
                    return True
        return False

    short = {places[at] for at in range(len(places)) if not place(at, set())}
    filled = [sum(places[at] == n for at in taken.values()) for n in range(len(counts))]
    return [
        replace(
            count,
            status=ApprovalStatus.PENDING,
            approvals=filled[n],
            missing=count.missing or round.ballots[n].roles,
        )
        if n in short
        else count
        for n, count in enumerate(counts)
    ]


def _summary(round: ApprovalRound, counts: Sequence[Count], status: ApprovalStatus) -> str:
    """How many people are for it, how many against, and by which rule it is decided."""
    if any(count.veto for count in counts):
        return "refused by a veto"
    approvals, needed = sum(c.approvals for c in counts), sum(c.needed for c in counts)
    against = sum(count.against for count in counts)
    voting = [ballot for ballot in round.ballots if ballot.quorum["of_votes"]]
    if voting and status is ApprovalStatus.PENDING:
        least = sum(max(int(ballot.quorum["minimum_votes"]), 1) for ballot in voting)
        return f"{approvals} for, {against} against; decided when {least} have voted, {_rule(voting)}"
    if voting:
        summary = f"{approvals} for, {against} against, {_rule(voting)}"
    else:
        summary = f"{approvals} of {max(needed, approvals)} approvals"
        summary += f", {against} against" if against else ""
    return f"refused: {summary}" if status is ApprovalStatus.REFUSED else summary


def _rule(voting: Sequence[BallotRecord]) -> str:
    """The rule of ballots that count votes cast."""
    shares = dict.fromkeys(
        "by majority"
        if ballot.quorum["strictly"] and float(ballot.quorum["value"]) == _HALF
        else f"by {'more than' if ballot.quorum['strictly'] else 'at least'} {ballot.quorum['value']:g} %"
        for ballot in voting
    )
    return " and ".join(shares)
