"""A token does no more than its scopes say: every operation that writes, read from the OpenAPI document, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Shop = Any

_WRITING = ("post", "put", "patch", "delete")
_NEEDS = re.compile(r"Needs a token with the scope `(?P<scope>\w+)`")
#: The scopes of a token that lacks the named one.
_LESSER = {"write": ["read"], "admin": ["read", "write"]}


def operations(shop: Shop) -> Iterator[tuple[str, str, str]]:
    """(method, path with something for each parameter, scope) of the operations that write and need a token."""
    document = shop.nobody.get(f"{shop.url}/openapi.json").json()
    for path, item in document["paths"].items():
        for method in _WRITING:
            found = _NEEDS.search(item.get(method, {}).get("description", ""))
            if found is not None:
                yield method.upper(), re.sub(r"\{\w+\}", "SHOP-1", path), found["scope"]


class TestEveryOperationThatWrites:
    def test_is_refused_with_a_token_of_a_lesser_scope_and_changes_nothing(self, any_shop: Shop) -> None:
        """Before anything else is looked at: whether the thing is there, and whether the body fits."""
        narrow = {}
        for scope, scopes in _LESSER.items():
            body = {"name": "narrow", "scopes": scopes}
            narrow[scope] = any_shop.client(
                any_shop.ida.post("/actors/ida/tokens", json=body).json()["token"]
            )
        before = any_shop.ida.get("/audit/verify").json()["events"]

        answers = {
            (method, path): narrow[scope].request(method, f"{any_shop.url}{path}", json={}).status_code
            for method, path, scope in operations(any_shop)
        }

        assert len(answers) > 40
        assert {each: status for each, status in answers.items() if status != 403} == {}
        assert any_shop.ida.get("/audit/verify").json()["events"] == before

    def test_needs_more_than_the_scope_to_read(self, shop: Shop) -> None:
        assert {scope for _, _, scope in operations(shop)} == {"write", "admin"}
