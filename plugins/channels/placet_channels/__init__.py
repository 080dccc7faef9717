"""Mail and chat for Placet: notifications reach people where they look."""

from __future__ import annotations

from placet import MessageChannel, hookimpl
from placet_channels.addresses import SCHEMES, admitted
from placet_channels.sending import send


@hookimpl
def placet_channel() -> MessageChannel:
    """Mail, and the common chats."""
    return MessageChannel(SCHEMES, admitted, send)
