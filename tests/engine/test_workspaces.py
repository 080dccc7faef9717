"""Administration: workspaces, roles, people, tokens and delegations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from shop import REPAIR, START, OpenShop, Shop, with_repair
from sqlalchemy import text

from placet import BusinessCalendar, Workflow
from placet.definitions.verdicts import BlockedError, GateMode
from placet.engine.act.people import WorkspaceRecord
from placet.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    MalformedError,
    NotFoundError,
    UnauthenticatedError,
)


class TestWorkspaces:
    @pytest.mark.parametrize(
        ("wrong", "error", "message"),
        [
            ({"key": "shop"}, InvalidError, "/key: is not 1 to 20 capital letters"),
            ({"key": "SHOP"}, ConflictError, 'the workspace key "SHOP" is already in use'),
            ({"name": ""}, InvalidError, "/name: is empty"),
            ({"methods": ["shp"]}, InvalidError, "did you mean"),
            ({"settings": {"shop": {"largest_estimate": "x"}}}, InvalidError, "largest_estimate"),
            ({"gate_modes": {"shop.describd": GateMode.WARN}}, InvalidError, "did you mean"),
        ],
        ids=["key", "taken", "name", "method", "settings", "gate"],
    )
    def test_are_refused_with_what_is_wrong(
        self, shop: Shop, wrong: dict[str, Any], error: type[Exception], message: str
    ) -> None:
        """Names and values are checked before anything is written."""
        with pytest.raises(error, match=message):
            shop.engine.workspaces.create(
                shop["ida"], **{"key": "NEW", "name": "New", "methods": ["shop"], **wrong}
            )

        assert [w.key for w in shop.engine.workspaces.all(shop["ida"])] == ["SHOP"]

    def test_are_changed_by_administrators_with_a_history(self, any_shop: Shop) -> None:
        """Every change raises the version, and is an event of the workspace's own."""
        old = any_shop.engine.workspaces.get(any_shop["ida"], "SHOP")

        new = any_shop.engine.workspaces.change(
            any_shop["ida"], "SHOP", name="The big shop", gate_modes={"shop.small": GateMode.WARN},
            settings={"shop": {"largest_estimate": 8}}, calendars={"default": BusinessCalendar("Europe/Vienna")},
            record_refusals=False, require_if_match=True,
        )  # fmt: skip

        assert isinstance(new, WorkspaceRecord)
        assert (new.version, new.seq) == (old.version + 1, old.seq + 1)
        assert any_shop.engine.workspaces.get(any_shop["ida"], "SHOP") == new
        event = any_shop.engine.event_log.events(
            any_shop.engine.event_log.query(any_shop["ida"], kinds=["workspace_changed"])
        ).rows[-1]
        assert event.key == "SHOP"
        assert event.data["changes"]["settings"] == [{}, {"shop": {"largest_estimate": 8}}]
        assert any_shop.engine.workspaces.change(any_shop["ida"], "SHOP", name="The big shop") == new

    def test_are_for_administrators(self, shop: Shop) -> None:
        """Nobody else opens or changes one, names people or gives roles."""
        for act in (
            lambda: shop.engine.workspaces.create(shop["mia"], key="X", name="X", methods=[]),
            lambda: shop.engine.workspaces.change(shop["mia"], "SHOP", name="X"),
            lambda: shop.engine.workspaces.assign(shop["mia"], "SHOP", "shop.fixer", ["tom"]),
            lambda: shop.engine.people.add(shop["mia"], id="x", name="X"),
            lambda: shop.engine.people.issue_token(shop["mia"], "ann", name="x"),
        ):
            with pytest.raises(ForbiddenError):
                act()

    def test_settings_take_effect_at_once(self, shop: Shop) -> None:
        """The next decision is under the new figures, with another definition on record."""
        item = shop.wish(fault="dark", hours=9)
        shop.engine.workspaces.change(shop["ida"], "SHOP", settings={"shop": {"largest_estimate": 8}})

        refusal = shop.refusal(item, "start", "ben")

        assert [b.message for b in refusal.blockers] == ["9 hours are more than 8"]
        made, refused = shop.engine.event_log.history(shop["ida"], item.key).rows
        assert made.data["definition"] != refused.data["definition"]

    def test_a_change_that_strands_items_has_to_be_forced(self, any_shop: Shop) -> None:
        """Nobody is stranded unknowingly."""
        item = any_shop.on_bench()

        with pytest.raises(BlockedError) as refused:
            any_shop.engine.workspaces.change(any_shop["ida"], "SHOP", methods=[])
        any_shop.engine.workspaces.change(any_shop["ida"], "SHOP", methods=[], force=True)

        assert str(refused.value) == (
            "Changing SHOP is blocked by 1 check: workspace: 1 item of the type repair (shop.repair) in 'On the bench' "
            "(bench) would be stranded"
        )
        assert any_shop.item(item).state == "bench"
        with pytest.raises(BlockedError, match="the method shop is not switched on in SHOP"):
            any_shop.engine.transition(any_shop["ben"], item.key, "test")

    def test_a_state_that_is_gone_strands_its_items_readably(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """They are shown, with the reason for which they cannot move."""
        first = open_shop(sqlite_url)
        item = first.on_bench()
        fewer = Workflow(
            REPAIR.id,
            [s for s in REPAIR.states if s.id in {"wished", "dropped"}],
            [t for t in REPAIR.transitions if t.name == "drop"],
        )
        shop = open_shop.again(
            sqlite_url, method=with_repair(workflow=fewer, frozen_in={}, approvals=[], duties=[])
        )
        shop.people = first.people

        assert shop.engine.explain(shop["ann"], item.key).previews == ()
        refusal = shop.refusal(item, "drop", "ann", comment="no longer wanted")
        assert refusal.blockers[0].message == "a repair has no state bench any more"


class TestRoles:
    def test_are_listed_with_their_holders(self, shop: Shop) -> None:
        """Also those whose method is gone."""
        assert [(id, holders) for id, _, holders in shop.engine.workspaces.roles(shop["ann"], "SHOP")] == [
            ("shop.customer", ("ann", "cid")),
            ("shop.fixer", ("ben", "bea")),
            ("shop.master", ("mia",)),
            ("placet.auditor", ()),
        ]

    def test_naming_the_same_again_changes_nothing(self, shop: Shop) -> None:
        """No event, no version."""
        before = shop.engine.workspaces.get(shop["ida"], "SHOP")

        assert shop.engine.workspaces.assign(shop["ida"], "SHOP", "shop.master", ["mia"]) == before

    def test_are_not_given_over_what_somebody_else_has_said_meanwhile(self, shop: Shop) -> None:
        """Who adds somebody to those who hold a role has read these before."""
        known = shop.engine.workspaces.get(shop["ida"], "SHOP").roles["shop.fixer"]
        shop.engine.workspaces.assign(shop["ida"], "SHOP", "shop.fixer", [*known, "tom"], expected=known)

        with pytest.raises(ConflictError, match="the role fixer in SHOP was given to Ben, Bea and Tom"):
            shop.engine.workspaces.assign(shop["ida"], "SHOP", "shop.fixer", [*known, "mia"], expected=known)

        assert shop.engine.workspaces.get(shop["ida"], "SHOP").roles["shop.fixer"] == (*known, "tom")

    def test_are_checked(self, shop: Shop) -> None:
        """Unknown roles and people are named."""
        with pytest.raises(NotFoundError, match="did you mean"):
            shop.engine.workspaces.assign(shop["ida"], "SHOP", "shop.fixr", ["tom"])
        with pytest.raises(InvalidError, match="there is no actor"):
            shop.engine.workspaces.assign(shop["ida"], "SHOP", "shop.fixer", ["zed"])


class TestPeople:
    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            ({"id": "me"}, InvalidError),
            ({"id": "a b"}, InvalidError),
            ({"id": "ann"}, ConflictError),
            ({"kind": "robot"}, InvalidError),
            ({"email": "nobody"}, InvalidError),
            ({"name": " "}, InvalidError),
        ],
        ids=["reserved", "blank", "taken", "kind", "mail", "name"],
    )
    def test_are_checked(self, shop: Shop, wrong: dict[str, Any], error: type[Exception]) -> None:
        """Ids are stable names; a mail address looks like one."""
        with pytest.raises(error):
            shop.engine.people.add(shop["ida"], **{"id": "new", "name": "New", **wrong})

    def test_are_listed_in_pages_without_the_addresses_of_others(self, any_shop: Shop) -> None:
        """Names are for those who work here, mail addresses for administrators."""
        any_shop.engine.people.add(any_shop["ida"], id="zoe", name="Zoe", email="zoe@x.test")

        first = any_shop.engine.people.find(any_shop["ann"], limit=4)
        rest = any_shop.engine.people.find(any_shop["ann"], after=first.next_cursor, limit=40)

        assert [a.id for a in (*first.rows, *rest.rows)] == sorted([*any_shop.people, "zoe"])
        assert (rest.next_cursor, rest.rows[-1].email) == (None, None)
        assert any_shop.engine.people.find(any_shop["ida"], limit=40).rows[-1].email == "zoe@x.test"
        with pytest.raises(MalformedError, match="is not from this list"):
            any_shop.engine.people.find(any_shop["ann"], after="abc")


class TestTokens:
    def test_say_who_is_asking_and_are_stored_hashed(self, shop: Shop) -> None:
        """The secret is shown once, and not in the database."""
        secret, token = shop.engine.people.issue_token(shop["ida"], "ann", name="laptop", scopes=["read"])

        actor, found = shop.engine.people.authenticate(secret)

        assert (actor.id, found, found.scopes) == ("ann", token, ("read",))
        assert shop.engine.people.recall(secret) == (actor, token)
        with shop.application.store.engine.connect() as connection:
            rows = connection.execute(text("SELECT * FROM tokens")).all()
        assert secret.removeprefix("placet_") not in str(rows)

    def test_end_with_their_time(self, shop: Shop) -> None:
        """Also one that was used a moment ago."""
        secret, _ = shop.engine.people.issue_token(
            shop["ann"], "ann", name="x", expires_at=shop.clock.now() + timedelta(hours=1)
        )
        shop.engine.people.authenticate(secret)
        assert shop.engine.people.recall(secret) is None
        shop.clock.forward(hours=1)

        with pytest.raises(UnauthenticatedError, match="the token expired on Monday 2 March 2026 10:00 UTC"):
            shop.engine.people.authenticate(secret)

    def test_are_revoked_by_their_owner_or_an_administrator(self, shop: Shop) -> None:
        """At once, and for ever; others do not learn that they exist."""
        secret, token = shop.engine.people.issue_token(shop["ann"], "ann", name="x")
        shop.engine.people.authenticate(secret)

        with pytest.raises(NotFoundError):
            shop.engine.people.revoke_token(shop["ben"], token.id)
        shop.engine.people.revoke_token(shop["ann"], token.id)
        shop.engine.people.revoke_token(shop["ida"], token.id)

        with pytest.raises(UnauthenticatedError, match="unknown or revoked"):
            shop.engine.people.authenticate(secret)

    def test_are_checked(self, shop: Shop) -> None:
        """Scopes, time and person."""
        with pytest.raises(InvalidError, match='no scope "write all"'):
            shop.engine.people.issue_token(shop["ann"], "ann", name="x", scopes=["write all"])
        with pytest.raises(InvalidError, match="/expires_at: is not after now"):
            shop.engine.people.issue_token(shop["ann"], "ann", name="x", expires_at=shop.clock.now())
        with pytest.raises(NotFoundError, match='no actor "zed"'):
            shop.engine.people.issue_token(shop["ida"], "zed", name="x")


class TestDelegations:
    def _make(self, shop: Shop, who: str, **changed: Any) -> Any:
        now = shop.clock.now()
        table: dict[str, Any] = {
            "from_actor": "ann",
            "to_actor": "cid",
            "starts_at": now,
            "ends_at": now + timedelta(days=1),
        }
        return shop.engine.delegations.create(shop[who], **table | changed)

    def test_are_given_by_the_person_alone(self, shop: Shop) -> None:
        """Not by administrators either. The two and administrators see them."""
        own = self._make(shop, "ann", workspace="SHOP", roles=["shop.customer"])
        other = self._make(shop, "ben", from_actor="ben", to_actor="bea")

        assert shop.engine.delegations.find(shop["cid"]) == [own]
        assert {d.id for d in shop.engine.delegations.find(shop["ida"])} == {own.id, other.id}
        for somebody in ("cid", "ida"):
            with pytest.raises(ForbiddenError, match=f"{somebody.title()} may not delegate for Ann"):
                self._make(shop, somebody)

    @pytest.mark.parametrize(
        ("changed", "pointer"),
        [
            ({"to_actor": "ann"}, "/to_actor"),
            ({"to_actor": "zed"}, "/to_actor"),
            ({"ends_at": START}, "/ends_at"),
            ({"roles": ["shop.nobody"]}, "/roles/0"),
            ({"starts_at": START - timedelta(days=1)}, "/starts_at"),
            ({"ends_at": START + timedelta(days=90, seconds=1)}, "/ends_at"),
            ({"to_actor": "tom"}, "/to_actor"),
            ({"to_actor": "tom", "workspace": "SHOP"}, "/to_actor"),
        ],
        ids=["oneself", "unknown", "time", "role", "past", "long", "guest", "guest_in_workspace"],
    )
    def test_are_checked(self, shop: Shop, changed: dict[str, Any], pointer: str) -> None:
        """With a pointer to what is wrong."""
        with pytest.raises(InvalidError) as caught:
            self._make(shop, "ann", **changed)

        assert [fault.pointer for fault in caught.value.faults] == [pointer]

    def test_of_who_has_no_vote_are_refused(self, shop: Shop) -> None:
        with pytest.raises(InvalidError, match="holds no role in any workspace, and has no vote to delegate"):
            self._make(shop, "tom", from_actor="tom")

    def test_last_as_long_as_the_workspace_allows(self, shop: Shop) -> None:
        """A shorter time ends those that were given before, too."""
        shop.engine.workspaces.change(shop["ida"], "SHOP", longest_delegation=timedelta(hours=12))
        with pytest.raises(InvalidError, match=r"in SHOP a delegation ends within 0\.5 days from now"):
            self._make(shop, "ann")

        shop.engine.workspaces.change(shop["ida"], "SHOP", longest_delegation=timedelta(days=1))
        given = self._make(shop, "ann")
        place = shop.engine.workspaces.change(shop["ida"], "SHOP", longest_delegation=timedelta(hours=12))

        assert given.counts_in(place, START + timedelta(hours=11))
        assert not given.counts_in(place, START + timedelta(hours=12))

    def test_reach_no_further_one_after_the_other(self, shop: Shop) -> None:
        """Several of the longest time, each of which begins with the end of another, lend no vote for ever."""
        shop.engine.workspaces.change(shop["ida"], "SHOP", longest_delegation=timedelta(days=2))
        self._make(shop, "ann", ends_at=START + timedelta(days=1))
        begins = START + timedelta(days=1)

        self._make(shop, "ann", starts_at=begins, ends_at=begins + timedelta(days=1))
        with pytest.raises(InvalidError, match="a delegation ends within 2 days from now"):
            self._make(shop, "ann", starts_at=begins, ends_at=begins + timedelta(days=2))

    def test_are_taken_back_by_either_and_by_administrators(self, shop: Shop) -> None:
        """Once. The history of the workspace has both acts, with who did them."""
        given = [self._make(shop, "ann") for _ in range(3)]
        with pytest.raises(NotFoundError):
            shop.engine.delegations.revoke(shop["ben"], given[0].id)

        for delegation, by in zip(given, ("ann", "cid", "ida"), strict=True):
            shop.engine.delegations.revoke(shop[by], delegation.id)
            with pytest.raises(ConflictError, match="there is nothing to revoke"):
                shop.engine.delegations.revoke(shop[by], delegation.id)

        assert {each.revoked_by for each in shop.engine.delegations.find(shop["ann"])} == {
            "ann",
            "cid",
            "ida",
        }
        query = shop.engine.event_log.query(
            shop["ida"], workspace="SHOP", kinds=["delegated", "delegation_revoked"]
        )
        events = shop.engine.event_log.events(query).rows
        assert [(each.kind, each.actor) for each in events] == [
            *[("delegated", "ann")] * 3,
            *[("delegation_revoked", by) for by in ("ann", "cid", "ida")],
        ]
        assert events[0].data["delegation"] == given[0].id
        assert shop.engine.reports.verify(shop["ida"]).first_bad is None


class TestWorklist:
    def test_shows_what_waits_for_a_person(self, shop: Shop) -> None:
        """Votes, items that can be moved, blockers that name the person, and waivers to be looked back on."""
        wished = shop.wish(hours=99, fault="dark")
        offered = shop.offered()
        waiver = shop.engine.waivers.ask(
            shop["ben"],
            wished.key,
            gate="shop.small",
            reason="a good friend",
            expires_at=START + timedelta(days=1),
        )
        shop.engine.waivers.decide(shop["mia"], wished.key, waiver.id, grant=True)
        shop.clock.forward(days=2)

        worklist = shop.engine.reports.worklist(shop["mia"])

        assert [(line.approval.item.key, line.approval.approval) for line in worklist.approvals] == [
            (offered.key, "shop.signature")
        ]
        assert [(t.item.key, t.transitions) for t in worklist.items] == [
            (offered.key, ("drop",)),
            (wished.key, ("drop",)),
        ]
        assert (wished.key, ("start",), "shop.estimate_is_small") in [
            (c.item.key, c.unblocks, c.blocker.check) for c in worklist.checks
        ]
        assert [(each.item.key, each.waiver.gate) for each in worklist.reviews] == [
            (wished.key, "shop.small")
        ]
        assert next(t.transitions for t in shop.engine.reports.worklist(shop["ben"]).items) == (
            "order",
            "test",
            "fit",
            "offer",
            "take_back",
        )
