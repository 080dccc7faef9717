"""Webhooks, their deliveries, and dead letters of all subscribers. Everything is for administrators."""

from __future__ import annotations

import base64
import secrets
from functools import partial
from typing import Annotated

import anyio
import anyio.to_thread
from fastapi import APIRouter, Query

from placet.addresses import UnsafeAddressError, allowed, resolve, target
from placet.api.dependencies import (
    CurrentAdministrator,
    CurrentApplication,
    CurrentEngine,
    DeliveryPath,
    WebhookPath,
)
from placet.api.models.base import PAGE, Cursor, Limit
from placet.api.models.deliveries import (
    Deliveries,
    DeliveriesQuery,
    Delivery,
    MadeWebhook,
    NewSecret,
    NewWebhook,
    Webhook,
    Webhooks,
)
from placet.api.problems import refused_with
from placet.api.routing import Route
from placet.engine.act.access import demand_admin
from placet.engine.act.deliveries import WEBHOOK, DeliveryQuery
from placet.engine.act.people import Actor
from placet.engine.engine import Engine
from placet.errors import InvalidError
from placet.store import bridge

router = APIRouter(tags=["Webhooks"], route_class=Route)

_SECRET_BYTES = 32
#: Seconds within which a name has to resolve.
_PATIENCE = 5.0


@router.post(
    "/webhooks", operation_id="add_webhook", status_code=201,
    response_description="The webhook; its secret is shown only once.", responses=refused_with(404),
)  # fmt: skip
async def add_webhook(
    wish: NewWebhook, actor: CurrentAdministrator, application: CurrentApplication
) -> MadeWebhook:
    """Create a webhook: an address gets events from now on.

    Each is a CloudEvent (1.0, structured JSON), signed as the Standard Webhooks specification says. It is delivered at
    least once: repetitions have the same `webhook-id`. Deliveries that are not answered with 2xx in time are repeated
    for three days.
    """
    demand_admin(actor, "making a webhook")
    await _demand_safe(wish.url, private=application.settings.webhook_allow_private)
    secret = wish.secret or _new_secret()
    make = partial(
        application.engine.deliveries.add_webhook, actor, url=wish.url, secret=application.vault.lock(secret),
        kinds=wish.kinds, workspace=wish.workspace,
    )  # fmt: skip
    made = Webhook.model_validate(await bridge.run(application.store, make))
    return MadeWebhook(**made.model_dump(), secret=secret)


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


async def _demand_safe(url: str, *, private: bool) -> None:
    try:
        host, port = target(url)
        with anyio.fail_after(_PATIENCE):
            found = await anyio.to_thread.run_sync(partial(resolve, host, port), abandon_on_cancel=True)
        await anyio.to_thread.run_sync(partial(allowed, found, private=private))
    except UnsafeAddressError as error:
        raise InvalidError.at("/url", str(error)) from None
    except TimeoutError:
        raise InvalidError.at("/url", f"does not resolve within {_PATIENCE:g} s") from None


@router.get("/webhooks", operation_id="list_webhooks")
def list_webhooks(actor: CurrentAdministrator, engine: CurrentEngine) -> Webhooks:
    """List all webhooks, without their secrets."""
    return Webhooks(webhooks=[Webhook.model_validate(each) for each in engine.deliveries.webhooks(actor)])


@router.get("/webhooks/{id}", operation_id="get_webhook")
def get_webhook(id: WebhookPath, actor: CurrentAdministrator, engine: CurrentEngine) -> Webhook:
    """Read a webhook, without its secret."""
    return Webhook.model_validate(engine.deliveries.webhook(actor, id))


@router.post(
    "/webhooks/{id}/secret", operation_id="rotate_webhook_secret",
    response_description="The webhook; its new secret is shown only once.",
)  # fmt: skip
def rotate_webhook_secret(
    id: WebhookPath,
    actor: CurrentAdministrator,
    application: CurrentApplication,
    wish: NewSecret | None = None,
) -> MadeWebhook:
    """Replace the secret of a webhook. For 24 hours deliveries carry the signatures of both.

    The present secret ends at `former_until`; one that was replaced before it ends now.
    """
    secret = (wish.secret if wish is not None else None) or _new_secret()
    rotated = application.engine.deliveries.rotate_secret(actor, id, application.vault.lock(secret))
    return MadeWebhook(**Webhook.model_validate(rotated).model_dump(), secret=secret)


@router.delete(
    "/webhooks/{id}", operation_id="delete_webhook", status_code=204,
    response_description="The webhook is deleted.",
)  # fmt: skip
def delete_webhook(id: WebhookPath, actor: CurrentAdministrator, engine: CurrentEngine) -> None:
    """Delete a webhook, with the record of its deliveries."""
    engine.deliveries.delete_webhook(actor, id)


@router.get("/webhooks/{id}/deliveries", operation_id="list_deliveries")
def list_deliveries(
    id: WebhookPath,
    query: Annotated[DeliveriesQuery, Query()],
    actor: CurrentAdministrator,
    engine: CurrentEngine,
) -> Deliveries:
    """List the deliveries of a webhook, with every attempt."""
    return _listed(engine, actor, DeliveryQuery(f"{WEBHOOK}{id}", query.status, query.cursor, query.limit))


@router.post(
    "/webhooks/{id}/deliveries/{delivery}/retry", operation_id="retry_delivery", responses=refused_with(409)
)
def retry_delivery(
    id: WebhookPath, delivery: DeliveryPath, actor: CurrentAdministrator, engine: CurrentEngine
) -> Delivery:
    """Attempt a dead or waiting delivery again, at once and then by its schedule."""
    return Delivery.of(engine.deliveries.retry(actor, delivery, subscriber=f"{WEBHOOK}{id}"))


@router.get("/dead-letters", operation_id="list_dead_letters")
def list_dead_letters(
    actor: CurrentAdministrator, engine: CurrentEngine, limit: Limit = PAGE, cursor: Cursor | None = None
) -> Deliveries:
    """List deliveries that have failed for good, to webhooks and to plugins."""
    return _listed(engine, actor, DeliveryQuery(None, "dead", cursor, limit))


@router.post("/dead-letters/{id}/retry", operation_id="retry_dead_letter", responses=refused_with(409))
def retry_dead_letter(id: DeliveryPath, actor: CurrentAdministrator, engine: CurrentEngine) -> Delivery:
    """Attempt a dead letter again, at once and then by its schedule."""
    return Delivery.of(engine.deliveries.retry(actor, id, subscriber=None))


def _listed(engine: Engine, actor: Actor, query: DeliveryQuery) -> Deliveries:
    page = engine.deliveries.find(actor, query)
    return Deliveries(deliveries=[Delivery.of(each) for each in page.rows], next_cursor=page.next_cursor)
