"""The works that the methods are compared by: nobody is refused, inside a process and over HTTP alike."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from benchmarks.desk.clients import Answer, Person
from benchmarks.desk.crews import FLOWS, PLACES, Installation, Work
from benchmarks.desk.methods import person
from benchmarks.methods import turns_of
from placet.api import create_app
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings

#: More than a turn of each work has.
ACTS = 20


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    path = tmp_path_factory.mktemp("crews") / "crews.db"
    made = Installation(Settings(database_url=f"sqlite:///{path}"), datetime(2026, 11, 16, 9, tzinfo=UTC))
    yield made
    made.application.close()


class TestTheWorks:
    @pytest.mark.parametrize("name", FLOWS)
    def test_are_refused_nothing(self, installation: Installation, name: str) -> None:
        """Two people of one place, one act after the other."""
        works = [FLOWS[name](installation.crews, number) for number in (0, PLACES)]
        wishes = [next(work) for work in works]
        for _ in range(ACTS):
            wishes = [work.send(installation.done(wish)) for work, wish in zip(works, wishes, strict=True)]

    @pytest.mark.parametrize("name", FLOWS)
    def test_are_the_same_over_http(self, installation: Installation, name: str) -> None:
        """Every request is answered, and the next one follows from the answer."""
        people = installation.application.engine.people
        tokens = {id: people.issue_token(SYSTEM_ACTOR, id, name=name)[0] for id in installation.people}
        asked = person(lambda: FLOWS[name](installation.crews, 1), tokens)

        assert asyncio.run(_statuses(installation, asked)) <= {200, 201}

    @pytest.mark.parametrize("name", FLOWS)
    def test_are_compared_by_whole_turns(self, installation: Installation, name: str) -> None:
        """Every run makes the same acts: some cost four times as much as others."""
        made: list[str] = []
        turn = turns_of(installation, _noted(FLOWS[name](installation.crews, 2), made))

        lengths = [turn(), turn()]

        assert lengths == [len(made) // 2] * 2
        assert made[: lengths[0]] == made[lengths[0] :]


def _noted(work: Work, made: list[str]) -> Work:
    """The same work; the wishes that were done are noted by their form."""
    wish = next(work)
    while True:
        key = yield wish
        made.append(getattr(wish, "transition", getattr(wish, "type", type(wish).__name__)))
        wish = work.send(key)


async def _statuses(installation: Installation, asked: Person) -> set[int]:
    transport = httpx.ASGITransport(create_app(installation.application))
    found = set()
    async with httpx.AsyncClient(transport=transport, base_url="http://placet") as client:
        request = next(asked)
        for _ in range(ACTS):
            headers = {"Authorization": request.token, "Content-Type": "application/json"}
            answer = await client.request(request.method, request.path, content=request.body, headers=headers)
            found.add(answer.status_code)
            request = asked.send(Answer(answer.status_code, answer.content))
    return found
