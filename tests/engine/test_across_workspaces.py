"""References to items of other workspaces, and effects on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from shop import OpenShop, Shop, plugin

from placet import (
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
from placet.errors import InvalidError, NotFoundError

SMITH = Role("forge.smith", "Smith")


class WorkFields(Fields):
    about: list[Annotated[ItemKey, Ref("forge.work")]] | None = None
    note: str | None = None


@effect("forge.reach_out")
def reach_out(ctx: EffectContext) -> None:
    """Note, link and finish what the work is about."""
    for key in ctx.item.fields.about or ():
        ctx.set_on(key, note=f"by {ctx.item.key}")
        ctx.link("forge.serves", ctx.item.key, source=key)
        ctx.fire(key, "finish", comment="done with it")


METHOD = Method(
    "forge",
    "Forge",
    roles=[SMITH],
    link_types=[LinkType("forge.serves", "serves")],
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
