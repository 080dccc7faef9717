"""How operations are written: FastAPI's way, and nothing beside it."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.requests import Request

from placet import api
from placet.api import evidence, history
from placet.api.dependencies import OF_THE_REQUEST
from placet.api.routing import Route

Shop = Any

#: Streams and uploads: their body is not a parameter.
_WITH_REQUEST = {evidence.attach_evidence, history.list_events}
_REQUESTS = {"Request", "JsonRequest", "HTTPConnection"}
#: The modules that read requests for all operations, and those that stream, take files, or serve pages.
_READERS = {
    "access", "bodies", "dependencies", "misnamed", "overrides", "refusals", "routing",
    "evidence", "history", "stream",
    "documentation", "health", "home",
}  # fmt: skip


def operations() -> Iterator[APIRoute]:
    """Every operation and every page."""
    for module in pkgutil.iter_modules(api.__path__, f"{api.__name__}."):
        for router in vars(importlib.import_module(module.name)).values():
            if isinstance(router, APIRouter):
                for route in router.routes:
                    assert isinstance(route, APIRoute), route
                    yield route


def _modules() -> Iterator[Path]:
    for place in api.__path__:
        yield from Path(place).rglob("*.py")


def _requests(file: Path) -> Iterator[str]:
    """The functions of a module that take a request."""
    for function in ast.walk(ast.parse(file.read_text())):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            given = function.args
            for each in (*given.posonlyargs, *given.args, *given.kwonlyargs):
                if each.annotation is not None and ast.unparse(each.annotation) in _REQUESTS:
                    yield function.name


def endpoints() -> Iterator[Any]:
    """They, as they are written."""
    return (inspect.unwrap(route.endpoint) for route in operations())


class TestAnOperation:
    def test_says_in_its_signature_what_it_reads(self) -> None:
        """Nobody has to read its body for that."""
        with_request = {
            endpoint
            for endpoint in endpoints()
            if Request in inspect.get_annotations(endpoint, eval_str=True).values()
        }

        assert with_request == _WITH_REQUEST

    def test_leaves_requests_to_the_modules_that_read_them_for_all(self) -> None:
        """No other function takes one, whether it is an endpoint or not."""
        assert {file.stem for file in _modules() if any(_requests(file))} == _READERS

    def test_is_given_what_follows_from_the_request_without_a_dependency(self) -> None:
        """Nearly all have the actor and the engine, for which FastAPI would take longer than for all the rest."""
        plain = [
            each for each in operations() if not inspect.iscoroutinefunction(inspect.unwrap(each.endpoint))
        ]

        solved = {each.call for route in plain for each in route.dependant.dependencies}

        assert len(plain) > 50
        assert solved.isdisjoint(OF_THE_REQUEST)

    def test_is_short(self) -> None:
        """Parse in the signature, one verb of the engine, shape the answer."""
        lengths = sorted(_length(endpoint) for endpoint in endpoints())

        assert lengths[len(lengths) // 2] <= 6
        assert lengths[-1] <= 15

    def test_requires_a_token(self, shop: Shop) -> None:
        """All but health, the pages for people, and the exchange of an invitation for a first token."""
        open_to_all = {
            path
            for path, methods in shop.nobody.get(f"{shop.url}/openapi.json").json()["paths"].items()
            for operation in methods.values()
            if not operation["security"]
        }

        assert open_to_all == {"/healthz", "/readyz", "/problems/{problem}", "/api/v1/tokens"}


class TestTheDocument:
    def test_is_the_applications_own(self, shop: Shop) -> None:
        """The operations that FastAPI finds in the signatures, under the ids that they have."""
        app = api.create_app(shop.application)
        declared = {
            route.operation_id
            for route in iter_route_contexts(app.routes)
            if isinstance(route.original_route, Route)
        }

        document = app.openapi()

        found = {each["operationId"] for methods in document["paths"].values() for each in methods.values()}
        assert found == declared
        assert shop.nobody.get(f"{shop.url}/openapi.json").json() == document


def _length(endpoint: Any) -> int:
    """Lines of a function's body, without its docstring and what is blank."""
    code = endpoint.__code__
    begins = min(line for _, _, line in code.co_lines() if line is not None and line > code.co_firstlineno)
    source, start = inspect.getsourcelines(endpoint)
    return len([line for line in source[begins - start :] if line.strip()])


class TestTwoServersOfOneProcess:
    def test_answer_from_a_database_of_their_own(
        self, serve: Callable[..., Shop], sqlite_url: str, sqlite_template: Path, tmp_path: Path
    ) -> None:
        """They have their routes in common, and nothing of what they serve."""
        another = shutil.copyfile(sqlite_template, tmp_path / "another.db")
        one, other = serve(sqlite_url), serve(f"sqlite:///{another}")

        key = one.wish()

        assert one.ben.get(f"/items/{key}").status_code == 200
        assert other.ben.get(f"/items/{key}").status_code == 404
