"""The control that another item is about."""

from __future__ import annotations

from placet import CheckContext, ItemView


def control_of(ctx: CheckContext) -> ItemView | None:
    """The control of an assessment, of a monitor, of one of their tests, or of a finding; `None` if it has none."""
    key = ctx.item.fields.control
    return ctx.get(key) if key else None
