"""Answers that follow from a frozen value alone, such as a composed item type, found once for each of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

ValueT = TypeVar("ValueT")
AnswerT = TypeVar("AnswerT")


def once(ask: Callable[[ValueT], AnswerT]) -> Callable[[ValueT], AnswerT]:
    """A pure function of one frozen value, which runs once for each; nobody may change its answers.

    The value keeps its answer, beside its fields: for as long as it is in use, however many there are. So it is made
    without slots. Copies are other values, as are equal ones: to compare two workflows costs more than most answers.
    """
    place = f"{ask.__module__}.{ask.__qualname__}"

    @wraps(ask)
    def answered(value: ValueT) -> AnswerT:
        kept = value.__dict__
        if place not in kept:
            kept[place] = ask(value)
        found: AnswerT = kept[place]
        return found

    return answered
