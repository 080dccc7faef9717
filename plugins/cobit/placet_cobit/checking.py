"""Building blocks of the checks: verdicts in one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from placet import CheckContext, Role, Verdict, blocked, fields_missing, is_empty, passed, strictest


def demand(
    met: bool,  # noqa: FBT001  # read as a sentence: demand(this, "or else this")
    message: str,
    remedy: str,
    who: Iterable[Role | str],
    *,
    inputs: Sequence[str] = (),
    **params: Any,
) -> Verdict:
    """Met, or blocked with this message."""
    if met:
        return passed(**params)
    return blocked(message, remedy=remedy, who=[str(role) for role in who], params=params, inputs=inputs)


def all_of(*verdicts: Verdict) -> Verdict:
    """All of them have to be met; every blocker is reported."""
    return strictest(verdicts)


def lacking(ctx: CheckContext, names: Iterable[str], remedy: str, who: Iterable[Role | str]) -> Verdict:
    """Fields are filled in."""
    empty = [name for name in names if is_empty(getattr(ctx.item.fields, name))]
    if not empty:
        return passed()
    return fields_missing(ctx, empty, remedy=remedy, who=[str(role) for role in who])
