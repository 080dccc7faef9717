"""Transitions: all blockers at once, and all or nothing of the consequences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from orjson import loads
from shop import FIXER, OpenShop, Shop
from statements import sent

from placet.api.models import transitions
from placet.definitions.verdicts import BlockedError
from placet.engine.act.records import ItemRecord
from placet.engine.moved import Idempotency, Moved, Wish
from placet.errors import ConflictError, InvalidError, NotFoundError, PreconditionRequiredError, StaleError
from placet.store.session import SqlSession


class TestExplaining:
    def test_names_everything_that_stands_in_the_way(self, shop: Shop) -> None:
        """Nobody fixes one blocker only to meet the next: role and all gates are reported together."""
        item = shop.wish(hours=99)

        preview = shop.engine.explain(shop["ann"], item.key).preview("start")

        assert preview is not None
        assert not preview.allowed
        assert [(b.gate, b.check, b.message) for b in preview.blockers] == [
            ("role", "role", "Start is for the fixer, and Ann holds no such role"),
            ("shop.described", "shop.fault_named", "missing: fault"),
            ("shop.small", "shop.estimate_is_small", "99 hours are more than 40"),
        ]
        assert preview.waits_on == ("ben", "bea", "mia")

    def test_lists_the_transitions_that_leave_from_the_state(self, shop: Shop) -> None:
        """A transition from another state is not shown to the person in front of the item."""
        item = shop.wish()

        explained = shop.engine.explain(shop["ben"], item.key)

        assert [preview.name for preview in explained.previews] == ["start", "drop"]
        assert explained.preview("test") is None

    def test_shows_what_each_check_looked_at(self, shop: Shop) -> None:
        """A met check says what it was met by."""
        item = shop.wish(fault="dark", hours=3)

        preview = shop.engine.explain(shop["ben"], item.key).preview("start")

        assert preview is not None
        assert preview.allowed
        assert [(c.check, c.verdict.value, dict(c.read)) for c in preview.checks] == [
            ("shop.fault_named", "met", {"fields": ["fault", "hours"]}),
            ("shop.estimate_is_small", "met", {"hours": 3}),
            ("shop.bench_is_free", "met", {"busy": 0}),
        ]

    def test_asks_for_the_input_fields_as_json_schema(self, shop: Shop) -> None:
        """A client can draw the form of a transition without knowing the method."""
        item = shop.wish()

        preview = shop.engine.explain(shop["ben"], item.key).preview("start")

        assert preview is not None
        assert sorted(preview.fields_schema["properties"]) == ["fixer", "hours"]
        assert preview.fields_schema["additionalProperties"] is False

    def test_requires_what_the_transition_lacks_as_input(self, shop: Shop) -> None:
        """The input that its form requires blocks nobody yet: a reason, and a missing field that it takes."""
        item = shop.wish(fault="dark")

        start, drop = (shop.engine.explain(shop[who], item.key).preview(name) for who, name in (
            ("ben", "start"), ("mia", "drop"),
        ))  # fmt: skip

        assert start is not None
        assert drop is not None
        assert (start.allowed, start.blockers, start.fields_schema["required"]) == (True, (), ["hours"])
        assert (drop.allowed, drop.blockers, drop.fields_schema["required"]) == (True, (), ["comment"])

    def test_says_of_what_is_lacking_only_after_it_was_tried(self, shop: Shop) -> None:
        """A refusal without a reason says how long one has to be."""
        refusal = shop.refusal(shop.wish(), "drop", "mia")

        assert [(b.message, b.remedy) for b in refusal.blockers] == [
            ("no reason is given", "say why, in at least 10 characters")
        ]

    def test_keeps_what_the_transition_does_not_take_as_a_blocker(self, shop: Shop) -> None:
        """A missing field that has to be edited first is a blocker; one that the form takes is left to the form."""
        item = shop.wish()

        preview = shop.engine.explain(shop["ben"], item.key).preview("start")

        assert preview is not None
        assert [(b.message, b.inputs) for b in preview.blockers] == [("missing: fault", ("fault",))]
        assert [action.fields for b in preview.blockers for action in b.actions] == [("fault",)]
        assert (preview.allowed, preview.fields_schema["required"]) == (False, ["hours"])

    def test_names_all_that_is_missing_once_it_was_tried(self, shop: Shop) -> None:
        """A refusal names the fields of the form and those beside it together."""
        refusal = shop.refusal(shop.wish(), "start", "ben")

        assert [b.message for b in refusal.blockers] == ["missing: fault, hours"]

    def test_names_the_earliest_moment_where_all_blockers_know_it(self, shop: Shop) -> None:
        """Time alone blocks: the answer says from when on it does not."""
        item = self._ready(shop, due="2026-03-04T12:00:00Z")

        preview = shop.engine.explain(shop["bea"], item.key).preview("hand_over")

        assert preview is not None
        assert [b.check for b in preview.blockers] == ["shop.not_before_due"]
        assert preview.earliest is not None
        assert preview.earliest.isoformat() == "2026-03-04T12:00:00+00:00"

    def test_looks_ahead(self, shop: Shop) -> None:
        """As of a later moment, what waits for time alone is allowed."""
        item = self._ready(shop, due="2026-03-04T12:00:00Z")

        later = shop.clock.now().replace(day=5)
        preview = shop.engine.explain(shop["bea"], item.key, as_of=later).preview("hand_over")

        assert preview is not None
        assert preview.allowed

    def _ready(self, shop: Shop, **fields: Any) -> ItemRecord:
        item = shop.offered(**fields)
        shop.vote(item, "cid")
        shop.vote(item, "ben")
        shop.attach(item, "test_result")
        return shop.move(item, "test", "ben")


class TestMoving:
    def test_keeps_fields_sent_along_only_if_it_succeeds(self, shop: Shop) -> None:
        """Fields are merged before the checks run, and saved with the move or not at all."""
        item = shop.wish(fault="dark")

        shop.refusal(item, "start", "ben", fields={"hours": 99})
        assert "hours" not in shop.item(item).fields

        moved = shop.move(item, "start", "ben", fields={"hours": 9, "fixer": "bea"})
        assert (moved.state, moved.fields["hours"], moved.fields["fixer"]) == ("bench", 9, "bea")

    def test_records_the_whole_decision(self, shop: Shop) -> None:
        """The event says who moved what from where to where, what changed, why, and under which rules."""
        item = shop.wish(fault="dark")

        moved = shop.engine.transition(
            shop["ben"], item.key, "start", fields={"hours": 9}, comment="let's go"
        )

        assert isinstance(moved, Moved)
        assert moved.event is not None
        reported = dict(moved.event.data)
        assert (
            shop.engine.workspaces.definition(shop["ben"], reported.pop("definition")).document["id"]
            == "shop.repair"
        )
        assert reported == {
            "id": moved.event.id,
            "item": item.key,
            "seq": 2,
            "kind": "transition",
            "actor": "ben",
            "at": "2026-03-02T09:00:00Z",
            "transition": "start",
            "from_state": "wished",
            "to_state": "bench",
            "comment": "let's go",
            "roles": ["shop.fixer"],
            "changes": {"hours": [None, 9]},
            "version": 2,
            "became": [{"op": "replace", "path": "/category", "value": "active"}],
            "checks": [
                {"gate": "shop.described", "check": "shop.fault_named", "verdict": "met",
                 "read": {"fields": ["fault", "hours"]}},
                {"gate": "shop.small", "check": "shop.estimate_is_small", "verdict": "met", "read": {"hours": 9}},
                {"gate": "shop.small", "check": "shop.bench_is_free", "verdict": "met", "read": {"busy": 0}},
            ],
            "workspace_version": shop.engine.workspaces.get(shop["ben"], "SHOP").version,
        }  # fmt: skip

    def test_same_leaves_the_state_and_its_time(self, shop: Shop) -> None:
        """A transition to where the item is already is recorded, and the time in its state runs on."""
        item = shop.on_bench()
        since = item.state_since
        shop.clock.forward(hours=1)

        moved = shop.move(item, "take_back", "ben")

        assert (moved.state, moved.state_since) == ("bench", since)
        assert shop.kinds(item)[-1] == "transition"

    def test_answers_with_what_can_be_done_next(self, shop: Shop) -> None:
        """After a move the next transitions come with it, and the approvals as they stand."""
        item = shop.on_bench()

        moved = shop.engine.transition(shop["ben"], item.key, "offer")

        assert moved.previews is not None
        assert "test" in [preview.name for preview in moved.previews]
        assert moved.approvals is not None
        assert [(line.approval, line.missing) for line in moved.approvals] == [
            ("shop.agreement", ("cid", "ben", "bea")),
            ("shop.signature", ("mia",)),
        ]

    def test_refuses_a_transition_from_elsewhere_and_says_what_there_is(self, shop: Shop) -> None:
        """A wrong state is a blocker like any other, among the others."""
        item = shop.wish()

        refusal = shop.refusal(item, "test", "ben")

        assert [b.check for b in refusal.blockers] == ["workflow.state"]
        assert (
            refusal.blockers[0].message
            == f"Test is possible in 'On the bench', and {item.key} is in 'Wished for'"
        )
        assert refusal.blockers[0].remedy == "available transitions: Start, Drop"

    def test_says_of_a_closed_item_that_nothing_leads_out_of_it(self, shop: Shop) -> None:
        """A list without a transition in it would send people looking for one."""
        item = shop.move(shop.wish(), "drop", "mia", comment="it was thrown away")

        refusal = shop.refusal(item, "start", "ben")

        (blocker,) = (b for b in refusal.blockers if b.check == "workflow.state")
        assert blocker.remedy == "nothing leads out of 'Dropped': create a new repair from it"

    def test_names_the_nearest_transition_for_one_that_there_is_not(self, shop: Shop) -> None:
        """A misspelt name is not a refusal: nothing is recorded."""
        item = shop.wish()

        with pytest.raises(InvalidError, match='no transition of a repair "strat"; did you mean "start"'):
            shop.engine.transition(shop["ben"], item.key, "strat")

        assert shop.kinds(item) == ["created"]

    def test_does_not_change_frozen_fields_on_the_way(self, shop: Shop) -> None:
        """A field that is frozen in a state cannot be changed with a transition that does not take it."""
        item = shop.move(shop.on_bench(), "test", "ben")

        refusal = shop.refusal(item, "rework", "ben", fields={"fault": "bright"})

        assert [b.gate for b in refusal.blockers] == ["frozen"]
        assert refusal.blockers[0].message == "fault cannot be changed in 'Being tested'"


class TestTheAnswer:
    """It is one look at the item, as it was committed or as it is after that."""

    def after_the_commit(self, shop: Shop, monkeypatch: pytest.MonkeyPatch, do: Callable[[], Any]) -> None:
        """Somebody does something between the commit of the next act and the look at what has become of it."""
        reading = shop.application.store.reading

        def later(**how: Any) -> Any:
            monkeypatch.undo()
            do()
            return reading(**how)

        monkeypatch.setattr(shop.application.store, "reading", later)

    def test_shows_what_somebody_else_committed_meanwhile(
        self, any_shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The event is as committed; item, version, approvals and transitions are of one later moment."""
        item = any_shop.on_bench()
        self.after_the_commit(
            any_shop, monkeypatch, lambda: any_shop.move(item, "take_back", "bea", comment="not yet")
        )

        moved = any_shop.engine.transition(any_shop["ben"], item.key, "offer")

        assert moved.event is not None
        assert (moved.event.data["transition"], moved.event.seq) == ("offer", item.seq + 1)
        assert (moved.item.version, moved.item.seq) == (item.version + 2, item.seq + 2)
        assert moved.item == any_shop.item(item)
        assert moved.approvals is not None
        assert moved.previews is not None
        assert {line.approval: line.status.value for line in moved.approvals}["shop.agreement"] == "voided"

    def test_of_several_moves_is_one_look_too(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        """It reads nothing beside the items, so that it shows all of them as they were committed together."""
        items = [shop.wish(fault="dark", hours=1) for _ in range(2)]
        self.after_the_commit(shop, monkeypatch, lambda: shop.move(items[1], "offer", "ben"))

        results = shop.engine.bulk(shop["ben"], [Wish(i.key, "start") for i in items], atomic=True)

        shown = [each.moved for each in results if each.moved is not None]
        assert [(m.item.version, m.event.data["transition"]) for m in shown if m.event is not None] == [
            (2, "start"),
            (2, "start"),
        ]

    def test_has_nothing_beside_the_event_where_the_look_fails(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is made all the same. An empty list would say that there are no approvals."""
        item = shop.on_bench()

        def away() -> None:
            raise OSError("the database is away")

        self.after_the_commit(shop, monkeypatch, away)

        moved = shop.engine.transition(shop["ben"], item.key, "offer")

        assert (moved.previews, moved.approvals, moved.timers) == (None, None, None)
        assert moved.event is not None
        assert moved.item == shop.item(item)
        shown = transitions.Moved.of(moved)
        assert (shown.transitions, shown.item.approvals, shown.item.timers) == (None, None, None)
        transitions.Moved.model_validate(loads(shown.model_dump_json()))

    def test_shows_nothing_more_to_somebody_who_has_lost_sight_of_it(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Their own act is theirs to know, and later ones are not."""
        item = shop.on_bench()

        def leave() -> None:
            shop.engine.workspaces.assign(shop["ida"], "SHOP", FIXER.id, ["bea"])
            shop.move(item, "take_back", "bea", comment="not yet")

        self.after_the_commit(shop, monkeypatch, leave)

        moved = shop.engine.transition(shop["ben"], item.key, "offer")

        assert (moved.item.version, moved.previews) == (item.version + 1, None)

    def test_reads_the_item_again_only_beside_something_else_and_no_rules(self, shop: Shop) -> None:
        """Once in the move, and once in the look after it, which reads more than the item.

        Of a workspace it asks for the version, which comes with the item.
        """
        item = shop.on_bench()

        with sent(shop.application.store) as statements:
            shop.engine.transition(shop["ben"], item.key, "offer")

        loaded = statements[0]
        assert loaded.startswith("SELECT items.workspace, items.number")
        assert statements.count(loaded) == 2
        assert [each for each in statements if each.startswith("SELECT workspaces.")] == []


class TestDryRun:
    @pytest.mark.parametrize("transition", ["start", "drop"])
    def test_equals_the_run_and_writes_nothing(self, shop: Shop, transition: str) -> None:
        """A dry run says exactly what would happen, and leaves no trace."""
        item = shop.wish(fault="dark", hours=1)
        by = shop["ben" if transition == "start" else "ann"]
        said = {"comment": "because of this and that"}

        tried = shop.engine.transition(by, item.key, transition, dry_run=True, **said)  # type: ignore[arg-type]
        assert shop.item(item) == item
        assert shop.kinds(item) == ["created"]
        done = shop.engine.transition(by, item.key, transition, **said)  # type: ignore[arg-type]

        assert isinstance(tried, Moved)
        assert isinstance(done, Moved)
        assert tried.event is None
        assert (tried.item.state, tried.item.fields) == (done.item.state, done.item.fields)
        assert tried.previews == done.previews

    def test_writes_no_effects(self, shop: Shop) -> None:
        """The items that effects would make are not made in a dry run."""
        item = shop.on_bench()

        tried = shop.engine.transition(shop["ben"], item.key, "order", dry_run=True)

        assert isinstance(tried, Moved)
        assert "ordered" in tried.item.fields["notes"]
        assert shop.engine.items.children(shop["ben"], item.key) == []
        assert shop.item(item) == item

    def test_of_a_refusal_is_not_recorded(self, shop: Shop) -> None:
        """Who only asks has tried nothing."""
        item = shop.wish()

        shop.refusal(item, "start", "ann", dry_run=True)

        assert shop.kinds(item) == ["created"]

    def test_looks_ahead(self, shop: Shop) -> None:
        """With `as_of` it shows the result at a later moment; a real move never goes by another time."""
        item = shop.wish()
        later = shop.clock.now().replace(year=2027)

        tried = shop.engine.transition(
            shop["ann"], item.key, "drop", comment="no more interest", dry_run=True, as_of=later
        )
        done = shop.engine.transition(shop["ann"], item.key, "drop", comment="no more interest", as_of=later)

        assert isinstance(tried, Moved)
        assert isinstance(done, Moved)
        assert (tried.item.state_since, done.item.state_since) == (later, shop.clock.now())


class TestRefusals:
    def test_are_recorded_and_change_nothing_else(self, any_shop: Shop) -> None:
        """The history has who tried what, and what blocked it; the item stays as it was."""
        item = any_shop.wish()

        refusal = any_shop.refusal(item, "start", "ann", comment="please")

        after = any_shop.item(item)
        event = any_shop.engine.event_log.history(any_shop["ida"], item.key).rows[-1]
        assert (after.version, after.state, after.updated_at) == (item.version, item.state, item.updated_at)
        assert (after.seq, event.kind, event.id) == (item.seq + 1, "refused", refusal.event)
        assert (event.data["transition"], event.data["comment"]) == ("start", "please")
        assert [b["check"] for b in event.data["blockers"]] == ["role", "shop.fault_named"]

    def test_are_not_recorded_where_the_workspace_says_so(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A workspace may switch the recording off."""
        shop = open_shop(sqlite_url, record_refusals=False)
        item = shop.wish()

        assert shop.refusal(item, "start", "ann").event is None
        assert shop.kinds(item) == ["created"]

    def test_drop_what_effects_have_prepared(self, shop: Shop) -> None:
        """An effect that is refused takes the whole move with it."""
        item = shop.on_bench()
        shop.move(item, "order", "ben")
        part = shop.engine.items.children(shop["ben"], item.key)[0]
        shop.engine.transition(shop["ben"], part.key, "use")
        before = shop.item(item)

        shop.refusal(item, "test", "ann")

        after = shop.item(item)
        assert (after.state, after.fields, after.version) == (before.state, before.fields, before.version)


class TestVersions:
    def test_a_stale_one_is_refused_with_the_current(self, any_shop: Shop) -> None:
        """A vote on a version that is gone is refused."""
        item = any_shop.wish(fault="dark", hours=1)
        any_shop.engine.items.edit(any_shop["ann"], item.key, title="A lamp")

        with pytest.raises(StaleError) as caught:
            any_shop.engine.transition(any_shop["ben"], item.key, "start", expected=item.version)

        assert (caught.value.expected, caught.value.current) == ((1,), 2)
        assert any_shop.kinds(item) == ["created", "edited"]

    def test_refusals_and_comments_do_not_raise_it(self, shop: Shop) -> None:
        """Nothing that somebody decided on has changed."""
        item = shop.wish(fault="dark", hours=1)
        shop.refusal(item, "start", "ann")
        shop.engine.items.comment(shop["ann"], item.key, "when?")

        assert shop.move(item, "start", "ben", expected=item.version).version == 2

    def test_may_be_demanded_by_the_workspace(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Then writers say which version they saw."""
        shop = open_shop(sqlite_url, require_if_match=True)
        item = shop.wish(fault="dark", hours=1)

        with pytest.raises(PreconditionRequiredError, match="requires If-Match"):
            shop.engine.transition(shop["ben"], item.key, "start")

        assert shop.move(item, "start", "ben", expected=1).state == "bench"


class TestIdempotency:
    def _request(self, key: str = "k1", request: str = "r1") -> Idempotency:
        return Idempotency(key, request)

    def test_the_same_request_is_answered_again_and_done_once(self, any_shop: Shop) -> None:
        """A client that did not get the answer may ask again."""
        item = any_shop.wish(fault="dark", hours=1)

        first = any_shop.engine.transition(any_shop["ben"], item.key, "start", idempotency=self._request())
        again = any_shop.engine.transition(any_shop["ben"], item.key, "start", idempotency=self._request())

        assert (first.replayed, again.replayed) == (False, True)
        assert again.event == first.event
        assert any_shop.kinds(item) == ["created", "transition"]

    def test_is_answered_with_the_item_as_it_is_now(self, shop: Shop) -> None:
        """The event is the same one; what became of the item since is not kept back."""
        item = shop.wish(fault="dark", hours=1)
        first = shop.engine.transition(shop["ben"], item.key, "start", idempotency=self._request())
        shop.move(item, "test", "ben")

        again = shop.engine.transition(shop["ben"], item.key, "start", idempotency=self._request())

        assert (first.item.state, again.item.state) == ("bench", "testing")
        assert again.event == first.event

    def test_is_not_shown_to_somebody_who_may_not_see_it_now(self, shop: Shop) -> None:
        """Who has lost the role has lost the answer."""
        item = shop.wish(fault="dark", hours=1)
        shop.engine.transition(shop["ben"], item.key, "start", idempotency=self._request())
        shop.engine.workspaces.assign(shop["ida"], "SHOP", "shop.fixer", ["bea"])

        with pytest.raises(NotFoundError):
            shop.engine.transition(shop["ben"], item.key, "start", idempotency=self._request())

    def test_belongs_to_the_person(self, shop: Shop) -> None:
        """Two people may choose the same key."""
        one, two = shop.wish(fault="dark", hours=1), shop.wish(fault="dark", hours=1)

        shop.engine.transition(shop["ben"], one.key, "start", idempotency=self._request())
        other = shop.engine.transition(shop["bea"], two.key, "start", idempotency=self._request(request="r2"))

        assert not other.replayed

    def test_another_request_under_the_same_key_is_a_conflict(self, shop: Shop) -> None:
        """A key is for one request."""
        item = shop.wish(fault="dark", hours=1)
        shop.engine.transition(shop["ben"], item.key, "start", idempotency=self._request())

        with pytest.raises(ConflictError, match='the idempotency key "k1" was used for another request'):
            shop.engine.transition(
                shop["ben"], item.key, "take_back", idempotency=self._request(request="r2")
            )

    def test_a_refusal_is_evaluated_again(self, shop: Shop) -> None:
        """Only what was done is answered from memory."""
        item = shop.wish(fault="dark")
        shop.refusal(item, "start", "ben", idempotency=self._request())
        shop.engine.items.edit(shop["ann"], item.key, fields={"hours": 1})

        assert shop.move(item, "start", "ben", idempotency=self._request()).state == "bench"

    def test_is_found_though_the_same_request_was_committed_between_two_looks(
        self, any_shop: Shop, open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Two send it at once. Looked for before its item, the key is not there, and the item has moved already."""
        any_shop.on_bench()  # its searches are registered: no other reason to start again is left
        item = any_shop.wish(fault="dark", hours=1)
        other = open_shop.again(any_shop.application.settings.database_url)
        first: list[Moved] = []

        def then_the_other(look: Callable[..., Any]) -> Callable[..., Any]:
            def looked(*asked: Any) -> Any:
                found = look(*asked)
                if not first:
                    first.append(None)  # type: ignore[arg-type]  # whatever the other looks at is not waited for
                    first[0] = other.engine.transition(
                        other["ben"], item.key, "start", idempotency=self._request()
                    )
                return found

            return looked

        for look in ("item", "idempotency"):
            monkeypatch.setattr(SqlSession, look, then_the_other(getattr(SqlSession, look)))
        again = any_shop.engine.transition(any_shop["ben"], item.key, "start", idempotency=self._request())

        assert again.replayed
        assert again.event is not None
        assert again.event == first[0].event
        assert any_shop.kinds(item) == ["created", "transition"]


class TestBulk:
    def test_one_by_one_moves_those_that_can(self, shop: Shop) -> None:
        """A refused move does not hold up the others."""
        good, bad = shop.wish(fault="dark", hours=1), shop.wish()

        results = shop.engine.bulk(
            shop["ben"],
            [Wish(bad.key, "start"), Wish("SHOP-99", "start"), Wish(good.key, "start")],
            atomic=False,
        )

        assert [type(r.error) for r in results] == [BlockedError, NotFoundError, type(None)]
        assert results[2].moved is not None
        assert shop.item(good).state == "bench"
        assert shop.kinds(bad) == ["created", "refused"]

    def test_all_or_none_moves_nothing_if_one_is_refused(self, any_shop: Shop) -> None:
        """The refused one has its own reasons, the others say because of whom they stayed."""
        good, bad = any_shop.wish(fault="dark", hours=1), any_shop.wish()

        results = any_shop.engine.bulk(
            any_shop["ben"], [Wish(good.key, "start"), Wish(bad.key, "start")], atomic=True
        )

        assert [type(r.error) for r in results] == [ConflictError, BlockedError]
        assert (
            str(results[0].error) == f"not moved, because {bad.key} was refused and all were to move or none"
        )
        assert any_shop.item(good) == good
        assert any_shop.kinds(bad) == ["created", "refused"]

    def test_all_or_none_moves_all(self, any_shop: Shop) -> None:
        """Where nothing is refused, all of them move in one transaction."""
        items = [any_shop.wish(fault="dark", hours=1) for _ in range(3)]

        results = any_shop.engine.bulk(any_shop["ben"], [Wish(i.key, "start") for i in items], atomic=True)

        assert all(r.moved is not None for r in results)
        assert {any_shop.item(i).state for i in items} == {"bench"}

    def test_items_of_one_request_see_each_other(self, shop: Shop) -> None:
        """Two express repairs do not share the bench because they came together."""
        one, two = (shop.wish(fault="dark", hours=1, express=True) for _ in range(2))

        results = shop.engine.bulk(shop["ben"], [Wish(one.key, "start"), Wish(two.key, "start")], atomic=True)

        assert isinstance(results[1].error, BlockedError)
        assert results[1].error.blockers[0].message == f"the bench is taken by {one.key}"

    def test_each_event_names_what_its_own_move_looked_at(self, shop: Shop) -> None:
        """The grounds of the neighbors in the request are theirs."""
        repairs = [shop.on_bench(), shop.on_bench()]
        for repair in repairs:
            shop.move(repair, "order", "ben")
            shop.move(repair, "fit", "ben")

        shop.engine.bulk(shop["ben"], [Wish(each.key, "test") for each in repairs], atomic=True)

        for repair in repairs:
            (part,) = shop.item(repair).links["shop.needs"]
            event = shop.engine.event_log.history(shop["ida"], repair.key).rows[-1]
            assert list(event.data["read"]) == [part]

    def test_refusals_of_an_atomic_request_are_not_recorded_where_the_workspace_says_so(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """As for single ones."""
        shop = open_shop(sqlite_url, record_refusals=False)
        item = shop.wish()

        shop.engine.bulk(shop["ben"], [Wish(item.key, "start")], atomic=True)

        assert shop.kinds(item) == ["created"]


class TestEffects:
    def test_make_link_and_set_in_the_same_transaction(self, any_shop: Shop) -> None:
        """The work of an effect is there with the move, as done by the system because of it."""
        item = any_shop.on_bench()

        moved = any_shop.move(item, "order", "ben")

        part = any_shop.engine.items.children(any_shop["ben"], item.key)[0]
        assert (part.type, part.created_by, part.fields) == (
            "shop.part",
            "system",
            {"maker": "Acme", "shelf": 7},
        )
        assert moved.links == {"shop.needs": (part.key,)}
        assert moved.fields["notes"] == f"ordered {part.key}"
        assert any_shop.kinds(part) == ["created", "edited"]
        assert any_shop.kinds(item)[-2:] == ["linked", "transition"]
        assert (
            any_shop.engine.event_log.history(any_shop["ida"], part.key).rows[0].data["caused_by"] == item.key
        )
        linked = any_shop.engine.event_log.history(any_shop["ida"], item.key).rows[-2]
        assert (linked.kind, linked.data["caused_by"]) == ("linked", item.key)

    def test_move_other_items_as_the_system(self, shop: Shop) -> None:
        """Under all their rules, each with an event of its own."""
        item = shop.move(shop.on_bench(), "order", "ben")
        part = item.links["shop.needs"][0]

        shop.move(item, "fit", "ben")

        event = shop.engine.event_log.history(shop["ida"], part).rows[-1]
        assert (event.actor, event.data["transition"], event.data["caused_by"]) == ("system", "use", item.key)
        assert event.data["roles"] == ["system"]
        assert shop.move(item, "test", "ben").state == "testing"

    def test_open_parts_stand_in_the_way(self, shop: Shop) -> None:
        """Children and linked items are both asked."""
        item = shop.move(shop.on_bench(), "order", "ben")
        part = item.links["shop.needs"][0]

        refusal = shop.refusal(item, "test", "ben")

        stands = f"'Part for A broken lamp' ({part}) is in 'Ordered'"
        assert [b.message for b in refusal.blockers] == [
            f"1 of 1 items below it (part) not in 'Used up': {stands}",
            f"1 of 1 items linked by 'Needs' not in 'Used up': {stands}",
        ]
