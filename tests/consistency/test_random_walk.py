"""Random people with random requests: what must hold after every step."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from law import assert_law
from shop import REPAIR, OpenShop
from trials import examples

from placet.definitions.verdicts import BlockedError
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.moved import Moved
from placet.errors import PlacetError

MOVES = [transition.name for transition in REPAIR.transitions]
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "fault": st.sampled_from(["dark", "dim", None]),
        "hours": st.sampled_from([1, 99, None]),
        "price": st.sampled_from([1.0, 2.0, None]),
        "fixer": st.sampled_from(["ben", "bea", None]),
        "express": st.booleans(),
    },
)
PEOPLE = st.sampled_from(["ann", "cid", "ben", "bea", "mia", "tom"])


class Walk(RuleBasedStateMachine):
    """One shop; repairs that anybody tries anything with."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self._opened = ExitStack()
        folder = Path(self._opened.enter_context(TemporaryDirectory()))
        shutil.copyfile(self.template, folder / "placet.db")
        self.shop = OpenShop(folder, self._opened).again(f"sqlite:///{folder / 'placet.db'}")
        self.items = [self.shop.wish(fault="dark", hours=1) for _ in range(2)]

    def teardown(self) -> None:
        assert_law(self.shop.engine)
        self._opened.close()

    @rule(n=st.integers(0, 1), who=PEOPLE, move=st.sampled_from(MOVES), fields=FIELDS)
    def tries(self, n: int, who: str, move: str, fields: dict[str, Any]) -> None:
        """A dry run and the run agree with each other, and what is listed agrees with both."""
        engine, requester, before = self.shop.engine, self.shop[who], self.shop.item(self.items[n])
        said = "because it has to be"
        try:
            listed = engine.explain(requester, before.key).preview(move)
            tried = engine.transition(requester, before.key, move, fields=fields, comment=said, dry_run=True)
        except PlacetError as refusal:
            assert self.shop.item(before) == before
            with pytest.raises(type(refusal)):
                engine.transition(requester, before.key, move, fields=fields, comment=said)
            after = self.shop.item(before)
            recorded = 1 if isinstance(refusal, BlockedError) else 0
            assert after == replace(before, seq=before.seq + recorded, head=after.head)
            return
        assert self.shop.item(before) == before
        assert listed is not None
        done = engine.transition(requester, before.key, move, fields=fields, comment=said)
        assert isinstance(tried, Moved)
        assert isinstance(done, Moved)
        assert (tried.item.state, tried.item.version) == (done.item.state, done.item.version)
        stored = engine.workspaces.definition(SYSTEM_ACTOR, done.item.definition).document["workflow"][
            "states"
        ]
        assert done.item.state in {state["id"] for state in stored}

    @rule(n=st.integers(0, 1), who=PEOPLE, decision=st.sampled_from(["approve", "reject", "abstain"]))
    def votes(self, n: int, who: str, decision: str) -> None:
        """A vote is counted or refused."""
        before = self.shop.item(self.items[n])
        try:
            self.shop.vote(before, who, decision)
        except PlacetError:
            assert self.shop.item(before) == before

    @rule(n=st.integers(0, 1), who=PEOPLE, fields=FIELDS)
    def edits(self, n: int, who: str, fields: dict[str, Any]) -> None:
        """An edit is made or refused whole."""
        before = self.shop.item(self.items[n])
        try:
            self.shop.engine.items.edit(self.shop[who], before.key, fields=fields)
        except PlacetError:
            assert self.shop.item(before) == before

    @rule(hours=st.integers(1, 100))
    def waits(self, hours: int) -> None:
        """Time goes by."""
        self.shop.clock.forward(hours=hours)


@pytest.mark.hypothesis
def test_whatever_people_do_the_law_holds(sqlite_shop: Path) -> None:
    """Dry run equals run; a refusal adds its own event alone; every chain verifies; every state exists."""
    Walk.template = sqlite_shop
    run_state_machine_as_test(Walk, settings=examples(5, stateful_step_count=15))
