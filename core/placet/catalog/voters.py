"""The proof that approvals can be given: enough voters have not done anything before that bars them.

An act certainly bars a voter only if every way to the vote includes the act, and nobody else can do it. The proof is
made twice: with all people whom the definitions allow, and with the people of a workspace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from placet.catalog.catalog import Catalog
from placet.catalog.reachability import can_fire
from placet.definitions import stock
from placet.definitions.approvals import Approval, Panel, Quorum, QuorumKind
from placet.definitions.checks import Check
from placet.definitions.items import ItemType
from placet.definitions.roles import CREATE, SYSTEM
from placet.definitions.verdicts import GateMode
from placet.definitions.workflow import Transition

#: The people who can hold a role; `None` for any number.
People = Callable[[str], frozenset[str] | None]


def possible_people(catalog: Catalog) -> People:
    """All people whom the definitions allow: as many for each role as it can have holders, all different."""

    def holders(role: str) -> frozenset[str] | None:
        known = catalog.roles.get(role)
        if role == SYSTEM:
            return frozenset({SYSTEM})
        if known is None or known.max_holders is None:
            return None
        if known.max_holders == 1:
            return frozenset({f"the one holder of {role}"})
        return frozenset(f"holder {number} of {role}" for number in range(1, known.max_holders + 1))

    return holders


def actual_people(catalog: Catalog, holders: Mapping[str, Sequence[str]]) -> People:
    """The people of a workspace; `None` for a role that is held on items, where each has its own."""

    def people(role: str) -> frozenset[str] | None:
        known = catalog.roles.get(role)
        if known is not None and known.held_on:
            return None
        return frozenset({SYSTEM}) if role == SYSTEM else frozenset(holders.get(role, ()))

    return people


#: Percent.
_ALL = 100


@dataclass(frozen=True, slots=True)
class Shortage:
    """An approval that too few people can give."""

    approval: str
    message: str
    remedy: str


def shortages(catalog: Catalog, item_type: ItemType, people: People) -> Iterator[Shortage]:
    """Approvals of an item type that too few people can give, or nobody."""
    for approval in item_type.approvals:
        asking = [
            transition
            for transition in item_type.workflow.transitions
            if approval.id in transition.asks and can_fire(item_type, transition)
        ]
        if not asking:
            continue
        yield from _unreachable(approval)
        for roles, needed in _required(approval):
            voters = _together(people, roles)
            if voters is None:
                continue
            barred = dict(_barred(catalog, item_type, approval, asking, people))
            eligible = voters - set(barred)
            if len(eligible) < needed:
                reasons = [barred[voter] for voter in sorted(voters & set(barred))]
                yield Shortage(
                    approval.id,
                    f"{needed} of {', '.join(roles)} {'has' if needed == 1 else 'have'} to approve, and "
                    + (f"{len(eligible)} of {len(voters)} can" if voters else "nobody holds such a role")
                    + (f": {'; '.join(reasons)}" if reasons else ""),
                    "ask another role, let more people hold these roles, or let somebody else do the act"
                    if reasons
                    else "ask another role, or let more people hold these roles",
                )


def _unreachable(approval: Approval) -> Iterator[Shortage]:
    """Quorums that more than all would have to approve."""
    for ballot in approval.panel.ballots if isinstance(approval.panel, Panel) else ():
        quorum = ballot.quorum
        beyond = quorum.value > _ALL or (quorum.strictly and quorum.value == _ALL)
        if quorum.kind is QuorumKind.PERCENT and beyond:
            more = "more than " if quorum.strictly else ""
            yield Shortage(
                approval.id,
                f"its quorum is {more}{quorum.value:g} percent, which is more than all",
                f"give a percentage up to {_ALL}, and not strictly {_ALL}",
            )


def _required(approval: Approval) -> Iterator[tuple[tuple[str, ...], int]]:
    """Sets of roles, each with the number of their holders who have to approve."""
    if not isinstance(approval.panel, Panel):
        if approval.asked:
            yield approval.asked, 1
        return
    for ballot in approval.panel.ballots:
        if not ballot.actors:
            yield ballot.roles, _least(ballot.quorum)
        if ballot.including:
            yield ballot.including, 1


def _least(quorum: Quorum) -> int:
    """The smallest number of people whose votes can be enough."""
    return max(1, quorum.minimum_votes, int(quorum.value) if quorum.kind is QuorumKind.COUNT else 1)


def _barred(
    catalog: Catalog, item_type: ItemType, approval: Approval, asking: Sequence[Transition], people: People
) -> Iterator[tuple[str, str]]:
    """People who have certainly done a barring act by the time of the vote, each with the reason."""
    vote = f"vote:{approval.id}"
    for duty in item_type.duties:
        for act in duty.conflicting(vote):
            doers = _doers(item_type, act, people)
            if (
                act != vote
                and doers is not None
                and len(doers) == 1
                and _certain(catalog, item_type, act, asking)
            ):
                (doer,) = doers
                yield doer, f"{doer} has by then done {act}, and {duty.id} keeps them from voting"


def _doers(item_type: ItemType, act: str, people: People) -> frozenset[str] | None:
    """The people who can do an act; `None` where that is unknown."""
    verb, _, name = act.partition(":")
    if verb == CREATE:
        return _together(people, item_type.creators) if item_type.creators else None
    if verb == "transition":
        transition = item_type.workflow.transition(name)
        return None if transition is None else _together(people, transition.roles)
    if verb == "vote":
        approval = item_type.approval(name)
        if approval is not None and isinstance(approval.panel, Panel):
            named = any(ballot.actors for ballot in approval.panel.ballots)
            return None if named else _together(people, approval.asked)
    return None


def _certain(catalog: Catalog, item_type: ItemType, act: str, asking: Sequence[Transition]) -> bool:
    """Whether the approval can only be asked for after the act."""
    verb, _, name = act.partition(":")
    if verb == CREATE:
        return True
    workflow = item_type.workflow
    passed = (
        {name}
        if verb == "transition"
        else {t.name for t in workflow.transitions if _waits_for(catalog, t, name)}
    )
    return not any(can_fire(item_type, transition, without=passed) for transition in asking)


def _waits_for(catalog: Catalog, transition: Transition, approval: str) -> bool:
    """Whether a transition requires an approval, waivers and lenient modes considered."""
    return any(
        any(_asks_for(check, approval) for check in gate.checks)
        # Where a check lets items through without it, nobody has to wait for it.
        and (gate.unless is None or _asks_for(gate.unless, approval))
        for gate in transition.gates
        # Items that a gate is not for do not wait either.
        if not gate.waived_by and not gate.only and catalog.mode(gate.id) is GateMode.ENFORCE
    )


def _asks_for(check: Check, approval: str) -> bool:
    return check.test.__module__ == stock.__name__ and check.params.get("approval") == approval


def _together(people: People, roles: Iterable[str]) -> frozenset[str] | None:
    """The people who can hold one of the roles; `None` for any number."""
    found: set[str] = set()
    for role in roles:
        holders = people(role)
        if holders is None:
            return None
        found |= holders
    return frozenset(found)
