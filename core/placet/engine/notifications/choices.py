"""How a person wants to be notified: their own choice, or the default until they choose."""

from __future__ import annotations

from placet.engine.act.notifications import Channel, Digest, Preferences
from placet.engine.act.people import Actor

#: Id of the channel to a person's own mail address, which is the default of everybody.
OWN_MAIL = "mail"


class Choices:
    """Knows the default for people who never chose."""

    def __init__(self, *, mails: bool) -> None:
        #: Whether mail can be sent to people's own addresses.
        self.mails = mails

    def of(self, person: Actor, stored: Preferences | None) -> Preferences:
        """How a person wants to be notified. The default is mail at once, where mail can be sent."""
        if stored is not None:
            return stored
        own = (Channel(OWN_MAIL, Digest.IMMEDIATE, person.email),) if self.mails and person.email else ()
        return Preferences(person.id, channels=own)
