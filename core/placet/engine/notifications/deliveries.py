"""Verbs over webhooks, deliveries and dead letters: what administrators see and do of what is told to the outside."""

from __future__ import annotations

from collections.abc import Sequence

from placet.engine.act.deliveries import WEBHOOK, Delivery, DeliveryQuery, Webhook
from placet.engine.act.journal import new_id
from placet.engine.act.ports import Page
from placet.engine.act.records import Actor
from placet.engine.act.runner import Kernel
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import ConflictError, NotFoundError


class DeliveryVerbs(Kernel):
    """What administrators do with webhooks and deliveries."""

    def add_webhook(
        self, asker: Actor, *, url: str, secret: str, kinds: Sequence[str] = (), workspace: str | None = None
    ) -> Webhook:
        """Tell an address of events from now on. The secret comes encrypted.

        Raises:
            ForbiddenError: the asker does not administer.
            NotFoundError: the workspace.
        """
        self.demand_admin(asker, "making a webhook")

        def do(work: UnitOfWork) -> Webhook:
            if workspace is not None:
                self.seen_workspace(work, asker, workspace)
            webhook = Webhook(new_id(), url, tuple(kinds), workspace, secret, asker.id, work.now)
            work.session.save_webhook(webhook)
            return webhook

        return self.administer("add_webhook", do)

    def webhooks(self, asker: Actor) -> Sequence[Webhook]:
        """All webhooks, the oldest first."""
        self.demand_admin(asker, "seeing webhooks")
        return self.look(lambda work: work.session.webhooks())

    def webhook(self, asker: Actor, id: str) -> Webhook:
        """One webhook. Raises `NotFoundError`."""
        self.demand_admin(asker, "seeing webhooks")
        return self.look(lambda work: _webhook(work, id))

    def delete_webhook(self, asker: Actor, id: str) -> None:
        """Tell an address no more; its deliveries are forgotten. Raises `NotFoundError`."""
        self.demand_admin(asker, "deleting a webhook")

        def do(work: UnitOfWork) -> None:
            work.session.delete_webhook(_webhook(work, id))

        self.administer("delete_webhook", do)

    def deliveries(self, asker: Actor, query: DeliveryQuery) -> Page[Delivery]:
        """A page of deliveries. Raises `NotFoundError` for those of a webhook that is not there."""
        self.demand_admin(asker, "seeing deliveries")

        def see(work: UnitOfWork) -> Page[Delivery]:
            if query.receiver is not None:
                _webhook(work, query.receiver.removeprefix(WEBHOOK))
            return work.session.list_deliveries(query)

        return self.look(see)

    def retry(self, asker: Actor, id: str, *, receiver: str | None = None) -> Delivery:
        """Begin a delivery's schedule anew, at once.

        Raises:
            ConflictError: it was delivered, its next attempt is under way, or its webhook is gone for good.
            NotFoundError: there is none of that id, or it is another receiver's.
        """
        self.demand_admin(asker, "repeating a delivery")

        def do(work: UnitOfWork) -> Delivery:
            found = work.session.delivery(id)
            if found is None or receiver not in {None, found.receiver}:
                raise NotFoundError("delivery", id[:100])
            self._demand_alive(work, found)
            if found.status == "delivered" or found.task is not None:
                under_way = "was delivered" if found.status == "delivered" else "is being attempted"
                raise ConflictError(f"the delivery {id} {under_way}: there is nothing to repeat")
            return work.session.retry_delivery(found)

        return self.administer("retry_delivery", do)

    @staticmethod
    def _demand_alive(work: UnitOfWork, delivery: Delivery) -> None:
        """Raises `ConflictError` where nothing is delivered to the receiver any more."""
        if not delivery.receiver.startswith(WEBHOOK):
            return
        webhook = work.session.webhook(delivery.receiver.removeprefix(WEBHOOK))
        if webhook is not None and webhook.gone_at is not None:
            raise ConflictError(
                f"the webhook {webhook.id} is switched off since its receiver answered 410 Gone at "
                f"{webhook.gone_at:%Y-%m-%d %H:%M} UTC: make a new one"
            )


def _webhook(work: UnitOfWork, id: str) -> Webhook:
    found = work.session.webhook(id)
    if found is None:
        raise NotFoundError("webhook", id[:100])
    return found
