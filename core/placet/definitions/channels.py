"""How people are reached outside of their inbox: what a plugin gives in `placet_channel`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from placet.definitions.arguments import written


class AddressError(Exception):
    """An address cannot be used; the message says why, and goes on where "the address" was said: `is not a URL`."""


class ChannelError(Exception):
    """A message did not go out; the message says why."""


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out by a channel, as plain text."""

    #: In one line.
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Address:
    """What a channel makes of an address that a person gave it."""

    #: As the person is shown it, without its secrets.
    shown: str
    #: The hosts that it names and that are called for it. Those of a public service, which no address names, are left
    #: out. Placet refuses hosts in its own network, unless the administrator has allowed them.
    hosts: tuple[str, ...] = ()


@written
@dataclass(frozen=True, slots=True)
class MessageChannel:
    """A way to reach people."""

    #: What addresses begin with that it takes, such as `mailto`.
    schemes: tuple[str, ...]
    #: Reads an address of one of its schemes, when a person gives it and each time before something is sent to it.
    #: It calls nobody. Raises `AddressError`.
    admit: Callable[[str], Address]
    #: Sends a message to an address, and returns when it was taken. It may wait and use the network; nothing of the
    #: address is to be trusted that `admit` has not looked at. Raises `ChannelError`, or `AddressError` where it cannot
    #: read the address.
    send: Callable[[str, Message], None]
