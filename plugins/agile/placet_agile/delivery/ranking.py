"""The place of an item in the backlog of its team: a text, so that a move rewrites this item alone.

New items come at the end: their place follows from their number, which only grows. Who puts an item behind another
one gets a place between that and the next one (`numbers/ranks.py`).
"""

from __future__ import annotations

from placet import (
    Action,
    CheckContext,
    EffectContext,
    Gate,
    ItemView,
    Verdict,
    blocked,
    check,
    effect,
    passed,
)
from placet_agile.delivery.board import OPEN, work
from placet_agile.numbers import ranks
from placet_agile.roles import PRODUCT_OWNER

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def place_of_number(number: int) -> str:
    """The rank that is a whole number, in the form of `numbers/ranks.py`; it grows with the number."""
    digits, sign = 1, _DIGITS.index("i")
    while number >= len(_DIGITS) ** digits:
        number -= len(_DIGITS) ** digits
        digits += 1
    written = ""
    for _ in range(digits):
        number, digit = divmod(number, len(_DIGITS))
        written = _DIGITS[digit] + written
    return _DIGITS[sign + digits - 1] + written


def rank(ctx: CheckContext) -> str:
    """The place that the item was given, or else the one of its number."""
    position: str | None = ctx.item.fields.position
    return position or place_of_number(int(ctx.item.key.rpartition("-")[2]))


def _predecessor(ctx: CheckContext) -> ItemView | None:
    key = ctx.item.fields.after
    return ctx.get(key) if key else None


@check("agile")
def place_known(ctx: CheckContext) -> Verdict:
    """An item is put behind another open one of the same backlog, or at the top."""
    if "after" not in ctx.sent:
        return blocked(
            "no place is given",
            remedy="name the item behind which it is put, or none for the top",
            who=[PRODUCT_OWNER.id],
            message_id="agile.place_known.missing",
            inputs=["after"],
        )
    before = _predecessor(ctx)
    if before is None:
        return passed()
    if before.key == ctx.item.key:
        return _no_place(ctx, "{after} is the item itself", before)
    if before.fields.team != ctx.item.fields.team:
        return _no_place(ctx, "{after} is in the backlog of another team, {team}", before)
    if before.state not in OPEN:
        return _no_place(ctx, "{after} is in {state:state}, and not in the backlog any more", before)
    return passed(after=before.key)


def _no_place(ctx: CheckContext, message: str, before: ItemView) -> Verdict:
    return blocked(
        message,
        remedy="name an open item of the same backlog",
        who=[PRODUCT_OWNER.id],
        params={
            "after": before.key,
            "team": before.fields.team,
            "state": f"{before.type}:{before.state}",
        },
        actions=[Action("transition", "Choose another", f"/items/{ctx.item.key}/transitions", ("after",))],
    )


@effect("agile")
def put_behind(ctx: EffectContext) -> None:
    """Give it the place between the item that was named and the next one."""
    before = _predecessor(ctx)
    low: str | None = None if before is None else before.fields.rank
    behind = {} if low is None else {"rank__gt": low}
    others = [item.fields.rank for item in work(ctx, OPEN, team=ctx.item.fields.team, **behind)]
    high = min((each for each in others if each), default=None)
    if low is not None and high is None:
        # The next whole number is that of the next new item, which comes behind this one.
        high = ranks.between(low, None)
    ctx.set(position=ranks.between(low, high), after=None)


PLACE_KNOWN = Gate("agile.place_known", "Place in the backlog given", place_known)
