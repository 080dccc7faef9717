"""Webhooks, deliveries and dead letters: administrators see and manage the delivery of events to others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from urllib.parse import urlsplit

from placet.engine.act.access import demand_admin, seen_workspace
from placet.engine.act.deliveries import WEBHOOK, Delivery, DeliveryQuery, Webhook
from placet.engine.act.installation import note
from placet.engine.act.journal import new_id
from placet.engine.act.kinds import kind_faults
from placet.engine.act.people import Actor
from placet.engine.act.queries import Page
from placet.engine.act.runner import ActRunner
from placet.engine.act.sources import added, removed
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import ConflictError, InvalidError, NotFoundError

#: So long a replaced secret signs beside its successor, so that a subscriber can change over without losing a delivery.
_OVERLAP = timedelta(hours=24)


class Deliveries:
    """Verbs of administrators on webhooks and deliveries. The first argument of each is the actor."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts

    def add_webhook(
        self, actor: Actor, *, url: str, secret: str, kinds: Sequence[str] = (), workspace: str | None = None
    ) -> Webhook:
        """Create a webhook: an address gets all events from now on. The secret is already encrypted.

        Raises:
            ForbiddenError: the actor is not an administrator.
            InvalidError: the kind of event does not exist.
            NotFoundError: the workspace does not exist.
        """
        demand_admin(actor, "making a webhook")
        faults = kind_faults(kinds)
        if faults:
            raise InvalidError(faults)

        def do(unit: UnitOfWork) -> Webhook:
            if workspace is not None:
                seen_workspace(unit, actor, workspace)
            webhook = Webhook(new_id(), url, tuple(kinds), workspace, secret, actor.id, unit.now)
            unit.session.deliveries.save_webhook(webhook)
            about = {"webhook": webhook.id, "workspace": workspace, "kinds": list(kinds)}
            rows = [added("webhooks", {**asdict(webhook), "kinds": list(kinds)})]
            note(unit, "webhook_added", actor, {**about, "host": urlsplit(url).hostname}, rows)
            return webhook

        return self._acts.administer("add_webhook", do)

    def webhooks(self, actor: Actor) -> Sequence[Webhook]:
        """All webhooks, the oldest first."""
        demand_admin(actor, "seeing webhooks")
        return self._acts.look(lambda unit: unit.session.deliveries.webhooks())

    def subscribed(self) -> Sequence[Webhook]:
        """The webhooks that events are delivered to, for the worker."""
        known = self._acts.look(lambda unit: unit.session.deliveries.webhooks())
        return [webhook for webhook in known if webhook.gone_at is None]

    def webhook(self, actor: Actor, id: str) -> Webhook:
        """One webhook. Raises `NotFoundError`."""
        demand_admin(actor, "seeing webhooks")
        return self._acts.look(lambda unit: _webhook(unit, id))

    def rotate_secret(self, actor: Actor, id: str, secret: str) -> Webhook:
        """Give a webhook a new secret, already encrypted. For 24 hours the present one signs beside it.

        A secret that was replaced earlier signs nothing more from now on.

        Raises:
            ForbiddenError: the actor is not an administrator.
            NotFoundError: the webhook does not exist.
        """
        demand_admin(actor, "rotating the secret of a webhook")

        def do(unit: UnitOfWork) -> Webhook:
            found = _webhook(unit, id)
            rotated = replace(
                found, secret=secret, former_secret=found.secret, former_until=unit.now + _OVERLAP
            )
            unit.session.deliveries.save_secret(rotated)
            return rotated

        return self._acts.administer("rotate_secret", do)

    def delete_webhook(self, actor: Actor, id: str) -> None:
        """Delete a webhook with its deliveries. Raises `NotFoundError`."""
        demand_admin(actor, "deleting a webhook")

        def do(unit: UnitOfWork) -> None:
            unit.session.deliveries.delete_webhook(_webhook(unit, id))
            note(unit, "webhook_deleted", actor, {"webhook": id}, [removed("webhooks", id)])

        self._acts.administer("delete_webhook", do)

    def find(self, actor: Actor, query: DeliveryQuery) -> Page[Delivery]:
        """A page of deliveries. Raises `NotFoundError` for a webhook that does not exist."""
        demand_admin(actor, "seeing deliveries")

        def see(unit: UnitOfWork) -> Page[Delivery]:
            if query.subscriber is not None:
                _webhook(unit, query.subscriber.removeprefix(WEBHOOK))
            return unit.session.deliveries.list_deliveries(query)

        return self._acts.look(see)

    def retry(self, actor: Actor, id: str, *, subscriber: str | None = None) -> Delivery:
        """Restart the schedule of a delivery, beginning at once.

        Raises:
            ConflictError: it was delivered, an attempt is under way, or its webhook is switched off for good.
            NotFoundError: no delivery has this id, or it belongs to another subscriber.
        """
        demand_admin(actor, "repeating a delivery")

        def do(unit: UnitOfWork) -> Delivery:
            found = unit.session.deliveries.delivery(id)
            if found is None or subscriber not in {None, found.subscriber}:
                raise NotFoundError("delivery", id[:100])
            _demand_alive(unit, found)
            if found.status == "delivered" or found.task is not None:
                under_way = "was delivered" if found.status == "delivered" else "is being attempted"
                raise ConflictError(f"the delivery {id} {under_way}: there is nothing to repeat")
            note(unit, "delivery_retried", actor, {"delivery": id, "subscriber": found.subscriber})
            return unit.session.deliveries.retry_delivery(found)

        return self._acts.administer("retry_delivery", do)


def _webhook(unit: UnitOfWork, id: str) -> Webhook:
    found = unit.session.deliveries.webhook(id)
    if found is None:
        raise NotFoundError("webhook", id[:100])
    return found


def _demand_alive(unit: UnitOfWork, delivery: Delivery) -> None:
    """Raises `ConflictError` if the subscriber's webhook is switched off."""
    if not delivery.subscriber.startswith(WEBHOOK):
        return
    webhook = unit.session.deliveries.webhook(delivery.subscriber.removeprefix(WEBHOOK))
    if webhook is not None and webhook.gone_at is not None:
        raise ConflictError(
            f"the webhook {webhook.id} is switched off since its subscriber answered 410 Gone at "
            f"{webhook.gone_at:%Y-%m-%d %H:%M} UTC: make a new one"
        )
