"""The inbox: notifications, and preferences about them."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query

from placet.api.dependencies import (
    CurrentActor,
    CurrentApplication,
    CurrentEngine,
    NotificationPath,
    WorkspacePath,
)
from placet.api.models.notifications import (
    ChannelForm,
    Inbox,
    InboxQuery,
    Notification,
    NotificationRule,
    NotificationRules,
    Preferences,
    PreferencesForm,
    Read,
    ReadForm,
)
from placet.api.problems import refused_with
from placet.api.routing import Route
from placet.channels import Channels
from placet.engine.notifications.preferences import ChannelWish
from placet.errors import Fault, InvalidError
from placet.store import bridge

router = APIRouter(tags=["Inbox"], route_class=Route)


@router.get("/inbox", operation_id="get_inbox", responses=refused_with(404))
def get_inbox(query: Annotated[InboxQuery, Query()], actor: CurrentActor, engine: CurrentEngine) -> Inbox:
    """Read your notifications, the newest first, each with its reasons."""
    inbox = engine.inbox.page(
        actor,
        workspace=query.workspace,
        unread=query.status == "unread",
        cursor=query.cursor,
        limit=query.limit,
    )
    rows = [Notification.model_validate(each) for each in inbox.page.rows]
    return Inbox(notifications=rows, unread=inbox.unread, next_cursor=inbox.page.next_cursor)


@router.post("/inbox/{id}/read", operation_id="read_notification")
def read_notification(id: NotificationPath, actor: CurrentActor, engine: CurrentEngine) -> Notification:
    """Mark a notification as read."""
    return Notification.model_validate(engine.inbox.read(actor, id))


@router.post("/inbox/read", operation_id="read_notifications")
def read_notifications(form: ReadForm, actor: CurrentActor, engine: CurrentEngine) -> Read:
    """Mark a notification and all older ones as read, everywhere or in one workspace."""
    return Read(read=engine.inbox.read_all(actor, until=form.until, workspace=form.workspace))


@router.get("/me/notifications", operation_id="get_notifications")
def get_notifications(actor: CurrentActor, engine: CurrentEngine) -> Preferences:
    """Read your notification preferences, and the state of your channels."""
    return Preferences.of(engine.preferences.get(actor))


@router.put("/me/notifications", operation_id="set_notifications")
async def set_notifications(
    form: PreferencesForm, actor: CurrentActor, application: CurrentApplication
) -> Preferences:
    """Set your notification preferences: channels, digests, and muted rules and workspaces.

    An existing channel is named by its `id`; a new one is given by its `url`, whose secrets are not shown again; one
    with neither is your own mail address, where the installation sends mail.
    """
    # In a thread: the hosts of new addresses are looked up.
    wishes = await anyio.to_thread.run_sync(_wishes, application.channels, form.channels)
    prefer = partial(
        application.engine.preferences.change,
        actor,
        channels=wishes,
        muted=form.muted,
        zone=form.zone,
        digest_at=form.digest_time,
    )
    return Preferences.of(await bridge.run(application.store, prefer))


def _wishes(channels: Channels, forms: list[ChannelForm]) -> list[ChannelWish]:
    """The requested channels, with checked addresses. Raises `InvalidError` with all refused ones."""
    wishes: list[ChannelWish] = []
    faults: list[Fault] = []
    for n, form in enumerate(forms):
        address = None
        try:
            if form.url is not None:
                address = channels.admitted(form.url, f"/channels/{n}/url")
        except InvalidError as error:
            faults += error.faults
        wishes.append(ChannelWish(form.digest, form.id, address))
    if faults:
        raise InvalidError(faults)
    return wishes


@router.get("/workspaces/{ws}/notification-rules", operation_id="list_notification_rules")
def list_notification_rules(
    ws: WorkspacePath, actor: CurrentActor, engine: CurrentEngine
) -> NotificationRules:
    """List the notification rules of a workspace, with its choices about them."""
    rules = engine.notifications.rules(actor, ws)
    return NotificationRules(notification_rules=[NotificationRule.of(rule) for rule in rules])
