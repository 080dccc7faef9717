"""The answers that follow from a definition alone are found once, and never given for another definition."""

from __future__ import annotations

from placet.definitions import once as module
from placet.definitions.once import once


class Definition:
    """A definition that is equal to all others."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Definition)

    __hash__ = None  # type: ignore[assignment]  # as those that hold dictionaries


class TestOnce:
    def test_asks_once_for_each_definition(self) -> None:
        """By identity, so that nothing is compared and nothing has to be hashable."""
        asked: list[Definition] = []

        @once
        def number(definition: Definition) -> int:
            asked.append(definition)
            return len(asked)

        one, other = Definition(), Definition()

        assert [number(each) for each in (one, other, one, other)] == [1, 2, 1, 2]

    def test_never_gives_one_the_answer_of_another_that_is_gone(self) -> None:
        """A definition is kept with its answer, so that its place in memory is not given to another one."""

        class Named(Definition):
            def __init__(self, key: int) -> None:
                self.key = key

        @once
        def key(definition: Named) -> int:
            return definition.key

        numbers = range(3 * module._KEPT)
        assert [key(Named(n)) for n in numbers] == list(numbers)
