"""Fields that only holders of certain roles write, however somebody tries to."""

from __future__ import annotations

import pytest
from shop import OpenShop, Shop, plugin

from placet import BlockedError, Fields, ItemType, Method, Role, State, Transition, Workflow
from placet.engine.engine import SYSTEM_ACTOR

BOSS, HELPER = Role("plot.boss", "Boss"), Role("plot.helper", "Helper")


class PlotFields(Fields):
    size: int = 1
    crop: str | None = None


METHOD = Method(
    "plot",
    "Plot",
    roles=[BOSS, HELPER],
    item_types=[
        ItemType(
            "plot.field",
            "Field",
            fields=PlotFields,
            workflow=Workflow(
                "plot.field",
                [State("open_", "Open", "todo"), State("sown", "Sown", "done")],
                [Transition("sow", "open_", "sown", [HELPER, BOSS], input=["size"])],
            ),
            writers={"size": [BOSS]},
        )
    ],
)


@pytest.fixture
def farm(open_shop: OpenShop, sqlite_url: str) -> Shop:
    """Ida is the boss; ann helps."""
    shop = open_shop(sqlite_url, plugin(METHOD), methods=("shop", "plot"))
    for role, person in ((BOSS, "ida"), (HELPER, "ann")):
        shop.engine.workspaces.assign(SYSTEM_ACTOR, "SHOP", role.id, [person])
    return shop


def made(shop: Shop, by: str, **fields: object) -> str:
    return shop.engine.items.create(
        shop[by], workspace="SHOP", type="plot.field", title="By the river", fields=fields
    ).key


class TestSuchAField:
    def test_is_not_edited_by_others(self, farm: Shop) -> None:
        """The blocker names the roles and their people."""
        key = made(farm, "ann")

        with pytest.raises(BlockedError) as refusal:
            farm.engine.items.edit(farm["ann"], key, fields={"size": 2, "crop": "rye"})

        [blocker] = refusal.value.blockers
        assert (blocker.gate, blocker.check, blocker.who) == ("role", "field.writers", ("plot.boss", "ida"))
        assert blocker.params["fields"] == ["size"]
        assert farm.engine.items.edit(farm["ida"], key, fields={"size": 2}).fields["size"] == 2

    def test_may_be_sent_along_as_it_is(self, farm: Shop) -> None:
        key = made(farm, "ann")

        edited = farm.engine.items.edit(farm["ann"], key, fields={"size": 1, "crop": "rye"})

        assert edited.fields["crop"] == "rye"

    def test_is_not_given_by_others_when_the_item_is_made(self, farm: Shop) -> None:
        """But for the value that it would have anyway."""
        with pytest.raises(BlockedError):
            made(farm, "ann", size=2)

        made(farm, "ann", size=1)
        made(farm, "ida", size=2)

    def test_is_not_taken_by_a_transition_from_others(self, farm: Shop) -> None:
        key = made(farm, "ann")

        assert [b.check for b in farm.refusal(key, "sow", "ann", fields={"size": 3}).blockers] == [
            "field.writers"
        ]
        assert farm.move(key, "sow", "ann").state == "sown"
