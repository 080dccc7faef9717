"""Ranks: texts whose alphabetical order is the order of a backlog, so that a move rewrites one item.

Between two different ranks there is always another one, as between two decimal fractions: no backlog is ever
renumbered. Digits and small letters alone are used, which every database collates alike.

A rank is a whole number, and digits behind it as a fraction. The first character of the whole number is its sign and
length: `i` has one digit after it, `j` two, up to `z`; `h` stands for one digit below zero, `g` for two, down to `0`.
Items that are put at the end, one after the other, count up, so that a backlog of ten thousand items has ranks of four
characters.
"""

from __future__ import annotations

import re
from itertools import count

from placet import InvalidError

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_BASE = len(_DIGITS)
_LOWEST, _HIGHEST = _DIGITS[0], _DIGITS[-1]
#: The place among the digits of the sign of numbers from zero on that have one digit.
_ZERO = _DIGITS.index("i")
_FORM = re.compile(f"[{_DIGITS}]+")
#: Where requests have a rank.
_POINTER = "/fields/rank"


def first() -> str:
    """The rank of the first item of an empty backlog."""
    return _DIGITS[_ZERO] + _LOWEST


def between(low: str | None, high: str | None) -> str:
    """A rank after `low` and before `high`; `None` stands for the beginning or the end of the backlog.

    Two people who put two items into one place at one moment may give them the same rank. The neighbors of a place are
    therefore the rank of the item before it, and the next *greater* rank.

    Raises:
        InvalidError: a text is not a rank, or `low` is not before `high`.
    """
    for rank in (low, high):
        if rank is not None:
            demand_rank(rank)
    if low is None:
        return first() if high is None else _before(high)
    if high is None:
        return _after(low)
    if low >= high:
        raise InvalidError.at(
            _POINTER, f'no rank lies between "{low}" and "{high}": name two items in the order of the backlog'
        )
    following = _after(low)
    if following < high:
        return following
    (whole, fraction), (above, above_fraction) = _parts(low), _parts(high)
    return whole + _middle(fraction, above_fraction if above == whole else None)


def demand_rank(rank: str) -> None:
    """Raises `InvalidError` if a text is not a rank. Each place has one rank, and each rank has places before it."""
    if not _FORM.fullmatch(rank) or len(rank) < 1 + _length(rank[0]):
        raise InvalidError.at(_POINTER, f'"{rank[:100]}" is not a rank: put the item after another one')
    whole, fraction = _parts(rank)
    if fraction.endswith(_LOWEST) or (_previous(whole) is None and not fraction):
        raise InvalidError.at(
            _POINTER, f'"{rank[:100]}" is not a rank, as it ends in 0: put the item after another one'
        )


def _before(rank: str) -> str:
    """The nearest whole number before a rank, or a fraction where there is none."""
    whole, fraction = _parts(rank)
    nearest = whole if fraction else _previous(whole)
    if nearest is None or _previous(nearest) is None:
        smallest = _LOWEST * (1 + _length(_LOWEST))
        return smallest + _middle("", fraction if whole == smallest else None)
    return nearest


def _after(rank: str) -> str:
    """The next whole number after a rank, or a fraction where there is none."""
    whole, fraction = _parts(rank)
    following = _next(whole)
    return whole + _middle(fraction, None) if following is None else following


def _length(sign: str) -> int:
    """The number of digits of a whole number, by its first character."""
    place = _DIGITS.index(sign) - _ZERO
    return place + 1 if place >= 0 else -place


def _parts(rank: str) -> tuple[str, str]:
    """The whole number with its sign, and the fraction."""
    end = 1 + _length(rank[0])
    return rank[:end], rank[end:]


def _next(whole: str) -> str | None:
    """The next whole number; `None` after the greatest."""
    sign, digits = whole[0], whole[1:]
    if digits.strip(_HIGHEST):
        return sign + _written(int(digits, _BASE) + 1, len(digits))
    if sign == _HIGHEST:
        return None
    longer = _DIGITS[_DIGITS.index(sign) + 1]
    return longer + _LOWEST * _length(longer)


def _previous(whole: str) -> str | None:
    """The whole number before; `None` before the smallest."""
    sign, digits = whole[0], whole[1:]
    if digits.strip(_LOWEST):
        return sign + _written(int(digits, _BASE) - 1, len(digits))
    if sign == _LOWEST:
        return None
    lower = _DIGITS[_DIGITS.index(sign) - 1]
    return lower + _HIGHEST * _length(lower)


def _middle(low: str, high: str | None) -> str:
    """The fewest digits of a fraction between two others; `None` stands for one.

    With ever more digits, from the first in which they differ, until a number lies between the last one that is not
    above `low` and the first that is not below `high`. As no shorter fraction does, it does not end in 0.
    """
    if high is None:
        shared = len(low) - len(low.lstrip(_HIGHEST))
    else:
        pairs = enumerate(zip(low.ljust(len(high), _LOWEST), high, strict=False))
        shared = next(n for n, (one, other) in pairs if one != other)
    for length in count(shared + 1):
        below = int(low[:length].ljust(length, _LOWEST), _BASE)
        above = _BASE**length
        if high is not None:
            above = int(high[:length].ljust(length, _LOWEST), _BASE) + bool(high[length:])
        if above - below > 1:
            return _written((below + above) // 2, length)
    raise AssertionError  # pragma: no cover


def _written(number: int, length: int) -> str:
    """A number in so many digits."""
    digits = []
    for _ in range(length):
        number, digit = divmod(number, _BASE)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
