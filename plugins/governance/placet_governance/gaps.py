"""What is not filled in yet, and the offer to fill it in."""

from __future__ import annotations

from placet import Action, CheckContext, Fields, Verdict, blocked, is_empty


def empty(fields: Fields, *names: str) -> list[str]:
    """Those of the fields that hold nothing."""
    return [name for name in names if is_empty(getattr(fields, name))]


def missing_fields(
    ctx: CheckContext, fields: list[str], *, remedy: str, who: str, text: str = "{fields} missing"
) -> Verdict:
    """A blocker that names what is not filled in and offers to fill it in."""
    return blocked(
        text,
        remedy=remedy,
        who=[who],
        params={"fields": ", ".join(fields)},
        actions=[Action("edit", "Fill in", f"/items/{ctx.item.key}", tuple(fields))],
    )
