"""Effects of transitions of a problem, and of its incidents and changes.

Our choice: the consequences for another item are transitions of that item, as `system`, so that they are in its history
and follow its rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from placet import EffectContext, ItemView, effect
from placet_itil_change.changes.fields import ChangeOutcome, ChangeType, Reason
from placet_itil_change.ids import (
    CAUSED_BY_CHANGE,
    CAUSED_BY_PROBLEM,
    CHANGE,
    FIXED_BY_CHANGE,
    INCIDENT,
    PROBLEM,
    RAISED_FROM,
)
from placet_itil_change.incidents.fields import KNOWN_ERRORS_SHOWN, IncidentFields, KnownError
from placet_itil_change.problems.checks import fixes_of
from placet_itil_change.problems.fields import ProblemFields, Source
from placet_itil_change.wording import ended

#: States in which the known facts about a problem help the service desk.
PUBLISHED = ("known_error", "fixing", "observing", "accepted")
#: States in which somebody works on a problem.
_OPEN = ("logged", "investigating", "known_error", "fixing", "observing")
_ENDED = ("closed", "rejected", "cancelled")
#: States of an incident; a cancelled one shows no pattern.
_UNRESOLVED, _RESOLVED = ("new", "triaged", "in_progress", "pending"), ("resolved", "closed")
_GOOD = (ChangeOutcome.SUCCESSFUL, ChangeOutcome.SUCCESSFUL_WITH_ISSUES)


# On a problem


@effect("itil")
def make_fix(ctx: EffectContext) -> None:
    """Make the change that is to fix it, if requested, with the problem's items and plan."""
    fields: ProblemFields = ctx.item.fields
    if not fields.create_change:
        return
    change = ctx.create(
        CHANGE,
        f"Fix {ctx.item.key}: {ctx.item.title}"[:200],
        type=ChangeType.NORMAL,
        reason=Reason.FIX,
        cis=list(fields.cis),
        implementation_plan=fields.fix_plan,
        initiator=ctx.actor,
    )
    ctx.link(FIXED_BY_CHANGE, change)
    ctx.set(create_change=None)


@effect("itil")
def watch(ctx: EffectContext) -> None:
    """Keep when the fix was made, from which on it is observed."""
    ctx.set(observing_since=ctx.now)


@effect("itil")
def close_loops(ctx: EffectContext) -> None:
    """Note on its incidents that a change had caused when their problem was closed."""
    for incident in ctx.linking(CAUSED_BY_PROBLEM):
        if incident.links.get(CAUSED_BY_CHANGE) and incident.fields.learnt_at is None:
            ctx.set_on(incident.key, learnt_at=ctx.now)


# On an incident


@effect("itil")
def show_known_errors(ctx: EffectContext) -> None:
    """Show the known facts about problems with the same items, then those of the same category without items.

    Our choice: where there are very many, those whose article was written last.
    """
    fields: IncidentFields = ctx.item.fields
    known = _newest(ctx.items(PROBLEM, states=PUBLISHED, cis__any=fields.cis))
    if fields.category:
        alike = ctx.items(PROBLEM, states=PUBLISHED, category=fields.category)
        known += _newest(problem for problem in alike if not (problem.fields.cis and fields.cis))
    ctx.set(known_errors=known[:KNOWN_ERRORS_SHOWN])


def _newest(problems: Iterable[ItemView]) -> list[KnownError]:
    """The known facts about the problems, what was written last at the top."""
    written = [problem for problem in problems if problem.fields.known_error_article]
    written.sort(key=lambda problem: problem.edited_at("known_error_article") or problem.created_at)
    return [
        KnownError(problem=problem.key, article=problem.fields.known_error_article)
        for problem in reversed(written)
    ]


@effect("itil")
def look_for_pattern(ctx: EffectContext) -> None:
    """Make a problem if incidents of one category on one item accumulate, or link the open one.

    Source: ITIL 4, practice Problem management: problem identification by trends. Settings: `proactive_incidents`
    within `proactive_period`.
    """
    fields: IncidentFields = ctx.item.fields
    if ctx.linked(CAUSED_BY_PROBLEM) or not fields.category:
        return
    since = ctx.now - ctx.settings.proactive_period
    for key in fields.cis:
        # Incidents made in the period are open, or were resolved in it: earlier ones are not read.
        same: dict[str, Any] = {"category": fields.category, "cis__has": key}
        still_open = ctx.items(INCIDENT, states=_UNRESOLVED, **same)
        resolved = ctx.items(INCIDENT, states=_RESOLVED, resolved_at__ge=since, **same)
        recent = [incident for incident in (*still_open, *resolved) if incident.created_at >= since]
        problems = _problems_of(ctx, recent)
        alike = [incident for incident in recent if not _is_explained(incident, problems)]
        if len(alike) >= ctx.settings.proactive_incidents:
            item = ctx.get(key)
            where = key if item is None else item.title
            _gather(
                ctx, alike, problems, key, f"{len(alike)} incidents of category {fields.category} on {where}"
            )
            return


def _problems_of(ctx: EffectContext, incidents: list[ItemView]) -> dict[str, ItemView]:
    """The problems of the incidents by key, read at once: hundreds of incidents may have the same one."""
    keys = dict.fromkeys(key for each in incidents for key in each.links.get(CAUSED_BY_PROBLEM, ()))
    return {problem.key: problem for problem in ctx.get_all(keys)}


def _is_explained(incident: ItemView, problems: Mapping[str, ItemView]) -> bool:
    """Whether its problem has ended; later incidents do not belong to it."""
    own = incident.links.get(CAUSED_BY_PROBLEM, ())
    return any(problems[key].state not in _OPEN for key in own if key in problems)


def _gather(
    ctx: EffectContext, incidents: list[ItemView], problems: Mapping[str, ItemView], item: str, title: str
) -> None:
    """Link the incidents to the problem that one of them has already, or to a new one."""
    linked = (key for each in incidents for key in each.links.get(CAUSED_BY_PROBLEM, ()))
    there = next((key for key in linked if key in problems), None)
    problem = (
        there
        if there is not None
        else ctx.create(
            PROBLEM,
            title,
            source=Source.PROACTIVE,
            category=ctx.item.fields.category,
            cis=[item],
            impact=min((each.fields.impact for each in incidents if each.fields.impact), default=None),
            urgency=min((each.fields.urgency for each in incidents if each.fields.urgency), default=None),
        )
    )
    for incident in incidents:
        if not incident.links.get(CAUSED_BY_PROBLEM):
            ctx.link(CAUSED_BY_PROBLEM, problem, source=incident.key)


@effect("itil")
def problem_of_major(ctx: EffectContext) -> None:
    """Make a problem of a major incident that was stood down, as its cause has to be found."""
    fields: IncidentFields = ctx.item.fields
    if ctx.linked(CAUSED_BY_PROBLEM):
        return
    problem = ctx.create(
        PROBLEM,
        f"Cause of major incident {ctx.item.key}: {ctx.item.title}"[:200],
        source=Source.MAJOR_INCIDENT,
        category=fields.category,
        cis=list(fields.cis),
        impact=fields.impact,
        urgency=fields.urgency,
    )
    ctx.link(RAISED_FROM, ctx.item.key, source=problem)
    ctx.link(CAUSED_BY_PROBLEM, problem)


@effect("itil")
def recurs(ctx: EffectContext) -> None:
    """Reopen an observed problem because of an incident after its fix."""
    problem = ctx.get(ctx.sent["target"])
    if problem is None or problem.state != "observing":
        return
    since = problem.fields.observing_since or problem.state_since
    if ctx.item.created_at >= since:
        ctx.fire(problem.key, "recur", comment=f"incident {ctx.item.key} came up since the fix")


# On a change


@effect("itil")
def settle_problems(ctx: EffectContext) -> None:
    """Move the problems that this change was to fix, by its outcome, once no other change is under way for them."""
    for problem in ctx.linking(FIXED_BY_CHANGE):
        if problem.type != PROBLEM or problem.state != "fixing":
            continue
        fixes = fixes_of(ctx, problem.key)
        if any(change.state not in _ENDED for change in fixes):
            continue
        made = [change for change in fixes if change.state == "closed"]
        good = bool(made) and made[-1].fields.outcome in _GOOD
        ctx.fire(
            problem.key,
            "fix_done" if good else "fix_failed",
            comment=ended(ctx.item),
        )
