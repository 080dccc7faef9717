"""Items: make, read, list, edit, comment on and link them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Query, Response

from placet.api.dependencies import (
    CheckPath,
    CurrentActor,
    CurrentEngine,
    IfMatch,
    ItemPath,
    LinkTypePath,
    PersonPath,
    RolePath,
    TargetPath,
    me,
)
from placet.api.models.history import Event
from placet.api.models.items import (
    AskWish,
    CommentWish,
    IncludeQuery,
    Item,
    ItemPatch,
    Items,
    ItemsQuery,
    Link,
    LinkPut,
    Links,
    NewItem,
    listed,
)
from placet.api.models.workspaces import Holders
from placet.api.problems import Responses, header, refused_with
from placet.api.routing import BASE, Route
from placet.engine.act.people import Actor
from placet.engine.act.records import ItemRecord, NewLink
from placet.engine.engine import Engine

router = APIRouter(tags=["Items"], route_class=Route)

_VERSIONED: Responses = {200: {"headers": {"ETag": header("ETag")}}}
_MADE: Responses = {201: {"headers": {"ETag": header("ETag"), "Location": header("Location")}}}
_PAGE: Responses = {200: {"headers": {"Link": header("Link")}}}
_PATCH = {
    "requestBody": {
        "content": {
            "application/merge-patch+json": {"schema": {"$ref": "#/components/schemas/ItemPatch"}},
        }
    }
}


@router.post(
    "/items",
    operation_id="create_item",
    status_code=201,
    response_description="The new item.",
    responses={**_MADE, **refused_with(409)},
)
def create_item(wish: NewItem, actor: CurrentActor, engine: CurrentEngine, response: Response) -> Item:
    """Make an item in its initial state, or in a later one if the rules allow that.

    An item type may have gates on the making of its items: what could never move is refused, with all blockers.
    """
    record = engine.items.create(
        actor, workspace=wish.workspace, type=wish.type, title=wish.title, fields=wish.fields, parent=wish.parent,
        links=[NewLink(link.type, link.target, link.attributes) for link in wish.links], state=wish.state,
    )  # fmt: skip
    response.headers["Location"] = f"{BASE}/items/{record.key}"
    return shown(engine, actor, record, response)


@router.get(
    "/items",
    operation_id="list_items",
    responses={**_PAGE, **refused_with(404)},
    response_model=Items,
)
def list_items(query: Annotated[ItemsQuery, Query()], actor: CurrentActor, engine: CurrentEngine) -> Response:
    """List items, page by page.

    `field.NAME=VALUE` selects items whose indexed field has the value. For several values, repeat a parameter or
    separate them with commas. Approvals, timers and the primary transition are evaluated for each item, and come only
    if `include` names them; so does the total number of items on all pages. `complete` is false while computed fields
    by which the list selects or sorts are brought up to date after a change of rules.
    """
    wanted = engine.reports.item_query(
        actor, workspace=query.workspace, type=query.type, states=query.state, categories=query.category,
        parent=query.parent, assignee=me(actor, query.assignee), fields=query.values, q=query.q, sort=query.sort,
        limit=query.limit, cursor=query.cursor,
    )  # fmt: skip
    page = engine.reports.items(actor, wanted)
    answer = _page(engine, actor, page.rows, query.include, next_cursor=page.next_cursor) | {
        "complete": page.complete
    }
    if "total" in query.include:
        answer["total"] = engine.reports.number_of_items(actor, wanted)
    link = {}
    if page.next_cursor is not None:
        link["Link"] = f'<{_following(query, page.next_cursor)}>; rel="next"'
    return _ready(answer, link)


def _page(
    engine: Engine,
    actor: Actor,
    records: Sequence[ItemRecord],
    include: Collection[str],
    *,
    next_cursor: str | None = None,
) -> dict[str, Any]:
    """A page in the form of `Items`."""
    found = engine.reports.details(actor, records, include)
    return {"items": [listed(each, include) for each in found], "next_cursor": next_cursor}


def _ready(answer: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """An answer that is JSON already."""
    body = orjson.dumps(answer, option=orjson.OPT_UTC_Z)
    return Response(body, headers=headers, media_type="application/json")


def _following(query: ItemsQuery, cursor: str) -> str:
    """The next page of the same list."""
    asked = query.model_dump(mode="json", exclude_unset=True) | {"cursor": cursor}
    return f"{BASE}/items?{urlencode(asked, doseq=True)}"


def shown(
    engine: Engine, actor: Actor, record: ItemRecord, response: Response, *, judged: ItemRecord | None = None
) -> Item:
    """An item with everything that its own rules read, and its version as `ETag`."""
    response.headers["ETag"] = etag(record.version)
    return Item.of(engine.reports.details(actor, [record], judged=judged)[0])


def etag(version: int) -> str:
    """An item's version in the form of `ETag` and `If-Match`."""
    return f'"{version}"'


@router.get("/items/{key}", operation_id="get_item", response_description="The item.", responses=_VERSIONED)
def get_item(key: ItemPath, actor: CurrentActor, engine: CurrentEngine, response: Response) -> Item:
    """Read an item."""
    return shown(engine, actor, engine.items.get(actor, key), response)


@router.patch(
    "/items/{key}", operation_id="edit_item", response_description="The item.", openapi_extra=_PATCH,
    responses={**_VERSIONED, **refused_with(409, 412, 428)},
)  # fmt: skip
def edit_item(
    key: ItemPath, patch: ItemPatch, *, actor: CurrentActor, engine: CurrentEngine, response: Response,
    expected: IfMatch = None,
) -> Item:  # fmt: skip
    """Change an item's title and fields (JSON Merge Patch)."""
    record = engine.items.edit(actor, key, title=patch.title, fields=patch.fields, expected=expected)
    return shown(engine, actor, record, response)


@router.get("/items/{key}/children", operation_id="list_children", response_model=Items)
def list_children(
    key: ItemPath, query: Annotated[IncludeQuery, Query()], actor: CurrentActor, engine: CurrentEngine
) -> Response:
    """List the children of an item; `include` adds details as in other lists."""
    children = engine.items.children(actor, key)
    return _ready(_page(engine, actor, children, query.include))


@router.post(
    "/items/{key}/comments",
    operation_id="comment_on_item",
    status_code=201,
    response_description="The event.",
)
def comment_on_item(key: ItemPath, wish: CommentWish, actor: CurrentActor, engine: CurrentEngine) -> Event:
    """Comment on an item; its version stays the same."""
    return Event.of(engine.items.comment(actor, key, wish.text))


@router.post(
    "/items/{key}/asks", operation_id="ask_somebody", status_code=201, response_description="The event."
)
def ask_somebody(key: ItemPath, wish: AskWish, actor: CurrentActor, engine: CurrentEngine) -> Event:
    """Ask somebody to clear a blocker; a new request for the same check replaces the one before."""
    return Event.of(
        engine.asks.ask(
            actor, key, check=wish.check, to=wish.to, comment=wish.comment, expires_at=wish.expires_at
        )
    )


@router.delete(
    "/items/{key}/asks/{check}/{person}", operation_id="end_ask",
    response_description="The item, where the request has ended.",
    responses={**_VERSIONED, **refused_with(409)},
)  # fmt: skip
def end_ask(
    key: ItemPath, check: CheckPath, person: PersonPath, *, actor: CurrentActor, engine: CurrentEngine,
    response: Response,
) -> Item:  # fmt: skip
    """Take back a request that you made, or decline one that was made to you; the other one is notified."""
    return shown(engine, actor, engine.asks.end(actor, key, check, person), response)


@router.put(
    "/items/{key}/roles/{role}",
    operation_id="set_item_role",
    response_description="The item.",
    responses=_VERSIONED,
)
def set_item_role(
    key: ItemPath,
    role: RolePath,
    holders: Holders,
    *,
    actor: CurrentActor,
    engine: CurrentEngine,
    response: Response,
) -> Item:
    """Appoint people to a role for one item, where the role allows it; an empty list takes its own holders away.

    Nobody appoints themselves, or on an item in which they have a part, unless the role allows that.
    """
    return shown(engine, actor, engine.items.set_role(actor, key, role, holders.actors), response)


@router.get("/items/{key}/links", operation_id="list_links")
def list_links(key: ItemPath, actor: CurrentActor, engine: CurrentEngine) -> Links:
    """List an item's links in both directions."""
    return Links(links=[Link.model_validate(end) for end in engine.items.links(actor, key)])


@router.put(
    "/items/{key}/links/{link_type}/{target}", operation_id="link_items", response_description="The item.",
    responses={**_VERSIONED, **refused_with(409, 422)},
)  # fmt: skip
def link_items(
    key: ItemPath, link_type: LinkTypePath, target: TargetPath, said: LinkPut | None = None, *, actor: CurrentActor,
    engine: CurrentEngine, response: Response,
) -> Item:  # fmt: skip
    """Link an item to another.

    `attributes` fit the schema of the link type. If the items are linked already, the link gets these attributes;
    without them, or without a body, nothing changes.
    """
    attributes = said.attributes if said is not None else None
    return shown(engine, actor, engine.items.link(actor, key, link_type, target, attributes), response)


@router.delete(
    "/items/{key}/links/{link_type}/{target}", operation_id="unlink_items", response_description="The item.",
    responses={**_VERSIONED, **refused_with(409, 422)},
)  # fmt: skip
def unlink_items(
    key: ItemPath, link_type: LinkTypePath, target: TargetPath, *, actor: CurrentActor, engine: CurrentEngine,
    response: Response, comment: Annotated[str, Query(description="Why, where the link type requires a reason.")] = "",
) -> Item:  # fmt: skip
    """Remove a link.

    Some link types require a reason (`removal_reason`): gates read their links as evidence.
    """
    return shown(engine, actor, engine.items.unlink(actor, key, link_type, target, comment=comment), response)
