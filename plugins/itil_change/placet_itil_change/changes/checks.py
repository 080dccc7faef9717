"""The checks of a change before it is done: described, scored, planned, tested, authorized.

The checks of the change schedule are in `schedule_checks.py` and `collision_checks.py`, those of results in
`result_checks.py`, and those of change models in `model_checks.py`.
Source throughout: ITIL 4, practice Change enablement.
"""

from __future__ import annotations

from datetime import timedelta

from placet import (
    Action,
    ApprovalStatus,
    CheckContext,
    ConfirmationStatus,
    ItemView,
    Verdict,
    approval_granted,
    blocked,
    check,
    empty_fields,
    fields_missing,
    fields_present,
    named,
    nobody_left,
    passed,
    strictest,
    unconfirmed,
)
from placet_itil_change.changes.approvals import ECAB_APPROVALS
from placet_itil_change.changes.computed import RISK_QUESTIONS
from placet_itil_change.changes.fields import (
    PLANS,
    TIMES,
    ChangeFields,
    ChangeType,
    Reason,
    kind_of,
)
from placet_itil_change.changes.risk import RiskClass
from placet_itil_change.changes.windows import affected
from placet_itil_change.ids import (
    CHANGE_APPROVAL,
    ECAB_APPROVAL,
    INCIDENT,
    RAISED_FROM,
    SPOKEN_AUTHORIZATION,
)
from placet_itil_change.incidents.computed import raters
from placet_itil_change.incidents.priority import Priority
from placet_itil_change.roles import (
    CHANGE_IMPLEMENTER,
    CHANGE_INITIATOR,
    CHANGE_MANAGER,
    DUTY_MANAGER,
    ECAB_MEMBER,
    RESOLVER,
)

#: Characters of a justification, at least.
JUSTIFICATION_LENGTH = 30
#: Priorities of incidents that an emergency may be raised from.
GRAVE = (Priority.P1, Priority.P2)
#: People whom a remedy names, at most.
NAMED = 5
#: The answer to `testing` from which on test evidence may be missing, if the board decides.
HARDLY_TESTED = 4

risk_inputs = fields_present(
    "itil.risk_inputs",
    "cis",
    *RISK_QUESTIONS,
    remedy="complete the risk assessment",
    who=[CHANGE_INITIATOR],
)

approval_quorum = approval_granted(
    "itil.approval_quorum",
    CHANGE_APPROVAL,
    again="send it back and request authorization again, or reject it",
)


@check("itil")
def implementer_able(ctx: CheckContext) -> Verdict:
    """The implementer, where one is named, holds a role that implements changes.

    Our choice. The implementer does not vote on the change, so that a name alone would take a vote away.
    """
    implementer = ctx.item.fields.implementer
    roles = (CHANGE_IMPLEMENTER.id, RESOLVER.id)
    if implementer is None or ctx.holds(implementer, *roles):
        return passed(implementer=implementer)
    able = list(dict.fromkeys(person for role in roles for person in ctx.holders(role)))
    return blocked(
        "{implementer:person} is named as implementer, and is neither {first:role} nor {second:role}",
        remedy="name {people:person or}" if able else "name somebody who can implement it",
        who=[CHANGE_INITIATOR.id, CHANGE_MANAGER.id],
        params={"implementer": implementer, "first": roles[0], "second": roles[1], "people": able[:NAMED]},
    )


@check("itil")
def change_fields(ctx: CheckContext) -> Verdict:
    """A change says what it is for and which items it touches, none of them retired; a standard one also when."""
    fields: ChangeFields = ctx.item.fields
    planned = TIMES if fields.type is ChangeType.STANDARD else ()
    missing = empty_fields(fields, "reason", "cis", *planned)
    verdicts: list[Verdict] = []
    if missing:
        verdicts.append(fields_missing(ctx, missing, remedy="complete the change", who=[CHANGE_INITIATOR.id]))
    retired = [item for item in affected(ctx) if item.state == "retired"]
    if retired:
        verdicts.append(
            blocked(
                "{items:and} is retired" if len(retired) == 1 else "{items:and} are retired",
                remedy="name the items that are used instead",
                who=[CHANGE_INITIATOR.id],
                message_id="itil.change_fields.retired",
                params={"items": [named(item) for item in retired]},
            )
        )
    return strictest(verdicts) if verdicts else passed(cis=list(fields.cis))


#: Transitions for changes of one type, in the words of a refusal.
_FOR_TYPE = {
    ChangeType.NORMAL: "only a normal change goes to the change authority of its risk class",
    ChangeType.STANDARD: "only a standard change is scheduled by its model",
    ChangeType.EMERGENCY: "only an emergency goes to the emergency board, or is documented afterwards",
}
#: The first step of each type, which leaves from `new`.
_FIRST_STEP = {
    ChangeType.NORMAL: "submit it",
    ChangeType.STANDARD: "schedule it by its model",
    ChangeType.EMERGENCY: "expedite it",
}


def _of_type(ctx: CheckContext, wanted: ChangeType) -> Verdict:
    fields: ChangeFields = ctx.item.fields
    if fields.type is wanted:
        return passed(type=fields.type.value)
    return blocked(
        f"{_FOR_TYPE[wanted]}; this is {kind_of(fields.type)}",
        remedy=_FIRST_STEP[fields.type]
        if ctx.item.state == "new"
        else f"go on with it as {kind_of(fields.type)}",
        who=[CHANGE_INITIATOR.id],
        params={"type": fields.type.value},
    )


@check("itil")
def type_normal(ctx: CheckContext) -> Verdict:
    """The change is a normal one."""
    return _of_type(ctx, ChangeType.NORMAL)


@check("itil")
def type_standard(ctx: CheckContext) -> Verdict:
    """The change is a standard one."""
    return _of_type(ctx, ChangeType.STANDARD)


@check("itil")
def type_emergency(ctx: CheckContext) -> Verdict:
    """The change is an emergency."""
    return _of_type(ctx, ChangeType.EMERGENCY)


@check("itil")
def plans(ctx: CheckContext) -> Verdict:
    """A change is planned, tested on paper, and leaves time to back it out before its planned end."""
    fields: ChangeFields = ctx.item.fields
    missing = empty_fields(fields, *PLANS, *TIMES)
    start, end, backout = fields.planned_start, fields.planned_end, fields.backout_max_min
    if missing or start is None or end is None or backout is None:
        return fields_missing(ctx, missing, remedy="complete the plans", who=[CHANGE_INITIATOR.id])
    length = end - start
    if length < timedelta(minutes=backout):
        return blocked(
            "no time is left for the back-out: it takes up to {backout} min, and {length} min are planned",
            remedy="plan the end at least {backout} min after the start",
            who=[CHANGE_INITIATOR.id],
            message_id="itil.plans.no_time",
            params={"backout": backout, "length": round(length.total_seconds() / 60)},
        )
    return passed(planned_min=round(length.total_seconds() / 60), backout_max_min=backout)


@check("itil", kind="test_result")
def test_evidence(ctx: CheckContext) -> Verdict:
    """The plan was tested as it stands, or the board decides knowing that it was not.

    Reads: evidence of kind `test_result` newer than the last edit of `implementation_plan`; else `testing` 4 or 5 with
    a class of risk that the board decides on.
    """
    fields: ChangeFields = ctx.item.fields
    found = ctx.evidence("test_result")
    edited = ctx.now if "implementation_plan" in ctx.sent else ctx.item.edited_at("implementation_plan")
    fresh = [each for each in found if edited is None or each.at >= edited]
    if fresh:
        return passed(evidence=[each.name for each in fresh])
    board = fields.risk_class in (RiskClass.HIGH, RiskClass.VERY_HIGH)
    if fields.testing is not None and fields.testing >= HARDLY_TESTED and board:
        return passed(testing=fields.testing, risk_class=str(fields.risk_class))
    return blocked(
        "the test evidence is older than the implementation plan"
        if found
        else "no test evidence is attached",
        remedy="attach the result of a test of this plan",
        who=[CHANGE_IMPLEMENTER.id],
        message_id="itil.test_evidence.old" if found else "itil.test_evidence",
        actions=[Action("attach", "Attach a test result", f"/items/{ctx.item.key}/evidence", ("file",))],
    )


@check("itil", kind="test_result")
def results_seen(ctx: CheckContext) -> Verdict:
    """Everybody who voted on a normal change had every test result before them; the others vote again.

    Reads: evidence of kind `test_result`, and the last vote of each person. The same file again is not another.
    """
    asked = ctx.approval(CHANGE_APPROVAL)
    votes = {} if asked is None else {vote.on_behalf_of or vote.actor: vote for vote in asked.votes}
    if not votes or ctx.item.fields.type is not ChangeType.NORMAL:
        return passed()
    first = min(vote.at for vote in votes.values())
    found = ctx.evidence("test_result")
    known = {each.sha256 or each.url for each in found if each.at <= first}
    later = [each for each in found if (each.sha256 or each.url) not in known]
    if not later:
        return passed(voted_at=first)
    last = max(each.at for each in later)
    people = [vote.actor for vote in votes.values() if vote.at < last]
    return blocked(
        "{people:person and} voted without seeing {results}",
        remedy="ask {people:person and} to vote again, or send it back",
        who=people,
        params={"people": people, "results": " and ".join(each.name for each in later)},
    )


def raised_from(ctx: CheckContext) -> list[ItemView]:
    """The incidents that a change was raised from."""
    return [item for item in ctx.linked(RAISED_FROM) if item.type == INCIDENT]


@check("itil", characters=JUSTIFICATION_LENGTH)
def emergency_reason(ctx: CheckContext) -> Verdict:
    """An emergency says why it cannot wait, and is raised from an incident of priority P1 or P2, or about security."""
    fields: ChangeFields = ctx.item.fields
    if fields.type is not ChangeType.EMERGENCY:
        # The other demands on an emergency are of no use to a change that goes another way.
        return _of_type(ctx, ChangeType.EMERGENCY)
    verdicts: list[Verdict] = []
    given = len((fields.emergency_justification or "").strip())
    if given < JUSTIFICATION_LENGTH:
        verdicts.append(
            blocked(
                "the justification has {given:count character}; at least {needed} are required",
                remedy="say what happens if it waits",
                who=[CHANGE_INITIATOR.id],
                message_id="itil.emergency_reason.short",
                params={"given": given, "needed": JUSTIFICATION_LENGTH},
                actions=[Action("edit", "Justify", f"/items/{ctx.item.key}", ("emergency_justification",))],
                inputs=["emergency_justification"],
            )
        )
    incidents = raised_from(ctx)
    grave = [each.key for each in incidents if each.fields.priority in GRAVE]
    if fields.reason is not Reason.SECURITY and not grave:
        linked = [f"{named(each)} is {each.fields.priority or 'not classified'}" for each in incidents]
        verdicts.append(
            blocked(
                "an emergency is raised from an incident of priority P1 or P2, or for security; {linked:and}, and its"
                " reason is {reason:word}",
                remedy="link the incident that it is raised from, or make it a normal change",
                who=[CHANGE_INITIATOR.id],
                params={"linked": linked or ["no incident is linked"], "reason": fields.reason.value},
                actions=[Action("link", "Link an incident", f"/items/{ctx.item.key}/links", (RAISED_FROM,))],
            )
        )
    return strictest(verdicts) if verdicts else passed(reason=fields.reason.value, characters=given)


@check("itil", approvals=ECAB_APPROVALS)
def ecab_quorum(ctx: CheckContext) -> Verdict:
    """The emergency board agreed: two approvals, one of them by the change manager or the duty manager."""
    asked = ctx.approval(ECAB_APPROVAL)
    if asked is not None and asked.status is ApprovalStatus.GRANTED:
        return passed(votes=asked.summary)
    given, needed = (asked.approvals, asked.needed) if asked is not None else (0, ECAB_APPROVALS)
    if asked is not None and asked.status is not ApprovalStatus.PENDING:
        return blocked(
            "the vote of the emergency board is {status:word}, with {given} of {needed} approvals",
            remedy="send the change back, or reject it"
            if asked.status is ApprovalStatus.REFUSED
            else "ask the emergency board again",
            who=[CHANGE_MANAGER.id, DUTY_MANAGER.id],
            message_id="itil.ecab_quorum.ended",
            params={"status": asked.status.value, "given": given, "needed": needed},
        )
    missing = asked.missing if asked is not None else (ECAB_MEMBER.id, CHANGE_MANAGER.id, DUTY_MANAGER.id)
    so_far = (
        "the emergency board has given {given} of {needed} approvals; one of them has to come from the change manager"
        " or the duty manager"
    )
    if asked is not None and asked.kept:
        return nobody_left(ctx, ECAB_APPROVAL, so_far, {"given": given, "needed": needed})
    return blocked(
        so_far,
        remedy="ask {missing:person or} to vote",
        who=missing,
        params={"given": given, "needed": needed, "missing": list(missing)},
        actions=[
            Action(
                "approve",
                "Decide",
                f"/items/{ctx.item.key}/approvals/{ECAB_APPROVAL}",
                ("decision", "comment"),
            )
        ],
    )


@check("itil")
def ecab_ended(ctx: CheckContext) -> Verdict:
    """The board is asked again only when its decision lapsed or was voided; a refusal stands."""
    asked = ctx.approval(ECAB_APPROVAL)
    if asked is None or asked.status in (ApprovalStatus.EXPIRED, ApprovalStatus.VOIDED):
        return passed(status=asked.status.value if asked else "never asked")
    voting = "the emergency board is voting already: {summary}"
    if asked.kept:
        return nobody_left(ctx, ECAB_APPROVAL, voting, {"summary": asked.summary})
    if asked.status is ApprovalStatus.PENDING:
        return blocked(
            voting,
            remedy="ask {missing:person or} to vote" if asked.missing else "wait for its decision",
            who=asked.missing or (CHANGE_MANAGER.id,),
            message_id="itil.ecab_ended.voting",
            params={"summary": asked.summary, "missing": list(asked.missing)},
        )
    return blocked(
        "the emergency board has {status:word} it already: {summary}",
        remedy="go on with that decision, or send the change back",
        who=[CHANGE_MANAGER.id],
        params={"status": asked.status.value, "summary": asked.summary},
    )


@check("itil")
def verbal(ctx: CheckContext) -> Verdict:
    """Somebody who may do so authorized it by voice, it is about a P1, and the organization allows that.

    The P1 is not the word of people who raise or implement the change alone: somebody else rated it, or the person who
    authorizes it has confirmed that before the work begins.

    Reads: `verbal_authorizer`, who holds duty manager or change manager; the incident that it was raised from.
    Setting: `allow_verbal_emergency`.
    """
    fields: ChangeFields = ctx.item.fields
    if fields.type is not ChangeType.EMERGENCY:
        return _of_type(ctx, ChangeType.EMERGENCY)
    if not ctx.settings.allow_verbal_emergency:
        return blocked(
            "this workspace does not allow spoken authorization",
            remedy="expedite it",
            who=[DUTY_MANAGER.id],
            message_id="itil.verbal.off",
        )
    verdicts: list[Verdict] = []
    ungrave = _without_p1(ctx)
    if ungrave is not None:
        verdicts.append(ungrave)
    if not ctx.holds(fields.verbal_authorizer, DUTY_MANAGER.id, CHANGE_MANAGER.id):
        verdicts.append(
            blocked(
                "spoken authorization comes from the duty manager or a change manager, and "
                + ("{authorizer:person} is neither" if fields.verbal_authorizer else "nobody is named"),
                remedy="name the person who gave it, or expedite the change",
                who=[DUTY_MANAGER.id],
                message_id="itil.verbal" if fields.verbal_authorizer else "itil.verbal.nobody",
                params={"authorizer": fields.verbal_authorizer} if fields.verbal_authorizer else {},
                inputs=["verbal_authorizer"],
            )
        )
    elif declined(ctx):
        verdicts.append(unconfirmed(ctx, SPOKEN_AUTHORIZATION, declined(ctx)))
    return strictest(verdicts) if verdicts else passed(verbal_authorizer=fields.verbal_authorizer)


def _without_p1(ctx: CheckContext) -> Verdict | None:
    """The verdict on a change that no P1 was raised for, or only by the word of its own people."""
    grave = [incident for incident in raised_from(ctx) if incident.fields.priority is Priority.P1]
    if not grave:
        return blocked(
            "spoken authorization needs an incident of priority P1, and none is linked",
            remedy="link the incident that it is raised from, or expedite the change",
            who=[CHANGE_INITIATOR.id],
            message_id="itil.verbal.no_p1",
        )
    if any(known_to_another(ctx, incident) for incident in grave):
        return None
    authorizer = ctx.item.fields.verbal_authorizer
    confirming = (
        "have {authorizer:person} confirm" if authorizer else "name who authorizes it, and have them confirm"
    )
    return blocked(
        "only people who raise or implement the change say that {incidents:and} has priority P1",
        remedy=f"{confirming} the authorization before the work begins, or expedite the change",
        who=[authorizer or DUTY_MANAGER.id],
        message_id="itil.verbal.own_p1",
        params={"incidents": [named(each) for each in grave]}
        | ({"authorizer": authorizer} if authorizer else {}),
    )


def known_to_another(ctx: CheckContext, incident: ItemView) -> bool:
    """Whether the priority is the word of somebody who neither raises nor implements the change.

    They rated the incident, or have confirmed the authorization, which nobody gives without its ground.
    """
    fields: ChangeFields = ctx.item.fields
    asked = ctx.confirmation(SPOKEN_AUTHORIZATION)
    confirmed = {each for each in asked.named if asked.status(each) is ConfirmationStatus.CONFIRMED}
    parties = {*ctx.item.doers("create"), fields.initiator, fields.implementer or ctx.actor}
    return not (raters(incident) | confirmed) <= parties


def declined(ctx: CheckContext) -> list[str]:
    """The person who is named for a spoken authorization and says that they did not give it."""
    asked = ctx.confirmation(SPOKEN_AUTHORIZATION)
    return [each for each in asked.named if asked.status(each) is ConfirmationStatus.DECLINED]
