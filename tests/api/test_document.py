from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

from placet import api
from placet.app import make_sandbox
from placet.settings import Settings

ROOT = Path(__file__).parents[2]

Shop = Any


@pytest.fixture
def described(document: dict[str, Any]) -> dict[str, Any]:
    return document


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


class TestTheDocument:
    def test_is_served_as_it_is_made(self, shop: Shop, described: dict[str, Any]) -> None:
        """Machines find it at /openapi.json, without a token."""
        assert shop.nobody.get(f"{shop.url}/openapi.json").json() == described
        assert described["openapi"].startswith("3.1")

    def test_names_every_operation_once(self, described: dict[str, Any]) -> None:
        """Operation ids are stable names for generated clients."""
        ids = [operation["operationId"] for _, operation in _operations(described)]

        assert len(ids) == len(set(ids))
        assert all(re.fullmatch("[a-z]+(_[a-z]+)+|delegate", id) for id in ids)

    def test_says_what_every_operation_is_for(self, described: dict[str, Any]) -> None:
        """Each has a tag that is explained, a summary, and says which scope it needs."""
        tags = {tag["name"] for tag in described["tags"]}

        for name, operation in _operations(described):
            assert set(operation["tags"]) <= tags, name
            assert operation["summary"].endswith("."), name
            assert "token" in operation["description"], name

    def test_has_an_example_that_fits_for_every_body(self, described: dict[str, Any]) -> None:
        """Every JSON body, answer and problem has an example, and it fits its schema."""

        @cache
        def validator(schema: str) -> Any:
            return jsonschema_rs.validator_for(json.loads(schema) | {"components": described["components"]})

        for name, operation in _operations(described):
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for media, content in (pair for body in bodies for pair in body.get("content", {}).items()):
                if not media.endswith("json"):
                    continue
                samples = [each["value"] for each in content.get("examples", {}).values()] or [
                    content["example"]
                ]
                for sample in samples:
                    error = next(validator(json.dumps(content["schema"])).iter_errors(sample), None)
                    assert error is None, f"{name} {media}: {error}"

    def test_has_an_example_of_every_answer_with_a_body(self, described: dict[str, Any]) -> None:
        """Files, pictures, streams and pages have one as well as JSON."""
        for name, operation in _operations(described):
            for status, answer in operation["responses"].items():
                for media, content in answer.get("content", {}).items():
                    assert not status.startswith("2") or "example" in content or content["examples"], (
                        name,
                        media,
                    )

    def test_has_an_example_that_fits_for_every_parameter_of_a_path(self, described: dict[str, Any]) -> None:
        """An example of a key is a key."""
        for name, operation in _operations(described):
            for parameter in operation["parameters"]:
                if "example" in parameter:
                    assert re.fullmatch(parameter["schema"]["pattern"], parameter["example"]), (
                        name,
                        parameter,
                    )

    def test_describes_every_parameter(self, described: dict[str, Any]) -> None:
        """A client need not guess what a value means, or in which form it is."""
        for name, operation in _operations(described):
            for parameter in operation["parameters"]:
                assert parameter.get("description", "").endswith("."), (name, parameter["name"])


class TestAnAnswerWithoutABody:
    def test_has_no_content_type(self, shop: Shop, described: dict[str, Any]) -> None:
        """An empty body is not JSON: clients that parse by content type have nothing to parse."""
        token = shop.ida.post("/actors/ida/tokens", json={"name": "Laptop"}).json()
        answer = shop.ida.delete(f"/tokens/{token['id']}")

        assert (answer.status_code, answer.content) == (204, b"")
        assert "content-type" not in answer.headers
        empty = [each["responses"]["204"] for _, each in _operations(described) if "204" in each["responses"]]
        assert empty
        assert not any("content" in each for each in empty)


class TestThePageForPeople:
    def test_needs_nothing_from_elsewhere(self, shop: Shop, described: dict[str, Any]) -> None:
        """Every operation is there, and no other host is asked for anything."""
        page = shop.nobody.get(f"{shop.url}/docs").text

        assert all(f"id='{operation['operationId']}'" in page for _, operation in _operations(described))
        assert not re.search(r"<(script|link|img|iframe)", page)
        assert not re.search(r"(src|href)='https?:", page)


class TestHealth:
    def test_is_shown_without_a_token(self, any_shop: Shop) -> None:
        """A load balancer has no token."""
        assert any_shop.nobody.get(f"{any_shop.url}/healthz").json() == {"status": "ok"}
        ready = any_shop.nobody.get(f"{any_shop.url}/readyz").json()
        assert (ready["status"], ready["sandbox"]) == ("ready", False)
        answer = any_shop.ida.get("/testing/clock")
        assert (answer.status_code, answer.json()["detail"]) == (
            404,
            "there is no clock to be moved here: start a sandbox with placet serve --test-clock MOMENT",
        )


class TestASandbox:
    def test_has_a_clock_that_administrators_move_forward(
        self, serve: Callable[..., Shop], database_url: str
    ) -> None:
        """It stands still, moves when it is moved, and never back."""
        from datetime import UTC, datetime

        make_sandbox(Settings(database_url=database_url), datetime(2026, 3, 2, 9, tzinfo=UTC))
        shop = serve(database_url)

        def moved(client: httpx.Client, now: str) -> tuple[int, Any]:
            answer = client.put("/testing/clock", json={"now": now})
            return answer.status_code, answer.json().get("now")

        assert shop.ben.get("/testing/clock").json() == {"now": "2026-03-02T09:00:00Z"}
        assert moved(shop.ben, "2026-03-03T09:00:00Z")[0] == 403
        assert moved(shop.ida, "2026-03-03T10:00:00+01:00") == (200, "2026-03-03T09:00:00Z")
        assert moved(shop.ida, "2026-03-02T09:00:00Z")[0] == 409
        assert moved(shop.ida, "2026-03-04T09:00:00")[0] == 422
        assert shop.nobody.get(f"{shop.url}/readyz").json()["sandbox"] is True


def test_the_room_shows_what_servers_and_plugins_need() -> None:
    """And nothing that no plugin's routes are written with, or tests of applications override."""
    written_with = {"create_app", "current_actor", "current_engine"}
    for file in (ROOT / "plugins").glob("*/placet_*/**/*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "placet.api":
                written_with |= {alias.name for alias in node.names}

    assert set(api.__all__) - written_with == {"CurrentWorkspace"}
