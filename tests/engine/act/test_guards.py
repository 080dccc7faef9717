"""Guards: whatever changes what a search would find, counts one that the search looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from placet.engine.act import guards
from placet.engine.act.guards import Family
from placet.engine.act.input import parse_key
from placet.engine.act.queries import Condition
from placet.engine.act.records import ItemRecord, ItemRef
from placet.engine.act.sorting import sortable

MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
VALUES = st.sampled_from(["a", "b", 1, 2.5, True, None])
FIELDS = st.fixed_dictionaries(
    {"one": VALUES, "two": VALUES, "many": st.lists(st.sampled_from(["a", "b", "c"]))}
)


def record(
    fields: dict[str, Any], *, state: str, parent: str | None, links: dict[str, tuple[str, ...]]
) -> ItemRecord:
    return ItemRecord(
        workspace="W", number=1, type="t", title="T", state=state, category="todo", version=1, seq=1, head="",
        fields=fields, created_at=MOMENT, created_by="ann", updated_at=MOMENT, state_since=MOMENT, definition="",
        parent=parent, links=links,
    )  # fmt: skip


RECORDS = st.builds(
    record,
    FIELDS,
    state=st.sampled_from(["new", "done"]),
    parent=st.sampled_from([None, "W-7", "V-7"]),
    links=st.dictionaries(st.sampled_from(["l", "m"]), st.just(("W-8", "V-9")), max_size=2),
)
EQUALITIES = st.one_of(
    st.builds(
        Condition, st.sampled_from(["one", "two"]), st.just("eq"), VALUES.filter(lambda v: v is not None)
    ),
    st.builds(Condition, st.just("many"), st.just("has"), st.sampled_from(["a", "b", "c"])),
)
SEVERAL = st.builds(
    Condition,
    st.just("many"),
    st.just("any"),
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=1).map(tuple),
)
BOUNDS = st.builds(Condition, st.just("one"), st.sampled_from(["lt", "ge"]), st.sampled_from([1, 2.5]))
SEARCHES = st.tuples(
    st.lists(st.sampled_from(["new", "done"]), unique=True),
    st.lists(EQUALITIES | SEVERAL | BOUNDS, max_size=3),
)


def finds(found: ItemRecord, states: list[str], where: list[Condition]) -> bool:
    """The answers of the store, given by hand; bounds are taken to hold, as the items are not looked at."""
    if states and found.state not in states:
        return False
    for condition in where:
        if condition.op not in {"eq", "has", "any"}:
            continue
        value = found.fields[condition.field]
        there = {
            sortable(each) for each in (value if isinstance(value, list) else [value]) if each is not None
        }
        wanted = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        if there.isdisjoint(sortable(each) for each in wanted):
            return False
    return True


class TestASearch:
    @given(RECORDS, RECORDS, SEARCHES)
    def test_meets_every_write_of_what_it_finds_or_found(
        self, old: ItemRecord, changed: ItemRecord, search: tuple[list[str], list[Condition]]
    ) -> None:
        """Whether the item comes, goes, or stays with another content."""
        new = replace(changed, version=2, seq=2)
        states, where = search
        of = guards.searches("W", "t", states, where)
        assume(finds(old, states, where) or finds(new, states, where))

        counted = guards.counted({of[0].family}, old, new)

        assert counted & {guard.name for guard in of}

    @given(RECORDS, SEARCHES)
    def test_meets_what_is_made(self, new: ItemRecord, search: tuple[list[str], list[Condition]]) -> None:
        """Phantoms are found by the same names."""
        of = guards.searches("W", "t", *search)
        assume(finds(new, *search))

        assert guards.counted({of[0].family}, None, new) & {guard.name for guard in of}

    def test_for_a_decimal_meets_it_however_it_was_written(self) -> None:
        """It is kept as text and searched for as a number."""
        new = record({"one": "60.0"}, state="new", parent=None, links={})
        of = guards.searches("W", "t", [], [Condition("one", "eq", 60.0)])

        assert of[0].name in guards.counted({of[0].family}, None, new)

    @given(RECORDS, SEARCHES)
    def test_of_other_values_is_left_alone(
        self, new: ItemRecord, search: tuple[list[str], list[Condition]]
    ) -> None:
        """Neighbors who search by something else do not start again."""
        states, where = search
        equalities = [c for c in where if c.op in {"eq", "has", "any"}]
        assume(equalities)
        assume(not finds(new, states, equalities))

        counted = guards.counted({guards.searches("W", "t", states, where)[0].family}, None, new)

        assert not counted & {guard.name for guard in guards.searches("W", "t", states, where)}


class TestChildrenAndLinks:
    @given(RECORDS, RECORDS)
    def test_meet_what_lies_below_and_what_leads_to_an_item(
        self, old: ItemRecord, changed: ItemRecord
    ) -> None:
        """Of any type and of the one asked for, before and after."""
        new = replace(changed, version=2, parent=old.parent)
        families = {Family("children", "t"), Family("children", "*"), Family("links", "l")}

        counted = guards.counted(families, old, new)

        if old.parent is not None:
            ref = parse_key(old.parent)
            assert {guards.children(ref, "t").name, guards.children(ref, None).name} <= counted
        ends = {"W-8", "V-9"} if "l" in old.links or "l" in new.links else set()
        assert {f"link:l:{end}" for end in ends} <= counted
        assert not any(name.startswith("link:m") for name in counted)


class TestTheItemsOwnLog:
    @given(RECORDS)
    def test_is_not_shown_by_searches(self, old: ItemRecord) -> None:
        """A comment or a refusal makes nobody start again who has found the item."""
        of = guards.searches("W", "t", [], [])

        assert guards.counted({of[0].family}, old, replace(old, seq=2, head="x")) == set()


class TestAnItemThatIsNotThere:
    @given(RECORDS)
    def test_is_met_when_it_is_made(self, new: ItemRecord) -> None:
        """Who found nothing under a key is asked again."""
        assert guards.absent(ItemRef("W", 1)).name in guards.counted((), None, new)


class TestAWalk:
    @given(RECORDS, RECORDS)
    def test_is_guarded_against_other_links_of_its_type_and_nothing_else(
        self, old: ItemRecord, new: ItemRecord
    ) -> None:
        """Whatever else an item becomes, walks that pass it lead to where they did."""
        later = replace(new, version=2)

        for before in (None, old):
            names = guards.counted([Family("walks", "l")], before, later)

            linked = () if before is None else before.links.get("l", ())
            assert (guards.walks("l").name in names) == (linked != later.links.get("l", ()))
