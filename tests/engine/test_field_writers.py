"""Fields that only holders of certain roles write, however somebody tries to."""

from __future__ import annotations

import pytest
from shop import MASTER, OpenShop, RepairFields, Shop, with_repair

from placet import BlockedError


class Estimated(RepairFields):
    hours: int = 1


@pytest.fixture
def shop(open_shop: OpenShop, sqlite_url: str) -> Shop:
    """The master alone says how long a repair takes."""
    return open_shop(sqlite_url, method=with_repair(fields=Estimated, writers={"hours": [MASTER]}))


class TestSuchAField:
    def test_is_not_edited_by_others(self, shop: Shop) -> None:
        """The blocker names the roles and their people."""
        key = shop.wish(by="ben").key

        with pytest.raises(BlockedError) as refusal:
            shop.engine.items.edit(shop["ben"], key, fields={"hours": 2, "fault": "dark"})

        [blocker] = refusal.value.blockers
        assert (blocker.gate, blocker.check, blocker.who) == ("role", "field.writers", ("shop.master", "mia"))
        assert blocker.params["fields"] == ["hours"]
        assert shop.engine.items.edit(shop["mia"], key, fields={"hours": 2}).fields["hours"] == 2

    def test_may_be_sent_along_as_it_is(self, shop: Shop) -> None:
        key = shop.wish(by="ben").key

        edited = shop.engine.items.edit(shop["ben"], key, fields={"hours": 1, "fault": "dark"})

        assert edited.fields["fault"] == "dark"

    def test_is_not_given_by_others_when_the_item_is_made(self, shop: Shop) -> None:
        """But for the value that it would have anyway."""
        with pytest.raises(BlockedError):
            shop.wish(by="ben", hours=2)

        shop.wish(by="ben", hours=1)
        shop.wish(by="mia", hours=2)

    def test_is_not_taken_by_a_transition_from_others(self, shop: Shop) -> None:
        key = shop.wish(by="ben", fault="dark").key

        assert [b.check for b in shop.refusal(key, "start", "ben", fields={"hours": 3}).blockers] == [
            "field.writers"
        ]
        assert shop.move(key, "start", "ben").state == "bench"
