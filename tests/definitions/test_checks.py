"""A function becomes a check or an effect, with the function's name under its method."""

from __future__ import annotations

from placet import Check, CheckContext, Effect, EffectContext, Verdict, check, effect, passed


def lead(ctx: CheckContext) -> Verdict:  # the shape of a check
    """There is notice enough.

    Reads: nothing.
    """
    return passed()


def note(ctx: EffectContext) -> None:
    """It is noted."""


class TestACheck:
    def test_is_called_as_its_function_under_its_method(self) -> None:
        made = check("shop", days=3)(lead)

        assert (made.id, made.title, made.params) == ("shop.lead", "There is notice enough.", {"days": 3})
        assert isinstance(made, Check)

    def test_with_an_id_of_its_own_is_called_by_that(self) -> None:
        """A name of a standard that Python cannot write."""
        assert check("shop.3_days")(lead).id == "shop.3_days"


class TestAnEffect:
    def test_is_called_as_its_function_under_its_method(self) -> None:
        made = effect("shop")(note)

        assert (made.id, made.title) == ("shop.note", "It is noted.")
        assert isinstance(made, Effect)
