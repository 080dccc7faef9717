"""Sending a message, with the reason if it fails."""

from __future__ import annotations

from placet import ChannelError, Message
from placet_channels.services import service_of

#: Longest reason, in characters.
_LONGEST = 500


def send(url: str, message: Message) -> None:
    """Send a message to an address.

    Raises:
        AddressError: apprise cannot read the address.
        ChannelError: it was not accepted.
    """
    service = service_of(url)
    import apprise  # noqa: PLC0415  # loaded by now

    said: list[str] = []
    # Nothing is ever attached, even if an address asks for it.
    sender = apprise.Apprise(asset=service.asset, location=apprise.ContentLocation.INACCESSIBLE)
    sender.add(service)
    sent = sender.notify(
        body=message.body,
        title=message.subject,
        body_format=apprise.NotifyFormat.TEXT,
        log_callback=lambda entry, _service: said.append(entry.message),
    )
    if not sent:
        reasons = "; ".join(dict.fromkeys(line for line in said if line))
        raise ChannelError(reasons[:_LONGEST] or "it was not accepted, without a reason")
