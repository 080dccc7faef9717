"""Preferences: a person's channels, and the rules and workspaces that they muted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time

from placet.engine.act.access import visible_workspaces
from placet.engine.act.journal import new_id
from placet.engine.act.notifications import Channel, Digest, Preferences
from placet.engine.act.people import Actor
from placet.engine.act.queries import ChannelState
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.notifications.choices import OWN_MAIL, Choices
from placet.engine.notifications.installation_rules import INSTALLATION_RULES
from placet.engine.notifications.rules import CORE_RULES
from placet.engine.notifications.workspace_rules import WORKSPACE_RULES
from placet.errors import Fault, InvalidError


@dataclass(frozen=True, slots=True)
class ChannelWish:
    """A channel as a person wants it."""

    digest: Digest
    #: The id of an existing channel.
    id: str | None = None
    #: A new address, as it is shown, and encrypted. Without id and address, it is the person's own mail address.
    address: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ChosenPreferences:
    """A person's preferences, and the state of sending by channel."""

    preferences: Preferences
    states: Mapping[str, ChannelState]


class PreferenceVerbs:
    """Verbs of people on their preferences. The first argument of each is the actor."""

    def __init__(self, acts: ActRunner, choices: Choices) -> None:
        self._acts = acts
        self._choices = choices

    def get(self, actor: Actor) -> ChosenPreferences:
        """The actor's preferences, and the state of sending."""

        def see(unit: UnitOfWork) -> ChosenPreferences:
            stored = unit.session.notifications.preferences([actor.id]).get(actor.id)
            return ChosenPreferences(
                self._choices.of(actor, stored), unit.session.notifications.channel_states(actor.id)
            )

        return self._acts.look(see)

    def change(
        self,
        actor: Actor,
        *,
        channels: Sequence[ChannelWish] = (),
        muted: Sequence[str] = (),
        zone: str | None = None,
        digest_at: time = time(8),
    ) -> ChosenPreferences:
        """Replace the actor's preferences. Channels that are not named are dropped; notifications stay in the inbox."""

        def do(unit: UnitOfWork) -> ChosenPreferences:
            # Simultaneous changes of one person's preferences are made one after the other.
            unit.session.notifications.lock_preferences(actor.id)
            stored = unit.session.notifications.preferences([actor.id]).get(actor.id)
            before = {channel.id: channel for channel in self._choices.of(actor, stored).channels}
            faults = _unknown_muted(unit, actor, muted)
            found = self._channels(actor, channels, before, faults)
            if faults:
                raise InvalidError(faults)
            wanted = Preferences(
                actor.id, tuple(dict.fromkeys(muted)), tuple(found.values()), zone, digest_at
            )
            unit.session.notifications.prefer(wanted)
            return ChosenPreferences(wanted, unit.session.notifications.channel_states(actor.id))

        return self._acts.administer("prefer", do)

    def _channels(
        self,
        actor: Actor,
        wishes: Sequence[ChannelWish],
        before: Mapping[str, Channel],
        faults: list[Fault],
    ) -> dict[str, Channel]:
        """The wanted channels by id; their faults are added to `faults`."""
        found: dict[str, Channel] = {}
        for n, wish in enumerate(wishes):
            try:
                channel = self._channel(actor, wish, before, f"/channels/{n}")
            except InvalidError as error:
                faults += error.faults
                continue
            if channel.id in found:
                faults.append(Fault(f"/channels/{n}", "is there twice"))
            found[channel.id] = channel
        return found

    def _channel(
        self, actor: Actor, wish: ChannelWish, before: Mapping[str, Channel], pointer: str
    ) -> Channel:
        if wish.address is not None:
            shown, sealed = wish.address
            return Channel(new_id(), wish.digest, shown, sealed)
        if wish.id is not None and wish.id != OWN_MAIL:
            if wish.id not in before:
                raise InvalidError.unknown(f"{pointer}/id", "channel", wish.id[:100], before)
            return replace(before[wish.id], digest=wish.digest)
        if not self._choices.mails:
            raise InvalidError.at(
                pointer, "no mail is sent from here: give a url, or ask for PLACET_MAIL_URL"
            )
        if actor.email is None:
            raise InvalidError.at(pointer, "your mail address is not known here: give a url")
        return Channel(OWN_MAIL, wish.digest, actor.email)


def _unknown_muted(unit: UnitOfWork, actor: Actor, muted: Sequence[str]) -> list[Fault]:
    places = visible_workspaces(unit, actor)
    known = [core.id for core in (*CORE_RULES, *WORKSPACE_RULES, *INSTALLATION_RULES)]
    known += [id for place in places for id in unit.catalog(place).notification_rules]
    faults: list[Fault] = []
    for n, name in enumerate(muted):
        kind, there = ("notification rule", known) if "." in name else ("workspace", places)
        if name not in there:
            faults += InvalidError.unknown(f"/muted/{n}", kind, name[:100], there).faults
    return faults
