"""The checks of an objective: its responsibilities are clear, its target is set, and what it has is ended first.

Source: COBIT 2019, EDM01 and APO01; its responsibility charts have one accountable role for each practice.
"""

from __future__ import annotations

from collections.abc import Iterator

from placet import CheckContext, Verdict, blocked, check, named, passed
from placet_cobit.checking import all_of, demand
from placet_cobit.controls.design import stands
from placet_cobit.holding import holders_anywhere, is_vacant
from placet_cobit.ids import CONTROL, OBJECTIVE
from placet_cobit.objectives.fields import ObjectiveFields, Raci
from placet_cobit.roles import CIO, GOVERNANCE_BOARD


@check("cobit")
def objective_unique(ctx: CheckContext) -> Verdict:
    """A workspace has each objective once."""
    id = ctx.item.fields.objective_id
    others = [each.key for each in ctx.items(OBJECTIVE, objective_id=id) if each.key != ctx.item.key]
    return demand(
        not others, "there is {id} already: {others:and}", "use that one", [CIO], id=id, others=others
    )


@check("cobit")
def raci_valid(ctx: CheckContext) -> Verdict:
    """Every practice of the chart has one accountable role and at least one responsible, and each of them a holder.

    The owner holds one of the accountable roles.
    """
    fields: ObjectiveFields = ctx.item.fields
    known = {each.id for each in fields.practices}
    verdicts = [
        demand(bool(fields.raci), "no practice has roles", "fill in the RACI chart", [CIO], inputs=["raci"])
    ]
    for practice, roles in fields.raci.items():
        verdicts.append(
            demand(practice in known, "{practice} is not one of its practices", "correct the RACI chart", [CIO],
                   practice=practice)
        )  # fmt: skip
        verdicts += _faults(practice, roles)
    verdicts += _vacant(ctx, fields)
    verdicts.append(
        demand(fields.owner is not None, "no owner is named", "name its owner", [CIO], inputs=["owner"])
    )
    accountable = sorted({role for roles in fields.raci.values() for role in roles.A})
    if fields.owner is not None and not any(
        fields.owner in holders_anywhere(ctx, role) for role in accountable
    ):
        verdicts.append(
            blocked(
                "{owner:person} holds no accountable role of it: {roles:role or}",
                remedy="name an owner who does", who=[CIO],
                message_id="cobit.raci_valid.owner", params={"owner": fields.owner, "roles": accountable},
            )
        )  # fmt: skip
    return all_of(*verdicts)


def _faults(practice: str, roles: Raci) -> Iterator[Verdict]:
    yield demand(
        len(roles.A) == 1,
        "practice {practice}: {n:count accountable role}",
        "correct the RACI chart: one role is accountable",
        [CIO],
        practice=practice,
        n=len(roles.A),
    )
    yield demand(
        bool(roles.R),
        "practice {practice}: no responsible role",
        "correct the RACI chart",
        [CIO],
        practice=practice,
    )


def _vacant(ctx: CheckContext, fields: ObjectiveFields) -> list[Verdict]:
    """Roles of the chart that nobody holds. Those of methods that are switched off are left out."""
    wanted = {role for roles in fields.raci.values() for role in (*roles.A, *roles.R)}
    vacant = [role for role in sorted(wanted) if is_vacant(ctx, role)]
    if not vacant:
        return []
    return [
        blocked(
            "nobody holds {vacant:role or}", remedy="appoint somebody", who=["administrator"],
            message_id="cobit.raci_valid.vacant", params={"vacant": vacant},
        )
    ]  # fmt: skip


@check("cobit")
def target_set(ctx: CheckContext) -> Verdict:
    """It has a target level."""
    fields: ObjectiveFields = ctx.item.fields
    return demand(
        fields.target_level is not None,
        "no target level is set",
        "set one, from 0 to 5",
        [GOVERNANCE_BOARD],
        inputs=["target_level"],
    )


@check("cobit")
def practices_kept(ctx: CheckContext) -> Verdict:
    """Every practice and activity that was in scope stays: levels, charts and controls are about them."""
    if ctx.before is None:
        return passed()
    lost = sorted(_parts(ctx.before.fields) - _parts(ctx.item.fields))
    return demand(
        not lost, "{lost:and} would be left out", "add to the practices, and leave those that are there", [CIO],
        inputs=["practices"], lost=lost,
    )  # fmt: skip


def _parts(fields: ObjectiveFields) -> set[str]:
    """The ids of its practices, and of their activities."""
    return {
        id for each in fields.practices for id in (each.id, *(activity.id for activity in each.activities))
    }


@check("cobit")
def controls_off(ctx: CheckContext) -> Verdict:
    """No control of the objective is in force or suspended."""
    working = [named(each) for each in ctx.children(CONTROL) if stands(each)]
    if not working:
        return passed()
    return demand(
        met=False,
        message="{n:count control} of it operate: {controls:and}" if len(working) > 1 else
        "1 control of it operates: {controls}",
        remedy="retire each first", who=[CIO], n=len(working), controls=working,
    )  # fmt: skip
