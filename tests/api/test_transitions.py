from __future__ import annotations

from typing import Any

Shop = Any


class TestMovingAnItem:
    def test_answers_with_the_item_its_event_and_what_can_be_done_next(self, any_shop: Shop) -> None:
        """A move answers with the new state, what was recorded, and what is possible now."""
        key = any_shop.wish(fault="dark", hours=2)

        answer = any_shop.ben.post(
            f"/items/{key}/transitions", json={"transition": "start", "comment": "please"}
        )

        moved = answer.json()
        assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
        assert (moved["item"]["state"], moved["item"]["version"]) == ("bench", 2)
        assert (moved["event"]["transition"], moved["event"]["comment"]) == ("start", "please")
        assert [each["name"] for each in moved["transitions"]] == [
            "order", "test", "fit", "offer", "take_back", "drop",
        ]  # fmt: skip
        assert moved["item"]["approvals"][0]["missing"] == ["mia"]

    def test_names_every_blocker_at_once(self, any_shop: Shop) -> None:
        """A refusal has all blockers, with their remedies."""
        key = any_shop.wish()

        answer = any_shop.mia.post(f"/items/{key}/transitions", json={"transition": "start"})

        problem = answer.json()
        assert (answer.status_code, problem["type"]) == (409, "/problems/blocked")
        assert [blocker["gate"] for blocker in problem["blockers"]] == ["role", "shop.described"]
        assert all(blocker["remedy"] for blocker in problem["blockers"])

    def test_records_a_refusal_and_names_its_event(self, shop: Shop) -> None:
        """A refused transition is an event too."""
        key = shop.wish()

        problem = shop.mia.post(f"/items/{key}/transitions", json={"transition": "start"}).json()

        last = shop.ben.get(f"/items/{key}/history").json()["events"][-1]
        assert (last["kind"], last["id"]) == ("refused", problem["event"])

    def test_refuses_a_version_that_is_past(self, shop: Shop) -> None:
        """A refusal of another version names the current one."""
        key = shop.wish(fault="dark", hours=2)
        shop.ben.patch(f"/items/{key}", json={"title": "A clock"})

        answer = shop.ben.post(
            f"/items/{key}/transitions", json={"transition": "start"}, headers={"If-Match": '"1"'}
        )

        assert (answer.status_code, answer.json()["current_version"]) == (412, 2)

    def test_requires_a_version_where_the_workspace_does(self, shop: Shop) -> None:
        """Where a workspace demands If-Match, a move without it is refused."""
        key = shop.wish(fault="dark", hours=2)
        shop.ida.patch("/workspaces/SHOP", json={"require_if_match": True})

        answer = shop.ben.post(f"/items/{key}/transitions", json={"transition": "start"})

        assert (answer.status_code, answer.json()["type"]) == (428, "/problems/precondition-required")

    def test_names_the_existing_transitions_for_an_unknown_one(self, shop: Shop) -> None:
        """An unknown name is answered with the nearest that exist."""
        key = shop.wish()

        answer = shop.ben.post(f"/items/{key}/transitions", json={"transition": "tset"})

        assert answer.status_code == 422
        assert "test" in answer.json()["errors"][0]["message"]


class TestADryRun:
    def test_says_what_would_happen_and_writes_nothing(self, any_shop: Shop) -> None:
        """A dry run has no event and leaves the item as it was."""
        key = any_shop.wish(fault="dark", hours=2)

        moved = any_shop.ben.post(
            f"/items/{key}/transitions?dry_run=true&as_of=2027-01-01T00:00:00Z", json={"transition": "start"}
        ).json()

        assert (moved["item"]["state"], moved["event"]) == ("bench", None)
        assert any_shop.ben.get(f"/items/{key}").json()["state"] == "wished"

    def test_is_the_only_thing_with_another_time(self, shop: Shop) -> None:
        """`as_of` without `dry_run` is refused: what is done is done now."""
        key = shop.wish(fault="dark", hours=2)

        answer = shop.ben.post(
            f"/items/{key}/transitions?as_of=2027-01-01T00:00:00Z", json={"transition": "start"}
        )

        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed")


class TestAnIdempotencyKey:
    def test_gives_nothing_to_those_who_no_longer_see_the_item(self, shop: Shop) -> None:
        """Ben made the move, and has lost her role since."""
        key, headers = shop.wish(fault="dark", hours=2), {"Idempotency-Key": "once"}

        def move() -> int:
            body = {"transition": "start"}
            answer = shop.ben.post(f"/items/{key}/transitions", json=body, headers=headers)
            return int(answer.status_code)

        assert (move(), move()) == (200, 200)
        shop.ida.put("/workspaces/SHOP/roles/shop.fixer", json={"actors": ["tom"]})
        assert move() == 404

    def test_gives_the_same_answer_again(self, any_shop: Shop) -> None:
        """The same key with the same request moves once and answers alike, byte for byte."""
        key = any_shop.wish(fault="dark", hours=2)
        headers = {"Idempotency-Key": "once"}

        first, second = (
            any_shop.ben.post(f"/items/{key}/transitions", json={"transition": "start"}, headers=headers)
            for _ in range(2)
        )

        assert first.content == second.content
        assert "Idempotency-Replayed" not in first.headers
        assert second.headers["Idempotency-Replayed"] == "true"
        assert second.headers["ETag"] == first.headers["ETag"]

    def test_cannot_be_used_for_another_request(self, shop: Shop) -> None:
        """A key that was used for something else is a conflict."""
        key, headers = shop.wish(fault="dark", hours=2), {"Idempotency-Key": "once"}
        shop.ben.post(f"/items/{key}/transitions", json={"transition": "start"}, headers=headers)

        answer = shop.ben.post(f"/items/{key}/transitions", json={"transition": "drop"}, headers=headers)

        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")

    def test_does_not_keep_a_refusal(self, shop: Shop) -> None:
        """A refusal is evaluated again: what was missing may be there now."""
        key, headers = shop.wish(), {"Idempotency-Key": "later"}
        refused = shop.ben.post(f"/items/{key}/transitions", json={"transition": "start"}, headers=headers)
        shop.ben.patch(f"/items/{key}", json={"fields": {"fault": "dark", "hours": 2}})

        again = shop.ben.post(f"/items/{key}/transitions", json={"transition": "start"}, headers=headers)

        assert (refused.status_code, again.status_code) == (409, 200)


class TestExplaining:
    def test_lists_every_transition_from_the_state(self, any_shop: Shop) -> None:
        """Every transition is listed, allowed or not, for the asking person."""
        key = any_shop.on_bench()

        found = any_shop.ben.get(f"/items/{key}/transitions").json()

        assert (found["state"], found["version"]) == ("bench", 2)
        assert [(each["name"], each["allowed"]) for each in found["transitions"]] == [
            ("order", True), ("test", False), ("fit", True), ("offer", True), ("take_back", True), ("drop", False),
        ]  # fmt: skip
        assert found["transitions"][1]["waits_on"] == ["mia"]
        assert "checks" not in found["transitions"][1]

    def test_shows_every_check_with_what_it_read(self, shop: Shop) -> None:
        """`include=met` adds all checks, met ones too."""
        key = shop.on_bench()

        found = shop.ben.get(f"/items/{key}/transitions?include=met").json()

        checks = {each["check"]: each for each in found["transitions"][1]["checks"]}
        assert checks["shop.children_used"]["verdict"] == "met"
        assert checks["shop.children_used"]["read"] == {"items": []}
        assert checks["shop.agreement_given"]["verdict"] == "unmet"


class TestMovingSeveralItems:
    def test_moves_one_by_one(self, any_shop: Shop) -> None:
        """Each request has its own result, in their order."""
        ready, empty = any_shop.wish(fault="dark", hours=2), any_shop.wish()

        bulk = any_shop.ben.post(
            "/transitions", json={"requests": [{"key": k, "transition": "start"} for k in (ready, empty)]}
        ).json()

        assert (bulk["moved"], bulk["refused"]) == (1, 1)
        assert [each["status"] for each in bulk["results"]] == [200, 409]
        assert bulk["results"][1]["problem"]["blockers"][0]["gate"] == "shop.described"

    def test_moves_all_or_none(self, any_shop: Shop) -> None:
        """With `atomic`, one refusal keeps all where they are."""
        ready, empty = any_shop.wish(fault="dark", hours=2), any_shop.wish()
        requests = [{"key": k, "transition": "start"} for k in (ready, empty)]

        bulk = any_shop.ben.post("/transitions", json={"requests": requests, "atomic": True}).json()

        assert (bulk["moved"], bulk["refused"]) == (0, 2)
        assert any_shop.ben.get(f"/items/{ready}").json()["state"] == "wished"
