"""Answers that follow from a frozen value alone, such as a composed item type, found once for each of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

ValueT = TypeVar("ValueT")
AnswerT = TypeVar("AnswerT")

#: More definitions than any installation uses at once; beyond that, answers are found again when they are needed.
_KEPT = 1024


def once(ask: Callable[[ValueT], AnswerT]) -> Callable[[ValueT], AnswerT]:
    """A pure function of one frozen value, which runs once for each; nobody may change its answers.

    By identity: comparing two workflows or item types costs more than most of the answers. A value is kept with its
    answer, so that no other one can get its identity.
    """
    known: dict[int, tuple[ValueT, AnswerT]] = {}

    @wraps(ask)
    def answered(value: ValueT) -> AnswerT:
        found = known.get(id(value))
        if found is None:
            if len(known) >= _KEPT:
                known.clear()
            found = known[id(value)] = value, ask(value)
        return found[1]

    return answered
