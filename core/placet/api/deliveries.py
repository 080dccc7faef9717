"""Webhooks, what became of their deliveries, and dead letters of all receivers. All of it is for administrators."""

from __future__ import annotations

import base64
import secrets
from functools import partial

import anyio
import anyio.to_thread
from starlette.responses import Response

from placet.addresses import UnsafeAddressError, allowed, resolve, target
from placet.api import shapes
from placet.api.delivery_forms import (
    DeadLettersQuery,
    DeliveriesQuery,
    DeliveriesShape,
    DeliveryShape,
    MadeWebhookShape,
    NewWebhook,
    WebhookShape,
    WebhooksShape,
)
from placet.api.forms import NoForm, NoQuery
from placet.api.operations import Answer, Call, Operations, Plain, respond
from placet.engine.act.access import demand_admin
from placet.engine.act.deliveries import WEBHOOK, DeliveryQuery
from placet.errors import InvalidError

WEBHOOKS = Operations("Webhooks")

_SECRET_BYTES = 32
#: Seconds in which a name has to resolve.
_PATIENCE = 5.0


@WEBHOOKS.add("POST", "/webhooks", id="add_webhook", scope="admin",
              answers={201: Answer(MadeWebhookShape, "The webhook; its secret is shown this once.")},
              problems=("not-found",))  # fmt: skip
async def add_webhook(call: Call[NoQuery, NewWebhook]) -> Response:
    """Tell an address of events from now on.

    Each is a CloudEvent (1.0, structured JSON), signed as the Standard Webhooks specification says. It is delivered at
    least once: know repetitions by `webhook-id`. Whatever is not answered with 2xx in time is repeated for three days.
    """
    form = call.form
    demand_admin(call.actor, "making a webhook")
    await _demand_safe(form.url, private=call.application.settings.webhook_allow_private)
    secret = form.secret or "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    webhook = await call.run(
        lambda: call.engine.deliveries.add_webhook(
            call.actor, url=form.url, secret=call.application.vault.lock(secret), kinds=form.kinds,
            workspace=form.workspace,
        )
    )  # fmt: skip
    return respond(shapes.webhook(webhook) | {"secret": secret}, 201)


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


@WEBHOOKS.add("GET", "/webhooks", id="list_webhooks", scope="admin", answers={200: Answer(WebhooksShape)})
async def list_webhooks(call: Plain) -> Response:
    """List all webhooks, without their secrets."""
    found = await call.run(lambda: call.engine.deliveries.webhooks(call.actor))
    return respond({"webhooks": [shapes.webhook(each) for each in found]})


@WEBHOOKS.add("GET", "/webhooks/{id}", id="get_webhook", scope="admin", answers={200: Answer(WebhookShape)})
async def get_webhook(call: Plain) -> Response:
    """Read a webhook, without its secret."""
    return respond(
        shapes.webhook(await call.run(lambda: call.engine.deliveries.webhook(call.actor, call.path["id"])))
    )


@WEBHOOKS.add("DELETE", "/webhooks/{id}", id="delete_webhook", scope="admin",
              answers={204: Answer(None, "It is told of nothing more.")})  # fmt: skip
async def delete_webhook(call: Plain) -> Response:
    """Tell an address of nothing more, and forget what it was told."""
    await call.run(lambda: call.engine.deliveries.delete_webhook(call.actor, call.path["id"]))
    return Response(status_code=204)


@WEBHOOKS.add("GET", "/webhooks/{id}/deliveries", id="list_deliveries", scope="admin",
              answers={200: Answer(DeliveriesShape)})  # fmt: skip
async def list_deliveries(call: Call[DeliveriesQuery, NoForm]) -> Response:
    """List what a webhook was told or is to be told, with every attempt."""
    asked = call.query
    query = DeliveryQuery(f"{WEBHOOK}{call.path['id']}", asked.status, asked.cursor, asked.limit)
    return await _listed(call, query)


@WEBHOOKS.add("POST", "/webhooks/{id}/deliveries/{delivery}/retry", id="retry_delivery", scope="admin",
              answers={200: Answer(DeliveryShape)}, problems=("conflict",))  # fmt: skip
async def retry_delivery(call: Plain) -> Response:
    """Attempt a delivery again, at once and then by its schedule: one that is dead, or that waits for its time."""
    return await _retried(call, call.path["delivery"], f"{WEBHOOK}{call.path['id']}")


@WEBHOOKS.add("GET", "/dead-letters", id="list_dead_letters", scope="admin",
              answers={200: Answer(DeliveriesShape)})  # fmt: skip
async def list_dead_letters(call: Call[DeadLettersQuery, NoForm]) -> Response:
    """List what no attempt got through to its receiver, plugins included."""
    return await _listed(call, DeliveryQuery(None, "dead", call.query.cursor, call.query.limit))


@WEBHOOKS.add("POST", "/dead-letters/{id}/retry", id="retry_dead_letter", scope="admin",
              answers={200: Answer(DeliveryShape)}, problems=("conflict",))  # fmt: skip
async def retry_dead_letter(call: Plain) -> Response:
    """Attempt a dead letter again, at once and then by its schedule."""
    return await _retried(call, call.path["id"], None)


async def _listed(
    call: Call[DeliveriesQuery, NoForm] | Call[DeadLettersQuery, NoForm], query: DeliveryQuery
) -> Response:
    page = await call.run(lambda: call.engine.deliveries.find(call.actor, query))
    return respond(shapes.page("deliveries", [shapes.delivery(each) for each in page.rows], page.next_cursor))


async def _retried(call: Plain, id: str, receiver: str | None) -> Response:
    return respond(
        shapes.delivery(
            await call.run(lambda: call.engine.deliveries.retry(call.actor, id, receiver=receiver))
        )
    )
