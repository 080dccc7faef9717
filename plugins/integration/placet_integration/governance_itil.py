"""Bridges between governance and ITIL: announced outages, lessons of problems, known errors as risks.

Source: ITIL 4, practices Change enablement, Problem management and Continual improvement; COBIT 2019, APO12.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from placet import (
    Action,
    Approval,
    ApprovalStatus,
    Ballot,
    Change,
    CheckContext,
    Computed,
    Duty,
    EffectContext,
    Extension,
    Gate,
    ItemKey,
    ItemView,
    Panel,
    Quorum,
    Ref,
    Transition,
    Verdict,
    blocked,
    check,
    passed,
)
from placet_integration.steering.effects import offer_improvement

_CHANGE, _PROBLEM, _INCIDENT = "itil.change", "itil.problem", "itil.incident"
_CAUSED_BY_CHANGE, _CAUSED_BY_PROBLEM = "itil.caused_by_change", "itil.caused_by_problem"
_COMMUNICATION, _LESSON, _RISK = "governance.communication", "governance.lesson", "governance.risk"
_INFORMS, _RAISED_FROM = "governance.informs", "governance.raised_from"
_SENT = ("sent", "acknowledged")
#: The fields of a change that a notification of its outage says.
_ANNOUNCED = ("planned_start", "planned_end", "planned_outage_min")
_PLAN_ONE = Action("create", "Plan a communication", "/items", ("audience", "message", "channel", "due_at"))
_OPEN_RISK = ("identified", "assessed", "responding", "accepted")
#: The lessons that a review looks at.
_MOST_LESSONS = 100
_Lessons = Annotated[tuple[Annotated[ItemKey, Ref(_LESSON)], ...], Field(max_length=_MOST_LESSONS)]
_MODEL = "itil.change_model"
#: Transitions after which a change model is looked at by somebody.
_MODEL_REVIEWED = ((_MODEL, "propose_model"), (_MODEL, "suspend_model"))
#: Computed fields of a problem: the keys of its high risks, and the highest score of them.
_RISKS, _RISK_SCORE = "high_risks", "high_risk_score"

#: Who may request that the IT director accepts an error, too.
_ASKING = ("itil.service_owner", "itil.problem_manager")
ERROR_ACCEPTANCE = Approval(
    "integration.error_acceptance",
    "Acceptance of a known error that is a high risk",
    Panel(Ballot(["itil.it_director"], Quorum.any())),
    material_fields={
        **dict.fromkeys(
            ("root_cause", "workaround", "no_workaround_reason", "impact", "urgency"), Change.ANY
        ),
        # A risk that was raised, or has become high, since the director was asked.
        _RISKS: Change.ADDED,
        _RISK_SCORE: Change.HIGHER,
    },
)
REQUEST_ACCEPTANCE = Transition("request_acceptance", ["known_error"], "same", _ASKING)
ACCEPTED_BY_TWO = Duty(
    "integration.error_accepted_by_two",
    "who accepts a high risk as IT director does not accept the error as service owner",
    acts=[f"vote:{ERROR_ACCEPTANCE.id}"],
    bars=["transition:accept_known_error"],
)


@check("integration")
def notice_given(ctx: CheckContext) -> Verdict:
    """Those whom an outage affects were notified before: some business days ahead, or in an emergency at all.

    A notification of an earlier plan does not count: it was sent before the times or the outage last changed. Neither
    does one that was about something else when it was sent, and was linked to the change afterwards.
    Reads: `planned_outage_min`, `planned_start`; communications that inform of the change. Setting: `outage_notice`.
    """
    fields = ctx.item.fields
    minutes: int = fields.planned_outage_min or 0
    if minutes == 0:
        return passed(planned_outage_min=0)
    everything = _notified(ctx)
    planned = max(filter(None, map(ctx.item.edited_at, _ANNOUNCED)), default=None)
    sent = [at for at in everything if planned is None or at >= planned]
    days, start = _demanded(ctx)
    required = "; the required notice is {days:count business day}" if days else ""
    if sent:
        earliest = ctx.workspace.calendar.add_days(sent[0], days)
        if earliest <= start:
            return passed(sent_at=sent[0])
        return blocked(
            "an outage of {minutes} min is planned, and its users were notified on {sent:moment}" + required,
            remedy="plan the start for {earliest:moment} or later",
            who=["itil.change_manager"],
            earliest=earliest,
            message_id="integration.notice_given.late",
            params={"minutes": minutes, "days": days, "sent": sent[0], "earliest": earliest},
        )
    if everything:
        return blocked(
            "an outage of {minutes} min is planned, and its users were notified of an earlier plan, on {sent:moment};"
            " it changed on {planned:moment}" + required,
            remedy="send a communication that informs of the plan as it is now",
            who=["governance.communication_owner"],
            message_id="integration.notice_given.former",
            params={"minutes": minutes, "days": days, "sent": everything[-1], "planned": planned},
            actions=[_PLAN_ONE],
        )
    return blocked(
        "an outage of {minutes} min is planned, and nobody was notified" + required,
        remedy="send a communication that informs of this change",
        who=["governance.communication_owner"],
        params={"minutes": minutes, "days": days},
        actions=[_PLAN_ONE],
    )


def _demanded(ctx: CheckContext) -> tuple[int, datetime]:
    """The business days of notice, and the start before which they have to pass."""
    if ctx.item.fields.type == "emergency":
        return 0, ctx.now
    return ctx.settings.outage_notice, ctx.item.fields.planned_start or ctx.now


def _notified(ctx: CheckContext) -> list[datetime]:
    """When those whom the change affects were notified of it, in order."""
    return sorted(
        each.fields.sent_at
        for each in ctx.linking(_INFORMS)
        if each.type == _COMMUNICATION
        and each.state in _SENT
        and each.fields.sent_at is not None
        and ctx.item.key in each.fields.sent_about
    )


@check("integration")
def error_risk(ctx: CheckContext) -> Verdict:
    """A known error that is a high risk is accepted by its service owner and by the IT director, another person.

    Reads: risks raised from the problem; the vote `integration.error_acceptance`. Setting: `error_risk_from`, the score
    after the response, or before one.
    """
    limit: int = ctx.settings.error_risk_from
    high = _high(ctx)
    asked = ctx.approval(ERROR_ACCEPTANCE.id)
    if not high or (asked is not None and asked.status is ApprovalStatus.GRANTED):
        return passed(risks=[risk.key for risk, _ in high])
    waits = asked is not None and asked.status is ApprovalStatus.PENDING
    return blocked(
        "from a risk score of {limit} on the IT director accepts a known error too: {risks:and}",
        remedy="ask {directors:person or} for the vote, or respond to the risk"
        if waits
        else "request the acceptance of {directors:person or}, or respond to the risk",
        who=["itil.it_director"] if waits else list(_ASKING),
        message_id="integration.error_risk.waits" if waits else "",
        actions=()
        if waits
        else [
            Action(
                "transition",
                "Request acceptance",
                f"/items/{ctx.item.key}/transitions",
                (REQUEST_ACCEPTANCE.name,),
            )
        ],
        params={
            "risks": [f"'{risk.title}' ({risk.key}) has a score of {score}" for risk, score in high],
            "limit": limit,
            "directors": list(ctx.holders("itil.it_director")) or ["itil.it_director"],
        },
    )


def _high(ctx: CheckContext) -> list[tuple[ItemView, int]]:
    """The open risks raised from the problem that are high ones, each with its score."""
    limit: int = ctx.settings.error_risk_from
    return [
        (risk, score)
        for risk in ctx.linking(_RAISED_FROM)
        if risk.type == _RISK and risk.state in _OPEN_RISK and (score := _score(risk)) >= limit
    ]


def _score(risk: ItemView) -> int:
    return risk.fields.residual_score or risk.fields.score or 0


def high_risks(ctx: CheckContext) -> list[str]:
    """The keys of the problem's high risks: the IT director accepts these, and no others."""
    return sorted(risk.key for risk, _ in _high(ctx))


def high_risk_score(ctx: CheckContext) -> int | None:
    """The highest score of the problem's high risks; `None` without one."""
    return max((score for _, score in _high(ctx)), default=None)


COMMUNICATION_SENT = Gate("integration.communication_sent", "Affected users notified in time", notice_given)
ERROR_RISK = Gate("integration.error_risk_accepted", "Accepted by somebody who may", error_risk)
#: The gates, each with the transition that it is added to, and its setting.
GATES = (
    (COMMUNICATION_SENT, (_CHANGE, "start_implementation"), "bridge_communication_sent"),
    (ERROR_RISK, (_PROBLEM, "accept_known_error"), "bridge_error_risk"),
)


def extend(catalog: Extension) -> None:
    """Add the bridges that are switched on."""
    settings = catalog.settings
    for gate, (type, transition), setting in GATES:
        if getattr(settings, setting):
            catalog.add_gate(type, transition, gate)
    if settings.bridge_error_risk:
        catalog.add_field(_PROBLEM, _RISKS, tuple[str, ...], ())
        catalog.add_field(_PROBLEM, _RISK_SCORE, int)
        catalog.add_computed(_PROBLEM, Computed(_RISKS, high_risks))
        catalog.add_computed(_PROBLEM, Computed(_RISK_SCORE, high_risk_score))
        catalog.add_transition(_PROBLEM, REQUEST_ACCEPTANCE)
        catalog.add_approval(_PROBLEM, ERROR_ACCEPTANCE, asked_by=[REQUEST_ACCEPTANCE.name])
        catalog.add_duty(_PROBLEM, ACCEPTED_BY_TWO)
    catalog.add_field(
        _MODEL, "lessons", _Lessons, (), frozen_in=["draft", "proposed", "active", "suspended", "retired"]
    )
    if settings.bridge_service_improvement:
        for transition in ("assess_initiative", "begin_initiative", "finish_initiative"):
            catalog.loosen_roles(
                "governance.improvement_initiative",
                transition,
                ["itil.service_owner"],
                reason="improvements of a service are its owner's",
            )


def follow(ctx: EffectContext, at: tuple[str, str]) -> None:
    """Draw the lessons of closed problems and changes that a workspace wants, and note which incidents taught one.

    `at` has the type and the transition.
    """
    if ctx.settings.bridge_problem_lesson and at == (_PROBLEM, "close_problem"):
        _draw_lesson(ctx)
    if ctx.settings.bridge_change_lesson and at == (_CHANGE, "close_change"):
        _learn_from_review(ctx)
    if at == (_LESSON, "validate"):
        _note_learning(ctx)
        if ctx.settings.bridge_lesson_offered:
            offer_improvement(ctx)
    if ctx.settings.bridge_lesson_shown and at in _MODEL_REVIEWED:
        _show_lessons(ctx)


def _show_lessons(ctx: EffectContext) -> None:
    """A change model that is reviewed shows the lessons of the organization about changes, the newest first."""
    lessons = [
        each
        for each in ctx.items(_LESSON, states=["validated", "applied"], scope="organisation")
        if any(named == "itil" or named.startswith("itil.change") for named in each.fields.applies_to)
    ]
    newest = sorted(lessons, key=lambda each: each.created_at, reverse=True)
    ctx.set(lessons=[each.key for each in newest[:_MOST_LESSONS]])


def _note_learning(ctx: EffectContext) -> None:
    """A lesson closes the loop for the incidents that it is drawn from and that a change had caused."""
    for source in ctx.linked(_RAISED_FROM):
        for incident in _taught_by(ctx, source):
            if incident.links.get(_CAUSED_BY_CHANGE) and incident.fields.learnt_at is None:
                ctx.set_on(incident.key, learnt_at=ctx.now)


def _taught_by(ctx: EffectContext, source: ItemView) -> Sequence[ItemView]:
    """The incidents that are behind the item which a lesson was drawn from."""
    if source.type == _INCIDENT:
        return (source,)
    link = {_CHANGE: _CAUSED_BY_CHANGE, _PROBLEM: _CAUSED_BY_PROBLEM}.get(source.type)
    return ctx.linking(link, of=source.key) if link else ()


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


def _learn_from_review(ctx: EffectContext) -> None:
    """A review that looked at a change which went wrong, or had issues, is a lesson; that of a success is not."""
    fields = ctx.item.fields
    if fields.outcome == "successful" or not fields.pir_findings:
        return
    lesson = ctx.create(
        _LESSON,
        f"Review of change {ctx.item.key}: {ctx.item.title}"[:200],
        event=ctx.item.title,
        cause=fields.pir_findings,
        effect=f"the outcome was {fields.outcome.replace('_', ' ')}",
        recommendation="to be drawn from the review",
        scope="organisation",
    )
    ctx.link(_RAISED_FROM, ctx.item.key, source=lesson)
