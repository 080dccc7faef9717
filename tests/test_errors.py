"""Names that do not exist: similar ones are offered, and a list of all only where it is one."""

from __future__ import annotations

import pytest

from placet.errors import NotFoundError, Some, nearest


class TestTheNearestNames:
    def test_are_offered_where_they_are_similar(self) -> None:
        assert nearest("strat", ["start", "drop"]) == '; did you mean "start"?'

    def test_are_all_names_where_none_is_similar(self) -> None:
        """The first ten, and how many more there are."""
        assert nearest("zzz", ["b", "a"]) == '; there are "a", "b"'
        assert nearest("zzz", map(str, range(10, 22))).endswith('"19" and 2 more')

    def test_are_similar_among_some_and_never_said_to_be_all(self) -> None:
        assert nearest("nisl", Some(["nils", "nora"])) == '; did you mean "nils"?'
        assert nearest("nobody", Some(["nils"])) == ""
        assert str(NotFoundError("actor", "nobody", Some(["nils"]))) == 'there is no actor "nobody"'

    @pytest.mark.parametrize(("short", "there"), [("NOPE", "OPS"), ("bob", "ben"), ("desk", "edge")])
    def test_of_a_short_name_have_most_letters_in_common(self, short: str, there: str) -> None:
        """Two letters of four are in almost every name."""
        assert nearest(short, [there]) == f'; there are "{there}"'

    @pytest.mark.parametrize(
        ("short", "there"), [("OSP", "OPS"), ("bne", "ben"), ("OP", "OPS"), ("DESC", "DESK")]
    )
    def test_of_a_short_name_are_found(self, short: str, there: str) -> None:
        assert nearest(short, [there]) == f'; did you mean "{there}"?'
