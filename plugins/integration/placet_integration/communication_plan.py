"""The communication plan: what happens and is announced, each time as a communication of governance.

Source: PRINCE2 7, communication management approach; ITIL 4, practices Problem management, Incident management and
Change enablement; COBIT 2019, BAI05 Managed organizational change. A workspace activates the rows that it wants, each
with a channel (`communications`). The rows here follow a transition; those that follow the calendar are in
`recurring_communications.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from placet import EffectContext, Extension, JobContext, spoken_span

COMMUNICATION = "governance.communication"
INFORMS = "governance.informs"

#: Roles of ITIL.
_READERS = tuple(
    f"itil.{name}"
    for name in (
        "cab_member", "change_implementer", "change_initiator", "change_manager", "configuration_manager",
        "delegated_change_authority", "duty_manager", "ecab_member", "fulfiller", "incident_manager", "it_director",
        "major_incident_manager", "problem_manager", "request_approver", "requester", "resolver",
        "service_desk_analyst", "service_owner",
    )
)  # fmt: skip
#: Roles of projects and teams, likewise.
_OF_PROJECTS = tuple(
    f"prince2.{name}"
    for name in (
        "executive", "senior_user", "senior_supplier", "project_manager", "team_manager", "project_assurance",
        "change_authority", "project_support",
    )
)  # fmt: skip
_OF_TEAMS = tuple(
    f"agile.{name}" for name in ("stakeholder", "product_owner", "scrum_master", "flow_manager", "developer")
)
_OF_CONTROLS = tuple(
    f"cobit.{name}" for name in ("control_owner", "control_performer", "finding_owner", "internal_auditor")
)
#: By method, the roles whose holders may confirm communications of the plan too.
READERS = {"itil": _READERS, "prince2": _OF_PROJECTS, "agile": _OF_TEAMS, "cobit": _OF_CONTROLS}
#: Everybody who holds a role of governance or ITIL.
EVERYBODY = (
    *_READERS,
    *(
        f"governance.{name}"
        for name in (
            "governance_board", "business_layer", "executive", "cio", "portfolio_manager", "objective_owner",
            "benefit_owner", "senior_user", "project_manager", "risk_owner", "lessons_owner", "communication_owner",
            "training_lead", "resource_manager", "process_owner",
        )
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the plan."""

    title: str
    #: Groups, in words.
    audience: tuple[str, ...]
    text: str
    #: The items that it is about.
    about: tuple[str, ...]
    #: Roles whose holders confirm that they have read it; without any nobody has to.
    confirmed_by: tuple[str, ...] = ()


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
    #: By transition, the state from which it is announced; others are announced from each.
    only_from: Mapping[str, str] = field(default_factory=dict)
    #: Roles whose holders confirm that they have read it; without any nobody has to.
    confirmed_by: tuple[str, ...] = ()


def _known_error(ctx: EffectContext) -> str:
    fields = ctx.item.fields
    return str(fields.known_error_article or fields.workaround or fields.root_cause)


def _update(ctx: EffectContext) -> str:
    return ctx.comment


def _outage(ctx: EffectContext) -> str:
    fields = ctx.item.fields
    if not fields.planned_outage_min:
        return ""
    return f"{ctx.item.title}: expect an outage of {fields.planned_outage_min} min, {planned(ctx, fields)}"


def _schedule(ctx: EffectContext) -> str:
    fields = ctx.item.fields
    if ctx.item.state == "scheduled":
        return f"{ctx.item.title} ({ctx.item.key}) is on the schedule: {planned(ctx, fields)}"
    return f"{ctx.item.title} ({ctx.item.key}) is not on the schedule any more"


def _rule_change(ctx: EffectContext) -> str:
    fields = ctx.item.fields
    if fields.right not in _RULE_CHANGES:
        return ""
    return f"{fields.question}\nDecided: {fields.chosen}\n{fields.rationale}"


def planned(ctx: EffectContext | JobContext, fields: Any) -> str:
    """The planned time of a change, in the workspace's zone."""
    if fields.planned_start is None or fields.planned_end is None:
        return "without a time"
    zone = ZoneInfo(ctx.workspace.calendar.zone)
    start, end = (moment.astimezone(zone) for moment in (fields.planned_start, fields.planned_end))
    return spoken_span(start, end, year=None)


def _highlights(ctx: EffectContext) -> str:
    fields = ctx.item.fields
    if fields.kind != "highlight":
        return ""
    parts = (fields.issues_risks_summary, fields.outlook)
    return "\n".join(filter(None, parts)).strip() or ctx.item.title


def _breaches(ctx: EffectContext) -> str:
    fields = ctx.item.fields
    return f"{fields.cause or ctx.item.title}\n{fields.recommendation or ''}".strip()


def _stage(ctx: EffectContext) -> str:
    fields = ctx.item.fields
    return f"{ctx.item.title} is authorized, {fields.planned_start} to {fields.planned_end}"


def _sprint(ctx: EffectContext) -> str:
    fields = ctx.item.fields
    ends = fields.planned_end.astimezone(ZoneInfo(ctx.workspace.calendar.zone))
    return f"{ctx.item.title} is reviewed when it ends, on {ends:%Y-%m-%d}: {fields.goal}"


#: Rows of the matrix of decision rights by which everybody works differently afterwards.
_RULE_CHANGES = ("switch_method", "loosen_gate")
#: Transitions that put a change on the schedule, move it there, or take it off.
_SCHEDULING = (
    "authorize_change", "authorize_emergency", "schedule_standard", "reschedule", "send_back", "cancel_change",
)  # fmt: skip

#: By the name under which a workspace activates it.
PLAN = {
    "change_schedule": Row(
        tuple(("itil.change", each) for each in _SCHEDULING),
        "Change schedule",
        ("service owners", "service desk"),
        _schedule,
        only_from={"send_back": "scheduled", "cancel_change": "scheduled"},
    ),
    "highlight_report": Row(
        (("prince2.report", "issue_report"),), "Highlight report", ("project board",), _highlights
    ),
    "exception_report": Row(
        (("prince2.exception", "submit_report"),),
        "Exception report",
        ("project executive",),
        _breaches,
        confirmed_by=("prince2.executive",),
    ),
    "stage_decision": Row(
        (("prince2.stage", "authorize_stage"),), "Stage authorized", ("everybody in the project",), _stage
    ),
    "sprint_review": Row((("agile.sprint", "start_sprint"),), "Sprint review", ("stakeholders",), _sprint),
    "rule_change": Row(
        (("governance.decision", "decide"),),
        "Rules change",
        ("all role holders",),
        _rule_change,
        confirmed_by=EVERYBODY,
    ),
    "known_error": Row(
        (("itil.problem", "identify_known_error"),),
        "Known error",
        ("service desk",),
        _known_error,
        confirmed_by=("itil.service_desk_analyst",),
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
    if not catalog.settings.bridge_readers:
        return
    why = "readers confirm a communication under whichever method they work"
    for method, roles in READERS.items():
        if method in catalog.methods:
            catalog.loosen_roles(COMMUNICATION, "confirm_receipt", roles, reason=why)


def follow(ctx: EffectContext, at: tuple[str, str], *, from_state: str) -> None:
    """Send the plan's communication for a transition, in the same transaction."""
    for name, channel in ctx.settings.communications.items():
        row = PLAN.get(name)
        if row is None or at not in row.at or row.only_from.get(at[1], from_state) != from_state:
            continue
        if message := row.message(ctx):
            title = f"{row.title}: {ctx.item.title}"
            why = f"planned for {ctx.transition} on {ctx.item.key}"
            send(ctx, Message(title, row.audience, message, (ctx.item.key,), row.confirmed_by), channel, why)


def send(
    ctx: EffectContext | JobContext, message: Message, channel: str, why: str, *, readers: Iterable[str] = ()
) -> None:
    """Make a communication, and send it; who is named in `readers` confirms it besides the holders of its roles."""
    of_roles = (person for role in message.confirmed_by for person in ctx.holders(role))
    readers = list(dict.fromkeys((*readers, *of_roles)))
    key = ctx.create(
        COMMUNICATION,
        message.title[:200],
        audience=list(message.audience),
        message=message.text,
        channel=channel,
        due_at=ctx.now,
        needs_ack=bool(readers),
        readers=readers,
    )
    for item in message.about:
        ctx.link(INFORMS, item, source=key)
    ctx.fire(key, "send", comment=why)
