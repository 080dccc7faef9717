"""Values of plugins are looked at before they are stored: one that nobody can store would stop a whole list."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placet.definitions.document import plain
from placet.definitions.storable import flaw_in, is_plain, message_of

#: Any text, also what no text is: half of a character.
TEXTS = st.text(st.characters())
NUMBERS = st.floats() | st.booleans() | st.none()
VALUES = st.recursive(
    TEXTS | NUMBERS | st.datetimes() | st.timedeltas() | st.decimals(),
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner) | st.tuples(inner),
)


class TestAValueWithoutAFlaw:
    @given(VALUES)
    def test_can_be_stored(self, value: Any) -> None:
        """And one that is taken for a usual one has no flaw."""
        if flaw_in(value) is None:
            orjson.dumps(plain(value))
        else:
            assert not is_plain(value)

    @given(st.text(st.characters(codec="utf-8")) | st.integers(-(2**999), 2**999))
    def test_is_every_whole_text_and_every_number_that_can_be_written_out(self, value: object) -> None:
        """Nothing is refused that could be stored."""
        assert flaw_in(value) is None


class TestTheMessageOfAnError:
    @pytest.mark.parametrize(
        ("error", "message"),
        [
            (ValueError("no\n  such thing"), "no such thing"),
            (ValueError("half \ud800"), "half \\ud800"),
            (ValueError("Žofie"), "Žofie"),
            (ValueError(), ""),
            (ValueError("x" * 10_001), f"{'x' * 10_000}..."),
        ],
        ids=["lines", "half", "whole", "empty", "long"],
    )
    def test_is_one_line_that_can_be_stored(self, error: Exception, message: str) -> None:
        """Half characters are spelled out, and the end of a long one is left out."""
        assert message_of(error) == message
