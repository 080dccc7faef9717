"""Items: make, read, list, edit, comment on and link them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from starlette.responses import Response

from placet.api import shapes
from placet.api.answers import EventShape, ItemShape, ItemsShape, LinksShape
from placet.api.forms import (
    Ask,
    CommentWish,
    Holders,
    IncludeQuery,
    ItemPatch,
    ItemsQuery,
    NewItem,
    NoForm,
    NoQuery,
)
from placet.api.operations import (
    BASE,
    IF_MATCH,
    Answer,
    AnyCall,
    Call,
    Operations,
    Plain,
    respond,
    respond_item,
)
from placet.engine.act.queries import Page
from placet.engine.act.records import ItemRecord

ITEMS = Operations("Items")
_ITEM = Answer(ItemShape, "The item.", headers=("ETag",))


@ITEMS.add(
    "POST", "/items", id="create_item", scope="write",
    answers={201: Answer(ItemShape, "It is made.", headers=("ETag", "Location"))},
)  # fmt: skip
async def create_item(call: Call[NoQuery, NewItem]) -> Response:
    """Make an item in its initial state, or in a later one where the rules let such items begin there."""
    form = call.form
    links = [(link.type, link.target) for link in form.links]

    def create() -> shapes.Json:
        record = call.engine.items.create(
            call.actor, workspace=form.workspace, type=form.type, title=form.title, fields=form.fields,
            parent=form.parent, links=links, state=form.state,
        )  # fmt: skip
        return _shown(call, record)

    item = await call.run(create)
    return respond_item(item, 201, {"Location": f"{BASE}/items/{item['key']}"})


@ITEMS.add("GET", "/items", id="list_items", scope="read", answers={200: Answer(ItemsShape, "A page.", ("Link",))},
           problems=("not-found",))  # fmt: skip
async def list_items(call: Call[ItemsQuery, NoForm]) -> Response:
    """List items, page by page.

    `field.NAME=VALUE` keeps items whose indexed field has the value. Where a parameter takes several values, repeat
    it or separate them with commas. Approvals, timers and the primary transition are evaluated for each item, and come
    only where `include` names them; so does the number of all items that there are on all pages.
    """
    query = call.query

    def listed() -> tuple[shapes.Json, str | None]:
        wanted = call.engine.reports.item_query(
            call.actor, workspace=query.workspace, type=query.type, states=query.state, categories=query.category,
            parent=query.parent, assignee=call.me(query.assignee), fields=query.fields, q=query.q, sort=query.sort,
            limit=query.limit, cursor=query.cursor,
        )  # fmt: skip
        page: Page[ItemRecord] = call.engine.reports.items(call.actor, wanted)
        rows = shapes.rows(call.engine, call.actor, page.rows, query.include)
        shown = shapes.page("items", rows, page.next_cursor)
        if "total" in query.include:
            shown["total"] = call.engine.reports.number_of_items(call.actor, wanted)
        return shown, page.next_cursor

    shown, cursor = await call.run(listed)
    headers = {"Link": f'<{_following(call, cursor)}>; rel="next"'} if cursor is not None else {}
    return respond(shown, headers=headers)


def _following(call: Call[ItemsQuery, NoForm], cursor: str) -> str:
    kept = [(name, value) for name, value in call.request.query_params.multi_items() if name != "cursor"]
    return f"{call.request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"


@ITEMS.add("GET", "/items/{key}", id="get_item", scope="read", answers={200: _ITEM})
async def get_item(call: Plain) -> Response:
    """Read an item."""
    return await _item(call, lambda: call.engine.items.get(call.actor, call.path["key"]))


@ITEMS.add("PATCH", "/items/{key}", id="edit_item", scope="write", answers={200: _ITEM}, headers=(IF_MATCH,),
           problems=("blocked", "stale", "precondition-required"))  # fmt: skip
async def edit_item(call: Call[NoQuery, ItemPatch]) -> Response:
    """Change an item's title and fields (JSON Merge Patch)."""
    form, expected = call.form, call.expected()
    return await _item(
        call,
        lambda: call.engine.items.edit(
            call.actor, call.path["key"], title=form.title, fields=form.fields, expected=expected
        ),
    )


async def _item(call: AnyCall, verb: Callable[[], ItemRecord]) -> Response:
    item = await call.run(lambda: _shown(call, verb()))
    return respond_item(item)


def _shown(call: AnyCall, record: ItemRecord) -> shapes.Json:
    return shapes.items(call.engine, call.actor, [record])[0]


@ITEMS.add(
    "GET", "/items/{key}/children", id="list_children", scope="read", answers={200: Answer(ItemsShape)}
)
async def list_children(call: Call[IncludeQuery, NoForm]) -> Response:
    """List the items whose parent this is; `include` adds to them as it does in other lists."""

    def listed() -> list[shapes.Json]:
        found = call.engine.items.children(call.actor, call.path["key"])
        return shapes.rows(call.engine, call.actor, found, call.query.include)

    return respond(shapes.page("items", await call.run(listed), None))


@ITEMS.add("POST", "/items/{key}/comments", id="comment_on_item", scope="write",
           answers={201: Answer(EventShape, "The event.")})  # fmt: skip
async def comment_on_item(call: Call[NoQuery, CommentWish]) -> Response:
    """Say something about an item; its version stays."""
    event = await call.run(lambda: call.engine.items.comment(call.actor, call.path["key"], call.form.text))
    return respond(shapes.event(event), 201)


@ITEMS.add("POST", "/items/{key}/asks", id="ask_somebody", scope="write",
           answers={201: Answer(EventShape, "The event.")})  # fmt: skip
async def ask_somebody(call: Call[NoQuery, Ask]) -> Response:
    """Ask somebody to clear a blocker."""
    form = call.form
    event = await call.run(
        lambda: call.engine.items.ask(
            call.actor, call.path["key"], check=form.check, to=form.to, comment=form.comment
        )
    )
    return respond(shapes.event(event), 201)


@ITEMS.add("PUT", "/items/{key}/roles/{role}", id="set_item_role", scope="write", answers={200: _ITEM})
async def set_item_role(call: Call[NoQuery, Holders]) -> Response:
    """Give an item holders of its own for a role; an empty list lets the workspace's count again."""
    return await _item(
        call,
        lambda: call.engine.items.set_role(call.actor, call.path["key"], call.path["role"], call.form.actors),
    )


@ITEMS.add("GET", "/items/{key}/links", id="list_links", scope="read", answers={200: Answer(LinksShape)})
async def list_links(call: Plain) -> Response:
    """List an item's links in both directions."""
    ends = await call.run(lambda: call.engine.items.links(call.actor, call.path["key"]))
    return respond({"links": [shapes.link_end(end) for end in ends]})


@ITEMS.add("PUT", "/items/{key}/links/{link_type}/{target}", id="link_items", scope="write", answers={200: _ITEM},
           problems=("blocked", "invalid"))  # fmt: skip
async def link_items(call: Plain) -> Response:
    """Link an item to another. Linking what is linked changes nothing."""
    path = call.path
    return await _item(
        call, lambda: call.engine.items.link(call.actor, path["key"], path["link_type"], path["target"])
    )


@ITEMS.add("DELETE", "/items/{key}/links/{link_type}/{target}", id="unlink_items", scope="write",
           answers={200: _ITEM}, problems=("blocked", "invalid"))  # fmt: skip
async def unlink_items(call: Plain) -> Response:
    """Take a link away."""
    path = call.path
    return await _item(
        call, lambda: call.engine.items.unlink(call.actor, path["key"], path["link_type"], path["target"])
    )
