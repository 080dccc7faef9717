"""The communication plan: events of ITIL that are announced, each as a communication of governance.

Source: PRINCE2 7, communication management approach; ITIL 4, practices Problem management, Incident management and
Change enablement. A workspace activates the rows that it wants, each with a channel (`communications`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from placet import EffectContext, Extension, spoken_span

COMMUNICATION = "governance.communication"
INFORMS = "governance.informs"

#: Roles of ITIL whose holders may confirm communications of the plan too.
_READERS = tuple(
    f"itil.{name}"
    for name in (
        "cab_member", "change_implementer", "change_initiator", "change_manager", "configuration_manager",
        "delegated_change_authority", "duty_manager", "ecab_member", "fulfiller", "incident_manager", "it_director",
        "major_incident_manager", "problem_manager", "request_approver", "requester", "resolver",
        "service_desk_analyst", "service_owner",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the plan."""

    #: Item types and transitions that are announced.
    at: tuple[tuple[str, str], ...]
    title: str
    #: Groups, in words.
    audience: tuple[str, ...]
    #: The text; `None` if this item concerns nobody.
    message: Callable[[EffectContext], str]
    #: The role whose holders confirm that they have read it; without it nobody has to.
    confirmed_by: str = ""


def _known_error(ctx: EffectContext) -> str:
    fields = ctx.item.fields
    return str(fields.known_error_article or fields.workaround or fields.root_cause)


def _update(ctx: EffectContext) -> str:
    return ctx.comment


def _outage(ctx: EffectContext) -> str:
    fields = ctx.item.fields
    if not fields.planned_outage_min:
        return ""
    zone = ZoneInfo(ctx.workspace.calendar.zone)
    start, end = (moment.astimezone(zone) for moment in (fields.planned_start, fields.planned_end))
    times = spoken_span(start, end, year=None)
    return f"{ctx.item.title}: expect an outage of {fields.planned_outage_min} min, {times}"


#: By the name under which a workspace activates it.
PLAN = {
    "known_error": Row(
        (("itil.problem", "identify_known_error"),),
        "Known error",
        ("service desk",),
        _known_error,
        confirmed_by="itil.service_desk_analyst",
    ),
    "major_incident_update": Row(
        (("itil.incident", "post_update"),), "Major incident", ("users", "IT director"), _update
    ),
    "planned_outage": Row(
        tuple(("itil.change", each) for each in ("authorize_change", "schedule_standard", "reschedule")),
        "Planned outage",
        ("users",),
        _outage,
    ),
}


def extend(catalog: Extension) -> None:
    """Let the readers of a plan confirm what they have read, if they hold no role of governance."""
    if catalog.settings.bridge_readers:
        catalog.loosen_roles(
            COMMUNICATION,
            "confirm_receipt",
            _READERS,
            reason="readers confirm a communication under whichever method they work",
        )


def follow(ctx: EffectContext, at: tuple[str, str]) -> None:
    """Send the plan's communication for a transition, in the same transaction."""
    for name, channel in ctx.settings.communications.items():
        row = PLAN[name]
        if at in row.at and (message := row.message(ctx)):
            _send(ctx, row, message, channel)


def _send(ctx: EffectContext, row: Row, message: str, channel: str) -> None:
    readers = list(ctx.holders(row.confirmed_by)) if row.confirmed_by else []
    key = ctx.create(
        COMMUNICATION,
        f"{row.title}: {ctx.item.title}"[:200],
        audience=list(row.audience),
        message=message,
        channel=channel,
        due_at=ctx.now,
        needs_ack=bool(readers),
        readers=readers,
    )
    ctx.link(INFORMS, ctx.item.key, source=key)
    ctx.fire(key, "send", comment=f"planned for {ctx.transition} on {ctx.item.key}")
