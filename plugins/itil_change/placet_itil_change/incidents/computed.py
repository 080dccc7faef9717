"""The fields of an incident that follow from others: its priority, and whether it is a major incident."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from placet import SYSTEM, CheckContext, Computed, ItemView, named
from placet_itil_change.ids import CAUSED_BY_CHANGE, CHANGE
from placet_itil_change.incidents.fields import IncidentFields, Major
from placet_itil_change.incidents.priority import Priority, priority
from placet_itil_change.incidents.settings import MajorCriterion

#: An incident is a candidate for a major one if an item of this criticality is down.
CRITICAL = 5
#: Incidents within this time after a change are taken to need immediate attention because of it.
SOON = timedelta(hours=24)


def declared(fields: IncidentFields) -> bool:
    """Whether it is a declared major incident that has not been stood down."""
    begun, ended = fields.major_declared_at, fields.major_stood_down_at
    return begun is not None and (ended is None or ended < begun)


def usual_priority(ctx: CheckContext, fields: IncidentFields) -> Priority | None:
    """The priority that an incident manager chose; else that of the matrix."""
    return fields.priority_override or priority(ctx.settings.priority_matrix, fields.impact, fields.urgency)


def priority_of(ctx: CheckContext) -> Priority | None:
    """P1 while it is a declared major incident; else what an incident manager chose; else by the matrix."""
    return Priority.P1 if declared(ctx.item.fields) else usual_priority(ctx, ctx.item.fields)


def rating(incident: ItemView) -> tuple[object, ...]:
    """All that its priority follows from while no major incident is declared."""
    fields: IncidentFields = incident.fields
    override = fields.priority_override
    return (fields.impact, fields.urgency) if override is None else (override,)


def raters(incident: ItemView) -> set[str]:
    """The people whose word the priority of an incident is, as it is now.

    While it is a declared major incident, it is the word of the one who declared it; where an incident manager set it,
    theirs. Otherwise it is that of those who triaged it, and where nobody has changed its impact and urgency, also of
    those who recorded it. An edit is nobody's word until somebody triages it.
    """
    fields: IncidentFields = incident.fields
    if declared(fields):
        return set() if fields.declared_by is None else {fields.declared_by} - {SYSTEM}
    if fields.priority_override is not None:
        return {*fields.rated_by}
    changed = [at for name in ("impact", "urgency") if (at := incident.edited_at(name)) is not None]
    rated = max(changed, default=incident.created_at)
    said: set[str] = set()
    if rated == incident.created_at:
        said.update(incident.doers("create"))
    if fields.rated_at is not None and fields.rated_at >= rated:
        said.update(fields.rated_by)
    return said - {SYSTEM}


def unauthorized(ctx: CheckContext) -> bool | None:
    """Whether its items were changed at the given moment while no change on them was being done.

    Source: ITIL 4, practice Change enablement: items are changed by changes alone. A change covers the time from its
    real start to its real end; `None` where nobody found that an item was changed.
    """
    fields: IncidentFields = ctx.item.fields
    at = fields.item_changed_at
    if at is None:
        return None
    ended = ctx.items(CHANGE, states=("review", "closed"), cis__any=fields.cis, actual_end__ge=at)
    under_way = ctx.items(CHANGE, states=("implement", "backing_out", "failed"), cis__any=fields.cis)
    begun = (change.fields.actual_start for change in (*ended, *under_way))
    return not any(start is not None and start <= at for start in begun)


def met_criteria(ctx: CheckContext) -> Iterator[str]:
    """The reasons for which it is a candidate for a major incident, in words.

    Source: ITIL 4, practice Incident management: major incidents are distinguished by agreed criteria.
    """
    fields: IncidentFields = ctx.item.fields
    wanted = ctx.settings.major_criteria
    if MajorCriterion.PRIORITY_1 in wanted and fields.priority is Priority.P1:
        yield "its priority is P1"
    affected = fields.users_affected or 0
    if MajorCriterion.USERS_AFFECTED in wanted and affected >= ctx.settings.major_users_affected:
        yield f"{affected} users are affected"
    if MajorCriterion.CRITICAL_SERVICE_DOWN in wanted and fields.service_down:
        items = [item for item in map(ctx.get, fields.cis) if item is not None]
        critical = [item for item in items if getattr(item.fields, "criticality", 0) >= CRITICAL]
        yield from (f"{named(item)} is down" for item in critical)
    if MajorCriterion.REGULATED_DATA_EXPOSED in wanted and fields.regulated_data_exposed:
        yield "regulated data are exposed"


def unmet_criteria(ctx: CheckContext) -> Iterator[str]:
    """Each agreed criterion with the recorded value, for somebody who expected it to be met."""
    fields: IncidentFields = ctx.item.fields
    found = {
        MajorCriterion.PRIORITY_1: f"P1 (it is {fields.priority or 'not classified'})",
        MajorCriterion.USERS_AFFECTED: f"{ctx.settings.major_users_affected} users affected"
        f" ({'none entered' if fields.users_affected is None else fields.users_affected})",
        MajorCriterion.CRITICAL_SERVICE_DOWN: "a critical service down"
        f" ({'it is not one of criticality 5' if fields.service_down else 'not ticked'})",
        MajorCriterion.REGULATED_DATA_EXPOSED: "regulated data exposed (not ticked)",
    }
    yield from (found[each] for each in ctx.settings.major_criteria)


def major(ctx: CheckContext) -> Major:
    """Its status as a major incident."""
    fields: IncidentFields = ctx.item.fields
    if declared(fields):
        return Major.DECLARED
    if fields.major_stood_down_at is not None:
        return Major.STOOD_DOWN
    return Major.CANDIDATE if any(met_criteria(ctx)) else Major.NO


def soon_after_change(ctx: CheckContext) -> bool:
    """A change that caused it had ended less than a day before it was recorded, or had not ended.

    Source: DORA, change fail rate: what needs immediate attention after a deployment.
    """
    causes = [change.fields.actual_end for change in ctx.linked(CAUSED_BY_CHANGE)]
    return any(end is None or ctx.item.created_at < end + SOON for end in causes)


#: In this order: each may read the ones before it.
COMPUTED = (
    Computed("priority", priority_of),
    Computed("major", major),
    Computed("soon_after_change", soon_after_change),
    Computed("unauthorized", unauthorized),
)
