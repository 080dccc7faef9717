"""Reads from the log alone whether every transition that needed an approval had one, given for what was done.

Independent of the engine: fields, rounds and votes are put together from events, and people are counted here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from placet import Change
from placet.catalog.catalog import Catalog
from placet.definitions.approvals import Approval
from placet.definitions.checks import Gate
from placet.definitions.items import ItemType
from placet.engine.act.records import BallotRecord, EventRecord, ItemRecord


@dataclass
class _Round:
    """One asking, with the fields of that moment, and the latest vote for each seat."""

    fields: Mapping[str, Any]
    votes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def people(self, decision: str) -> set[str]:
        """Different people who voted so; who voted for themselves counts by that vote alone."""
        own = {actor: said for seat, (actor, said) in self.votes.items() if seat == actor}
        for actor, said in self.votes.values():
            own.setdefault(actor, said)
        return {actor for actor, said in own.items() if said == decision}


def undecided(catalog: Catalog, item: ItemRecord, history: Iterable[EventRecord]) -> list[str]:
    """Transitions in an item's history that lacked an approval which they needed."""
    item_type = catalog.item_type(item.type)
    fields: dict[str, Any] = {}
    rounds: dict[str, _Round] = {}
    numbers: dict[str, int] = {}
    found: list[str] = []
    for event in history:
        data = event.data
        fields |= {"title": data["title"], **data.get("fields", {})} if event.kind == "created" else {}
        fields |= {name: new for name, (_, new) in data.get("changes", {}).items()}
        if event.kind == "voted":
            seat = data.get("on_behalf_of") or event.actor
            rounds[data["approval"]].votes[seat] = (event.actor, data["decision"])
        if event.kind == "transition":
            found += [
                f"{item.key} {data['transition']} (event {event.seq}): {why}"
                for approval in _needed(item_type, data)
                if (why := _missing(item, approval, rounds.get(approval.id), numbers, fields))
            ]
        for approval_id in data.get("asked", ()):
            rounds[approval_id] = _Round(dict(fields))
            numbers[approval_id] = numbers.get(approval_id, 0) + 1
    return found


def _needed(item_type: ItemType, data: Mapping[str, Any]) -> Iterable[Approval]:
    """The approvals that the gates of a transition asked for, where they were enforced and not waived."""
    transition = item_type.workflow.transition(data["transition"])
    loose = {each["gate"] for each in data.get("checks", ()) if each.get("mode", "enforce") != "enforce"}
    gates: tuple[Gate, ...] = () if transition is None else transition.gates
    for gate in gates:
        if gate.id in data.get("waived", ()) or gate.id in loose:
            continue
        for check in gate.checks:
            approval = item_type.approval(str(check.params.get("approval")))
            if approval is not None:
                yield approval


def _missing(
    item: ItemRecord,
    approval: Approval,
    round: _Round | None,
    numbers: Mapping[str, int],
    fields: Mapping[str, Any],
) -> str:
    if round is None:
        return f"{approval.id} was never asked for"
    changed = [
        name
        for name, change in {"title": Change.ANY, **approval.material_fields}.items()
        if change is Change.ANY and round.fields.get(name) != fields.get(name)
    ]
    if changed:
        return f"{approval.id} was given for other values of {', '.join(changed)}"
    (asked,) = [
        each for each in item.approvals if (each.approval, each.round) == (approval.id, numbers[approval.id])
    ]
    least = sum(map(_least, asked.ballots))
    voters = round.people("approve")
    return (
        "" if len(voters) >= least else f"{approval.id} had {len(voters)} of {least} people: {sorted(voters)}"
    )


def _least(ballot: BallotRecord) -> int:
    """The fewest different people with whom a ballot can be granted."""
    quorum = ballot.quorum
    match quorum["kind"]:
        case "n":
            return int(quorum["value"])
        case "percent" if quorum["of_votes"]:
            return max(1, int(quorum["minimum_votes"]) // 2 + 1)
        case _:
            return 1
