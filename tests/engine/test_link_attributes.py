"""Links that say something: checked, recorded, shown, and read by checks from both ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal

import pytest
from pydantic import ValidationError
from shop import (
    CUSTOMER,
    FIXER,
    MASTER,
    METHOD,
    SIGNATURE,
    SMALL,
    START,
    OpenShop,
    Shop,
    changed,
    plugin,
    replace_transition,
    with_repair,
)
from sqlalchemy import select

from placet import (
    Approval,
    ApprovalStatus,
    Ballot,
    Computed,
    EffectContext,
    Fields,
    Gate,
    Line,
    LinkType,
    Method,
    Panel,
    Quorum,
    Transition,
    effect,
)
from placet.engine.act.records import ItemRecord, NewLink
from placet.engine.engine import SYSTEM_ACTOR
from placet.errors import InvalidError
from placet.store.tables import links

BUILDS_ON = "shop.builds_on"


class Strength(Fields):
    """How much one repair builds on another."""

    strength: Literal[1, 2]
    note: Line | None = None


def with_links(method: Method = METHOD, **changes: Any) -> Method:
    """The shop with repairs that build on others."""
    link_type = LinkType(BUILDS_ON, "Builds on", attributes=Strength, inverse="Base of", **changes)
    return changed(method, link_types=[*method.link_types, link_type])


@pytest.fixture
def linking(open_shop: OpenShop, database_url: str) -> Shop:
    """A shop on either database whose links say something."""
    return open_shop(database_url, method=with_links())


def reported(shop: Shop, item: ItemRecord) -> list[dict[str, Any]]:
    """The content of events about links."""
    events = shop.engine.event_log.history(SYSTEM_ACTOR, item.key).rows
    names = ("attributes", "former_attributes")
    return [
        {name: event.data[name] for name in names if name in event.data}
        for event in events
        if event.kind in {"linked", "unlinked"}
    ]


def stored(shop: Shop) -> list[Any]:
    """The attributes in the table that is searched."""
    with shop.application.store.outside() as connection:
        return list(connection.scalars(select(links.c.attributes)))


class TestAttributes:
    def test_are_given_changed_and_taken_away_with_the_link(self, linking: Shop) -> None:
        """The item, the table and the events say the same; the same again is not a change."""
        one, two = linking.wish(), linking.wish()
        link = linking.engine.items.link

        made = link(linking["ann"], one.key, BUILDS_ON, two.key, {"strength": 1, "note": "mostly"})
        before = stored(linking)
        changed = link(linking["ann"], one.key, BUILDS_ON, two.key, {"strength": 2})
        after = stored(linking)
        for same in ({"strength": 2}, None):
            link(linking["ann"], one.key, BUILDS_ON, two.key, same)
        gone = linking.engine.items.unlink(linking["ann"], one.key, BUILDS_ON, two.key)

        assert made.link_attributes == {BUILDS_ON: {two.key: {"strength": 1, "note": "mostly"}}}
        assert (before, after) == ([{"strength": 1, "note": "mostly"}], [{"strength": 2}])
        assert (changed.version, gone.link_attributes, stored(linking)) == (made.version + 1, {}, [])
        assert reported(linking, one) == [
            {"attributes": {"strength": 1, "note": "mostly"}},
            {"attributes": {"strength": 2}, "former_attributes": {"strength": 1, "note": "mostly"}},
            {},
        ]

    def test_keep_what_was_typed_apart(self, linking: Shop) -> None:
        """Words can be erased from the event, and its chain still holds; figures stay."""
        one, two = linking.wish(), linking.wish()
        linking.engine.items.link(
            linking["ann"], one.key, BUILDS_ON, two.key, {"strength": 1, "note": "as Bo says"}
        )
        event = linking.engine.event_log.history(SYSTEM_ACTOR, one.key).rows[-1]

        linking.engine.erasing.erase_text(linking["ida"], one.key, event.id, reason="asked for by the person")

        assert "Bo" not in event.body
        assert reported(linking, one) == [{"attributes": {"strength": 1, "note": None}}]
        assert linking.engine.reports.verify(SYSTEM_ACTOR).ok

    def test_come_with_a_new_item(self, linking: Shop) -> None:
        base = linking.wish()

        made = linking.engine.items.create(
            linking["ann"], workspace="SHOP", type="shop.repair", title="B",
            links=[NewLink(BUILDS_ON, base.key, {"strength": 2})],
        )  # fmt: skip

        assert linking.item(made).link_attributes == {BUILDS_ON: {base.key: {"strength": 2}}}

    def test_are_seen_from_both_ends(self, linking: Shop) -> None:
        one, two = linking.wish(), linking.wish()
        linking.engine.items.link(linking["ann"], one.key, BUILDS_ON, two.key, {"strength": 1})

        ends = [linking.engine.items.links(linking["ann"], item.key) for item in (one, two)]

        assert [[(end.direction, end.attributes) for end in found] for found in ends] == [
            [("out", {"strength": 1})],
            [("in", {"strength": 1})],
        ]

    @pytest.mark.parametrize(
        ("link_type", "attributes", "pointer", "message"),
        [
            (BUILDS_ON, None, "/attributes/strength", "it is required and missing"),
            (BUILDS_ON, {"strength": 3}, "/attributes/strength", "it has to be 1 or 2"),
            (BUILDS_ON, {"strength": 1, "nte": "x"}, "/attributes/nte", 'did you mean "note"'),
            (BUILDS_ON, {"strength": 1, "note": "\x00"}, "/attributes/note", "control character"),
            (
                "shop.follows",
                {"strength": 1},
                "/attributes",
                "links that say 'Follows' (shop.follows) have no attributes",
            ),
        ],
    )
    def test_fit_their_model(
        self, linking: Shop, link_type: str, attributes: dict[str, Any] | None, pointer: str, message: str
    ) -> None:
        """A misfit is pointed at, also within a new item's list of links; nothing is written."""
        one, two = linking.wish(), linking.wish()

        with pytest.raises(InvalidError) as alone:
            linking.engine.items.link(linking["ann"], one.key, link_type, two.key, attributes)
        with pytest.raises(InvalidError) as made:
            linking.engine.items.create(
                linking["ann"], workspace="SHOP", type="shop.repair", title="B",
                links=[NewLink(link_type, two.key, attributes)],
            )  # fmt: skip

        assert [fault.pointer for fault in alone.value.faults] == [pointer]
        assert [fault.pointer for fault in made.value.faults] == [f"/links/0{pointer}"]
        assert message in alone.value.faults[0].message
        assert linking.kinds(one) == ["created"]


class TestChecks:
    @pytest.mark.parametrize(
        ("read", "of"),
        [
            (lambda ctx: [item.link.strength for item in ctx.linked(BUILDS_ON)], "one"),
            (lambda ctx: [item.link.strength for item in ctx.linking(BUILDS_ON)], "two"),
        ],
    )
    def test_read_them_at_the_item_that_the_link_leads_to(
        self, open_shop: OpenShop, sqlite_url: str, read: Callable[[Any], list[int]], of: str
    ) -> None:
        """In both directions, typed; by other ways there is nothing to read."""
        seen: list[Any] = []

        def total(ctx: Any) -> float:
            found = read(ctx)
            seen.extend(item.link for item in ctx.items("shop.repair"))
            return float(sum(found))

        shop = open_shop(sqlite_url, method=with_links(with_repair(computed=[Computed("total", total)])))
        items = {"one": shop.wish(), "two": shop.wish()}
        shop.engine.items.link(shop["ann"], items["one"].key, BUILDS_ON, items["two"].key, {"strength": 2})

        shop.engine.items.edit(shop["ann"], items[of].key, fields={"hours": 1})

        assert shop.item(items[of]).fields["total"] == 2.0
        assert set(seen) == {None}

    def test_cannot_change_them(self, open_shop: OpenShop, sqlite_url: str) -> None:
        refusals: list[Exception] = []

        def total(ctx: Any) -> None:
            for item in ctx.linked(BUILDS_ON):
                try:
                    item.link.strength = 1
                except (AttributeError, ValidationError) as refusal:
                    refusals.append(refusal)

        shop = open_shop(sqlite_url, method=with_links(with_repair(computed=[Computed("total", total)])))
        one, two = shop.wish(), shop.wish()

        linked = shop.engine.items.link(shop["ann"], one.key, BUILDS_ON, two.key, {"strength": 2})

        assert refusals
        assert linked.link_attributes[BUILDS_ON][two.key] == {"strength": 2}


class TestWhatWasDecidedOnThem:
    def test_a_waiver_is_for_what_the_links_said(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Other attributes close its gate again; what was said before, and a link that is back, open it."""
        gate = Gate(
            "shop.small", "Small enough", *SMALL.checks, waived_by=[MASTER], waived_content=[BUILDS_ON]
        )
        start = Transition("start", "wished", "bench", [FIXER], [gate], input=["fixer", "hours"])
        shop = open_shop(sqlite_url, method=with_links(replace_transition(start)))
        item, base = shop.wish(fault="dark", hours=99), shop.wish()
        link, say = shop.engine.items.link, {"strength": 1}
        link(shop["ben"], item.key, BUILDS_ON, base.key, say)
        asked = shop.engine.waivers.ask(
            shop["ben"],
            item.key,
            gate="shop.small",
            reason="in a hurry",
            expires_at=START + timedelta(days=1),
        )
        shop.engine.waivers.decide(shop["mia"], item.key, asked.id, grant=True)

        def allowed() -> bool:
            preview = shop.engine.explain(shop["ben"], item.key).preview("start")
            return preview is not None and preview.allowed

        found = [allowed()]
        link(shop["ben"], item.key, BUILDS_ON, base.key, {"strength": 2})
        found.append(allowed())
        shop.engine.items.unlink(shop["ben"], item.key, BUILDS_ON, base.key)
        link(shop["ben"], item.key, BUILDS_ON, base.key, say)
        found.append(allowed())

        assert found == [True, False, True]

    def test_an_approval_whose_material_is_computed_from_them_is_void_and_stays_so(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """Said otherwise and said again as before, the votes are gone: somebody decides anew."""
        agreed = Approval(
            "shop.agreement", "Agreement", Panel(Ballot([CUSTOMER], Quorum.any())), material_fields=["total"]
        )

        def total(ctx: Any) -> float:
            return float(sum(item.link.strength for item in ctx.linked(BUILDS_ON)))

        method = with_repair(approvals=[agreed, SIGNATURE], computed=[Computed("total", total)])
        shop = open_shop(sqlite_url, method=with_links(method))
        item, base = shop.on_bench(), shop.wish()
        link = shop.engine.items.link
        link(shop["ben"], item.key, BUILDS_ON, base.key, {"strength": 1})
        shop.move(item, "offer", "ben")
        shop.vote(item, "cid")
        granted = shop.item(item).round("shop.agreement")

        link(shop["ben"], item.key, BUILDS_ON, base.key, {"strength": 2})
        link(shop["ben"], item.key, BUILDS_ON, base.key, {"strength": 1})

        after = shop.item(item).round("shop.agreement")
        assert granted is not None
        assert after is not None
        assert (granted.status, granted.round) == (ApprovalStatus.GRANTED, 1)
        assert (after.status, after.votes) == (ApprovalStatus.PENDING, ())


class TestEffects:
    def test_give_and_are_sent_them(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """An effect of the link type learns what is said of the link, once, when it is made."""
        sent: list[Any] = []

        @effect("shop.hear")
        def hear(ctx: EffectContext) -> None:
            """It is heard of."""
            sent.append(dict(ctx.sent))
            if ctx.sent["attributes"]["strength"] == 1:
                ctx.link(BUILDS_ON, ctx.sent["target"], attributes={"strength": 2})

        shop = open_shop(sqlite_url, method=with_links(effects=[hear]))
        one, two = shop.wish(), shop.wish()

        linked = shop.engine.items.link(shop["ann"], one.key, BUILDS_ON, two.key, {"strength": 1})

        assert sent == [{"link": BUILDS_ON, "target": two.key, "attributes": {"strength": 1}}]
        assert linked.link_attributes == {BUILDS_ON: {two.key: {"strength": 2}}}


class TestAnAddedAttribute:
    def test_outlives_the_method_that_is_switched_off(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """While it is off it is neither seen nor lost; where it is on, it can be given."""
        city = plugin(
            Method("city", "City", extends=["shop"]),
            placet_extend=lambda catalog: catalog.add_attribute(BUILDS_ON, "permit", Line),
        )
        shop = open_shop(sqlite_url, city, methods=("shop", "city"), method=with_links())
        one, two = shop.wish(), shop.wish()
        link = shop.engine.items.link
        link(shop["ann"], one.key, BUILDS_ON, two.key, {"strength": 1, "permit": "P7"})
        shop.engine.workspaces.change(shop["ida"], "SHOP", methods=("shop",))

        after = link(shop["ann"], one.key, BUILDS_ON, two.key, {"strength": 2})

        assert after.link_attributes[BUILDS_ON][two.key] == {"strength": 2, "permit": "P7"}
        with pytest.raises(InvalidError, match='no attribute "permit"'):
            link(shop["ann"], one.key, BUILDS_ON, two.key, {"strength": 2, "permit": "P8"})


class TestAnAddedEffect:
    def test_follows_the_link_types_own(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Another method hears of each link once it is made, and not of one that is there already."""
        heard: list[str] = []

        @effect("shop.hear")
        def hear(ctx: EffectContext) -> None:
            heard.append(f"shop {ctx.sent['target']}")

        @effect("city.hear")
        def hear_too(ctx: EffectContext) -> None:
            heard.append(f"city {ctx.sent['target']}")

        city = plugin(
            Method("city", "City", extends=["shop"]),
            placet_extend=lambda catalog: catalog.add_link_effect(BUILDS_ON, hear_too),
        )
        shop = open_shop(sqlite_url, city, methods=("shop", "city"), method=with_links(effects=[hear]))
        one, two = shop.wish(), shop.wish()

        for _ in range(2):
            shop.engine.items.link(shop["ann"], one.key, BUILDS_ON, two.key, {"strength": 1})

        assert heard == [f"shop {two.key}", f"city {two.key}"]
