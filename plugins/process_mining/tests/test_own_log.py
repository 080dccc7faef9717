"""Our own log, exported and checked against its own workflow: nothing that we let happen is refused."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placet import PlacetError
from placet_process_mining.formats import FORMATS
from placet_process_mining.mapping import LogMap
from placet_process_mining.replay import Report, replay

from .conftest import OWN_MAPS, Shop, write
from .workshop import REPAIR

_TRIES = st.tuples(
    st.integers(0, 1),
    st.sampled_from(["ann", "ben", "bea", "tom"]),
    # Twice as often what leads on, or nearly all would stay where they began.
    st.sampled_from([*(t.name for t in REPAIR.transitions), "start", "test", "rework"]),
    st.booleans(),
)


def report(shop: Shop, form: str, folder: Path) -> Report:
    """The shop's log in a format, checked against the workflow of repairs."""
    mapping = LogMap.model_validate({"state": "to_state", "ignore": [""], **OWN_MAPS[form]})
    return replay(write(shop, form, folder), REPAIR, mapping)


@pytest.mark.parametrize("form", FORMATS)
class TestOurOwnLog:
    def test_is_legal(self, shop: Shop, tmp_path: Path, form: str) -> None:
        """With each of the formats."""
        shop.lived()

        found = report(shop, form, tmp_path)

        assert (found.cases, found.legal_case_share, found.legal_step_share) == (2, 1.0, 1.0)
        assert found.ends == {"bench": 1, "wished": 1}

    @settings(max_examples=8, deadline=None)
    @given(tries=st.lists(_TRIES, max_size=25))
    def test_is_legal_whatever_happened(self, form: str, tries: list[tuple[int, str, str, bool]]) -> None:
        """Who tried whatever; a refused act is in the log, and is not a step."""
        with TemporaryDirectory() as name, Shop(Path(name)) as shop:
            folder = Path(name)
            repairs = [shop.wish(fault="dark", hours=1) for _ in range(2)]
            for n, who, move, later in tries:
                shop.later(minutes=later)
                with suppress(PlacetError):
                    shop.move(repairs[n], move, actor=who, comment="it has to be")

            found = report(shop, form, folder)

            moved = [e for e in shop.everything() if e.kind == "transition" and e.data["item"] in repairs]
            assert found.steps == sum(e.data["from_state"] != e.data["to_state"] for e in moved)
            assert (found.cases, found.legal_case_share, found.legal_step_share) == (
                2,
                1.0,
                1.0 if found.steps else None,
            )
            assert found.ends == Counter(shop.item(each).state for each in repairs)
