from __future__ import annotations

from typing import Any

Shop = Any


class TestMovingAnItem:
    def test_answers_with_the_item_its_event_and_what_can_be_done_next(self, any_shop: Shop) -> None:
        """A move answers with the new state, what was recorded, and what is possible now."""
        key = any_shop.order(text="Sale!")

        answer = any_shop.clara.post(
            f"/items/{key}/transitions", json={"transition": "ask", "comment": "please"}
        )

        moved = answer.json()
        assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
        assert (moved["item"]["state"], moved["item"]["version"]) == ("asked", 2)
        assert (moved["event"]["transition"], moved["event"]["comment"]) == ("ask", "please")
        assert [each["name"] for each in moved["transitions"]] == ["print", "back", "drop"]
        assert moved["item"]["approvals"][0]["missing"] == ["bo"]

    def test_names_every_blocker_at_once(self, any_shop: Shop) -> None:
        """A refusal has all blockers, with their remedies."""
        key = any_shop.order()

        answer = any_shop.bo.post(f"/items/{key}/transitions", json={"transition": "ask"})

        problem = answer.json()
        assert (answer.status_code, problem["type"]) == (409, "/problems/blocked")
        assert [blocker["gate"] for blocker in problem["blockers"]] == ["role", "shop.described"]
        assert all(blocker["remedy"] for blocker in problem["blockers"])

    def test_records_a_refusal_and_names_its_event(self, shop: Shop) -> None:
        """A refused transition is an event too."""
        key = shop.order()

        problem = shop.bo.post(f"/items/{key}/transitions", json={"transition": "ask"}).json()

        last = shop.clara.get(f"/items/{key}/history").json()["events"][-1]
        assert (last["kind"], last["id"]) == ("refused", problem["event"])

    def test_refuses_a_version_that_is_past(self, shop: Shop) -> None:
        """A refusal of another version names the current one."""
        key = shop.order(text="Sale!")
        shop.clara.patch(f"/items/{key}", json={"title": "Posters"})

        answer = shop.clara.post(
            f"/items/{key}/transitions", json={"transition": "ask"}, headers={"If-Match": '"1"'}
        )

        assert (answer.status_code, answer.json()["current_version"]) == (412, 2)

    def test_requires_a_version_where_the_workspace_does(self, shop: Shop) -> None:
        """Where a workspace demands If-Match, a move without it is refused."""
        key = shop.order(text="Sale!")
        shop.ada.patch("/workspaces/SHOP", json={"require_if_match": True})

        answer = shop.clara.post(f"/items/{key}/transitions", json={"transition": "ask"})

        assert (answer.status_code, answer.json()["type"]) == (428, "/problems/precondition-required")

    def test_names_the_existing_transitions_for_an_unknown_one(self, shop: Shop) -> None:
        """An unknown name is answered with the nearest that exist."""
        key = shop.order()

        answer = shop.clara.post(f"/items/{key}/transitions", json={"transition": "pront"})

        assert answer.status_code == 422
        assert "print" in answer.json()["errors"][0]["message"]


class TestADryRun:
    def test_says_what_would_happen_and_writes_nothing(self, any_shop: Shop) -> None:
        """A dry run has no event and leaves the item as it was."""
        key = any_shop.order(text="Sale!")

        moved = any_shop.clara.post(
            f"/items/{key}/transitions?dry_run=true&as_of=2027-01-01T00:00:00Z", json={"transition": "ask"}
        ).json()

        assert (moved["item"]["state"], moved["event"]) == ("asked", None)
        assert any_shop.clara.get(f"/items/{key}").json()["state"] == "draft"

    def test_is_the_only_thing_with_another_time(self, shop: Shop) -> None:
        """`as_of` without `dry_run` is refused: what is done is done now."""
        key = shop.order(text="Sale!")

        answer = shop.clara.post(
            f"/items/{key}/transitions?as_of=2027-01-01T00:00:00Z", json={"transition": "ask"}
        )

        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed")


class TestAnIdempotencyKey:
    def test_gives_nothing_to_those_who_no_longer_see_the_item(self, shop: Shop) -> None:
        """Clara made the move, and has lost her role since."""
        key, headers = shop.order(text="Sale!"), {"Idempotency-Key": "once"}

        def move() -> int:
            body = {"transition": "ask"}
            answer = shop.clara.post(f"/items/{key}/transitions", json=body, headers=headers)
            return int(answer.status_code)

        assert (move(), move()) == (200, 200)
        shop.ada.put("/workspaces/SHOP/roles/shop.clerk", json={"actors": ["stranger"]})
        assert move() == 404

    def test_gives_the_same_answer_again(self, any_shop: Shop) -> None:
        """The same key with the same request moves once and answers alike, byte for byte."""
        key = any_shop.order(text="Sale!")
        headers = {"Idempotency-Key": "once"}

        first, second = (
            any_shop.clara.post(f"/items/{key}/transitions", json={"transition": "ask"}, headers=headers)
            for _ in range(2)
        )

        assert first.content == second.content
        assert "Idempotency-Replayed" not in first.headers
        assert second.headers["Idempotency-Replayed"] == "true"
        assert second.headers["ETag"] == first.headers["ETag"]

    def test_cannot_be_used_for_another_request(self, shop: Shop) -> None:
        """A key that was used for something else is a conflict."""
        key, headers = shop.order(text="Sale!"), {"Idempotency-Key": "once"}
        shop.clara.post(f"/items/{key}/transitions", json={"transition": "ask"}, headers=headers)

        answer = shop.clara.post(f"/items/{key}/transitions", json={"transition": "drop"}, headers=headers)

        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")

    def test_does_not_keep_a_refusal(self, shop: Shop) -> None:
        """A refusal is evaluated again: what was missing may be there now."""
        key, headers = shop.order(), {"Idempotency-Key": "later"}
        refused = shop.clara.post(f"/items/{key}/transitions", json={"transition": "ask"}, headers=headers)
        shop.clara.patch(f"/items/{key}", json={"fields": {"text": "Sale!"}})

        again = shop.clara.post(f"/items/{key}/transitions", json={"transition": "ask"}, headers=headers)

        assert (refused.status_code, again.status_code) == (409, 200)


class TestExplaining:
    def test_lists_every_transition_from_the_state(self, any_shop: Shop) -> None:
        """Every transition is listed, allowed or not, for the asking person."""
        key = any_shop.asked()

        found = any_shop.clara.get(f"/items/{key}/transitions").json()

        assert (found["state"], found["version"]) == ("asked", 2)
        assert [(each["name"], each["allowed"]) for each in found["transitions"]] == [
            ("print", False), ("back", True), ("drop", True),
        ]  # fmt: skip
        assert found["transitions"][0]["waits_on"] == ["bo"]
        assert "checks" not in found["transitions"][0]

    def test_shows_every_check_with_what_it_read(self, shop: Shop) -> None:
        """`include=met` adds all checks, met ones too."""
        key = shop.asked()

        found = shop.clara.get(f"/items/{key}/transitions?include=met").json()

        checks = {each["check"]: each for each in found["transitions"][0]["checks"]}
        assert checks["shop.no_secrets"]["verdict"] == "met"
        assert checks["shop.no_secrets"]["read"] == {"text": "Sale!"}
        assert checks["shop.consent_given"]["verdict"] == "unmet"


class TestMovingSeveralItems:
    def test_moves_one_by_one(self, any_shop: Shop) -> None:
        """Each request has its own result, in their order."""
        ready, empty = any_shop.order(text="Sale!"), any_shop.order()

        bulk = any_shop.clara.post(
            "/transitions", json={"requests": [{"key": k, "transition": "ask"} for k in (ready, empty)]}
        ).json()

        assert (bulk["moved"], bulk["refused"]) == (1, 1)
        assert [each["status"] for each in bulk["results"]] == [200, 409]
        assert bulk["results"][1]["problem"]["blockers"][0]["gate"] == "shop.described"

    def test_moves_all_or_none(self, any_shop: Shop) -> None:
        """With `atomic`, one refusal keeps all where they are."""
        ready, empty = any_shop.order(text="Sale!"), any_shop.order()
        requests = [{"key": k, "transition": "ask"} for k in (ready, empty)]

        bulk = any_shop.clara.post("/transitions", json={"requests": requests, "atomic": True}).json()

        assert (bulk["moved"], bulk["refused"]) == (0, 2)
        assert any_shop.clara.get(f"/items/{ready}").json()["state"] == "draft"
