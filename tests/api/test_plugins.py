"""The hook `placet_routes`: a plugin's operations, under the same demands as Placet's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from shop import plugin

from placet import Method
from placet.api import CurrentActor, CurrentEngine, CurrentWorkspace, Route, create_app
from placet.api.application import plugin_operations
from placet.app import build, migrate
from placet.catalog.discovery import Registry
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings

from .conftest import SHOP

Shop = Any


class Praise(BaseModel):
    """Praise of something."""

    model_config = {"extra": "forbid", "strict": True}

    what: str


class Praised(BaseModel):
    """The praise as it was heard."""

    by: str
    workspace: str
    repairs: int
    what: str


def praise_router() -> APIRouter:
    router = APIRouter(tags=["Praise"], route_class=Route)

    @router.get("/x/shop/praise/{ws}", operation_id="shop_read_praise")  # noqa: FAST003  # in the dependency
    def read_praise(
        workspace: Annotated[Any, CurrentWorkspace("shop")],
        actor: CurrentActor,
        engine: CurrentEngine,
        top: int = 1,
    ) -> Praised:
        """Read what is liked."""
        repairs = len(
            engine.reports.items(actor, engine.reports.item_query(actor, workspace=workspace.key)).rows
        )
        return Praised(by=actor.id, workspace=workspace.key, repairs=repairs, what="x" * top)

    @router.post("/x/shop/praise/{ws}", operation_id="shop_praise", status_code=201)  # noqa: FAST003  # as above
    def praise(
        praise: Praise, workspace: Annotated[Any, CurrentWorkspace("shop")], actor: CurrentActor
    ) -> Praised:
        """Like something."""
        return Praised(by=actor.id, workspace=workspace.key, repairs=0, what=praise.what)

    return router


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of(plugin(SHOP, placet_routes=praise_router), plugin(Method("elsewhere", "Elsewhere")))


class TestAPluginsOperation:
    def test_is_called_as_the_cores_are(self, any_shop: Shop) -> None:
        """With who asks, the engine and the workspace, on both databases."""
        any_shop.wish()

        read = any_shop.ben.get("/x/shop/praise/SHOP", params={"top": 2})
        written = any_shop.ben.post("/x/shop/praise/SHOP", json={"what": "the glue"})

        assert (read.status_code, read.json()) == (
            200, {"by": "ben", "workspace": "SHOP", "repairs": 1, "what": "xx"},
        )  # fmt: skip
        assert (written.status_code, written.json()["what"]) == (201, "the glue")

    def test_requires_a_token_with_the_scope(self, shop: Shop) -> None:
        """To read `read`, to write `write`; who may not see the workspace does not find it."""
        reader = shop.client(shop.token("ben", "read"))

        assert shop.nobody.get("/x/shop/praise/SHOP").status_code == 401
        assert reader.get("/x/shop/praise/SHOP").status_code == 200
        assert reader.post("/x/shop/praise/SHOP", json={"what": "x"}).status_code == 403
        assert shop.tom.get("/x/shop/praise/SHOP").status_code == 404

    def test_is_as_strict(self, shop: Shop) -> None:
        """Unknown parameters, bodies that do not fit, and what is too large are problems like the core's."""
        path = "/x/shop/praise/SHOP"

        unknown = shop.ben.get(path, params={"tpo": 1})
        unfit = shop.ben.post(path, json={"what": 1, "why": ""})
        large = shop.ben.post(path, content=b'"' + b"x" * 1024 * 1024 + b'"')

        assert (unknown.status_code, unknown.json()["detail"]) == (
            400, 'there is no query parameter "tpo"; did you mean "top"?',
        )  # fmt: skip
        assert (unfit.status_code, {each["pointer"] for each in unfit.json()["errors"]}) == (
            422, {"/what", "/why"},
        )  # fmt: skip
        assert large.status_code == 413

    def test_is_not_found_where_its_method_is_off(self, shop: Shop) -> None:
        """A workspace that has not switched it on has nothing to do with it."""
        shop.ida.post("/workspaces", json={"key": "ELSE", "name": "Elsewhere", "methods": ["elsewhere"]})

        answer = shop.ida.get("/x/shop/praise/ELSE")

        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")

    def test_is_in_the_document(self, shop: Shop) -> None:
        """With the problems that all operations have."""
        paths = shop.nobody.get(f"{shop.url}/openapi.json").json()["paths"]

        operation = paths["/api/v1/x/shop/praise/{ws}"]["post"]

        assert (operation["operationId"], operation["security"]) == ("shop_praise", [{"token": []}])
        assert {"201", "400", "401", "403", "404", "413", "422", "429"} <= operation["responses"].keys()


class TestARouterWithNamesForTypeCheckers:
    def test_is_mounted(self, sqlite_url: str) -> None:
        """FastAPI leaves an annotation alone that it cannot resolve, where the answer's model is given."""
        router = APIRouter(route_class=Route)

        def read_page() -> Page:  # type: ignore[name-defined]  # noqa: F821  # imported by nobody
            return {}

        router.get("/x/shop/page", operation_id="shop_read_page", response_model=dict[str, str])(read_page)

        assert TestARouterThatCannotBeMounted().mounted(sqlite_url, router) == (
            {"/api/v1/x/shop/page"},
            [None],
        )


class TestARouterThatCannotBeMounted:
    """The server runs without the plugin's operations; its log and its list of plugins say why."""

    def mounted(self, sqlite_url: str, *routers: APIRouter) -> tuple[set[str], list[Any]]:
        """The paths of plugins, and why the operations of some are left out, one of each router."""
        modules = [
            plugin(Method(name, "A shop"), placet_routes=_giving(router))
            for name, router in zip(("shop", "store"), routers, strict=False)
        ]
        settings = Settings(database_url=sqlite_url)
        migrate(settings)
        with closing(build(settings, registry=Registry.of(*modules))) as application:
            people = application.engine.people
            people.add(SYSTEM_ACTOR, id="ada", name="Ada", admin=True)
            token, _ = people.issue_token(SYSTEM_ACTOR, "ada", name="first steps")
            paths, methods = asyncio.run(_read(create_app(application), token))
        return {path for path in paths if "/x/" in path}, [each["routes_error"] for each in methods]

    def test_for_a_path_that_is_there_already(self, sqlite_url: str) -> None:
        """Two operations on one path would hide each other: both are named."""
        router = APIRouter(route_class=Route)
        router.get("/items/{which}", operation_id="shop_item")(_nothing)
        router.get("/x/shop/hours", operation_id="shop_hours")(_nothing)

        assert self.mounted(sqlite_url, router) == (
            set(),
            [
                (
                    "GET /api/v1/items/{} of the method shop exists already, from Placet itself: let its paths "
                    "begin with /x/shop/, and its operation ids with shop_"
                )
            ],
        )

    def test_for_a_path_of_another_plugin_the_later_one_is_left_out(self, sqlite_url: str) -> None:
        """In order of their methods, whichever is loaded first."""
        first, second = APIRouter(route_class=Route), APIRouter(route_class=Route)
        first.get("/x/shop/hours", operation_id="shop_hours")(_nothing)
        second.get("/x/shop/hours", operation_id="store_hours")(_nothing)

        paths, why = self.mounted(sqlite_url, first, second)

        assert paths == {"/api/v1/x/shop/hours"}
        assert why[0] is None
        assert why[1].startswith(
            "GET /api/v1/x/shop/hours of the method store exists already, from the method shop: "
        )

    def test_for_an_operation_that_is_there_already(self, sqlite_url: str) -> None:
        """Generated clients have one function for each id."""
        router = APIRouter(route_class=Route)
        router.get("/x/shop/list", operation_id="list_items")(_nothing)

        assert (
            "the operation list_items of the method shop exists already"
            in self.mounted(sqlite_url, router)[1][0]
        )

    def test_for_a_route_that_requires_no_token(
        self, sqlite_url: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """FastAPI's own routes would be open to everybody, also those of a router that the plugin's own includes."""
        open_router, outer = APIRouter(), APIRouter(prefix="/x/shop", route_class=Route)
        open_router.get("/secrets")(_nothing)
        outer.include_router(open_router)

        paths, [why] = self.mounted(sqlite_url, outer)

        assert (paths, "/x/shop/secrets of the method shop would be open to everybody" in why) == (
            set(),
            True,
        )
        assert f"the routes of shop are left out: {why}" in caplog.text

    def test_is_not_one_that_includes_another_of_guarded_routes(self, sqlite_url: str) -> None:
        """A plugin's routes by subject, each in a router of its own."""
        inner, outer = APIRouter(route_class=Route), APIRouter(prefix="/x/shop", route_class=Route)
        inner.get("/hours", operation_id="shop_hours")(_nothing)
        outer.include_router(inner)

        assert self.mounted(sqlite_url, outer) == ({"/api/v1/x/shop/hours"}, [None])

    def test_that_fails_leaves_the_others_alone(
        self, sqlite_url: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The log has the traceback, and the list the author's line."""

        def placet_routes() -> APIRouter:
            raise RuntimeError("out of ink")

        registry = Registry.of(plugin(Method("shop", "A shop"), placet_routes=placet_routes))

        [why] = plugin_operations(registry).left_out.values()

        assert why.startswith("its placet_routes() failed, RuntimeError: out of ink (")
        assert __file__ in why
        assert "the routes of shop are left out" in caplog.text
        assert "Traceback" in caplog.text


async def _read(app: FastAPI, token: str) -> tuple[Any, Any]:
    """The paths of the document, and the list of plugins."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        document = await client.get("/openapi.json")
        methods = await client.get("/api/v1/methods", headers=headers)
    return document.json()["paths"], methods.json()["methods"]


def _giving(router: APIRouter) -> Callable[[], APIRouter]:
    def placet_routes() -> APIRouter:
        return router

    return placet_routes


def _nothing() -> None:
    """Do nothing."""
