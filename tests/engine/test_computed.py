"""Computed fields: always what a computation from scratch gives, and computed no more often than that takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from pydantic import field_validator, model_validator
from shop import plugin
from trials import examples

from placet import (
    SAME,
    ActorId,
    BlockedError,
    CheckContext,
    Computed,
    EffectContext,
    Fields,
    ItemType,
    Line,
    LinkType,
    Method,
    Moment,
    Role,
    Settings,
    State,
    Transition,
    Workflow,
    effect,
    hookimpl,
)
from placet.catalog.discovery import Registry
from placet.testing import Desk

CLERK = Role("lab.clerk", "Clerk")
WRITER = Role("lab.writer", "Writer")


class LabSettings(Settings):
    """One figure that computations use."""

    factor: int = 2


class SampleFields(Fields):
    """The fields that people enter, and those that follow from them."""

    size: int | None = None
    note: Line | None = None
    tags: tuple[Line, ...] = ()
    owner: ActorId | None = None
    taken_at: Moment | None = None

    doubled: int | None = None
    label: Line | None = None
    doers: tuple[str, ...] = ()
    photos: int | None = None
    edited: Moment | None = None
    quadrupled: int | None = None
    whole: str | None = None
    scaled: int | None = None
    requester: str | None = None
    clerks: tuple[str, ...] = ()
    siblings: int | None = None
    neighbor: int | None = None
    related: tuple[str, ...] = ()
    seen_version: int | None = None
    is_sample: bool | None = None
    late: Moment | None = None
    later: str | None = None


class CheckedFields(SampleFields):
    """The same with a validator, for whose sake the whole is validated for each value."""

    @field_validator("note")
    @classmethod
    def _as_it_is(cls, note: str | None) -> str | None:
        return note


def _doubled(ctx: CheckContext) -> int | None:
    size: int | None = ctx.item.fields.size
    return None if size is None else size * 2


def _quadrupled(ctx: CheckContext) -> int | None:
    """Follows from a field that is computed itself."""
    doubled: int | None = ctx.item.fields.doubled
    return None if doubled is None else doubled * 2


def _whole(ctx: CheckContext) -> str:
    """Looks at all of the fields at once, those that are computed later too."""
    reported: str = ctx.item.fields.model_dump_json(exclude={"whole"})
    return reported


def _scaled(ctx: CheckContext) -> int:
    factor: int = ctx.settings.factor
    return factor * len(ctx.item.fields.tags)


def _siblings(ctx: CheckContext) -> int:
    return len(ctx.items(ctx.item.type, states=["taken"]))


def _neighbor(ctx: CheckContext) -> int | None:
    """The size of the first sample of the laboratory."""
    first = ctx.get("DESK-1")
    return None if first is None else first.fields.size


COMPUTATIONS: Mapping[str, Callable[[CheckContext], Any]] = {
    "doubled": _doubled,
    # Before `whole`: a field that is computed earlier sees another one as it was before the act.
    "neighbor": _neighbor,
    "label": lambda ctx: f"{ctx.item.title} is {ctx.item.state}, for {ctx.item.fields.note}",
    "doers": lambda ctx: (*ctx.item.doers("transition:go"), *ctx.item.doers("named:owner")),
    "photos": lambda ctx: len(ctx.evidence("photo")) * 10 + len(ctx.item.evidence),
    "edited": lambda ctx: ctx.item.edited_at("size"),
    "quadrupled": _quadrupled,
    "whole": _whole,
    "scaled": _scaled,
    "requester": lambda ctx: ctx.actor,
    "clerks": lambda ctx: ctx.holders("lab.clerk"),
    "siblings": _siblings,
    "related": lambda ctx: [item.title for item in ctx.linked("lab.near")],
    "seen_version": lambda ctx: ctx.item.version,
    "is_sample": lambda ctx: isinstance(ctx.item.fields, SampleFields) and bool(dict(ctx.item.fields)),
    "late": lambda ctx: max(ctx.now, ctx.item.fields.taken_at or ctx.now),
    "later": lambda ctx: "links" if ctx.item.links else None,
}


@effect("lab.grow")
def grow(ctx: EffectContext) -> None:
    """Changes what others follow from, in the middle of the act."""
    ctx.set(size=(ctx.item.fields.size or 0) + 1)


@effect("lab.tidy")
def tidy(ctx: EffectContext) -> None:
    """Changes nothing."""
    ctx.set(note=ctx.item.fields.note)


@effect("lab.share")
def share(ctx: EffectContext) -> None:
    """Changes another item, which others follow from, in the middle of the act."""
    ctx.set_on("DESK-1", size=ctx.item.fields.size)


def _workflow(id: str) -> Workflow:
    return Workflow(
        id,
        states=[
            State("taken", "Taken", "todo"),
            State("shut", "Shut", "waiting"),
            State("gone", "Gone", "done"),
        ],
        transitions=[
            Transition("go", "taken", "shut", [CLERK]),
            Transition("return", "shut", "taken", [CLERK], [], [grow]),
            Transition("tidy", "taken", SAME, [CLERK], [], [tidy]),
            Transition("share", "taken", SAME, [CLERK], [], [share]),
            Transition("throw_away", "shut", "gone", [CLERK]),
        ],
    )


def _always(compute: Callable[[CheckContext], Any]) -> Callable[[CheckContext], Any]:
    """The same computation, which searches other items first, so that it is unknown what it depends on."""

    def computed(ctx: CheckContext) -> Any:
        ctx.children()
        return compute(ctx)

    return computed


def _sample(
    id: str, computed: Mapping[str, Callable[[CheckContext], Any]], fields: type[Fields] = SampleFields
) -> ItemType:
    return ItemType(
        id,
        "Sample",
        fields=fields,
        workflow=_workflow(id),
        indexed=["size"],
        computed=[Computed(field, compute) for field, compute in computed.items()],
        parents=None,
        creators=[CLERK],
        editors=[CLERK],
    )


_AGAIN = {field: _always(compute) for field, compute in COMPUTATIONS.items()}
#: Two kinds of sample with the same computations: as they are, and such that all is computed and validated anew.
LAB = Method(
    "lab",
    "Laboratory",
    roles=[CLERK, WRITER],
    settings=LabSettings,
    link_types=[LinkType("lab.near", "Near")],
    item_types=[_sample("lab.sample", COMPUTATIONS), _sample("lab.again", _AGAIN, CheckedFields)],
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all examples: each brings items of its own."""
    with Desk(tmp_path_factory.mktemp("lab"), registry=Registry.of(plugin(LAB))) as desk:
        for type in ("lab.sample", "lab.again"):
            desk.create(type, "The first")
        yield desk


Step = tuple[str, Any]
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.sampled_from(["go", "return", "tidy", "share", "throw_away"])),
        st.tuples(st.just("size"), st.integers(0, 2)),
        st.tuples(st.just("note"), st.sampled_from(["red", "blue", None])),
        st.tuples(st.just("tags"), st.sampled_from([[], ["a"], ["a", "b"]])),
        st.tuples(st.just("owner"), st.sampled_from(["clerk", "writer", None])),
        st.tuples(
            st.just("taken_at"), st.sampled_from(["2026-03-01T10:00:00+01:00", "2030-01-01T00:00:00Z"])
        ),
        st.tuples(st.just("attach"), st.sampled_from(["photo", "letter"])),
        st.tuples(st.just("link"), st.just("DESK-1")),
        st.tuples(st.just("factor"), st.integers(1, 3)),
        st.tuples(st.just("hold"), st.sampled_from(["clerk", "writer"])),
    ),
    max_size=8,
)


def _step(desk: Desk, key: str, step: Step) -> None:
    """Do something to an item; what its rules refuse is left out."""
    verb, value = step
    try:
        match verb:
            case "move":
                desk.move(key, value, actor="clerk")
            case "attach":
                desk.attach(key, value)
            case "link":
                desk.link(key, "lab.near", value, actor="clerk")
            case "factor":
                desk.configure("lab", factor=value)
            case "hold":
                desk.hold("lab.clerk", *dict.fromkeys(["clerk", value]))
            case _:
                desk.edit(key, actor="clerk", **{verb: value})
    except BlockedError:
        return


class TestWhatFollows:
    @examples(15, HealthCheck.function_scoped_fixture)
    @given(STEPS)
    def test_is_what_computing_everything_from_scratch_gives(self, lab: Desk, steps: list[Step]) -> None:
        """Two items with the same life have the same fields, whether or not each function runs and all is validated."""
        pair = [lab.create(type, "A sample", size=1).key for type in ("lab.sample", "lab.again")]
        for step in steps:
            for key in pair:
                _step(lab, key, step)

            noted, again = (lab.item(key).fields for key in pair)
            assert noted == again

    def test_follows_from_the_edit_that_is_being_made_and_is_recorded_so(self, lab: Desk) -> None:
        """The event says of the item what it holds: when the size was edited, and not when it was before."""
        item = lab.create("lab.sample", "A sample", size=1)
        lab.pass_time(lab.clock.now() + timedelta(hours=1))

        edited = lab.edit(item, actor="clerk", size=2)

        recorded = lab.history(item)[-1].data["changes"]
        assert edited.fields["edited"] != item.fields["edited"]
        assert recorded["edited"] == [item.fields["edited"], edited.fields["edited"]]

    def test_sees_what_an_effect_changed_in_the_same_act(self, lab: Desk) -> None:
        """The effect of `return` makes the sample greater, and what follows from its size with it."""
        item = lab.create("lab.sample", "A sample", size=1)
        lab.move(item, "go", actor="clerk")

        moved = lab.move(item, "return", actor="clerk").item

        assert (moved.fields["size"], moved.fields["doubled"], moved.fields["quadrupled"]) == (2, 4, 8)

    def test_stands_in_the_order_of_the_fields(self, lab: Desk) -> None:
        """Whatever is computed first, people are shown the fields as the item type lists them."""
        fields = lab.create("lab.sample", "A sample", size=1, note="red").fields

        assert list(fields) == [name for name in SampleFields.model_fields if name in fields]


class ListedFields(Fields):
    """Fields with a list, and a rule of the whole model that counts how often it is asked."""

    size: int | None = None
    note: str | None = None
    words: tuple[str, ...] = ()
    asked: ClassVar[list[str]] = []

    @model_validator(mode="after")
    def _counted(self) -> ListedFields:
        self.asked.append(self.note or "")
        return self


def listed() -> Method:
    """The laboratory with a computed list."""
    words = {"words": lambda ctx: (ctx.item.fields.note or "").split()}
    return Method("lab", "Laboratory", roles=[CLERK], item_types=[_sample("lab.sample", words, ListedFields)])


class WrittenFields(Fields):
    """Fields whose computed values are equal to those they have, and yet to be written."""

    size: int | None = None
    note: str | None = None
    weight: Decimal | None = None
    grade: str = "plain"


class WrittenPlugin:
    """A sample with a computed decimal, and with a computed value that is the field's default."""

    @hookimpl
    def placet_method(self) -> Method:
        computed: Mapping[str, Callable[[CheckContext], Any]] = {
            "weight": lambda ctx: Decimal(ctx.item.fields.note or "1"),
            "grade": lambda _: "plain",
        }
        return Method(
            "lab", "Laboratory", roles=[CLERK], item_types=[_sample("lab.sample", computed, WrittenFields)]
        )


class CountingPlugin:
    """A sample whose computations are counted."""

    def __init__(self) -> None:
        self.runs: Counter[str] = Counter()

    def counted(self, field: str) -> Callable[[CheckContext], Any]:
        def computed(ctx: CheckContext) -> Any:
            self.runs[field] += 1
            return COMPUTATIONS[field](ctx)

        return computed

    @hookimpl
    def placet_method(self) -> Method:
        fields = ("doubled", "label", "siblings", "neighbor")
        sample = _sample("lab.sample", {field: self.counted(field) for field in fields})
        return Method("lab", "Laboratory", roles=[CLERK], settings=LabSettings, item_types=[sample])


class TestWithinOneAct:
    def test_a_field_is_computed_again_when_what_it_read_has_changed(self, tmp_path: Path) -> None:
        """`label` reads the state, which a move changes; `doubled` reads the size, which it leaves alone."""
        plugin = CountingPlugin()
        with Desk(tmp_path, registry=Registry.of(plugin)) as desk:
            item = desk.create("lab.sample", "A sample", size=1)
            plugin.runs.clear()
            desk.move(item, "go", actor="clerk")

        assert (plugin.runs["doubled"], plugin.runs["label"]) == (1, 2)

    def test_a_field_that_reads_an_item_by_its_key_is_computed_once_more_when_that_has_changed(
        self, tmp_path: Path
    ) -> None:
        """`tidy` leaves the neighbor alone; `share` gives it another size, which the field follows."""
        plugin = CountingPlugin()
        with Desk(tmp_path, registry=Registry.of(plugin)) as desk:
            desk.create("lab.sample", "The first", size=1)
            item = desk.create("lab.sample", "A sample", size=5)
            runs = {}
            for name in ("tidy", "share"):
                plugin.runs.clear()
                desk.move(item, name, actor="clerk")
                runs[name] = plugin.runs["neighbor"]
            shared = desk.item(item).fields["neighbor"]

        # The first sample has a field of this kind too, which is computed when it is changed.
        assert runs == {"tidy": 1, "share": 1 + 1 + 1}
        assert shared == 5

    def test_a_list_that_follows_as_it_was_is_not_set_anew(self, tmp_path: Path) -> None:
        """The rules of the whole model are asked to read the item, and then only where a computed value is another."""
        with Desk(tmp_path, registry=Registry.of(plugin(listed()))) as desk:
            item = desk.create("lab.sample", "A sample", note="red and round")
            ListedFields.asked.clear()
            moved = desk.move(item, "go", actor="clerk").item

        assert moved.fields["words"] == ["red", "and", "round"]
        assert ListedFields.asked == ["red and round"]

    def test_an_equal_value_is_written_as_it_is_computed(self, tmp_path: Path) -> None:
        """A decimal with the digits that it has now, and a default although the field has it unwritten."""
        with Desk(tmp_path, registry=Registry.of(WrittenPlugin())) as desk:
            item = desk.create("lab.sample", "A sample", note="1.0")
            edited = desk.edit(item, actor="clerk", note="1.00")

        assert (item.fields["weight"], item.fields["grade"]) == ("1.0", "plain")
        assert edited.fields["weight"] == "1.00"

    def test_a_field_that_searches_other_items_is_always_computed(self, tmp_path: Path) -> None:
        """Before the checks, after an effect has set fields, and in the end, as others may have been changed too."""
        plugin = CountingPlugin()
        with Desk(tmp_path, registry=Registry.of(plugin)) as desk:
            item = desk.create("lab.sample", "A sample", size=1)
            plugin.runs.clear()
            desk.move(item, "tidy", actor="clerk")

        assert (plugin.runs["doubled"], plugin.runs["siblings"]) == (1, 3)
