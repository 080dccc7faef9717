"""Effects of a request's transitions."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_itil_change.ids import REQUEST_APPROVAL
from placet_itil_change.requests.approvals import model_of
from placet_itil_change.requests.fields import ServiceRequestFields, Task


@effect("itil")
def make_tasks(ctx: EffectContext) -> None:
    """Copy the tasks of the request model."""
    model = model_of(ctx)
    templates = () if model is None else model.tasks
    tasks = [Task(id=each.id, group=each.group, title=each.title) for each in templates]
    ctx.set(tasks=tasks, approved_at=ctx.now)


@effect("itil")
def tick_off(ctx: EffectContext) -> None:
    """Keep who did the task, and when."""
    fields: ServiceRequestFields = ctx.item.fields
    done = {"done": True, "by": ctx.actor, "at": ctx.now}
    ctx.set(
        tasks=[task.model_copy(update=done) if task.id == fields.task else task for task in fields.tasks],
        task=None,
    )


@effect("itil")
def ask_managers(ctx: EffectContext) -> None:
    """Ask the managers of approvers who did not answer in time; approvers who have agreed are not asked again."""
    approval = ctx.approval(REQUEST_APPROVAL)
    if approval is None or not approval.missing:
        return
    ctx.set(escalated_round=approval.round + 1)
    ctx.void(REQUEST_APPROVAL, "the approvers did not answer in time")
    ctx.ask(REQUEST_APPROVAL)


@effect("itil")
def request_goes_on(ctx: EffectContext) -> None:
    """Clear the reason for waiting."""
    ctx.set(pending_reason=None, pending_until=None)


@effect("itil")
def deliver(ctx: EffectContext) -> None:
    """Keep when it was fulfilled; the user may accept it or object."""
    ctx.set(fulfilled_at=ctx.now)


@effect("itil")
def take_back(ctx: EffectContext) -> None:
    """Clear the fulfillment."""
    ctx.set(fulfilled_at=None)


@effect("itil")
def close_request(ctx: EffectContext) -> None:
    """Keep when it was closed."""
    ctx.set(closed_at=ctx.now)
