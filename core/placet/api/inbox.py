"""The inbox: what people are told, and how they want to be told."""

from __future__ import annotations

from datetime import time

import anyio.to_thread
from starlette.responses import Response

from placet.api import shapes
from placet.api.forms import ChannelForm, InboxQuery, NoForm, NoQuery, PreferencesForm, ReadForm
from placet.api.operations import Answer, Call, Operations, Plain, respond
from placet.api.registers import (
    InboxShape,
    NotificationRulesShape,
    NotificationShape,
    PreferencesShape,
    ReadShape,
)
from placet.engine.notifications.preferences import ChannelWish
from placet.errors import Fault, InvalidError

INBOX = Operations("Inbox")


@INBOX.add("GET", "/inbox", id="get_inbox", scope="read", answers={200: Answer(InboxShape)},
           problems=("not-found",))  # fmt: skip
async def get_inbox(call: Call[InboxQuery, NoForm]) -> Response:
    """Read your notifications, the newest first, each with why you get it."""
    query = call.query
    inbox = await call.run(
        lambda: call.engine.inbox.page(
            call.actor, workspace=query.workspace, unread=query.status == "unread", cursor=query.cursor,
            limit=query.limit,
        )
    )  # fmt: skip
    listed = shapes.page(
        "notifications", [shapes.notification(each) for each in inbox.page.rows], inbox.page.next_cursor
    )
    return respond(listed | {"unread": inbox.unread})


@INBOX.add(
    "POST",
    "/inbox/{id}/read",
    id="read_notification",
    scope="write",
    answers={200: Answer(NotificationShape)},
)
async def read_notification(call: Plain) -> Response:
    """Mark a notification as read."""
    notice = await call.run(lambda: call.engine.inbox.read(call.actor, call.path["id"]))
    return respond(shapes.notification(notice))


@INBOX.add("POST", "/inbox/read", id="read_notifications", scope="write", answers={200: Answer(ReadShape)})
async def read_notifications(call: Call[NoQuery, ReadForm]) -> Response:
    """Mark a notification and all older ones as read, everywhere or in one workspace."""
    form = call.form
    read = await call.run(
        lambda: call.engine.inbox.read_all(call.actor, until=form.until, workspace=form.workspace)
    )
    return respond({"read": read})


@INBOX.add("GET", "/me/notifications", id="get_notifications", scope="read",
           answers={200: Answer(PreferencesShape)})  # fmt: skip
async def get_notifications(call: Plain) -> Response:
    """Read how you are told, and how sending to your channels goes."""
    return respond(shapes.preferences(await call.run(lambda: call.engine.preferences.get(call.actor))))


@INBOX.add("PUT", "/me/notifications", id="set_notifications", scope="write",
           answers={200: Answer(PreferencesShape)})  # fmt: skip
async def set_notifications(call: Call[NoQuery, PreferencesForm]) -> Response:
    """Say how you want to be told: by which channels and when, and of what you want to hear nothing.

    A channel that you have is named by its `id`; a new one is given by its `url`, whose secrets are not shown again;
    one with neither is your own mail address, where the installation sends mail.
    """
    form = call.form
    # In a thread: the hosts of new addresses are looked up.
    wishes = await anyio.to_thread.run_sync(lambda: _wishes(call, form.channels))
    told = await call.run(
        lambda: call.engine.preferences.change(
            call.actor, channels=wishes, muted=form.muted, zone=form.zone,
            digest_at=time.fromisoformat(form.digest_at),
        )
    )  # fmt: skip
    return respond(shapes.preferences(told))


def _wishes(call: Call[NoQuery, PreferencesForm], forms: list[ChannelForm]) -> list[ChannelWish]:
    """Channels as they are wished for, new addresses admitted. Raises `InvalidError` with all that are not."""
    wishes: list[ChannelWish] = []
    faults: list[Fault] = []
    for n, form in enumerate(forms):
        address = None
        try:
            if form.url is not None:
                address = call.application.channels.admitted(form.url, f"/channels/{n}/url")
        except InvalidError as error:
            faults += error.faults
        wishes.append(ChannelWish(form.digest, form.id, address))
    if faults:
        raise InvalidError(faults)
    return wishes


@INBOX.add("GET", "/workspaces/{ws}/notification-rules", id="list_notification_rules", scope="read",
           answers={200: Answer(NotificationRulesShape)})  # fmt: skip
async def list_notification_rules(call: Plain) -> Response:
    """List who is told of what in a workspace, by rule, and what the workspace has decided about it."""
    rules = await call.run(lambda: call.engine.notifications.rules(call.actor, call.path["ws"]))
    return respond({"notification_rules": [shapes.notification_rule(rule) for rule in rules]})
