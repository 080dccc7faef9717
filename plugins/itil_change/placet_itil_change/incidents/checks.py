"""The checks of an incident, in the order of its life: classified, assigned, on hold, resolved, closed.

Source throughout: ITIL 4, practice Incident management.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from placet import (
    Action,
    CheckContext,
    Verdict,
    blocked,
    check,
    empty_fields,
    fields_missing,
    passed,
    strictest,
)
from placet_itil_change.ids import CHANGE, DUPLICATE_OF, FIXED_BY_CHANGE, RAISED_FROM
from placet_itil_change.incidents.computed import declared, met_criteria, unmet_criteria, usual_priority
from placet_itil_change.incidents.fields import LEVELS, IncidentFields, ResolutionCode
from placet_itil_change.incidents.levels import group_above
from placet_itil_change.roles import (
    CHANGE_MANAGER,
    INCIDENT_MANAGER,
    MAJOR_INCIDENT_MANAGER,
    REQUESTER,
    RESOLVER,
    SERVICE_DESK_ANALYST,
)
from placet_itil_change.waiting import FINISHED
from placet_itil_change.wording import standing

#: Characters of a resolution, and of the reason for a major incident outside the criteria, at least.
NOTES_LENGTH = 20
OVERRIDE_LENGTH = 10
#: States of a change that was not asked for, or was given up.
_NO_EMERGENCY = ("new", "rejected", "cancelled")


@check("itil")
def incident_fields(ctx: CheckContext) -> Verdict:
    """An incident has an impact, an urgency and a category, and says which item it is about, or why none is known."""
    fields: IncidentFields = ctx.item.fields
    missing = empty_fields(fields, "impact", "urgency", "category")
    if not fields.cis and not (fields.no_item_reason or "").strip():
        missing.append("cis")
    if missing:
        return fields_missing(
            ctx,
            missing,
            remedy="classify it; where no configuration item is known, give the reason",
            who=[SERVICE_DESK_ANALYST.id],
        )
    return passed(priority=str(fields.priority), category=fields.category)


@check("itil")
def assignee(ctx: CheckContext) -> Verdict:
    """Work begins when somebody who may resolve incidents has taken it."""
    fields: IncidentFields = ctx.item.fields
    who = [RESOLVER.id, SERVICE_DESK_ANALYST.id]
    take = Action("edit", "Take it", f"/items/{ctx.item.key}", ("assignee",))
    if fields.assignee is None:
        return blocked(
            "nobody is assigned",
            remedy="take it, or assign it to somebody",
            who=who,
            actions=[take],
            inputs=["assignee"],
        )
    if not ctx.holds(fields.assignee, *who):
        return blocked(
            "{assignee:person} is not {roles:a role or}",
            remedy="assign it to {roles:a role or}",
            who=[INCIDENT_MANAGER.id],
            message_id="itil.assignee.role",
            params={"assignee": fields.assignee, "roles": who},
            actions=[take],
        )
    return passed(assignee=fields.assignee)


@check("itil", levels=LEVELS)
def level(ctx: CheckContext) -> Verdict:
    """There is a level of support above, and a group there that takes over. Setting: `level_groups`."""
    fields: IncidentFields = ctx.item.fields
    verdicts: list[Verdict] = []
    if fields.support_level >= LEVELS:
        verdicts.append(
            blocked(
                "it is at support level {level} of {levels} already",
                remedy="escalate it to management",
                who=[INCIDENT_MANAGER.id],
                message_id="itil.level.highest",
                params={"level": fields.support_level, "levels": LEVELS},
            )
        )
    group = group_above(ctx)
    if group is None:
        verdicts.append(
            fields_missing(
                ctx,
                ["next_group"],
                remedy="name the group that takes over",
                who=[SERVICE_DESK_ANALYST.id],
            )
        )
    return strictest(verdicts) if verdicts else passed(level=fields.support_level + 1, group=group)


@check("itil", override=OVERRIDE_LENGTH)
def major_candidate(ctx: CheckContext) -> Verdict:
    """A major incident meets the agreed criteria, or a major incident manager says why it is one all the same.

    Setting: `major_criteria`, `major_users_affected`.
    """
    found = list(met_criteria(ctx))
    if found:
        return passed(criteria=found)
    given = len(ctx.comment.strip())
    if given >= OVERRIDE_LENGTH and ctx.holds(ctx.actor, MAJOR_INCIDENT_MANAGER.id):
        return passed(override=ctx.comment)
    return blocked(
        "none of the criteria for a major incident holds: {criteria}",
        remedy="correct these, or let {managers:person or} declare it with a reason",
        who=[MAJOR_INCIDENT_MANAGER.id],
        params={
            "criteria": list(unmet_criteria(ctx)),
            "managers": list(ctx.holders(MAJOR_INCIDENT_MANAGER.id)) or [MAJOR_INCIDENT_MANAGER.id],
        },
    )


@check("itil")
def is_declared(ctx: CheckContext) -> Verdict:
    """It is a declared major incident."""
    if declared(ctx.item.fields):
        return passed(since=ctx.item.fields.major_declared_at)
    return blocked(
        "it is not a declared major incident",
        remedy="declare it first",
        who=[MAJOR_INCIDENT_MANAGER.id],
    )


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


@check("itil")
def updates(ctx: CheckContext) -> Verdict:
    """Those who wait got updates throughout the major incident, the last one just now.

    Settings: `major_update_gap` between two updates since it was declared, `major_update_interval` since the last.
    """
    fields: IncidentFields = ctx.item.fields
    begun: datetime = fields.major_declared_at or ctx.now
    sent = [begun, *sorted(update.at for update in fields.major_updates if update.at >= begun)]
    since_last = ctx.now - sent[-1]
    send = Action("transition", "Send an update", f"/items/{ctx.item.key}/transitions", ("post_update",))
    if len(sent) == 1 or since_last > timedelta(minutes=ctx.settings.major_update_interval):
        return blocked(
            "the last update was {minutes:count minute} ago, and at most {allowed} are allowed"
            if len(sent) > 1
            else "no update was sent yet",
            remedy="send one before you stand it down",
            who=[MAJOR_INCIDENT_MANAGER.id],
            message_id="itil.updates" if len(sent) > 1 else "itil.updates.none",
            params={"minutes": _minutes(since_last), "allowed": ctx.settings.major_update_interval},
            actions=[send],
        )
    gaps = [(then - one, one) for one, then in pairwise(sent)]
    longest, since = max(gaps)
    if longest > timedelta(minutes=ctx.settings.major_update_gap) and len(ctx.comment.strip()) < NOTES_LENGTH:
        return blocked(
            "there was no update for {minutes:count minute} from {since:moment} on, and at most {allowed} are allowed",
            remedy="say in the comment why there was none, in at least {needed} characters",
            who=[MAJOR_INCIDENT_MANAGER.id],
            message_id="itil.updates.gap",
            params={
                "minutes": _minutes(longest),
                "since": since,
                "allowed": ctx.settings.major_update_gap,
                "needed": NOTES_LENGTH,
            },
        )
    return passed(updates=len(sent) - 1, longest_gap_minutes=_minutes(longest))


@check("itil")
def not_major(ctx: CheckContext) -> Verdict:
    """A declared major incident is stood down before it is resolved."""
    if not declared(ctx.item.fields):
        return passed(major=str(ctx.item.fields.major))
    return blocked(
        "it is still a declared major incident",
        remedy="stand it down first",
        who=[MAJOR_INCIDENT_MANAGER.id],
        actions=[
            Action("transition", "Stand down", f"/items/{ctx.item.key}/transitions", ("stand_down_major",))
        ],
    )


@check("itil", characters=NOTES_LENGTH)
def resolution_fields(ctx: CheckContext) -> Verdict:
    """The resolution says what was wrong and what helped; a duplicate names its original."""
    fields: IncidentFields = ctx.item.fields
    missing = empty_fields(fields, "resolution_code")
    given = len((fields.resolution_notes or "").strip())
    verdicts: list[Verdict] = []
    if missing:
        verdicts.append(fields_missing(ctx, missing, remedy="describe the resolution", who=[RESOLVER.id]))
    if given < NOTES_LENGTH:
        verdicts.append(
            blocked(
                "the resolution notes have {given:count character}, and at least {needed} are required",
                remedy="say what was wrong and what helped",
                who=[RESOLVER.id],
                message_id="itil.resolution_fields.notes",
                params={"given": given, "needed": NOTES_LENGTH},
                actions=[Action("edit", "Describe", f"/items/{ctx.item.key}", ("resolution_notes",))],
                inputs=["resolution_notes"],
            )
        )
    if fields.resolution_code is ResolutionCode.DUPLICATE and not ctx.linked(DUPLICATE_OF):
        verdicts.append(
            blocked(
                "it is a duplicate, and its original is not linked",
                remedy="link the incident that it is a duplicate of",
                who=[RESOLVER.id],
                message_id="itil.resolution_fields.duplicate",
                actions=[
                    Action("link", "Link the original", f"/items/{ctx.item.key}/links", (DUPLICATE_OF,))
                ],
            )
        )
    return strictest(verdicts) if verdicts else passed(code=str(fields.resolution_code))


@check("itil")
def reopen_time(ctx: CheckContext) -> Verdict:
    """A user objects within some business days of the resolution; after that it is a new incident.

    Setting: `reopen_window`, business days.
    """
    resolved: datetime = ctx.item.fields.resolved_at or ctx.item.state_since
    ends = ctx.workspace.calendar.add_days(resolved, ctx.settings.reopen_window)
    if ctx.now <= ends:
        return passed(until=ends)
    return blocked(
        "the time to reopen it ended on {ended:moment}, {days:count business day} after it was resolved",
        remedy="raise a new incident, and mention {key} in it",
        who=[REQUESTER.id],
        params={"ended": ends, "days": ctx.settings.reopen_window, "key": ctx.item.key},
        actions=[Action("create", "Raise a new incident", "/items", ("summary", "symptoms", "channel"))],
    )


@check("itil")
def other_group(ctx: CheckContext) -> Verdict:
    """It goes to another group than the one that had it."""
    named, had = ctx.sent.get("group"), None if ctx.before is None else ctx.before.fields.group
    if not named:
        return fields_missing(
            ctx, ["group"], remedy="name the group that takes it", who=[SERVICE_DESK_ANALYST.id]
        )
    if named != had:
        return passed(group=named, former=had)
    return blocked(
        "'{group}' had it before",
        remedy="name another group, or reopen it for the same one",
        who=[SERVICE_DESK_ANALYST.id],
        message_id="itil.other_group.same",
        params={"group": named},
    )


@check("itil")
def priority_kept(ctx: CheckContext) -> Verdict:
    """Only an incident manager lowers the priority once an incident was triaged or carries an emergency, with a reason.

    Everybody who works on it may raise it. During a major incident, for which it is the highest anyway, the priority is
    compared that it would have otherwise.
    """
    before = ctx.before
    # `override_priority` has gates of its own for the person and the reason.
    if before is None or ctx.transition == "override_priority":
        return passed()
    was, would_be = (usual_priority(ctx, fields) for fields in (before.fields, ctx.item.fields))
    if was is None or (would_be is not None and would_be <= was):
        return passed(priority=would_be)
    if before.state == "new" and not _carries_emergency(ctx):
        return passed(priority=would_be)
    return blocked(
        "its priority would be lowered from {was} to {new}"
        if would_be
        else "its priority {was} would be taken away",
        remedy="have {managers:person or} set the priority, with a reason",
        who=[INCIDENT_MANAGER.id],
        message_id="itil.priority_kept" if would_be else "itil.priority_kept.none",
        params={
            "was": was.value,
            "managers": list(ctx.holders(INCIDENT_MANAGER.id)) or [INCIDENT_MANAGER.id],
        }
        | ({"new": would_be.value} if would_be else {}),
        actions=[
            Action(
                "transition",
                "Set the priority",
                f"/items/{ctx.item.key}/transitions",
                ("priority_override", "impact", "urgency"),
            )
        ],
    )


def _carries_emergency(ctx: CheckContext) -> bool:
    """Whether an emergency that was asked for, or begun, was raised from the incident."""
    return any(
        each.type == CHANGE and each.fields.type == "emergency" and each.state not in _NO_EMERGENCY
        for each in ctx.linking(RAISED_FROM)
    )


@check("itil")
def confirmation(ctx: CheckContext) -> Verdict:
    """The user has confirmed that it works, or has said nothing for some business days.

    A user who closes their own incident confirms it by that; who recorded it at the desk is not a user by that alone.
    Setting: `incident_autoclose`, business days.
    """
    fields: IncidentFields = ctx.item.fields
    own = ctx.actor == (fields.requester or ctx.item.created_by)
    by_user = own and (fields.requester is not None or ctx.holds(ctx.actor, REQUESTER.id))
    if fields.confirmed_at is not None or by_user:
        return passed(confirmed_by=ctx.actor if by_user else "record")
    resolved: datetime = fields.resolved_at or ctx.item.state_since
    until = ctx.workspace.calendar.add_days(resolved, ctx.settings.incident_autoclose)
    if ctx.now >= until:
        return passed(silent_since=resolved)
    return blocked(
        "it waits for the user until {until:moment}",
        remedy="ask them, and confirm the resolution",
        who=[REQUESTER.id],
        earliest=until,
        params={"until": until},
    )


@check("itil")
def fix_change_final(ctx: CheckContext) -> Verdict:
    """Every change that is to fix it is finished, one way or the other."""
    waiting = [change for change in ctx.linked(FIXED_BY_CHANGE) if change.state not in FINISHED]
    if not waiting:
        return passed()
    return blocked(
        f"the fixing {'change is' if len(waiting) == 1 else 'changes are'} not finished: {{changes:standing and}}",
        remedy=f"finish {'it' if len(waiting) == 1 else 'them'}, or remove the link",
        who=[CHANGE_MANAGER.id],
        params={"changes": [standing(each) for each in waiting]},
    )
