"""The demands on a request and on a request model.

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
    passed,
)
from placet_itil_change.changes.fields import ChangeOutcome
from placet_itil_change.ids import IMPLEMENTS, REQUEST_APPROVAL
from placet_itil_change.requests.approvals import approvers, model_of
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
from placet_itil_change.wording import counted, listed, named

_GOOD = (ChangeOutcome.SUCCESSFUL, ChangeOutcome.SUCCESSFUL_WITH_ISSUES)

request_votes = approval_granted(
    "itil.request_votes", REQUEST_APPROVAL, again="cancel the request, and submit it anew"
)


@check("itil")
def form_fits(ctx: CheckContext) -> Verdict:
    """It asks for something of the catalogue, and the form is filled in as that says."""
    model = ctx.parent()
    if model is None or model.state != "published":
        return blocked(
            "it has no request model" if model is None else "{model} is {state}, and cannot be requested",
            remedy="submit it anew, with a published request model as its parent",
            who=[REQUESTER.id],
            message_id="itil.form_fits.no_model",
            params={} if model is None else {"model": named(model), "state": model.state},
        )
    wrong = faults(model.fields.form_schema or {}, ctx.item.fields.form)
    if not wrong:
        return passed(model=model.key)
    return blocked(
        "the form is not complete: {faults}",
        remedy="correct the form",
        who=[REQUESTER.id, SERVICE_DESK_ANALYST.id],
        params={"faults": "; ".join(wrong)},
        actions=[Action("edit", "Correct", f"/items/{ctx.item.key}", ("form",))],
    )


@check("itil")
def needs_approval(ctx: CheckContext) -> Verdict:
    """Somebody has to approve it, and it is known who, and that they may."""
    found = approvers(ctx)
    if not found:
        return blocked(
            "nobody has to approve it",
            remedy="approve it automatically",
            who=[SERVICE_DESK_ANALYST.id],
            message_id="itil.needs_approval.none",
        )
    unknown = [each for each in found if not each.known]
    # Whoever asks may name their line manager, and must not be able to name anybody.
    strangers = [
        each
        for each in found
        if each.actor and not ctx.holds(each.actor, REQUEST_APPROVER.id, IT_DIRECTOR.id)
    ]
    if strangers:
        return blocked(
            "{people} may not approve requests",
            remedy="name somebody who holds {role}, or give them that role",
            who=[SERVICE_DESK_ANALYST.id],
            message_id="itil.needs_approval.stranger",
            params={"people": " and ".join(f"the {each}" for each in strangers), "role": REQUEST_APPROVER.id},
        )
    if not unknown:
        return passed(approvers=[str(each) for each in found])
    return blocked(
        "it is not known who the {parts} of {beneficiary} is",
        remedy="name them in {fields}",
        who=[SERVICE_DESK_ANALYST.id],
        params={
            "parts": " and the ".join(each.part for each in unknown),
            "beneficiary": ctx.item.fields.beneficiary,
            "fields": ", ".join(each.field for each in unknown),
        },
        actions=[Action("edit", "Name", f"/items/{ctx.item.key}", tuple(each.field for each in unknown))],
    )


@check("itil")
def auto(ctx: CheckContext) -> Verdict:
    """Nobody has to approve it."""
    found = approvers(ctx)
    if not found:
        return passed()
    return blocked(
        "it needs {who}",
        remedy="route it to them",
        who=[SERVICE_DESK_ANALYST.id],
        params={"who": ", ".join(map(str, found))},
    )


@check("itil")
def task_open(ctx: CheckContext) -> Verdict:
    """The task that was done is one of the request's, and was still to be done."""
    fields: ServiceRequestFields = ctx.item.fields
    waiting = [task.id for task in fields.tasks if not task.done]
    if fields.task in waiting:
        return passed(task=fields.task)
    return blocked(
        "{task} is not an open task: {waiting}",
        remedy="name one of them in task" if waiting else "fulfil the request",
        who=[FULFILLER.id],
        params={"task": fields.task or "nothing", "waiting": ", ".join(waiting) or "all are done"},
    )


@check("itil")
def request_tasks(ctx: CheckContext) -> Verdict:
    """Everything that has to be done for it is done."""
    waiting = [task for task in ctx.item.fields.tasks if not task.done]
    if not waiting:
        return passed(tasks=len(ctx.item.fields.tasks))
    return blocked(
        "{n} of {all} open: {tasks}",
        remedy="complete {which}",
        who=[FULFILLER.id],
        params={
            "n": len(waiting),
            "all": counted(len(ctx.item.fields.tasks), "task"),
            "which": "it" if len(waiting) == 1 else "them",
            "tasks": ", ".join(f"{task.id} ({task.group})" for task in waiting),
        },
        actions=[Action("transition", "Done", f"/items/{ctx.item.key}/transitions", ("complete_task",))],
    )


@check("itil")
def request_change(ctx: CheckContext) -> Verdict:
    """The change that such a request needs is closed, and was a success."""
    model = model_of(ctx)
    wanted = None if model is None else model.needs_change_model
    if wanted is None:
        return passed()
    changes = [each for each in ctx.linking(IMPLEMENTS) if getattr(each.fields, "model", None) == wanted]
    if any(each.state == "closed" and each.fields.outcome in _GOOD for each in changes):
        return passed(changes=[each.key for each in changes])
    return blocked(
        "{what}",
        remedy="close it successfully"
        if changes
        else "make a change of that model, and link it to this as {link}",
        who=[CHANGE_IMPLEMENTER.id],
        params={
            "what": listed(
                [
                    f"change {named(each)} is {str(each.fields.outcome or each.state).replace('_', ' ')}"
                    for each in changes
                ]
            )
            if changes
            else f"no change of the model {wanted} implements it",
            "link": IMPLEMENTS,
        },
    )


@check("itil")
def request_model_fields(ctx: CheckContext) -> Verdict:
    """An entry of the catalogue has a form, an approval rule, tasks, a time, and an owner of the data behind it."""
    fields: RequestModelFields = ctx.item.fields
    missing = empty_fields(fields, "form_schema", "approval_rule", "tasks", "target_bh")
    if fields.data_class is not None and fields.resource_owner is None:
        missing.append("resource_owner")
    if missing:
        return fields_missing(ctx, missing, remedy="complete it", who=[SERVICE_OWNER.id])
    return passed(tasks=len(fields.tasks), target_bh=fields.target_bh)
