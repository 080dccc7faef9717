"""The group that takes an incident over at the next level of support."""

from __future__ import annotations

from placet import CheckContext
from placet_itil_change.incidents.fields import IncidentFields


def group_above(ctx: CheckContext) -> str | None:
    """The group that was named for it, or else that of the level above; `None` where neither is known.

    Setting: `level_groups`.
    """
    fields: IncidentFields = ctx.item.fields
    if (fields.next_group or "").strip():
        return fields.next_group
    groups: tuple[str, ...] = ctx.settings.level_groups
    above = fields.support_level - 1
    return groups[above] if above < len(groups) else None
