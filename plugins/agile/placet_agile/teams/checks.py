"""Checks of a team.

Source: the Scrum Guide, 2020, Scrum team.
"""

from __future__ import annotations

from placet import CheckContext, Gate, Verdict, blocked, check, passed, strictest
from placet_agile.roles import COACH, DEVELOPER, PRODUCT_OWNER, RELEASE_TRAIN_ENGINEER, SCRUM_MASTER
from placet_agile.teams.fields import Mode
from placet_agile.teams.limits import mode_of, team_of

_APPOINTERS = (COACH.id, RELEASE_TRAIN_ENGINEER.id)


@check("agile")
def team_roles(ctx: CheckContext) -> Verdict:
    """A team has one product owner, developers, in Scrum one scrum master, and is not too large.

    Setting: `max_team_size`.
    """
    team = team_of(ctx)
    scrum = mode_of(ctx, team) is Mode.SCRUM
    held = {role.id: ctx.holders(role.id) for role in (PRODUCT_OWNER, SCRUM_MASTER, DEVELOPER)}
    vacant = [role for role in held if not held[role] and (scrum or role != SCRUM_MASTER.id)]
    verdicts = [_vacant(role) for role in vacant]
    people = {person for holders in held.values() for person in holders}
    most: int = ctx.settings.max_team_size
    if len(people) > most:
        verdicts.append(
            blocked(
                "the team has {people:count person|people}, {most} at most",
                remedy="make two teams of it",
                who=_APPOINTERS,
                message_id="agile.team_roles.size",
                params={"people": len(people), "most": most},
            )
        )
    return strictest(verdicts) if verdicts else passed(people=len(people))


def _vacant(role: str) -> Verdict:
    return blocked(
        "nobody is the {role:role} of the team",
        remedy="appoint somebody on the team",
        who=_APPOINTERS,
        message_id="agile.team_roles.vacant",
        params={"role": role},
    )


@check("agile")
def sod_po_sm(ctx: CheckContext) -> Verdict:
    """Product owner and scrum master of a team are two people: one decides what, the other protects how.

    Setting: `allow_po_is_sm`.
    """
    both = sorted(set(ctx.holders(PRODUCT_OWNER.id)) & set(ctx.holders(SCRUM_MASTER.id)))
    if not both or ctx.settings.allow_po_is_sm:
        return passed()
    return blocked(
        "{both:person and} cannot be product owner and scrum master of one team",
        remedy="appoint another person to one of the two",
        who=_APPOINTERS,
        params={"both": both},
    )


TEAM_VALID = Gate("agile.team_valid", "Team complete", team_roles, sod_po_sm)
