"""The checks of a request and of a request model.

Source throughout: ITIL 4, practice Service request management.
"""

from __future__ import annotations

from placet import (
    Action,
    CheckContext,
    Verdict,
    approval_granted,
    blocked,
    check,
    empty_fields,
    fields_missing,
    named,
    passed,
    strictest,
)
from placet_itil_change.changes.fields import ChangeOutcome
from placet_itil_change.ids import IMPLEMENTS, REQUEST_APPROVAL
from placet_itil_change.requests.approvals import Approver, approvers, model_of
from placet_itil_change.requests.fields import RequestModelFields, ServiceRequestFields
from placet_itil_change.requests.forms import faults
from placet_itil_change.roles import (
    CHANGE_IMPLEMENTER,
    FULFILLER,
    IT_DIRECTOR,
    REQUEST_APPROVER,
    REQUESTER,
    SERVICE_DESK_ANALYST,
    SERVICE_OWNER,
)
from placet_itil_change.wording import standing

_GOOD = (ChangeOutcome.SUCCESSFUL, ChangeOutcome.SUCCESSFUL_WITH_ISSUES)

request_votes = approval_granted(
    "itil.request_votes", REQUEST_APPROVAL, again="cancel the request, and submit it anew"
)


@check("itil")
def form_fits(ctx: CheckContext) -> Verdict:
    """It asks for something of the catalog, and the form is filled in as that says."""
    model = ctx.parent()
    if model is None or model.state != "published":
        return blocked(
            "it has no request model"
            if model is None
            else "{model} is in {state:state}, and cannot be requested",
            remedy="submit it again, with a published request model as its parent",
            who=[REQUESTER.id],
            message_id="itil.form_fits.no_model" if model is None else "itil.form_fits.not_published",
            params={} if model is None else {"model": named(model), "state": f"{model.type}:{model.state}"},
        )
    wrong = faults(model.fields.form_schema or {}, ctx.item.fields.form)
    if not wrong:
        return passed(model=model.key)
    return strictest(
        blocked(
            "the form is not complete: {fault}",
            remedy="correct the form",
            who=[REQUESTER.id, SERVICE_DESK_ANALYST.id],
            params={"fault": fault},
            actions=[Action("edit", "Correct the form", f"/items/{ctx.item.key}", ("form",))],
        )
        for fault in wrong
    )


@check("itil")
def needs_approval(ctx: CheckContext) -> Verdict:
    """Somebody has to approve it, and it is known who, and that they may."""
    if approvers(ctx):
        return approvers_known(ctx)
    return blocked(
        "nobody has to approve it",
        remedy="approve it automatically",
        who=[SERVICE_DESK_ANALYST.id],
        message_id="itil.needs_approval.none",
    )


@check("itil")
def approvers_known(ctx: CheckContext) -> Verdict:
    """If somebody has to approve it, it is known who, and that they may."""
    found = approvers(ctx)
    unknown = [each for each in found if not each.known]
    # Requesters may name their line manager, but not just anybody.
    strangers = [
        each
        for each in found
        if each.actor and not ctx.holds(each.actor, REQUEST_APPROVER.id, IT_DIRECTOR.id)
    ]
    if strangers:
        return strictest(
            blocked(
                "the {part}, {approver:person}, is not {role:a role}",
                remedy="name {role:a role}, or give {approver:person} that role",
                who=[SERVICE_DESK_ANALYST.id],
                message_id="itil.approvers_known.stranger",
                params={"part": each.part, "approver": each.actor, "role": REQUEST_APPROVER.id},
            )
            for each in strangers
        )
    if not unknown:
        return passed(approvers=[str(each) for each in found])
    return strictest(
        blocked(
            "it is not known who the {part} of {beneficiary:person} is",
            remedy="name the {part}",
            who=[SERVICE_DESK_ANALYST.id],
            params={"part": each.part, "beneficiary": ctx.item.fields.beneficiary},
            actions=[Action("edit", f"Name the {each.part}", f"/items/{ctx.item.key}", (each.field,))],
        )
        for each in unknown
    )


@check("itil")
def auto(ctx: CheckContext) -> Verdict:
    """Nobody has to approve it."""
    found = approvers(ctx)
    if not found:
        return passed()
    return blocked(
        "it has to be approved by {approvers:person and}",
        remedy="send it to its approvers",
        who=[SERVICE_DESK_ANALYST.id],
        params={"approvers": [_asked(each) for each in found]},
    )


def _asked(approver: Approver) -> str:
    """The approver: a person, a role, or a description if nobody is known."""
    return approver.actor or (f"the {approver.part}" if approver.field else IT_DIRECTOR.id)


@check("itil")
def task_open(ctx: CheckContext) -> Verdict:
    """The task that was done is one of the request's, and was still to be done."""
    fields: ServiceRequestFields = ctx.item.fields
    waiting = [task.id for task in fields.tasks if not task.done]
    if fields.task in waiting:
        return passed(task=fields.task)
    return blocked(
        "{task} is not an open task" if fields.task else "no task is named",
        remedy="name one of the open tasks: {waiting:or}"
        if waiting
        else "fulfill the request: its tasks are done",
        who=[FULFILLER.id],
        message_id="itil.task_open" if fields.task else "itil.task_open.none",
        params={"task": fields.task, "waiting": waiting},
        inputs=["task"] if waiting else [],
    )


@check("itil")
def request_tasks(ctx: CheckContext) -> Verdict:
    """Everything that has to be done for it is done."""
    waiting = [task for task in ctx.item.fields.tasks if not task.done]
    if not waiting:
        return passed(tasks=len(ctx.item.fields.tasks))
    return blocked(
        "{n:count open task} of {all}: {tasks:and}",
        remedy=f"complete {'it' if len(waiting) == 1 else 'them'}",
        who=[FULFILLER.id],
        params={
            "n": len(waiting),
            "all": len(ctx.item.fields.tasks),
            "tasks": [f"{task.id} ({task.group})" for task in waiting],
        },
        actions=[
            Action("transition", "Complete a task", f"/items/{ctx.item.key}/transitions", ("complete_task",))
        ],
    )


@check("itil")
def request_change(ctx: CheckContext) -> Verdict:
    """The change that the request needs is closed as successful."""
    model = model_of(ctx)
    wanted = None if model is None else model.needs_change_model
    if wanted is None:
        return passed()
    changes = [each for each in ctx.linking(IMPLEMENTS) if getattr(each.fields, "model", None) == wanted]
    if any(each.state == "closed" and each.fields.outcome in _GOOD for each in changes):
        return passed(changes=[each.key for each in changes])
    if changes:
        return blocked(
            "the change that implements it is not closed as successful: {changes:standing and}",
            remedy="close it successfully",
            who=[CHANGE_IMPLEMENTER.id],
            params={"changes": [standing(each) for each in changes]},
        )
    change_model = ctx.get(wanted)
    return blocked(
        "no change by the model {model} implements it",
        remedy="raise a change by that model, and link it to this request",
        who=[CHANGE_IMPLEMENTER.id],
        message_id="itil.request_change.none",
        params={"model": named(change_model) if change_model is not None else wanted},
    )


@check("itil")
def request_model_fields(ctx: CheckContext) -> Verdict:
    """An entry of the catalog has a form, an approval rule, tasks, a time, and an owner of the data behind it."""
    fields: RequestModelFields = ctx.item.fields
    missing = empty_fields(fields, "form_schema", "approval_rule", "tasks", "target_bh")
    if fields.data_class is not None and fields.resource_owner is None:
        missing.append("resource_owner")
    if missing:
        return fields_missing(ctx, missing, remedy="complete it", who=[SERVICE_OWNER.id])
    return passed(tasks=len(fields.tasks), target_bh=fields.target_bh)
