"""Overridden dependencies: a plugin's routes in its tests, as people know it from FastAPI."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from shop import plugin

from placet.api import (
    CurrentActor,
    CurrentEngine,
    CurrentWorkspace,
    Route,
    create_app,
    current_actor,
    current_engine,
)
from placet.api.dependencies import CurrentAdministrator
from placet.catalog.discovery import Registry
from placet.testing import Actor, Desk

from .conftest import SHOP


def greeting() -> str:
    return "Hello"


def router() -> APIRouter:
    made = APIRouter(prefix="/x/shop", route_class=Route)

    @made.get("/actor")
    def read_actor(actor: CurrentActor) -> str:
        """Read who asks."""
        return actor.id

    @made.get("/waiting")
    async def wait(actor: CurrentActor) -> str:
        """Read who asks, in the event loop."""
        return actor.id

    @made.post("/administrator")
    def read_administrator(actor: CurrentAdministrator) -> str:
        """Read who administers."""
        return actor.id

    @made.get("/engine")
    def read_engine(engine: CurrentEngine) -> str:
        """Read which engine there is."""
        return str(engine)

    @made.get("/greeting")
    def greet(greeting: Annotated[str, Depends(greeting)], actor: CurrentActor) -> str:
        """Read a greeting, which is a dependency of the plugin's own."""
        return f"{greeting}, {actor.name}"

    @made.get("/workspaces/{ws}")  # noqa: FAST003  # in the dependency
    def read_workspace(workspace: Annotated[Any, CurrentWorkspace("shop")]) -> str:
        """Read a workspace."""
        return str(workspace.name)

    return made


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of(plugin(SHOP, placet_routes=router))


@pytest.fixture
def desk(tmp_path: Path, registry: Registry) -> Iterator[Desk]:
    with Desk(tmp_path, registry=registry, people={"shop.customer": ["clara"]}) as desk:
        yield desk


@pytest.fixture
def app(desk: Desk) -> FastAPI:
    return create_app(desk.application)


def sent(app: FastAPI, path: str, method: str = "GET", **query: Any) -> httpx.Response:
    """The answer to a request without a token."""

    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://placet.test/api/v1") as client:
            return await client.request(method, f"/x/shop/{path}", params=query)

    return asyncio.run(answer())


class TestAnOverriddenActor:
    @pytest.mark.parametrize("path", ["actor", "waiting"])
    def test_acts_without_a_token(self, app: FastAPI, desk: Desk, path: str) -> None:
        """In a plain function and in an `async` one."""
        app.dependency_overrides[current_actor] = lambda: desk.person("clara")

        answer = sent(app, path)

        assert (answer.status_code, answer.json()) == (200, "clara")

    def test_is_the_administrator_too(self, app: FastAPI, desk: Desk) -> None:
        """No scope is missing, since there is no token: the engine alone says what an actor may do."""
        app.dependency_overrides[current_actor] = lambda: desk.person("clara")

        answer = sent(app, "administrator", "POST")

        assert (answer.status_code, answer.json()) == (200, "clara")

    def test_is_whom_other_dependencies_ask_for(self, app: FastAPI, desk: Desk) -> None:
        """The workspace is that of the actor: who may not see it does not find it."""
        clara, stranger = desk.person("clara"), desk.person("sven")

        app.dependency_overrides[current_actor] = lambda: clara
        seen = sent(app, f"workspaces/{desk.key}")
        app.dependency_overrides[current_actor] = lambda: stranger
        hidden = sent(app, f"workspaces/{desk.key}")

        assert (seen.status_code, hidden.status_code) == (200, 404)

    def test_is_asked_for_once(self, app: FastAPI, desk: Desk) -> None:
        """However many dependencies need it."""
        asked: list[str] = []

        async def clara() -> AsyncIterator[Actor]:
            asked.append("begun")
            yield desk.person("clara")
            asked.append("ended")

        app.dependency_overrides[current_actor] = clara

        assert sent(app, f"workspaces/{desk.key}").status_code == 200
        assert asked == ["begun", "ended"]

    def test_may_depend_on_the_request(self, app: FastAPI, desk: Desk) -> None:
        """By parameters of its own, which are validated as those of routes."""

        def of_the_path(ws: Annotated[str, Depends(lambda: "clara")]) -> Actor:
            return desk.person(ws)

        app.dependency_overrides[current_actor] = of_the_path

        assert sent(app, "actor").json() == "clara"

    def test_is_of_one_application_alone(self, app: FastAPI, desk: Desk) -> None:
        """Others of the same process require a token, before and after."""
        other = create_app(desk.application)
        app.dependency_overrides[current_actor] = lambda: desk.person("clara")

        statuses = [sent(each, "actor").status_code for each in (other, app, other)]
        app.dependency_overrides.clear()

        assert [*statuses, sent(app, "actor").status_code] == [401, 200, 401, 401]


class TestAnotherOverriddenDependency:
    @pytest.fixture(autouse=True)
    def clara(self, app: FastAPI, desk: Desk) -> None:
        app.dependency_overrides[current_actor] = lambda: desk.person("clara")

    @pytest.mark.parametrize(
        ("path", "dependency", "instead", "expected"),
        [
            ("engine", current_engine, lambda: "another engine", "another engine"),
            ("greeting", greeting, lambda: "Good morning", "Good morning, Clara"),
            (
                "workspaces/NONE", CurrentWorkspace("shop").dependency,
                lambda: SimpleNamespace(name="Not there"), "Not there",
            ),
        ],
        ids=["engine", "one of the plugin", "workspace"],
    )  # fmt: skip
    def test_is_what_the_route_gets(
        self,
        app: FastAPI,
        path: str,
        dependency: Callable[..., Any],
        instead: Callable[..., Any],
        expected: str,
    ) -> None:
        """Those that a route answers itself, and those of FastAPI."""
        app.dependency_overrides[dependency] = instead

        assert sent(app, path).json() == expected
