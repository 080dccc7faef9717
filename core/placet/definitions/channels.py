"""Channels that reach people outside of their inbox, which plugins give in `placet_channel`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from placet.definitions.arguments import written


class AddressError(Exception):
    """An address cannot be used; the message continues the words "the address": `is not a URL`."""


class ChannelError(Exception):
    """A message was not sent; the error says why."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a channel, as plain text."""

    #: In one line.
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Address:
    """An address that a person gave, as read by a channel."""

    #: As it is shown to the person, without its secrets.
    shown: str
    #: The hosts that it names and that are called for it, without those of a public service, which no address names.
    #: Placet refuses hosts in its own network, unless the administrator has allowed them.
    hosts: tuple[str, ...] = ()


@written
@dataclass(frozen=True, slots=True)
class MessageChannel:
    """A channel that reaches people."""

    #: The schemes of the addresses that it takes, such as `mailto`.
    schemes: tuple[str, ...]
    #: Reads an address of one of its schemes, when a person gives it and each time before something is sent to it. It
    #: does not call the address. Raises `AddressError`.
    admit: Callable[[str], Address]
    #: Sends a message to an address, and returns once it was accepted. It may wait and use the network; it must not
    #: trust any part of the address that `admit` has not checked. Raises `ChannelError`, or `AddressError` where it
    #: cannot read the address.
    send: Callable[[str, Message], None]
