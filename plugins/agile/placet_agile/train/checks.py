"""Checks of planning intervals and their objectives.

Source: SAFe, planning interval, PI objectives, confidence vote, predictability.
"""

from __future__ import annotations

from statistics import fmean

from placet import (
    Action,
    CheckContext,
    Gate,
    Verdict,
    blocked,
    check,
    fields_present,
    named,
    passed,
    standing,
    strictest,
    unconfirmed,
)
from placet_agile.ids import CONFIDENCE, PI_OBJECTIVE
from placet_agile.roles import BUSINESS_OWNER, RELEASE_TRAIN_ENGINEER, TEAM_ROLES
from placet_agile.train.fields import PiObjectiveFields, ProgramIncrementFields

#: A vote up to this one says why.
_LOW = 2


@check("agile")
def safe_on(ctx: CheckContext) -> Verdict:
    """The workspace plans intervals.

    Setting: `safe_enabled`.
    """
    if ctx.settings.safe_enabled:
        return passed()
    return blocked(
        "planning intervals are not used here",
        remedy="ask an administrator to switch the setting safe_enabled on",
    )


@check("agile")
def pi_weeks(ctx: CheckContext) -> Verdict:
    """A planning interval lasts 8 to 12 weeks.

    Setting: `pi_days`.
    """
    fields: ProgramIncrementFields = ctx.item.fields
    if fields.planned_start is None or fields.planned_end is None:
        return blocked(
            "start and end are not planned",
            remedy="plan both",
            who=[RELEASE_TRAIN_ENGINEER.id],
            message_id="agile.pi_weeks.missing",
            inputs=["planned_start", "planned_end"],
        )
    days = (fields.planned_end - fields.planned_start).days
    least, most = ctx.settings.pi_days
    if least <= days <= most:
        return passed(days=days)
    return blocked(
        "the interval lasts {days:count day}, allowed are {least} to {most}",
        remedy="change the dates",
        who=[RELEASE_TRAIN_ENGINEER.id],
        params={"days": days, "least": least, "most": most},
    )


@check("agile")
def pi_agreed(ctx: CheckContext) -> Verdict:
    """Each team of the train has an objective that the business owners agree to."""
    fields: ProgramIncrementFields = ctx.item.fields
    if not fields.teams:
        return blocked(
            "no teams take part",
            remedy="name the teams of the train",
            who=[RELEASE_TRAIN_ENGINEER.id],
            message_id="agile.pi_agreed.none",
            inputs=["teams"],
        )
    agreed = ctx.items(PI_OBJECTIVE, states=["agreed"], program_increment=ctx.item.key)
    lacking = [team for team in fields.teams if team not in {each.fields.team for each in agreed}]
    if not lacking:
        return passed(objectives=len(agreed))
    return blocked(
        "no agreed objective of {teams}",
        remedy="agree on one",
        who=[BUSINESS_OWNER.id],
        params={"teams": lacking},
    )


@check("agile")
def confidence(ctx: CheckContext) -> Verdict:
    """People believe in the plan: everybody of the teams votes once, the mean is high enough, and low votes say why.

    Setting: `min_confidence`. A vote counts once the person confirms it.
    """
    fields: ProgramIncrementFields = ctx.item.fields
    votes = fields.confidence_vote
    if not votes:
        return blocked(
            "nobody has voted",
            remedy="ask everybody for their confidence",
            who=[RELEASE_TRAIN_ENGINEER.id],
            message_id="agile.confidence.none",
            actions=[Action("edit", "Vote", f"/items/{ctx.item.key}", ("confidence_vote",))],
        )
    verdicts: list[Verdict] = []
    mean, least = round(fmean(each.vote for each in votes), 1), ctx.settings.min_confidence
    if fmean(each.vote for each in votes) < least:
        verdicts.append(
            blocked(
                "the confidence is {mean}, at least {least} is needed",
                remedy="rework the plan",
                who=[RELEASE_TRAIN_ENGINEER.id],
                params={"mean": mean, "least": least},
            )
        )
    verdicts += _turnout(ctx, [each.actor for each in votes])
    silent = [each.actor for each in votes if each.vote <= _LOW and not (each.comment or "").strip()]
    if silent:
        verdicts.append(
            blocked(
                "{people:person and} voted low without saying why",
                remedy="ask for the reason, and record it",
                who=silent,
                message_id="agile.confidence.silent",
                params={"people": silent},
            )
        )
    missing = ctx.confirmation(CONFIDENCE).missing
    if missing:
        verdicts.append(unconfirmed(ctx, CONFIDENCE, missing))
    return strictest(verdicts) if verdicts else passed(mean=mean, votes=len(votes))


def _turnout(ctx: CheckContext, voters: list[str]) -> list[Verdict]:
    """Blockers where somebody of the teams has not voted, or somebody votes twice or for no team."""
    people = dict.fromkeys(person for role in TEAM_ROLES for person in ctx.holders(role.id))
    faults = (
        ("absent", "{people:person and} of the teams did not vote", "ask for these votes too",
         [each for each in people if each not in voters]),
        ("twice", "{people:person and} voted more than once", "keep one vote of each",
         sorted({each for each in voters if voters.count(each) > 1})),
        ("strangers", "{people:person and} voted without belonging to a team of the train", "leave the vote out",
         [each for each in dict.fromkeys(voters) if each not in people]),
    )  # fmt: skip
    return [
        blocked(
            message,
            remedy=remedy,
            who=[RELEASE_TRAIN_ENGINEER.id],
            message_id=f"agile.confidence.{name}",
            params={"people": wrong},
            actions=[Action("edit", "Vote", f"/items/{ctx.item.key}", ("confidence_vote",))],
        )
        for name, message, remedy, wrong in faults
        if wrong
    ]


@check("agile")
def interval_of_parent(ctx: CheckContext) -> Verdict:
    """An objective belongs to one interval, and stays with it: that below which it was made."""
    parent = ctx.parent()
    interval: str = ctx.item.fields.program_increment
    if parent is None or parent.key == interval:
        return passed(program_increment=interval)
    return blocked(
        "it is below the interval {parent}, and is to belong to {interval}",
        remedy="make it below its own interval",
        who=[RELEASE_TRAIN_ENGINEER.id],
        params={"parent": parent.key, "interval": interval},
    )


@check("agile")
def pi_end(ctx: CheckContext) -> Verdict:
    """The interval is over, and none of its sprints is running."""
    fields: ProgramIncrementFields = ctx.item.fields
    if fields.planned_end is not None and ctx.today < fields.planned_end:
        return blocked(
            "the interval ends {end:day}",
            remedy="wait",
            message_id="agile.pi_end.early",
            params={"end": fields.planned_end},
        )
    open_ = [
        named(sprint) for sprint in ctx.get_all(fields.sprints) if sprint.state in {"running", "closing"}
    ]
    if not open_:
        return passed()
    return blocked("sprints are still running: {sprints}", remedy="close them", params={"sprints": open_})


@check("agile")
def pi_all_scored(ctx: CheckContext) -> Verdict:
    """Every objective of the interval is scored or dropped."""
    open_ = ctx.items(PI_OBJECTIVE, states=["drafted", "agreed"], program_increment=ctx.item.key)
    if not open_:
        return passed()
    return blocked(
        "{number:count objective} not scored: {objectives}",
        remedy="score each",
        who=[BUSINESS_OWNER.id],
        params={"number": len(open_), "objectives": [named(each) for each in open_]},
    )


@check("agile")
def commitment_kept(ctx: CheckContext) -> Verdict:
    """A commitment of a team is scored once its interval runs: dropped, it would not count as missed."""
    fields: PiObjectiveFields = ctx.item.fields
    interval = ctx.get(fields.program_increment)
    runs = interval is not None and interval.state in {"executing", "inspecting"}
    if interval is None or not runs or ctx.item.state != "agreed" or not fields.committed:
        return passed()
    return blocked(
        "the team has committed to this objective, and {interval:standing}",
        remedy="score it, with 0 where nothing has come of it",
        who=[BUSINESS_OWNER.id],
        params={"interval": standing(interval)},
    )


planned_value = fields_present(
    "agile.planned_value", "planned_value", remedy="set a value of 1 to 10", who=[BUSINESS_OWNER]
)
actual_value = fields_present(
    "agile.actual_value", "actual_value", remedy="set a value of 0 to 10", who=[BUSINESS_OWNER]
)

# fmt: off
SAFE_ON = Gate("agile.safe_on", "Planning intervals used", safe_on)
INTERVAL_OF_PARENT = Gate("agile.interval_of_parent", "One interval", interval_of_parent)
PI_LENGTH = Gate("agile.pi_length", "Length of the interval allowed", pi_weeks)
PI_OBJECTIVES = Gate("agile.pi_objectives", "Each team has an agreed objective", pi_agreed)
PI_CONFIDENCE = Gate("agile.pi_confidence", "People are confident", confidence)
PI_OVER = Gate("agile.pi_over", "Interval over", pi_end)
PI_SCORED = Gate("agile.pi_scored", "Objectives scored", pi_all_scored)
COMMITMENT_KEPT = Gate("agile.commitment_kept", "No commitment of a running interval", commitment_kept)
OBJECTIVE_VALUED = Gate("agile.objective_valued", "Business value set", planned_value)
OBJECTIVE_SCORED = Gate("agile.objective_scored", "Actual value set", actual_value)
# fmt: on
