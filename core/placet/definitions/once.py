"""Answers that follow from a definition alone, found once for each composed definition."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

DefinitionT = TypeVar("DefinitionT")
AnswerT = TypeVar("AnswerT")

#: More definitions than any installation uses at once; beyond that, the oldest answer is found again when needed.
_KEPT = 1024


def once(ask: Callable[[DefinitionT], AnswerT]) -> Callable[[DefinitionT], AnswerT]:
    """A pure function of one frozen definition, which runs once for each of them; nobody may change its answers.

    By identity: comparing two workflows or item types costs more than most of the answers. A definition is kept with
    its answer, so that no other one can get its identity.
    """
    known: dict[int, tuple[DefinitionT, AnswerT]] = {}

    @wraps(ask)
    def answered(definition: DefinitionT) -> AnswerT:
        found = known.get(id(definition))
        if found is None:
            while len(known) >= _KEPT:
                known.pop(next(iter(known)), None)
            found = known[id(definition)] = definition, ask(definition)
        return found[1]

    return answered
