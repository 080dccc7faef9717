"""The checks of a change that was done: verified, restored if it failed, reviewed, documented, confirmed.

Source throughout: ITIL 4, practice Change enablement.
"""

from __future__ import annotations

from placet import (
    Action,
    ApprovalStatus,
    ApprovalView,
    CheckContext,
    Verdict,
    blocked,
    check,
    empty_fields,
    named,
    passed,
    strictest,
    unconfirmed,
)
from placet_itil_change.changes.computed import RISK_QUESTIONS, review_reasons
from placet_itil_change.changes.fields import ChangeFields, ChangeOutcome, ChangeType, Reason
from placet_itil_change.ids import CAUSED_BY_CHANGE, CHANGE_REVIEW, ECAB_APPROVAL, RAISED_FROM
from placet_itil_change.roles import (
    CHANGE_IMPLEMENTER,
    CHANGE_INITIATOR,
    CHANGE_MANAGER,
    CONFIGURATION_MANAGER,
    DUTY_MANAGER,
    RESOLVER,
)
from placet_itil_change.wording import standing

#: States of a change whose work has not ended.
_UNDER_WAY = ("implement", "backing_out", "failed")
#: Characters of a verification note, at least.
VERIFICATION_LENGTH = 20


@check("itil")
def failure_incident(ctx: CheckContext) -> Verdict:
    """The service that a failed change broke is restored: an incident says what, and all its incidents are resolved.

    Incidents from before the work began are not damage of it.
    """
    began = ctx.item.fields.actual_start or ctx.item.created_at
    incidents = [each for each in ctx.linking(CAUSED_BY_CHANGE) if each.created_at >= began]
    waiting = [each for each in incidents if each.state not in {"resolved", "closed", "cancelled"}]
    if incidents and not waiting and any(each.state != "cancelled" for each in incidents):
        return passed(incidents=[each.key for each in incidents])
    return blocked(
        "the service is not restored: {incidents:standing and}"
        if waiting
        else "no incident says what it broke",
        remedy=f"restore the service, and resolve {'it' if len(waiting) == 1 else 'them'}"
        if waiting
        else "record the incident that it caused, and link it",
        who=[RESOLVER.id],
        message_id="itil.failure_incident" if waiting else "itil.failure_incident.none",
        params={"incidents": [standing(each) for each in waiting]} if waiting else {},
        actions=[]
        if waiting
        else [Action("create", "Record an incident", "/items", ("summary", "symptoms", "channel"))],
    )


@check("itil", characters=VERIFICATION_LENGTH)
def verification(ctx: CheckContext) -> Verdict:
    """Somebody has verified that the service works, and says how.

    Reads: `verification_note`, and evidence of kind `verification`, both only since the item entered this state, as
    earlier notes are not results of the work.
    """
    since = ctx.item.state_since
    written = ctx.now if "verification_note" in ctx.sent else ctx.item.edited_at("verification_note")
    note = (ctx.item.fields.verification_note or "").strip() if written and written >= since else ""
    if len(note) >= VERIFICATION_LENGTH:
        return passed(characters=len(note))
    found = [each for each in ctx.evidence("verification") if each.at >= since]
    if found:
        return passed(evidence=[each.name for each in found])
    return blocked(
        "the result is not verified: the note has {given:count character}, at least {needed} are required, and no"
        " evidence is attached",
        remedy="write in the verification note how you saw that the service works",
        who=[CHANGE_IMPLEMENTER.id],
        params={"given": len(note), "needed": VERIFICATION_LENGTH},
        inputs=["verification_note"],
    )


@check("itil")
def outcome(ctx: CheckContext) -> Verdict:
    """A completed change was a success, with or without issues; without, where no outcome is given."""
    said = ctx.sent.get("outcome")
    if said in (None, ChangeOutcome.SUCCESSFUL, ChangeOutcome.SUCCESSFUL_WITH_ISSUES):
        return passed(outcome=str(said or ChangeOutcome.SUCCESSFUL))
    return blocked(
        "a change with the outcome {outcome:word} is not complete",
        remedy="back it out, or declare it failed",
        who=[CHANGE_IMPLEMENTER.id],
        params={"outcome": str(said)},
    )


@check("itil")
def pir_filled(ctx: CheckContext) -> Verdict:
    """Where a post-implementation review is needed, somebody other than the implementer stands by its findings.

    Reads: `pir_reviewer`, who confirms `pir_findings` and `pir_actions` as they are.
    """
    fields: ChangeFields = ctx.item.fields
    reasons = review_reasons(ctx)
    if not reasons:
        return passed(pir_required=False)
    missing = empty_fields(fields, "pir_reviewer", "pir_findings")
    if not missing and fields.pir_reviewer != fields.implementer:
        waiting = ctx.confirmation(CHANGE_REVIEW).missing
        if waiting:
            return unconfirmed(ctx, CHANGE_REVIEW, waiting)
        return passed(pir_reviewer=fields.pir_reviewer, why=reasons)
    return blocked(
        "a review is required because {why:and}; missing: {fields:field}"
        if missing
        else "a review is required because {why:and}; its reviewer {reviewer:person} implemented the change",
        remedy="have somebody who did not implement it enter the findings"
        if missing
        else "name a reviewer who did not implement it",
        who=[CHANGE_MANAGER.id],
        message_id="itil.pir_filled" if missing else "itil.pir_filled.reviewer",
        params={"why": reasons} | ({"fields": missing} if missing else {"reviewer": fields.pir_reviewer}),
        actions=[
            Action(
                "edit", "Review", f"/items/{ctx.item.key}", ("pir_reviewer", "pir_findings", "pir_actions")
            )
        ],
    )


@check("itil")
def retro_docs(ctx: CheckContext) -> Verdict:
    """An emergency is closed with plans, risk answers, test evidence, the board's vote, and its incident linked.

    The incident is its ground, and remains the one that it was started for. One for security may have been started
    without any.
    """
    fields: ChangeFields = ctx.item.fields
    if fields.type is not ChangeType.EMERGENCY:
        return passed(type=fields.type.value)
    verdicts: list[Verdict] = []
    missing = empty_fields(fields, "implementation_plan", "backout_plan", *RISK_QUESTIONS)
    if missing:
        verdicts.append(
            blocked(
                "missing after the emergency: {fields:field}",
                remedy="document the emergency",
                who=[CHANGE_IMPLEMENTER.id],
                params={"fields": missing},
            )
        )
    groundless = (
        fields.started_for is None and fields.incident is None and fields.reason is not Reason.SECURITY
    )
    asked = ctx.approval(ECAB_APPROVAL)
    # The incident is material to the board's vote: a decision in force is for the one that is linked now.
    decided_anew = asked is not None and asked.status is ApprovalStatus.GRANTED
    if groundless or (fields.started_for not in (None, fields.incident) and not decided_anew):
        verdicts.append(_groundless(ctx))
    if not ctx.evidence("test_result"):
        verdicts.append(
            blocked(
                "no test evidence is attached after the emergency",
                remedy="attach the result of a test of what was done",
                who=[CHANGE_IMPLEMENTER.id],
                message_id="itil.retro_docs.test_evidence",
                actions=[
                    Action("attach", "Attach a test result", f"/items/{ctx.item.key}/evidence", ("file",))
                ],
            )
        )
    if not _board_decided(asked):
        verdicts.append(_undecided(asked))
    return strictest(verdicts) if verdicts else passed(votes=asked.summary if asked else "")


def _board_decided(asked: ApprovalView | None) -> bool:
    """The board's decision lapses after a day, but it was taken; the same is true for a refusal that came too late."""
    if asked is None:
        return False
    lapsed = asked.status is ApprovalStatus.EXPIRED and asked.approvals >= asked.needed
    return lapsed or asked.status in (ApprovalStatus.GRANTED, ApprovalStatus.REFUSED)


def _undecided(asked: ApprovalView | None) -> Verdict:
    pending = asked is not None and asked.status is ApprovalStatus.PENDING
    return blocked(
        "the emergency board has not decided on it",
        remedy="ask the members of the emergency board to vote"
        if pending
        else "ask the emergency board again",
        who=asked.missing if asked is not None and pending else [CHANGE_MANAGER.id, DUTY_MANAGER.id],
        message_id="itil.retro_docs.votes",
    )


def _groundless(ctx: CheckContext) -> Verdict:
    fields: ChangeFields = ctx.item.fields
    started, linked = (ctx.get(key) if key else None for key in (fields.started_for, fields.incident))
    if started is None:
        message, remedy, suffix = (
            "no incident is linked that the emergency was raised from",
            "link it",
            "none",
        )
    elif linked is None:
        message = "the emergency was started for {started}, which is not linked any more"
        remedy, suffix = "link it again", "incident"
    else:
        message = "the emergency was started for {started}, and not for {linked}, which is linked"
        remedy = "have the emergency board decide on it, or remove the link to it, and link {started} again"
        suffix = "another"
    return blocked(
        message,
        remedy=remedy,
        who=[CHANGE_INITIATOR.id, CHANGE_MANAGER.id],
        message_id=f"itil.retro_docs.{suffix}",
        params={
            name: named(each) for name, each in (("started", started), ("linked", linked)) if each is not None
        },
        actions=[Action("link", "Link an incident", f"/items/{ctx.item.key}/links", (RAISED_FROM,))],
    )


@check("itil")
def real_times(ctx: CheckContext) -> Verdict:
    """The real times of an emergency lie in the past, in order, and its end is known only once the work has ended.

    Reads: `actual_start` and `actual_end` as sent.
    """
    fields: ChangeFields = ctx.item.fields
    start, end = fields.actual_start, fields.actual_end
    verdicts: list[Verdict] = []
    if "actual_end" in ctx.sent and ctx.item.state in _UNDER_WAY:
        verdicts.append(
            blocked(
                "it has not ended: it is in {state:state}",
                remedy="leave its end out until the work has ended",
                who=[CHANGE_IMPLEMENTER.id],
                message_id="itil.real_times.under_way",
                params={"state": f"{ctx.item.type}:{ctx.item.state}"},
            )
        )
    verdicts += [
        blocked(
            "{moment:moment} is in the future, and real times are not",
            remedy="enter when it really was",
            who=[CHANGE_IMPLEMENTER.id],
            message_id="itil.real_times.future",
            params={"moment": moment},
        )
        for moment in (start, end)
        if moment is not None and moment > ctx.now
    ]
    if start is not None and end is not None and end < start:
        verdicts.append(
            blocked(
                "it ended on {end:moment}, before it began on {start:moment}",
                remedy="correct the times",
                who=[CHANGE_IMPLEMENTER.id],
                message_id="itil.real_times.order",
                params={"start": start, "end": end},
            )
        )
    return strictest(verdicts) if verdicts else passed(actual_start=start, actual_end=end)


@check("itil")
def ci_confirmed(ctx: CheckContext) -> Verdict:
    """Somebody responsible has confirmed the records of the affected items.

    Reads: `confirmed_cis` and `no_data_change` as sent with `confirm_items`, which the configuration manager or an
    implementer makes.
    """
    fields: ChangeFields = ctx.item.fields
    said = ctx.item.doers("transition:confirm_items")
    open_items = [key for key in fields.cis if key not in fields.confirmed_cis]
    if said and (fields.no_data_change or not open_items):
        return passed(confirmed_by=list(said))
    return blocked(
        "the records of {n:count item} are not confirmed: {items:and}"
        if open_items
        else "nobody has confirmed the records of its items",
        remedy="update the records and confirm them, or confirm that none has changed",
        who=[CONFIGURATION_MANAGER.id, CHANGE_IMPLEMENTER.id],
        message_id="itil.ci_confirmed" if open_items else "itil.ci_confirmed.nobody",
        params={"n": len(open_items), "items": [named(item) for item in ctx.get_all(open_items)]}
        if open_items
        else {},
        actions=[
            Action(
                "transition",
                "Confirm",
                f"/items/{ctx.item.key}/transitions",
                ("confirmed_cis", "no_data_change"),
            )
        ],
    )
