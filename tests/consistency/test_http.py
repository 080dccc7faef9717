"""Many requests at once over HTTP: one wins, the others get a remedy, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from law import assert_law, history
from patience import PATIENCE
from processes import PLAIN

from .conftest import Site
from .server import serving
from .works import assert_reports_counted


@dataclass(frozen=True, slots=True)
class Yard:
    """A running server over the site, and a token of its foreman."""

    base: str
    token: str

    def at_once(self, *requests: tuple[str, str, Any, dict[str, str]]) -> list[httpx.Response]:
        """Send (method, path, body, headers) all at the same moment."""

        async def send() -> list[httpx.Response]:
            limits = httpx.Limits(max_connections=len(requests))
            async with httpx.AsyncClient(
                base_url=f"{self.base}/api/v1",
                headers={"Authorization": f"Bearer {self.token}"},
                timeout=PATIENCE,
                limits=limits,
                trust_env=False,
                verify=PLAIN,
            ) as http:
                return await asyncio.gather(
                    *(
                        http.request(method, path, json=body, headers=headers)
                        for method, path, body, headers in requests
                    )
                )

        return asyncio.run(send())


@pytest.fixture
def yard(site: Site) -> Iterator[Yard]:
    """A server over the same database as the site's applications."""
    token, _ = site.engine.people.issue_token(site.foreman, "fred", name="http")
    with serving(site.applications[0].settings) as (base, _):
        yield Yard(base, token)


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


class TestTwoPeople:
    def test_one_moves_the_item_and_the_other_is_refused_with_the_reason(
        self, site: Site, yard: Yard
    ) -> None:
        """409 names the state that the first one made."""
        for _ in range(3):
            key = site.create("package").key

            answers = yard.at_once(*[("POST", f"/items/{key}/transitions", {"transition": "finish"}, {})] * 2)

            assert statuses(answers) == {200: 1, 409: 1}, [answer.text for answer in answers]
            refusal = next(answer for answer in answers if answer.status_code == 409).json()
            assert [blocker["check"] for blocker in refusal["blockers"]] == ["workflow.state"]
        assert_law(site.engine)

    def test_who_names_an_old_version_learns_the_current_one(self, site: Site, yard: Yard) -> None:
        """412 carries the version to read again."""
        for _ in range(3):
            key = site.create("package").key
            wish = ("POST", f"/items/{key}/transitions", {"transition": "report"}, {"If-Match": '"1"'})

            answers = yard.at_once(wish, wish)

            assert statuses(answers) == {200: 1, 412: 1}, [answer.text for answer in answers]
            stale = next(answer for answer in answers if answer.status_code == 412).json()
            assert stale["current_version"] == 2
        assert_law(site.engine)


class TestOneIdempotencyKey:
    def test_many_requests_at_once_make_one_event_and_get_one_answer(self, site: Site, yard: Yard) -> None:
        """One moves the item, and all others get its answer again."""
        key = site.create("package").key
        wish = ("POST", f"/items/{key}/transitions", {"transition": "report"}, {"Idempotency-Key": "once"})

        answers = yard.at_once(*[wish] * 20)

        assert statuses(answers) == {200: 20}
        assert Counter(answer.headers.get("Idempotency-Replayed") for answer in answers) == {
            None: 1,
            "true": 19,
        }
        assert len({answer.content for answer in answers}) == 1
        assert [event.kind for event in history(site.engine, key)] == ["created", "transition"]
        assert_law(site.engine, [answers[0].json()["event"]["id"]])


class TestManyAtOnce:
    def test_more_people_than_connections_make_an_item_each(self, site: Site, yard: Yard) -> None:
        """Each waits its turn, and none forever."""
        body = {"workspace": "SITE", "type": "works.stage", "title": "A stage"}

        answers = yard.at_once(*[("POST", "/items", body, {})] * 24)

        assert statuses(answers) == {201: 24}, [a.text for a in answers if a.status_code != 201][:3]
        assert len({answer.json()["key"] for answer in answers}) == 24
        assert_law(site.engine)

    def test_reports_with_effects_on_one_stage_are_all_counted(self, site: Site, yard: Yard) -> None:
        """Sixteen requests that write to the same parent; who gave up says when to come back."""
        stage = site.create("stage").key
        packages = [site.create("package", parent=stage).key for _ in range(8)]
        wishes: list[tuple[str, str, Any, dict[str, str]]] = [
            ("POST", f"/items/{packages[n % 8]}/transitions", {"transition": "report"}, {}) for n in range(16)
        ]

        answers = yard.at_once(*wishes)

        assert set(statuses(answers)) <= {200, 503}
        assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 503)
        made = [answer.json()["event"]["id"] for answer in answers if answer.status_code == 200]
        assert site.engine.items.get(site.foreman, stage).fields["reports"] == len(made)
        assert_law(site.engine, made)
        assert_reports_counted(site.engine)
