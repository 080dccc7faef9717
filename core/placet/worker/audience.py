"""Who all is told of events."""

from __future__ import annotations

from placet.app import House
from placet.worker.notifications import NotificationReceiver
from placet.worker.receivers import PluginReceiver, Receiver
from placet.worker.webhooks import WebhookReceiver


def audience(house: House) -> tuple[Receiver, ...]:
    """Everybody who is told of events now. Whoever else shall be told belongs into this tuple."""
    webhooks = house.engine.look(lambda work: work.session.webhooks())
    return (
        *(PluginReceiver(method, react, house) for method, react in house.registry.listeners),
        NotificationReceiver(house),
        *(WebhookReceiver(each, house.vault, house.settings) for each in webhooks),
    )
