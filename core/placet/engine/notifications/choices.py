"""How somebody wants to be notified: what they chose, or what holds until they choose."""

from __future__ import annotations

from placet.engine.act.notifications import Channel, Digest, Preferences
from placet.engine.act.people import Actor

#: Id of the channel to a person's own mail address, which everybody has until they choose otherwise.
OWN_MAIL = "mail"


class Choices:
    """Knows what holds for those who never chose."""

    def __init__(self, *, mails: bool) -> None:
        #: Whether mail can be sent to people's own addresses.
        self.mails = mails

    def of(self, person: Actor, stored: Preferences | None) -> Preferences:
        """How somebody wants to be notified; by mail at once, where it can be sent and they never said otherwise."""
        if stored is not None:
            return stored
        own = (Channel(OWN_MAIL, Digest.IMMEDIATE, person.email),) if self.mails and person.email else ()
        return Preferences(person.id, channels=own)
