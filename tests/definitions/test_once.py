"""The answers that follow from a definition alone are found once, and never given for another definition."""

from __future__ import annotations

from weakref import ref

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

    def test_asks_once_for_each_of_very_many(self) -> None:
        """An installation has thousands of timers and types at a time, and none of them drives out another."""
        asked: list[Definition] = []

        @once
        def number(definition: Definition) -> int:
            asked.append(definition)
            return len(asked)

        many = [Definition() for _ in range(5000)]

        assert [number(each) for each in (*many, *many)] == [*range(1, 5001), *range(1, 5001)]

    def test_keeps_apart_what_is_asked_by_several_functions(self) -> None:
        @once
        def name(_: Definition) -> str:
            return "name"

        @once
        def title(_: Definition) -> str:
            return "title"

        one = Definition()

        assert [ask(one) for ask in (name, title, name, title)] == ["name", "title"] * 2

    def test_keeps_nothing_of_a_definition_that_is_gone(self) -> None:
        @once
        def answer(_: Definition) -> int:
            return 1

        definition = Definition()
        answer(definition)
        gone = ref(definition)
        del definition

        assert gone() is None
