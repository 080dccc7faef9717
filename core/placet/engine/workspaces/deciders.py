"""The second person for changes of a workspace's rules: who can be it, and whether there is one at all."""

from __future__ import annotations

from collections.abc import Collection

from placet.definitions.roles import SYSTEM
from placet.definitions.verdicts import BlockedError, worded
from placet.definitions.wording import AS_KEPT
from placet.engine.act.people import INSTALLATION, Actor, WorkspaceRecord
from placet.engine.act.proposals import ADMINISTRATOR, may_decide
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import ForbiddenError

#: People who have to be able to decide, so that somebody is left when one of them proposes.
ENOUGH = 2


def deciders(unit: UnitOfWork, place: WorkspaceRecord) -> list[str]:
    """The people who can be the second person now, by id."""
    holders = {person for role in place.governed_by for person in place.roles.get(role, ())}
    known = unit.session.people.actors(sorted(holders))
    able = {id for id, found in known.items() if found.deactivated_at is None and may_decide(place, found)}
    return sorted(able.union(unit.session.people.administrators()))


def demand_proposer(unit: UnitOfWork, actor: Actor) -> None:
    """Raises `ForbiddenError` for a proposal that nobody makes in person.

    Who keeps a service account, or has made a token for somebody else, would be the second person for themselves.
    """
    if actor.kind == "service":
        raise ForbiddenError(
            f"{actor.name} is a service account, and where two people decide a person proposes: leave it to one of "
            "them",
            needs=["person"],
        )
    maker = actor.token_issued_by
    if maker is not None and maker != SYSTEM and not unit.environment.others_tokens_decide:
        raise ForbiddenError(
            unit.titles(INSTALLATION, "").sentence(
                "{maker:person} made this token, and where two people decide {actor:person} proposes with a token of "
                "their own: ask an administrator for an invitation",
                maker=maker, actor=actor.id,
            ),
            needs=["own token"],
        )  # fmt: skip


def second_people(
    unit: UnitOfWork, place: WorkspaceRecord, proposer: str, gaining: Collection[str] = ()
) -> list[str]:
    """The people who could decide on a change now: neither its proposer, nor who would gain a role by it."""
    return [person for person in deciders(unit, place) if person != proposer and person not in gaining]


def demand_governed(unit: UnitOfWork, place: WorkspaceRecord, *, opening: bool = False) -> None:
    """Raises `BlockedError` if changes of the rules would wait for a second person whom there is not."""
    able = deciders(unit, place)
    if place.governed and len(able) < ENOUGH:
        message = "{count} of {enough} people could decide on changes of rules in {workspace}"
        remedy = appointing(place)
        if opening and place.governed_by:
            roles = " or ".join(place.governed_by)
            remedy = (
                f"open it without governed parts, appoint somebody as {roles}, and govern it then; or make one more "
                "person an administrator"
            )
        raise _nobody(unit, place, "govern", message, able, remedy, count=len(able), enough=ENOUGH)


def demand_second(
    unit: UnitOfWork, place: WorkspaceRecord, proposer: str, gaining: Collection[str] = ()
) -> None:
    """Raises `BlockedError` if nobody could decide on a change but its proposer, and who would gain a role by it."""
    if not second_people(unit, place, proposer, gaining):
        message = "nobody but {proposer:person} could decide on this change"
        if gaining:
            message = "nobody but {proposer:person}, and who would gain by it, could decide on this change"
        able = deciders(unit, place)
        raise _nobody(
            unit, place, "propose", message, able, appointing(place, governed=True), proposer=proposer
        )


def appointing(place: WorkspaceRecord, *, governed: bool = False) -> str:
    """How a second person can come to be; `governed` where nobody is appointed by one person any more."""
    roles = " or ".join(place.governed_by)
    where = " with placet role assign, on the machine of the database" if governed else ""
    return f"appoint somebody as {roles}{where}, or make one more person an administrator" if roles else (
        "make one more person an administrator, or name roles in governed_by and appoint their holders"
    )  # fmt: skip


def _nobody(
    unit: UnitOfWork,
    place: WorkspaceRecord,
    act: str,
    message: str,
    able: list[str],
    remedy: str,
    **params: object,
) -> BlockedError:
    administrators = unit.session.people.administrators()
    titles = AS_KEPT if unit.session.workspace(place.key) is None else unit.titles(place.key, "")
    blocker = worded(
        message,
        f"{remedy}: that is for administrators, {{administrators:person or}}"
        if administrators
        else "make somebody an administrator with placet actor change",
        {"workspace": place.key, "able": able, "administrators": administrators, **params},
        wording=titles,
        who=(ADMINISTRATOR, *administrators),
        message_id="proposal.nobody_decides",
        gate="proposal",
        check="proposal.second_person",
        source="core",
    )
    return BlockedError(place.key, act, [blocker], wording=titles)
