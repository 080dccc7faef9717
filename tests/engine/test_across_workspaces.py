"""References to items of other workspaces, and effects on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from shop import OpenShop, Shop, plugin

from placet import (
    Cardinality,
    Category,
    EffectContext,
    Fields,
    ItemKey,
    ItemType,
    LinkType,
    Method,
    Ref,
    Role,
    State,
    Transition,
    Workflow,
    effect,
)
from placet.engine.act.records import ItemRecord, NewLink
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import ConflictError, InvalidError, NotFoundError

SMITH = Role("forge.smith", "Smith")


class WorkFields(Fields):
    about: list[Annotated[ItemKey, Ref("forge.work")]] | None = None
    note: str | None = None
    #: A workspace in which another work is made.
    place: str | None = None


@effect("forge.reach_out")
def reach_out(ctx: EffectContext) -> None:
    """Note, link and finish what the work is about."""
    for key in ctx.item.fields.about or ():
        ctx.set_on(key, note=f"by {ctx.item.key}")
        ctx.link("forge.serves", ctx.item.key, source=key)
        ctx.fire(key, "finish", comment="done with it")


@effect("forge.make_there")
def make_there(ctx: EffectContext) -> None:
    """Make a work in another workspace, and note its key."""
    fields = ctx.item.fields
    parent = next(iter(fields.about or ()), None)
    made = ctx.create_in(fields.place, "forge.work", "A hinge", parent=parent, note="new")
    ctx.set(note=str(made))


METHOD = Method(
    "forge",
    "Forge",
    roles=[SMITH],
    link_types=[
        LinkType("forge.serves", "serves"),
        LinkType("forge.replaces", "replaces", cardinality=Cardinality.MANY_TO_ONE),
    ],
    item_types=[
        ItemType(
            "forge.work",
            "Work",
            fields=WorkFields,
            workflow=Workflow(
                "forge.work",
                [State("hot", "Hot", Category.TODO), State("cold", "Cold", Category.DONE)],
                [
                    Transition("finish", "hot", "cold", [SMITH, "system"]),
                    Transition("strike", "hot", "hot", [SMITH], effects=[reach_out]),
                    Transition("order", "hot", "hot", [SMITH], effects=[make_there]),
                ],
            ),
        )
    ],
)


@pytest.fixture
def forge(open_shop: OpenShop, sqlite_url: str) -> Shop:
    """Ben works in SHOP and sees nothing of FAR, in which there is one work; cid works in both."""
    shop = open_shop(sqlite_url, plugin(METHOD), methods=("shop", "forge"))
    shop.engine.workspaces.create(SYSTEM_ACTOR, key="FAR", name="Far", methods=["forge"])
    shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", SMITH.id, ["ben", "cid"])
    shop.engine.workspaces.assign(SYSTEM_ACTOR, "FAR", SMITH.id, ["cid"])
    work(shop, "cid", "FAR")
    return shop


def work(shop: Shop, by: str, workspace: str = "SHOP", **said: Any) -> ItemRecord:
    fields = {"about": said.pop("about")} if "about" in said else {}
    return shop.engine.items.create(
        shop[by], workspace=workspace, type="forge.work", title="A gate", fields=fields, **said
    )


class TestANewReference:
    @pytest.mark.parametrize("key", ["FAR-1", "FAR-2", "NOWHERE-1"])
    def test_is_to_what_its_writer_sees(self, forge: Shop, key: str) -> None:
        """In fields, links and parents, made and edited and moved; what exists is no more than what does not."""
        mine = work(forge, "ben")
        engine, ben = forge.engine, forge["ben"]
        tries: dict[str, list[Callable[[], object]]] = {
            "/fields/about/0": [
                lambda: work(forge, "ben", about=[key]),
                lambda: engine.items.edit(ben, mine.key, fields={"about": [key]}),
                lambda: engine.transition(ben, mine.key, "finish", fields={"about": [key]}),
                lambda: engine.transition(ben, mine.key, "finish", fields={"about": [key]}, dry_run=True),
            ],
            "/parent": [lambda: work(forge, "ben", parent=key)],
            "/links/0/target": [lambda: work(forge, "ben", links=[NewLink("forge.serves", key)])],
        }

        for pointer, acts in tries.items():
            for act in acts:
                with pytest.raises(InvalidError) as caught:
                    act()
                assert [(f.pointer, f.message) for f in caught.value.faults] == [
                    (pointer, f'there is no item "{key}"')
                ]
        with pytest.raises(NotFoundError, match=f'there is no item "{key}"'):
            engine.items.link(ben, mine.key, "forge.serves", key)

    def test_that_is_there_already_stays(self, forge: Shop) -> None:
        """Ben edits what cid wrote, and keeps a reference to what he does not see."""
        theirs, mine = work(forge, "cid", about=["FAR-1"]), work(forge, "ben")

        after = forge.engine.items.edit(forge["ben"], theirs.key, fields={"about": ["FAR-1", mine.key]})

        assert after.fields["about"] == ["FAR-1", mine.key]


class TestARefusal:
    def test_names_an_item_of_another_workspace_by_its_key_alone(self, forge: Shop) -> None:
        """Who is refused may see nothing of that workspace, and a title says what people have written there."""
        theirs, mine = work(forge, "cid"), work(forge, "ben")
        forge.engine.items.link(forge["cid"], theirs.key, "forge.replaces", "FAR-1")

        with pytest.raises(ConflictError) as caught:
            forge.engine.items.link(forge["ben"], theirs.key, "forge.replaces", mine.key)

        assert str(caught.value) == (
            f"{theirs.key} already has its only link that says 'replaces' (forge.replaces), to FAR-1: remove it first"
        )


class TestAnEffect:
    def test_writes_nothing_where_the_workspaces_have_not_agreed(self, forge: Shop) -> None:
        """One alone has not; the event says what was left out."""
        theirs = work(forge, "cid", about=["FAR-1"])
        for agreeing, with_ in (("SHOP", "FAR"), ("FAR", "ELSEWHERE")):
            forge.engine.workspaces.change(forge["ida"], agreeing, effects_with=[with_])

            moved = forge.engine.transition(forge["cid"], theirs.key, "strike")

            assert moved.event is not None
            assert moved.event.data["left_out"] == ["FAR-1"]
            assert [each.kind for each in forge.engine.event_log.history(SYSTEM_ACTOR, "FAR-1").rows] == [
                "created"
            ]

    def test_writes_where_both_name_each_other(self, forge: Shop) -> None:
        """As `system`, with the item that caused it."""
        theirs = work(forge, "cid", about=["FAR-1"])
        forge.engine.workspaces.change(forge["ida"], "SHOP", effects_with=["FAR"])
        forge.engine.workspaces.change(forge["ida"], "FAR", effects_with=["SHOP"])

        moved = forge.engine.transition(forge["cid"], theirs.key, "strike")

        assert moved.event is not None
        assert "left_out" not in moved.event.data
        events = forge.engine.event_log.history(SYSTEM_ACTOR, "FAR-1").rows[1:]
        assert [(each.kind, each.actor) for each in events] == [
            ("edited", "system"), ("linked", "system"), ("transition", "system"),
        ]  # fmt: skip
        assert {each.data["caused_by"] for each in events} == {theirs.key}

    def test_writes_nothing_where_its_method_is_off(self, forge: Shop) -> None:
        theirs = work(forge, "cid", about=["FAR-1"])
        forge.engine.workspaces.change(forge["ida"], "SHOP", effects_with=["FAR"])
        forge.engine.workspaces.change(
            forge["ida"], "FAR", methods=["shop"], effects_with=["SHOP"], force=True
        )

        moved = forge.engine.transition(forge["cid"], theirs.key, "strike")

        assert moved.event is not None
        assert moved.event.data["left_out"] == ["FAR-1"]

    def test_makes_an_item_where_both_name_each_other(self, forge: Shop) -> None:
        """As `system`, below an item that is there, with the item that caused it."""
        agreed(forge)
        theirs = ordering(forge, about=["FAR-1"])

        moved = forge.engine.transition(forge["cid"], theirs.key, "order")

        made = forge.engine.items.get(SYSTEM_ACTOR, "FAR-2")
        created, *_ = forge.engine.event_log.history(SYSTEM_ACTOR, "FAR-2").rows
        assert (moved.item.fields["note"], made.parent, made.fields["note"]) == ("FAR-2", "FAR-1", "new")
        assert (created.actor, created.data["caused_by"]) == ("system", theirs.key)
        assert forge.engine.reports.verify(SYSTEM_ACTOR).ok

    @pytest.mark.parametrize(("about", "left_out"), [(["FAR-1"], ["FAR-1"]), (None, ["FAR"])], ids=str)
    def test_makes_none_where_they_have_not_agreed(
        self, forge: Shop, about: list[str] | None, left_out: list[str]
    ) -> None:
        """The event names the parent, or the workspace."""
        moved = forge.engine.transition(forge["cid"], ordering(forge, about=about).key, "order")

        assert moved.event is not None
        assert (moved.item.fields["note"], moved.event.data["left_out"]) == ("None", left_out)
        with pytest.raises(NotFoundError):
            forge.engine.items.get(SYSTEM_ACTOR, "FAR-2")

    def test_makes_none_of_a_type_that_is_not_there(self, forge: Shop) -> None:
        """Its method was switched off; the act goes on."""
        agreed(forge)
        forge.engine.workspaces.change(forge["ida"], "FAR", methods=["shop"], force=True)

        moved = forge.engine.transition(forge["cid"], ordering(forge).key, "order")

        assert moved.event is not None
        assert moved.event.data["left_out"] == ["FAR"]


def agreed(forge: Shop) -> None:
    forge.engine.workspaces.change(forge["ida"], "SHOP", effects_with=["FAR"])
    forge.engine.workspaces.change(forge["ida"], "FAR", effects_with=["SHOP"])


def ordering(forge: Shop, **fields: Any) -> ItemRecord:
    """A work of SHOP that is to make another in FAR."""
    return forge.engine.items.create(
        forge["cid"], workspace="SHOP", type="forge.work", title="A door", fields={"place": "FAR", **fields}
    )
