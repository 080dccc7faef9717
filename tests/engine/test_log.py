"""The log and the lists: queries by name, and verification that finds whatever was tampered with."""

from __future__ import annotations

import re
from typing import Any

import pytest
from shop import FIXER, OpenShop, Shop, plugin
from sqlalchemy import text
from statements import sent

from placet import Method
from placet.cli.serve import _report
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import MalformedError, NotFoundError


def tamper(shop: Shop, statement: str, **values: Any) -> None:
    """Change the database behind the engine's back."""
    with shop.application.store.engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount


class TestVerifying:
    def test_counts_every_event_of_every_chain(self, any_shop: Shop) -> None:
        """Items, the workspace's own history, and that of the installation."""
        any_shop.offered()

        audit = any_shop.engine.reports.verify(any_shop["ida"])

        log = any_shop.engine.event_log.events(
            any_shop.engine.event_log.query(any_shop["ida"], limit=1000)
        ).rows
        assert (audit.ok, audit.events, audit.first_bad) == (True, len(log), None)

    @pytest.mark.parametrize(
        ("statement", "seq", "reason"),
        [
            (
                "UPDATE events SET body = replace(body, 'wished', 'wasted')",
                2,
                "its content is not what was hashed",
            ),
            ("UPDATE events SET body = 'no json'", 2, "its content is not what was hashed"),
            ("UPDATE events SET actor = 'cid'", 2, "its columns differ from its body: actor"),
            ("UPDATE events SET kind = 'edited'", 2, "its columns differ from its body: kind"),
            (
                "UPDATE events SET at = '2020-01-01T00:00:00.000000Z'",
                2,
                "its columns differ from its body: at",
            ),
            ("UPDATE events SET hash = prev_hash", 2, "its content is not what was hashed"),
            ("UPDATE events SET prev_hash = hash", 2, "it does not follow from the event before it"),
            ("DELETE FROM events", 3, "number 2 is missing: 3 follows 1"),
        ],
        ids=["body", "no_json", "actor", "kind", "at", "hash", "prev_hash", "gone"],
    )
    def test_finds_the_first_event_that_was_tampered_with(
        self, shop: Shop, statement: str, seq: int, reason: str
    ) -> None:
        """Whatever was changed in the database, it is named with item and number."""
        item = shop.offered()

        tamper(shop, f"{statement} WHERE workspace = 'SHOP' AND number = 1 AND seq = 2")

        bad = shop.engine.reports.verify(shop["ida"]).first_bad
        assert bad is not None
        assert (bad.key, bad.seq, bad.reason) == (item.key, seq, reason)

    def test_names_an_event_whose_moment_is_none(self, shop: Shop) -> None:
        """A column that cannot be read is a find, and no reason to fail; the history can be read, too."""
        item = shop.offered()

        tamper(shop, "UPDATE events SET at = 'a while ago' WHERE number = 1 AND seq = 2")

        bad = shop.engine.reports.verify(shop["ida"]).first_bad
        assert bad is not None
        assert (bad.key, bad.seq, bad.reason) == (item.key, 2, "its columns differ from its body: at")
        assert [event.seq for event in shop.engine.event_log.history(shop["ann"], item.key).rows] == [1, 2, 3]

    def test_finds_a_tail_that_was_cut_off(self, shop: Shop) -> None:
        """The item knows how many events it has."""
        item = shop.offered()

        tamper(shop, "DELETE FROM events WHERE number = 1 AND seq = 3")

        bad = shop.engine.reports.verify(shop["ida"]).first_bad
        assert bad is not None
        assert (bad.key, bad.seq, bad.event) == (item.key, 3, None)
        assert bad.reason == "it knows 3 events, and its log ends at 2"

    def test_finds_what_was_done_to_the_history_of_a_workspace(self, shop: Shop) -> None:
        """Who was given which role is proved in the same way."""
        changed = "UPDATE events SET body = replace(body, 'ben', 'tom')"
        tamper(shop, changed + " WHERE workspace = 'SHOP' AND number = 0 AND seq = 4")

        bad = shop.engine.reports.verify(shop["ida"]).first_bad
        assert bad is not None
        assert (bad.key, bad.seq) == ("SHOP", 4)

    @pytest.mark.parametrize(
        ("statement", "reason"),
        [
            ("UPDATE events SET body = replace(body, 'ben', 'tom')", "its content is not what was hashed"),
            ("DELETE FROM events", r"it knows \d+ events, and its log ends at 2"),
        ],
    )
    def test_finds_a_break_in_the_history_of_the_installation(
        self, shop: Shop, statement: str, reason: str
    ) -> None:
        """A changed event, and a tail that was cut off."""
        tamper(shop, f"{statement} WHERE workspace = 'installation' AND seq > 2")

        bad = shop.engine.reports.verify(shop["ida"]).first_bad
        assert bad is not None
        assert bad.key == "installation"
        assert re.fullmatch(reason, bad.reason)


class TestItems:
    def _keys(self, shop: Shop, who: str = "ida", **asked: Any) -> list[str]:
        query = shop.engine.reports.item_query(shop[who], **asked)
        return [item.key for item in shop.engine.reports.items(shop[who], query).rows]

    def test_are_found_by_what_they_are(self, any_shop: Shop) -> None:
        """By type, state, category, parent, words of the title, and indexed fields."""
        any_shop.wish("Green lamp", fault="dark", hours=3, price=2.5, express=True, tags=["a", "b"])
        any_shop.wish("Red chair", fault="wobbly", hours=30)
        any_shop.move(any_shop.on_bench(hours=4), "order", "ben")

        assert self._keys(any_shop, type="shop.part") == ["SHOP-4"]
        assert self._keys(any_shop, parent="SHOP-3") == ["SHOP-4"]
        assert self._keys(any_shop, states=["bench"]) == ["SHOP-3"]
        assert self._keys(any_shop, categories=["todo"]) == ["SHOP-1", "SHOP-2", "SHOP-4"]
        assert self._keys(any_shop, q="LAMP") == ["SHOP-1", "SHOP-3", "SHOP-4"]
        assert self._keys(any_shop, q="%") == []
        assert self._keys(any_shop, fields={"hours": "30"}) == ["SHOP-2"]
        assert self._keys(any_shop, fields={"price": "2.50", "express": "true"}) == ["SHOP-1"]
        assert self._keys(any_shop, fields={"tags": "b"}) == ["SHOP-1"]
        assert self._keys(any_shop, assignee="ann") == []
        assert self._keys(any_shop, who="tom") == []

    def test_with_decimals_are_found_and_sorted_by_what_these_amount_to(self, any_shop: Shop) -> None:
        """However they were written: 60.0 is 60, and 9 comes before it; a decimal itself keeps its digits."""
        for deposit in ("60.0", "9", "-3", "1E+2", "60"):
            any_shop.wish(deposit=deposit)
        found = self._keys(any_shop, type="shop.repair", sort="deposit")

        assert found == ["SHOP-3", "SHOP-2", "SHOP-1", "SHOP-5", "SHOP-4"]
        assert self._keys(any_shop, sort="-deposit") == found[::-1]
        for asked in ("60", "60.00", "6e1"):
            assert self._keys(any_shop, fields={"deposit": asked}) == ["SHOP-1", "SHOP-5"]
        assert any_shop.engine.items.get(any_shop["ida"], "SHOP-1").fields["deposit"] == "60.0"

    def test_with_decimals_go_on_behind_the_last_one_of_a_page(self, any_shop: Shop) -> None:
        """The cursor knows the order, too."""
        for deposit in ("60.0", "9", "100"):
            any_shop.wish(deposit=deposit)
        asked: dict[str, Any] = {"sort": "deposit", "limit": 1}
        keys, cursor = [], None
        for _ in range(3):
            query = any_shop.engine.reports.item_query(any_shop["ida"], **asked, cursor=cursor)
            page = any_shop.engine.reports.items(any_shop["ida"], query)
            keys += [item.key for item in page.rows]
            cursor = page.next_cursor

        assert keys == ["SHOP-2", "SHOP-1", "SHOP-3"]
        assert cursor is None

    @pytest.mark.parametrize(
        ("asked", "message"),
        [
            ({"type": "shop.repare"}, 'no item type "shop.repare"; did you mean "shop.repair"'),
            ({"states": ["bensh"]}, 'no state "bensh"; did you mean "bench"'),
            ({"categories": ["open"]}, 'no category "open"; there are'),
            ({"sort": "-hour"}, 'no sort "hour"; did you mean "hours"'),
            ({"sort": "tags"}, 'no sort "tags"'),
            ({"fields": {"notes": "x"}}, 'no indexed field "notes"'),
            ({"fields": {"hours": "many"}}, 'field.hours is of type integer, and "many" is not'),
            ({"fields": {"price": "dear"}}, "field.price is of type number"),
            ({"fields": {"price": "nan"}}, "field.price is of type number"),
            ({"fields": {"deposit": "1e999"}}, "field.deposit is of type number"),
            ({"fields": {"express": "yes"}}, "field.express is of type boolean"),
        ],
    )
    def test_names_that_there_are_not_are_refused_with_the_nearest(
        self, shop: Shop, asked: dict[str, Any], message: str
    ) -> None:
        """A query that means nothing is refused, not answered with nothing."""
        with pytest.raises(MalformedError, match=re.escape(message)):
            shop.engine.reports.item_query(shop["ida"], **asked)

    def test_of_a_workspace_that_there_is_not_are_not_found(self, shop: Shop) -> None:
        """For somebody without a role there it is the same."""
        with pytest.raises(NotFoundError, match='no workspace "SHPO"; did you mean "SHOP"'):
            shop.engine.reports.item_query(shop["ann"], workspace="SHPO")
        with pytest.raises(NotFoundError):
            shop.engine.reports.item_query(shop["tom"], workspace="SHOP")


class TestEvents:
    def test_are_read_in_order_and_narrowed(self, any_shop: Shop) -> None:
        """By item, person and kind, in pages that go on."""
        item = any_shop.offered()
        any_shop.wish()
        engine, ida = any_shop.engine, any_shop["ida"]

        def read(**asked: Any) -> list[tuple[str, int, str]]:
            return [
                (e.key, e.seq, e.kind)
                for e in engine.event_log.events(engine.event_log.query(ida, **asked)).rows
            ]

        assert read(item=item.key) == [
            ("SHOP-1", 1, "created"),
            ("SHOP-1", 2, "transition"),
            ("SHOP-1", 3, "transition"),
        ]
        assert read(workspace="SHOP", by="ann") == [("SHOP-1", 1, "created"), ("SHOP-2", 1, "created")]
        assert len(read(kinds=["transition"])) == 2
        first = engine.event_log.events(engine.event_log.query(ida, item=item.key, limit=2))
        assert read(item=item.key, after=first.next_cursor) == [("SHOP-1", 3, "transition")]

    def test_carry_the_number_that_their_commit_drew(self, any_shop: Shop) -> None:
        """In the order in which acts were decided, those of configuration too; on SQLite it is the position."""
        item = any_shop.offered()
        any_shop.person("eve", FIXER)
        any_shop.vote(item, "cid")

        log = any_shop.engine.event_log.sealed(
            any_shop.engine.event_log.query(any_shop["ida"], limit=500)
        ).rows

        drawn = [each.event.decided for each in log]
        assert drawn == sorted(drawn)
        assert drawn[0] > 0
        acts = {each.event.id for each in log}
        assert len(set(drawn)) == len(acts)
        if any_shop.application.store.sqlite:
            assert drawn == [each.position for each in log]

    def test_can_be_awaited_from_the_end(self, any_shop: Shop) -> None:
        """The cursor at the end is there, to go on from when more has happened."""
        engine, ida = any_shop.engine, any_shop["ida"]
        end = engine.event_log.events(engine.event_log.query(ida, limit=1000)).next_cursor
        assert engine.event_log.events(engine.event_log.query(ida, after=end)).next_cursor == end

        any_shop.wish()

        assert [e.kind for e in engine.event_log.events(engine.event_log.query(ida, after=end)).rows] == [
            "created"
        ]

    def test_refuse_a_cursor_from_elsewhere(self, shop: Shop) -> None:
        """A cursor means something in its own list only."""
        with pytest.raises(MalformedError, match='"nonsense" is not a cursor of this log'):
            shop.engine.event_log.events(shop.engine.event_log.query(shop["ida"], after="nonsense"))


class TestLint:
    def test_lists_roles_that_nobody_holds_and_gates_that_are_loosened(self, shop: Shop) -> None:
        """The rules in use are linted with the people who are there."""
        shop.engine.workspaces.assign(shop["ida"], "SHOP", "shop.master", [])

        found = shop.engine.reports.lint(shop["ida"], "SHOP")

        assert [str(f.severity) for f in found if "shop.master" in str(f)]
        assert all(str(f.severity) != "error" for f in found)

    def test_reports_a_method_set_that_cannot_be_composed(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A plugin that broke after it was switched on is an error of the workspaces that use it."""
        guard = Method("guard", "Guard")
        open_shop(sqlite_url, plugin(guard, name="guard"), methods=["shop", "guard"])

        def broken(catalog: Any) -> None:
            raise RuntimeError("out of order")

        shop = open_shop.again(sqlite_url, plugin(guard, name="guard", placet_extend=broken))

        assert [f.code for f in shop.engine.reports.lint(SYSTEM_ACTOR)] == ["composition"]

    def test_reports_a_method_that_is_gone(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """With what to do."""
        open_shop(sqlite_url)

        found = open_shop.again(sqlite_url, method=None).engine.reports.lint(SYSTEM_ACTOR)

        assert "missing-method" in [f.code for f in found]

    def test_at_the_start_of_a_server_reads_no_item(self, shop: Shop) -> None:
        """However many there are; a finding about items is not an error of the rules, and is left to others."""
        shop.offered()

        with sent(shop.application.store) as statements:
            _report(shop.application)

        tables = {name for each in statements for name in re.findall(r"FROM (\w+)", each)}
        assert "workspaces" in tables
        assert not {name for name in tables if name.startswith("item")}
