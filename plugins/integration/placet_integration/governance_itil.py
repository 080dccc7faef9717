"""Bridges between governance and ITIL: announced outages, lessons of problems, known errors as risks, logged decisions.

Source: ITIL 4, practices Change enablement, Problem management and Continual improvement; COBIT 2019, EDM01 and APO12.
"""

from __future__ import annotations

from datetime import datetime

from placet import (
    SYSTEM,
    Action,
    BlockedError,
    CheckContext,
    EffectContext,
    Extension,
    Gate,
    ItemView,
    Verdict,
    blocked,
    check,
    passed,
)

_CHANGE, _PROBLEM, _INCIDENT = "itil.change", "itil.problem", "itil.incident"
_COMMUNICATION, _LESSON, _DECISION, _RISK = (
    "governance.communication",
    "governance.lesson",
    "governance.decision",
    "governance.risk",
)
_INFORMS, _RECORDS, _RAISED_FROM = "governance.informs", "governance.records", "governance.raised_from"
_SENT = ("sent", "acknowledged")
_OPEN_RISK = ("identified", "assessed", "responding", "accepted")

# fmt: off
#: Transitions that decide something, the row of the matrix of decision rights, the question, and the other way.
DECISIONS = {
    #                                  right               question                       taken           or else
    (_CHANGE, "authorize_change"):     ("normal_change",    "May the change be done?",    "authorize it", "reject it"),
    (_CHANGE, "authorize_emergency"):  ("emergency_change", "May the emergency be done?", "authorize it", "reject it"),
    (_INCIDENT, "declare_major"):      ("declare_major",    "Is it a major incident?",    "declare it",   "leave it"),
    (_PROBLEM, "accept_known_error"):  ("live_with_error",  "Is the error accepted?",    "accept it",    "fix it"),
}
# fmt: on


@check("integration")
def notice_given(ctx: CheckContext) -> Verdict:
    """Those whom an outage affects were notified before: some business days ahead, or in an emergency at all.

    Reads: `planned_outage_min`, `planned_start`; communications that inform of the change. Setting: `outage_notice`.
    """
    fields = ctx.item.fields
    minutes: int = fields.planned_outage_min or 0
    if minutes == 0:
        return passed(planned_outage_min=0)
    sent = sorted(
        each.fields.sent_at
        for each in ctx.linking(_INFORMS)
        if each.type == _COMMUNICATION and each.state in _SENT and each.fields.sent_at is not None
    )
    emergency = fields.type == "emergency"
    days: int = 0 if emergency else ctx.settings.outage_notice
    start: datetime = ctx.now if emergency else fields.planned_start or ctx.now
    if sent and ctx.workspace.calendar.add_days(sent[0], days) <= start:
        return passed(sent_at=sent[0])
    required = "; the required notice is {days:count business day}" if days else ""
    if sent:
        earliest = ctx.workspace.calendar.add_days(sent[0], days)
        return blocked(
            "an outage of {minutes} min is planned, and its users were notified on {sent:moment}" + required,
            remedy="plan the start for {earliest:moment} or later",
            who=["itil.change_manager"],
            earliest=earliest,
            message_id="integration.notice_given.late",
            params={"minutes": minutes, "days": days, "sent": sent[0], "earliest": earliest},
        )
    return blocked(
        "an outage of {minutes} min is planned, and nobody was notified" + required,
        remedy="send a communication that informs of this change",
        who=["governance.communication_owner"],
        params={"minutes": minutes, "days": days},
        actions=[
            Action("create", "Plan a communication", "/items", ("audience", "message", "channel", "due_at"))
        ],
    )


@check("integration")
def error_risk(ctx: CheckContext) -> Verdict:
    """A known error that is a high risk is accepted by the IT director.

    Reads: risks raised from the problem. Setting: `error_risk_from`, the score after the response, or before one.
    """
    limit: int = ctx.settings.error_risk_from
    high = [
        (risk, score)
        for risk in ctx.linking(_RAISED_FROM)
        if risk.type == _RISK and risk.state in _OPEN_RISK and (score := _score(risk)) >= limit
    ]
    if not high or ctx.holds(ctx.actor, "itil.it_director"):
        return passed(risks=[risk.key for risk, _ in high])
    return blocked(
        "from a risk score of {limit} on the IT director accepts a known error: {risks:and}",
        remedy="ask {directors:person or}, or respond to the risk",
        who=["itil.it_director"],
        params={
            "risks": [f"'{risk.title}' ({risk.key}) has a score of {score}" for risk, score in high],
            "limit": limit,
            "directors": list(ctx.holders("itil.it_director")) or ["itil.it_director"],
        },
    )


def _score(risk: ItemView) -> int:
    return risk.fields.residual_score or risk.fields.score or 0


COMMUNICATION_SENT = Gate("integration.communication_sent", "Affected users notified in time", notice_given)
ERROR_RISK = Gate("integration.error_risk_accepted", "Accepted by somebody who may", error_risk)


def extend(catalog: Extension) -> None:
    """Add the bridges that are switched on."""
    settings = catalog.settings
    if settings.bridge_communication_sent:
        catalog.add_gate(_CHANGE, "start_implementation", COMMUNICATION_SENT)
    if settings.bridge_error_risk:
        catalog.add_gate(_PROBLEM, "accept_known_error", ERROR_RISK)
        catalog.loosen_roles(
            _PROBLEM,
            "accept_known_error",
            ["itil.it_director"],
            reason="a known error that is a high risk is accepted by the IT director",
        )
    if settings.bridge_service_improvement:
        for transition in ("assess_initiative", "begin_initiative", "finish_initiative"):
            catalog.loosen_roles(
                "governance.improvement_initiative",
                transition,
                ["itil.service_owner"],
                reason="improvements of a service are its owner's",
            )


def follow(ctx: EffectContext, at: tuple[str, str], *, by: str) -> None:
    """Log decisions and lessons, if the workspace has switched that on.

    Args:
        ctx: of the item that was moved.
        at: its type and the transition.
        by: who made it.
    """
    if ctx.settings.decision_log and at in DECISIONS:
        _log(ctx, *DECISIONS[at], by=by)
    if ctx.settings.bridge_problem_lesson and at == (_PROBLEM, "close_problem"):
        _draw_lesson(ctx)


def _log(ctx: EffectContext, right: str, question: str, chosen: str, other: str, *, by: str) -> None:
    key = ctx.create(
        _DECISION,
        f"{question[:-1]}: {ctx.item.title}"[:200],
        question=question,
        options=[chosen, other],
        right=right,
    )
    ctx.link(_RECORDS, ctx.item.key, source=key)
    why = ctx.comment or f"{ctx.item.key} met all rules for it"
    said = {"comment": f"made on {ctx.item.key}", "chosen": chosen, "rationale": why}
    try:
        ctx.fire(key, "decide", decided_by=by, **said)
    except BlockedError:
        # The actor only carried out the decision of a board, or stood in for those who decide.
        ctx.fire(key, "decide", decided_by=SYSTEM, **said)


def _draw_lesson(ctx: EffectContext) -> None:
    fields = ctx.item.fields
    lesson = ctx.create(
        _LESSON,
        f"What problem {ctx.item.key} taught us"[:200],
        event=ctx.item.title,
        cause=fields.root_cause or "not known",
        effect=f"incidents of category {fields.category or 'unknown'}",
        recommendation=fields.fix_plan or fields.workaround or "to be said",
        scope="organisation",
    )
    ctx.link(_RAISED_FROM, ctx.item.key, source=lesson)
