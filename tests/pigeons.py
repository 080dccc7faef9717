"""A way to reach people that tests can look into: pigeons, and mail that they carry."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event
from types import ModuleType
from urllib.parse import urlsplit

from placet import Address, AddressError, ChannelError, Message, MessageChannel, hookimpl


@dataclass
class Loft:
    """Where pigeons come to, with what they were sent with; those to an address with `broken` in it come back."""

    schemes: tuple[str, ...] = ("pigeon", "mailto")
    name: str = "pigeons"
    #: The address and the message of each.
    received: list[tuple[str, Message]] = field(default_factory=list)
    #: Set when those to an address with `asleep` in it wake up.
    dawn: Event = field(default_factory=Event)

    def admit(self, url: str) -> Address:
        """An address with a host: `pigeon://NAME:SECRET@HOST/PLACE`."""
        parts = urlsplit(url)
        if not parts.hostname:
            raise AddressError("names no loft")
        if parts.hostname == "crash":
            raise ZeroDivisionError("no pigeons")
        return Address(f"{parts.scheme}://{parts.hostname}", (parts.hostname,))

    def send(self, url: str, message: Message) -> None:
        """Let a pigeon fly."""
        if "broken" in url:
            raise ChannelError("the pigeon came back with 500")
        if "unread" in url:
            raise AddressError("is not one that pigeons read")
        if "crash" in url:
            raise ZeroDivisionError("no pigeons")
        if "leave" in url:
            raise SystemExit("no more pigeons")
        if "asleep" in url:
            self.dawn.wait()
        self.received.append((url, message))

    def plugin(self) -> ModuleType:
        """The plugin that gives it."""
        module = ModuleType(self.name)
        setattr(  # noqa: B010  # a module has whatever it is given
            module, "placet_channel", hookimpl(lambda: MessageChannel(self.schemes, self.admit, self.send))
        )
        return module
