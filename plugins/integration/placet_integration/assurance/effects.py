"""Messages about findings and controls.

Source: COBIT 2019, MEA02.04 Identify and report control deficiencies, and BAI05 Managed organizational change.
"""

from __future__ import annotations

from placet import EffectContext, effect
from placet_integration.communication_plan import INFORMS, Message, send


@effect("integration")
def announce_finding(ctx: EffectContext) -> None:
    """The owner of a new finding hears of it, and confirms that."""
    fields, channel = ctx.item.fields, ctx.settings.communications.get("finding")
    if channel is None or ctx.item.state != "open" or ctx.linking(INFORMS):
        return
    text = (
        f"{fields.condition}\nExpected: {fields.criteria}\nSeverity {fields.severity}, due {fields.due_date}"
    )
    message = Message(f"Finding: {ctx.item.title}", ("finding owner",), text, (ctx.item.key,))
    named = (fields.owner,) if fields.owner else ctx.holders("cobit.finding_owner")
    send(ctx, message, channel, "the plan has each announced", readers=named)


def announce_control(ctx: EffectContext) -> None:
    """Who performs a control hears of it when it is proposed, before it is activated, and confirms that."""
    fields, channel = ctx.item.fields, ctx.settings.communications.get("control_activation")
    if channel is None:
        return
    message = Message(
        f"Control to be activated: {ctx.item.title}", ("control performer",), fields.statement or ctx.item.title,
        (ctx.item.key,),
    )  # fmt: skip
    named = (
        (fields.control_performer,) if fields.control_performer else ctx.holders("cobit.control_performer")
    )
    send(ctx, message, channel, "the plan has each announced", readers=named)
