"""The second person for changes of a workspace's rules: who can be it, and whether there is one at all."""

from __future__ import annotations

from placet.definitions.verdicts import BlockedError, worded
from placet.definitions.wording import AS_KEPT
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.proposals import ADMINISTRATOR, may_decide
from placet.engine.act.unit_of_work import UnitOfWork

#: People who have to be able to decide, so that somebody is left when one of them proposes.
ENOUGH = 2


def deciders(work: UnitOfWork, place: WorkspaceRecord) -> list[str]:
    """The people who can be the second person now, by id."""
    holders = {person for role in place.governed_by for person in place.roles.get(role, ())}
    known = work.session.people.actors(sorted(holders))
    able = {id for id, found in known.items() if found.deactivated_at is None and may_decide(place, found)}
    return sorted(able.union(work.session.people.administrators()))


def demand_governed(work: UnitOfWork, place: WorkspaceRecord) -> None:
    """Raises `BlockedError` if changes of the rules would wait for a second person whom there is not."""
    able = deciders(work, place)
    if place.governed and len(able) < ENOUGH:
        message = "{count} of {enough} people could decide on changes of rules in {workspace}"
        raise _nobody(work, place, "govern", message, able, count=len(able), enough=ENOUGH)


def demand_second(work: UnitOfWork, place: WorkspaceRecord, proposer: str) -> None:
    """Raises `BlockedError` if nobody but its proposer could decide on a change."""
    able = deciders(work, place)
    if set(able) <= {proposer}:
        message = "nobody but {proposer:person} could decide on this change"
        raise _nobody(work, place, "propose", message, able, proposer=proposer)


def appointing(place: WorkspaceRecord) -> str:
    """How a second person can come to be."""
    roles = " or ".join(place.governed_by)
    return f"appoint somebody as {roles}, or make one more person an administrator" if roles else (
        "make one more person an administrator, or name roles in governed_by and appoint their holders"
    )  # fmt: skip


def _nobody(
    work: UnitOfWork, place: WorkspaceRecord, act: str, message: str, able: list[str], **params: object
) -> BlockedError:
    administrators = work.session.people.administrators()
    blocker = worded(
        message,
        f"{appointing(place)}: that is for administrators, {{administrators:person or}}"
        if administrators
        else "make somebody an administrator with placet actor change",
        {"workspace": place.key, "able": able, "administrators": administrators, **params},
        wording=AS_KEPT if work.session.workspace(place.key) is None else work.titles(place.key, ""),
        who=(ADMINISTRATOR, *administrators),
        message_id="proposal.nobody_decides",
        gate="proposal",
        check="proposal.second_person",
        source="core",
    )
    return BlockedError(place.key, act, [blocker])
