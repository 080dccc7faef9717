"""Items: make, read, list, edit, comment on and link them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from starlette.responses import Response

from placet.api import shapes
from placet.api.answers import EventShape, ItemShape, ItemsShape, LinksShape
from placet.api.forms import Ask, CommentWish, Holders, ItemPatch, ItemsQuery, NewItem, NoForm, NoQuery
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
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.moves import outlooks
from placet.engine.ports import Page
from placet.engine.records import Actor, ItemRecord

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
        record = call.engine.create(
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
    it or separate them with commas.
    """
    query = call.query

    def listed() -> tuple[list[shapes.Json], str | None]:
        wanted = call.engine.item_query(
            call.actor, workspace=query.workspace, type=query.type, states=query.state, categories=query.category,
            parent=query.parent, assignee=call.me(query.assignee), fields=query.fields, q=query.q, sort=query.sort,
            limit=query.limit, cursor=query.cursor,
        )  # fmt: skip
        page: Page[ItemRecord] = call.engine.items(call.actor, wanted)
        rows = shapes.items(call.engine, page.rows)
        if query.include == "next":
            upcoming = call.engine.look(lambda work: [_next(work, each, call.actor) for each in page.rows])
            rows = [row | {"next": step} for row, step in zip(rows, upcoming, strict=True)]
        return rows, page.next_cursor

    rows, cursor = await call.run(listed)
    headers = {"Link": f'<{_following(call, cursor)}>; rel="next"'} if cursor is not None else {}
    return respond(shapes.page("items", rows, cursor), headers=headers)


def _following(call: Call[ItemsQuery, NoForm], cursor: str) -> str:
    kept = [(name, value) for name, value in call.request.query_params.multi_items() if name != "cursor"]
    return f"{call.request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"


def _next(work: UnitOfWork, record: ItemRecord, asker: Actor) -> shapes.Json | None:
    """The first transition that is allowed, or else the first of the table."""
    found = outlooks(work, record, asker)
    primary = next((each for each in found if each.allowed), found[0] if found else None)
    if primary is None:
        return None
    return {
        "name": primary.name,
        "title": primary.title,
        "to": primary.to,
        "allowed": primary.allowed,
        "blockers": len(primary.blockers),
    }


@ITEMS.add("GET", "/items/{key}", id="get_item", scope="read", answers={200: _ITEM})
async def get_item(call: Plain) -> Response:
    """Read an item."""
    return await _item(call, lambda: call.engine.item(call.actor, call.path["key"]))


@ITEMS.add("PATCH", "/items/{key}", id="edit_item", scope="write", answers={200: _ITEM}, headers=(IF_MATCH,),
           problems=("blocked", "stale", "precondition-required"))  # fmt: skip
async def edit_item(call: Call[NoQuery, ItemPatch]) -> Response:
    """Change an item's title and fields (JSON Merge Patch)."""
    form, expected = call.form, call.expected()
    return await _item(
        call,
        lambda: call.engine.edit(
            call.actor, call.path["key"], title=form.title, fields=form.fields, expected=expected
        ),
    )


async def _item(call: AnyCall, verb: Callable[[], ItemRecord]) -> Response:
    item = await call.run(lambda: _shown(call, verb()))
    return respond_item(item)


def _shown(call: AnyCall, record: ItemRecord) -> shapes.Json:
    return shapes.items(call.engine, [record])[0]


@ITEMS.add(
    "GET", "/items/{key}/children", id="list_children", scope="read", answers={200: Answer(ItemsShape)}
)
async def list_children(call: Plain) -> Response:
    """List the items whose parent this is."""
    rows = await call.run(
        lambda: shapes.items(call.engine, call.engine.children(call.actor, call.path["key"]))
    )
    return respond(shapes.page("items", rows, None))


@ITEMS.add("POST", "/items/{key}/comments", id="comment_on_item", scope="write",
           answers={201: Answer(EventShape, "The event.")})  # fmt: skip
async def comment_on_item(call: Call[NoQuery, CommentWish]) -> Response:
    """Say something about an item; its version stays."""
    event = await call.run(lambda: call.engine.comment(call.actor, call.path["key"], call.form.text))
    return respond(shapes.event(event), 201)


@ITEMS.add("POST", "/items/{key}/asks", id="ask_somebody", scope="write",
           answers={201: Answer(EventShape, "The event.")})  # fmt: skip
async def ask_somebody(call: Call[NoQuery, Ask]) -> Response:
    """Ask somebody to clear a blocker."""
    form = call.form
    event = await call.run(
        lambda: call.engine.ask(
            call.actor, call.path["key"], check=form.check, to=form.to, comment=form.comment
        )
    )
    return respond(shapes.event(event), 201)


@ITEMS.add("PUT", "/items/{key}/roles/{role}", id="set_item_role", scope="write", answers={200: _ITEM})
async def set_item_role(call: Call[NoQuery, Holders]) -> Response:
    """Give an item holders of its own for a role; an empty list lets the workspace's count again."""
    return await _item(
        call,
        lambda: call.engine.set_item_role(call.actor, call.path["key"], call.path["role"], call.form.actors),
    )


@ITEMS.add("GET", "/items/{key}/links", id="list_links", scope="read", answers={200: Answer(LinksShape)})
async def list_links(call: Plain) -> Response:
    """List an item's links in both directions."""
    ends = await call.run(lambda: call.engine.links(call.actor, call.path["key"]))
    return respond({"links": [shapes.link_end(end) for end in ends]})


@ITEMS.add("PUT", "/items/{key}/links/{link_type}/{target}", id="link_items", scope="write", answers={200: _ITEM},
           problems=("blocked", "invalid"))  # fmt: skip
async def link_items(call: Plain) -> Response:
    """Link an item to another. Linking what is linked changes nothing."""
    path = call.path
    return await _item(
        call, lambda: call.engine.link(call.actor, path["key"], path["link_type"], path["target"])
    )


@ITEMS.add("DELETE", "/items/{key}/links/{link_type}/{target}", id="unlink_items", scope="write",
           answers={200: _ITEM}, problems=("blocked", "invalid"))  # fmt: skip
async def unlink_items(call: Plain) -> Response:
    """Take a link away."""
    path = call.path
    return await _item(
        call, lambda: call.engine.unlink(call.actor, path["key"], path["link_type"], path["target"])
    )
