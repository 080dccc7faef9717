"""Items: made, edited, linked, given evidence and roles, talked about."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

import pytest
from shop import CUSTOMER, FIXER, OpenShop, Shop, replace_transition, with_repair

from placet import SAME, Computed, Transition
from placet.definitions.verdicts import BlockedError
from placet.engine.act.records import ItemRecord, NewLink
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, StaleError


class TestMaking:
    def test_starts_in_the_first_state_with_everything_recorded(self, any_shop: Shop) -> None:
        """The first event holds all that the item was made with."""
        item = any_shop.wish("  A lamp ", fault="dark", hours=2, price=1.5)

        event = any_shop.engine.event_log.history(any_shop["ida"], item.key).rows[0]
        assert (item.key, item.title, item.state, item.category, item.version) == (
            "SHOP-1", "A lamp", "wished", "todo", 1,
        )  # fmt: skip
        assert item.fields == {"fault": "dark", "hours": 2, "price": 1.5, "total": 3.0}
        assert event.data["changes"]["total"] == [None, 3.0]
        assert any_shop.item(item) == item

    def test_numbers_are_given_once(self, shop: Shop) -> None:
        """The next item has the next number, also after one that failed."""
        shop.wish()
        with pytest.raises(InvalidError):
            shop.wish(like="SHOP-77")

        assert shop.wish().number in {2, 3}

    def test_links_from_the_start(self, shop: Shop) -> None:
        """A new item can be made with its links."""
        old = shop.wish()

        new = shop.engine.items.create(
            shop["ann"],
            workspace="SHOP",
            type="shop.repair",
            title="B",
            links=[NewLink("shop.follows", old.key)],
        )

        assert new.links == {"shop.follows": (old.key,)}

    @pytest.mark.parametrize(
        ("wrong", "pointer", "message"),
        [
            ({"workspace": "SHPO"}, "/workspace", 'there is no workspace "SHPO"; did you mean "SHOP"?'),
            ({"type": "shop.repare"}, "/type", 'no item type "shop.repare"; did you mean "shop.repair"'),
            ({"title": " "}, "/title", "is empty"),
            ({"title": "x" * 501}, "/title", "has 501 characters, 500 at most are allowed"),
            ({"title": "a\x00b"}, "/title", "control character U+0000 at position 1"),
            ({"fields": {"hour": 1}}, "/fields/hour", 'no field "hour"; did you mean "hours"'),
            ({"fields": {"total": 1}}, "/fields/total", "is computed and cannot be set"),
            ({"fields": {"hours": "x"}}, "/fields/hours", "whole number"),
            ({"fields": {"due": "2026-01-01T10:00:00"}}, "/fields/due", "time zone"),
            (
                {"fields": {"fixer": "bob"}},
                "/fields/fixer",
                'there is no actor "bob"; there are "ann", "bea", "ben", "cid", "ida", "mia", "tom"',
            ),
            ({"fields": {"like": "SHOP-99"}}, "/fields/like", 'there is no item "SHOP-99"'),
            (
                {"fields": {"spares": ["SHOP-1"]}},
                "/fields/spares/0",
                "SHOP-1 is a repair, not a part",
            ),
            ({"parent": "SHOP-1"}, "/parent", "SHOP-1 is a repair, and a repair has no parent"),
            ({"parent": "SHOP-99"}, "/parent", 'there is no item "SHOP-99"'),
            ({"parent": "nonsense"}, "/parent", 'there is no item "nonsense"'),
            ({"links": [NewLink("shop.need", "SHOP-1")]}, "/links/0/type", 'did you mean "shop.needs"'),
            ({"links": [NewLink("shop.needs", "SHOP-98")]}, "/links/0/target", 'there is no item "SHOP-98"'),
        ],
    )
    def test_is_refused_with_a_pointer_and_writes_nothing(
        self, shop: Shop, wrong: dict[str, Any], pointer: str, message: str
    ) -> None:
        """A refusal of bad input says where it is and what would fit."""
        first = shop.wish()

        with pytest.raises(InvalidError) as caught:
            shop.engine.items.create(
                shop["ann"], **{"workspace": "SHOP", "type": "shop.repair", "title": "A", **wrong}
            )

        assert caught.value.faults[0].pointer == pointer
        assert message in caught.value.faults[0].message
        assert [i.key for i in _all(shop)] == [first.key]

    def test_is_for_those_who_may(self, shop: Shop) -> None:
        """Who holds a role may make an item, or one of those that its type names."""
        item = shop.wish()

        with pytest.raises(ForbiddenError, match="Ann may not create a part in SHOP") as caught:
            shop.engine.items.create(
                shop["ann"], workspace="SHOP", type="shop.part", title="x", parent=item.key
            )
        assert caught.value.needs == ("shop.fixer",)
        with pytest.raises(InvalidError, match='no workspace "SHOP"'):
            shop.engine.items.create(shop["tom"], workspace="SHOP", type="shop.repair", title="x")
        with pytest.raises(ForbiddenError):
            shop.engine.items.create(shop["ida"], workspace="SHOP", type="shop.repair", title="x")

    def test_below_or_linked_to_what_one_cannot_see_is_as_if_it_were_not_there(self, shop: Shop) -> None:
        """Nobody learns of an item by naming it."""
        shop.engine.workspaces.create(shop["ida"], key="NEXT", name="Next door", methods=["shop"])
        shop.person("nat", CUSTOMER, FIXER, workspace="NEXT")
        item = shop.wish()

        for secret in ({"parent": item.key}, {"links": [NewLink("shop.follows", item.key)]}):
            with pytest.raises(InvalidError, match=f'there is no item "{item.key}"'):
                shop.engine.items.create(
                    shop["nat"],
                    workspace="NEXT",
                    type="shop.part",
                    title="x",
                    fields={"maker": "A"},
                    **secret,
                )


class TestEditing:
    def test_merges_and_computes_again(self, shop: Shop) -> None:
        """A field that is not sent stays; null takes one away; computed fields follow."""
        item = shop.wish(fault="dark", hours=2, price=2.0)

        after = shop.engine.items.edit(
            shop["ann"], item.key, title="Lamp", fields={"price": 3.0, "fault": None}
        )

        event = shop.engine.event_log.history(shop["ida"], item.key).rows[-1]
        assert (after.title, after.fields, after.version) == (
            "Lamp",
            {"hours": 2, "price": 3.0, "total": 6.0},
            2,
        )
        assert event.data["changes"] == {
            "fault": ["dark", None],
            "price": [2.0, 3.0],
            "total": [4.0, 6.0],
            "title": ["A broken lamp", "Lamp"],
        }
        assert after.edited["price"] == shop.clock.now()

    def test_that_changes_nothing_writes_nothing(self, shop: Shop) -> None:
        """The same values again are not an event."""
        item = shop.wish(fault="dark", due="2026-03-01T12:00:00+02:00")

        after = shop.engine.items.edit(
            shop["ann"], item.key, title=item.title, fields={"due": "2026-03-01T10:00:00Z"}
        )

        assert after == item
        assert shop.kinds(item) == ["created"]

    def test_is_refused_where_a_field_is_frozen(self, shop: Shop) -> None:
        """In some states some fields are settled, and the refusal says how to get out."""
        item = shop.move(shop.on_bench(), "test", "ben")

        with pytest.raises(BlockedError) as caught:
            shop.engine.items.edit(shop["ben"], item.key, fields={"fault": "dim"})

        assert caught.value.blockers[0].message == "fault cannot be changed in 'Being tested'"
        assert caught.value.blockers[0].remedy == "use Rework first"
        assert (
            shop.engine.items.edit(shop["ben"], item.key, fields={"fault": "dark", "hours": 3}).fields[
                "hours"
            ]
            == 3
        )

    def test_names_who_can_free_a_frozen_field_or_else_the_role(self, shop: Shop) -> None:
        """Somebody who may not make the transition is sent to those who may, or to the role that is vacant."""
        item = shop.move(shop.on_bench(), "test", "ben")

        remedies = []
        for fixers in (["ben", "bea"], []):
            shop.engine.workspaces.assign(shop["ida"], "SHOP", FIXER.id, fixers)
            with pytest.raises(BlockedError) as caught:
                shop.engine.items.edit(shop["mia"], item.key, fields={"fault": "dim"})
            remedies.append(caught.value.blockers[0].remedy)

        assert remedies == [
            "have Ben or Bea use Rework first",
            "ask an administrator to appoint a fixer, who can use Rework first",
        ]

    def test_says_for_each_frozen_field_why_and_by_what_it_changes(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """A field that a transition takes is not freed by another one; fields that are freed alike stand together."""
        why = "the test was agreed for it"
        reprice = Transition("reprice", "testing", SAME, [FIXER], input=["price"])
        rules = replace_transition(
            reprice,
            frozen_in={"testing": ["fault", "price", "due"], "done": ["fault"]},
            frozen_because={"fault": why, "due": why},
        )
        shop = open_shop(sqlite_url, method=rules)
        item = shop.move(shop.on_bench(), "test", "ben")

        with pytest.raises(BlockedError) as caught:
            shop.engine.items.edit(
                shop["ben"],
                item.key,
                fields={"fault": "dim", "price": 4.0, "due": "2026-03-01T10:00:00Z"},
            )

        assert [(each.message, each.remedy) for each in caught.value.blockers] == [
            (
                "fault and due cannot be changed in 'Being tested', as the test was agreed for it",
                "use Rework first",
            ),
            ("price cannot be changed in 'Being tested'", "use Reprice to change price"),
        ]

    def test_in_a_final_state_is_refused_with_another_way(self, shop: Shop) -> None:
        """Where nothing leaves, what is new belongs on another item."""
        item = shop.offered()
        for voter in ("cid", "bea"):
            shop.vote(item, voter)
        shop.attach(item, "test_result")
        shop.move(shop.move(item, "test", "ben"), "hand_over", "bea")

        with pytest.raises(BlockedError) as caught:
            shop.engine.items.edit(shop["ben"], item.key, fields={"fault": "dim"})

        assert caught.value.blockers[0].remedy == "record what is new on another item"

    def test_of_a_stale_version_is_refused(self, any_shop: Shop) -> None:
        """Two people who edit the same item do not overwrite each other unknowingly."""
        item = any_shop.wish()
        any_shop.engine.items.edit(any_shop["ann"], item.key, title="One", expected=1)

        with pytest.raises(StaleError):
            any_shop.engine.items.edit(any_shop["cid"], item.key, title="Two", expected=1)

    def test_is_for_those_who_may(self, shop: Shop) -> None:
        """Administering gives no right to edit; nor does a role that the type does not name."""
        item = shop.move(shop.on_bench(), "order", "ben")
        part = item.links["shop.needs"][0]

        with pytest.raises(
            ForbiddenError,
            match=r"Ida may not edit 'A broken lamp' \(SHOP-1\), which is for the customer, fixer or master",
        ):
            shop.engine.items.edit(shop["ida"], item.key, title="x")
        with pytest.raises(ForbiddenError, match=r"Ann may not edit '.*' \(SHOP-2\)"):
            shop.engine.items.edit(shop["ann"], part, title="x")
        assert shop.engine.items.edit(SYSTEM_ACTOR, part, title="x").title == "x"


class TestSeeing:
    def test_is_not_found_by_those_who_may_not(self, shop: Shop) -> None:
        """Whether it exists is not revealed either."""
        item = shop.wish()

        for key in (item.key, "SHOP-99"):
            with pytest.raises(NotFoundError, match=f'there is no item "{key}"'):
                shop.engine.items.get(shop["tom"], key)

    @pytest.mark.parametrize("key", ["shop-1", "nonsense"])
    def test_of_what_is_not_a_key_finds_nothing_either(self, shop: Shop, key: str) -> None:
        """And says how keys look."""
        shop.wish()

        with pytest.raises(NotFoundError, match=f"'{key}' is not an item key, such as OPS-12"):
            shop.engine.items.get(shop["ann"], key)

    def test_follows_a_role_on_the_item_itself(self, any_shop: Shop) -> None:
        """Who is given a role on one item sees that one, in lists too."""
        item = any_shop.wish()
        any_shop.wish()

        any_shop.engine.items.set_role(any_shop["mia"], item.key, "shop.fixer", ["tom"])

        tom = any_shop["tom"]
        assert any_shop.engine.items.get(tom, item.key).key == item.key
        assert [
            i.key for i in any_shop.engine.reports.items(tom, any_shop.engine.reports.item_query(tom)).rows
        ] == [item.key]


class TestRoles:
    def test_of_the_item_go_before_the_workspaces(self, shop: Shop) -> None:
        """An item with a fixer of its own is that fixer's alone, until it has none again."""
        item = shop.wish(fault="dark", hours=1)
        shop.engine.items.set_role(shop["ida"], item.key, "shop.fixer", ["tom"])

        assert [b.check for b in shop.refusal(item, "start", "ben").blockers] == ["role"]
        shop.engine.items.set_role(shop["ida"], item.key, "shop.fixer", [])
        assert shop.move(item, "start", "ben").state == "bench"

    def test_naming_the_same_again_is_no_event(self, shop: Shop) -> None:
        """Only a change is recorded."""
        item = shop.wish()
        shop.engine.items.set_role(shop["ida"], item.key, "shop.fixer", ["tom"])
        shop.engine.items.set_role(shop["ida"], item.key, "shop.fixer", ["tom", "tom"])

        assert shop.kinds(item) == ["created", "roles"]

    def test_are_given_by_those_who_may_to_people_there_are(self, shop: Shop) -> None:
        """Holders of the roles that appoint, and administrators; roles, people and numbers are checked."""
        item = shop.wish()
        give = shop.engine.items.set_role

        for somebody in ("ann", "ben"):
            with pytest.raises(
                ForbiddenError, match=f"{somebody.title()} may not appoint anybody as fixer on SHOP-1"
            ):
                give(shop[somebody], item.key, "shop.fixer", ["tom"])
        with pytest.raises(ForbiddenError, match="the role customer is not given for one item"):
            give(shop["ida"], item.key, "shop.customer", ["tom"])
        with pytest.raises(NotFoundError, match=r'did you mean "shop\.fixer"'):
            give(shop["ida"], item.key, "shop.fixr", ["tom"])
        with pytest.raises(InvalidError, match='there is no actor "tim"; did you mean "tom"'):
            give(shop["ida"], item.key, "shop.fixer", ["tim"])
        with pytest.raises(InvalidError, match=r"Master \(shop\.master\) takes 1 holder at most, not 2"):
            give(shop["ida"], item.key, "shop.master", ["tom", "mia"])
        with pytest.raises(
            InvalidError, match="Tom holds none of the roles that the role master needs in SHOP"
        ):
            give(shop["ida"], item.key, "shop.master", ["tom"])

    def test_nobody_gives_themselves(self, shop: Shop) -> None:
        """Administrators no more than others, unless the role says so."""
        item = shop.wish()
        give = shop.engine.items.set_role

        for somebody in ("mia", "ida"):
            with pytest.raises(ForbiddenError, match="nobody appoints themselves as fixer"):
                give(shop[somebody], item.key, "shop.fixer", ["bea", somebody])

    def test_nobody_gives_with_a_part_in_the_item(self, shop: Shop) -> None:
        """Mia made one, is named in another, fixes the third, and has voted on the last."""
        mine, named, fixed = shop.wish(by="mia"), shop.wish(fixer="mia"), shop.wish()
        voted = shop.offered()
        give = shop.engine.items.set_role
        give(shop["ida"], fixed.key, "shop.fixer", ["mia"])
        shop.vote(voted, "mia", approval="shop.signature")

        for item in (mine, named, fixed, voted):
            with pytest.raises(
                ForbiddenError, match=r"Mia may not appoint anybody as fixer on SHOP-\d, as they "
            ):
                give(shop["mia"], item.key, "shop.fixer", ["bea"])
        assert give(shop["mia"], shop.wish().key, "shop.fixer", ["bea"]).roles == {"shop.fixer": ("bea",)}


class TestLinks:
    def test_are_seen_from_both_ends(self, shop: Shop) -> None:
        """Each end reads as its definition says."""
        item = shop.move(shop.on_bench(), "order", "ben")
        part = item.links["shop.needs"][0]

        out = shop.engine.items.links(shop["ben"], item.key)
        back = shop.engine.items.links(shop["ben"], part)

        assert [(e.title, e.direction, e.key, e.state) for e in out] == [("Needs", "out", part, "ordered")]
        assert [(e.title, e.direction, e.key, e.type) for e in back] == [
            ("Needed by", "in", item.key, "shop.repair")
        ]

    def test_are_made_once_and_taken_away(self, any_shop: Shop) -> None:
        """A link that is there stays one; one that is not cannot be removed."""
        one, two = any_shop.wish(), any_shop.wish()
        engine, ann = any_shop.engine, any_shop["ann"]

        engine.items.link(ann, one.key, "shop.follows", two.key)
        engine.items.link(ann, one.key, "shop.follows", two.key)
        assert any_shop.kinds(one) == ["created", "linked"]
        assert engine.items.unlink(ann, one.key, "shop.follows", two.key).links == {}
        with pytest.raises(
            NotFoundError, match=r"no link that says 'Follows' \(shop\.follows\) from SHOP-1 to"
        ):
            engine.items.unlink(ann, one.key, "shop.follows", two.key)

    def test_are_content_that_fields_are_computed_from(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Made or taken away, they leave no field behind that says something else."""
        computed = Computed("total", lambda ctx: float(len(ctx.linked("shop.follows"))))
        shop = open_shop(sqlite_url, method=with_repair(computed=[computed]))
        one, two = shop.wish(), shop.wish()

        linked = shop.engine.items.link(shop["ann"], one.key, "shop.follows", two.key)
        unlinked = shop.engine.items.unlink(shop["ann"], one.key, "shop.follows", two.key)

        assert (linked.fields["total"], unlinked.fields["total"]) == (1.0, 0.0)
        history = shop.engine.event_log.history(shop["ann"], one.key).rows
        assert [event.data["changes"]["total"] for event in history] == [[None, 0.0], [0.0, 1.0], [1.0, 0.0]]

    def test_keep_their_cardinality(self, any_shop: Shop) -> None:
        """An end that has its only link takes no other; not everybody who links the two sees the third item."""
        one, two, three = any_shop.wish(), any_shop.wish(), any_shop.wish()
        engine, ann = any_shop.engine, any_shop["ann"]
        engine.items.link(ann, one.key, "shop.replaces", two.key)

        with pytest.raises(
            ConflictError,
            match=r"SHOP-1 already has its only link that says 'Replaces' .*, to SHOP-2: remove it first",
        ):
            engine.items.link(ann, one.key, "shop.replaces", three.key)
        with pytest.raises(
            ConflictError,
            match=r"'.*' \(SHOP-2\) already has its only link that says 'Replaces' .*, from SHOP-1: remove it first",
        ):
            engine.items.link(ann, three.key, "shop.replaces", two.key)

    def test_form_no_circle_where_their_type_is_acyclic(self, any_shop: Shop) -> None:
        """However long it would be; others may."""
        one, two, three = any_shop.wish(), any_shop.wish(), any_shop.wish()
        engine, ann = any_shop.engine, any_shop["ann"]
        engine.items.link(ann, one.key, "shop.replaces", two.key)
        engine.items.link(ann, two.key, "shop.replaces", three.key)

        with pytest.raises(
            ConflictError,
            match=r"'A broken lamp' \(SHOP-1\) leads back to SHOP-3 over links that say 'Replaces'",
        ):
            engine.items.link(ann, three.key, "shop.replaces", one.key)

        engine.items.link(ann, one.key, "shop.follows", two.key)
        engine.items.link(ann, two.key, "shop.follows", one.key)

    @pytest.mark.parametrize(
        ("link_type", "target", "pointer", "message"),
        [
            (
                "shop.needs",
                "SHOP-2",
                "/target",
                "'A broken lamp' (SHOP-2) is a repair, and links that say 'Needs' (shop.needs) can lead to a part only",
            ),
            ("shop.follows", "SHOP-1", "/target", "SHOP-1 cannot be linked to itself"),
            ("shop.folows", "SHOP-2", "/type", 'did you mean "shop.follows"'),
        ],
    )
    def test_fit_their_definition(
        self, shop: Shop, link_type: str, target: str, pointer: str, message: str
    ) -> None:
        """Types of both ends are checked."""
        shop.wish()
        shop.wish()

        with pytest.raises(InvalidError, match=re.escape(message)) as caught:
            shop.engine.items.link(shop["ann"], "SHOP-1", link_type, target)

        assert [fault.pointer for fault in caught.value.faults] == [pointer]

    def test_that_cannot_start_at_an_item_are_the_wrong_type(self, shop: Shop) -> None:
        """No other target would help."""
        item = shop.move(shop.on_bench(), "order", "ben")
        [part] = shop.engine.items.children(shop["ben"], item.key)

        with pytest.raises(InvalidError) as caught:
            shop.engine.items.link(shop["ben"], part.key, "shop.follows", item.key)

        [fault] = caught.value.faults
        assert fault.pointer == "/type"
        assert fault.message.endswith(
            "is a part, and links that say 'Follows' (shop.follows) can start at a repair only"
        )

    def test_lead_only_to_what_one_can_see(self, shop: Shop) -> None:
        """Nobody learns of an item by linking to it."""
        item = shop.wish()

        with pytest.raises(NotFoundError):
            shop.engine.items.link(shop["ann"], item.key, "shop.follows", "SHOP-99")


class TestEvidence:
    def test_is_kept_by_its_content(self, any_shop: Shop) -> None:
        """The same bytes are the same evidence, found by those who may see an item that has them."""
        item = any_shop.wish()
        digest = sha256(b"evidence").hexdigest()

        any_shop.attach(item, "photo", name="lamp.jpg", media_type="image/jpeg")

        kept = any_shop.engine.evidence.get(any_shop["ann"], digest)
        with any_shop.engine.evidence.content(kept) as content:
            assert (kept.kind, kept.name, kept.media_type, kept.size, content.read()) == (
                "photo", "lamp.jpg", "image/jpeg", 8, b"evidence",
            )  # fmt: skip
        for who, sought in (("tom", digest), ("ann", "0" * 64), ("ann", "../../etc")):
            with pytest.raises(NotFoundError):
                any_shop.engine.evidence.get(any_shop[who], sought)

    def test_may_be_elsewhere(self, shop: Shop) -> None:
        """A reference with its digest is evidence too; its bytes are not here."""
        item, digest = shop.wish(), "a" * 64

        made = shop.engine.evidence.attach(
            shop["ben"], item.key, kind="photo", url="https://x.test/1", sha256=digest
        )

        assert (made.url, made.name, made.size) == ("https://x.test/1", "https://x.test/1", 0)
        with pytest.raises(NotFoundError, match="content of the evidence"):
            shop.engine.evidence.content(shop.engine.evidence.get(shop["ann"], digest))

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"kind": "Photo"}, "/kind"),
            ({}, ""),
            ({"content": b"x", "url": "https://x.test"}, ""),
            ({"url": "file:///etc/passwd"}, "/url"),
            ({"content": b"x", "sha256": "0" * 64}, "/sha256"),
            ({"content": b"x", "sha256": "short"}, "/sha256"),
            ({"content": b"x", "name": "a\x07"}, "/name"),
        ],
    )
    def test_is_refused_with_a_pointer(self, shop: Shop, wrong: dict[str, Any], pointer: str) -> None:
        """A value that cannot be stored is refused."""
        item = shop.wish()

        with pytest.raises(InvalidError) as caught:
            shop.engine.evidence.attach(shop["ben"], item.key, **{"kind": "photo", **wrong})

        assert caught.value.faults[0].pointer == pointer
        assert shop.kinds(item) == ["created"]


class TestTalking:
    def test_is_recorded_and_leaves_the_version(self, shop: Shop) -> None:
        """A comment, and a question to somebody about a blocker."""
        item = shop.wish()

        shop.engine.items.comment(shop["cid"], item.key, "why so slow?")
        asked = shop.engine.asks.ask(
            shop["ann"], item.key, check="shop.fault_named", to="ben", comment="you know"
        )

        assert (shop.item(item).version, shop.kinds(item)) == (1, ["created", "comment", "asked"])
        assert (asked.data["to"], asked.data["check"]) == ("ben", "shop.fault_named")

    def test_asks_only_people_there_are_for_checks_there_are(self, shop: Shop) -> None:
        """Names are checked."""
        item = shop.wish()

        with pytest.raises(InvalidError, match=r'did you mean "shop\.fault_named"'):
            shop.engine.asks.ask(shop["ann"], item.key, check="shop.fault_name", to="ben")
        with pytest.raises(InvalidError, match="there is no actor"):
            shop.engine.asks.ask(shop["ann"], item.key, check="role", to="bxn")
        with pytest.raises(InvalidError, match="/text: is empty"):
            shop.engine.items.comment(shop["ann"], item.key, " \n")

    def test_is_paged(self, shop: Shop) -> None:
        """A long history comes in parts."""
        item = shop.wish()
        for n in range(4):
            shop.engine.items.comment(shop["ann"], item.key, f"{n}")

        first = shop.engine.event_log.history(shop["ann"], item.key, limit=3)
        rest = shop.engine.event_log.history(
            shop["ann"], item.key, after=int(first.next_cursor or 0), limit=3
        )

        assert [e.seq for e in (*first.rows, *rest.rows)] == [1, 2, 3, 4, 5]
        assert rest.next_cursor is None


def _all(shop: Shop) -> list[ItemRecord]:
    engine = shop.engine
    return list(engine.reports.items(SYSTEM_ACTOR, engine.reports.item_query(SYSTEM_ACTOR)).rows)
