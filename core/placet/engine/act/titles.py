"""The words that people know: names, titles, and the local time of their workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from placet.catalog.catalog import Catalog
from placet.definitions.roles import AUDITOR, AUDITOR_ROLE
from placet.definitions.wording import (
    day_of,
    moment_of,
    rendered,
    spoken_day,
    spoken_moment,
    spoken_span,
    stands,
)
from placet.engine.act.input import declared

#: The words for the acts with each verb: before the name of what was acted on, its kind, and without a name.
_ACTS = {
    "transition": ("made the transition", "transition", "moved it"),
    "vote": ("voted on", "approval", "voted on it"),
    "named": ("is named as", "field", "is named on it"),
    "edit": ("wrote", "field", "wrote what is decided on"),
    "attach": ("attached the", "word", "attached evidence"),
    "confirm": ("confirmed", "confirmation", "confirmed a part of it"),
    "waive": ("decided on a waiver of", "gate", "decided on a waiver"),
    "review": ("reviewed the waiver of", "gate", "reviewed a waiver"),
    "appoint": ("appointed the", "role", "appointed somebody"),
}


def _nameless(id: str) -> str | None:  # noqa: ARG001  # the signature of a directory of names
    return None


class Titles:
    """Names and titles for items of one type; ids where the rules are missing."""

    def __init__(
        self,
        catalog: Catalog | None,
        type: str,
        *,
        zone: str = "UTC",
        now: datetime | None = None,
        name_of: Callable[[str], str | None] = _nameless,
        zone_shown: str = "",
    ) -> None:
        """Create the titles of one item type.

        Args:
            catalog: the rules; `None` where they do not work.
            type: the type of the item.
            zone: the time zone of moments, such as `Europe/Berlin`.
            now: moments in its year are shown without the year; `None` always shows the year.
            name_of: returns an actor's name by id, and `None` for an unknown id.
            zone_shown: the name behind moments, where readers do not know in which zone they are.
        """
        self.catalog = catalog
        self.item_type = None if catalog is None else catalog.item_types.get(type)
        #: The name of the time zone.
        self.zone = zone
        self._zone = ZoneInfo(zone)
        self._year = None if now is None else now.astimezone(self._zone).year
        self._name_of = name_of
        self._zone_shown = f" {zone_shown}" if zone_shown else ""
        #: Words that were said already: the blockers of an act name the same people and roles again and again.
        self._said: dict[tuple[str, str], str] = {}

    def say(self, kind: str, value: Any) -> str:
        """The words for a value of a kind in `placet.definitions.wording.KINDS`."""
        if type(value) is not str:
            return str(getattr(self, kind)(value))
        said = self._said.get((kind, value))
        if said is None:
            said = self._said[kind, value] = str(getattr(self, kind)(value))
        return said

    def sentence(self, template: str, /, **params: Any) -> str:
        """A sentence, as `placet.definitions.wording` has it."""
        return rendered(template, params, self)

    def person(self, id: str) -> str:
        """A person by name, or a vacant role, which stands for those who could hold it, by its title."""
        name = self._name_of(id)
        if name is not None:
            return name
        return f"the {self.role(id)}" if self.catalog is not None and id in self.catalog.roles else id

    def role(self, id: str) -> str:
        if id == AUDITOR:
            return _in_a_sentence(AUDITOR_ROLE.title)
        found = self.catalog.roles.get(id) if self.catalog is not None else None
        return _in_a_sentence(found.title) if found is not None else id

    def type(self, id: str) -> str:
        found = self.catalog.item_types.get(id) if self.catalog is not None else None
        return _in_a_sentence(found.title) if found is not None else id

    def transition(self, name: str) -> str:
        found = self.item_type.workflow.transition(name) if self.item_type is not None else None
        return found.title if found is not None else name

    def state(self, id: str) -> str:
        """A state's title in quotes, as it can be any word; a state of another type is written `TYPE:STATE`."""
        other, _, name = id.rpartition(":")
        known = self.catalog.item_types if self.catalog is not None else {}
        item_type = known.get(other) if other else self.item_type
        found = item_type.workflow.state(name) if item_type is not None else None
        return f"'{found.title if found is not None else name}'"

    def standing(self, standing: Mapping[str, str]) -> str:
        """`'Swap the disks' (PAY-4) is in 'Review'`."""
        return stands(standing, self.state(standing["state"]))

    def link(self, id: str) -> str:
        """A link type's title in quotes, as it is a part of a sentence."""
        found = self.catalog.link_types.get(id) if self.catalog is not None else None
        return f"'{found.title if found is not None else id}'"

    def field(self, name: str) -> str:
        found = declared(self.item_type.fields).get(name) if self.item_type is not None else None
        title = found.title if found is not None else None
        return _in_a_sentence(title) if title else name.replace("_", " ")

    def approval(self, id: str) -> str:
        found = self.item_type.approval(id) if self.item_type is not None else None
        return found.title if found is not None else id

    def confirmation(self, id: str) -> str:
        found = self.item_type.confirmation(id) if self.item_type is not None else None
        return found.title if found is not None else id

    def gate(self, id: str) -> str:
        gates = self.item_type.gates if self.item_type is not None else ()
        return next((gate.title for gate in gates if gate.id == id), id)

    def word(self, value: str) -> str:
        """`very_high` as `very high`."""
        return str(value).replace("_", " ")

    def check(self, id: str) -> str:
        """A check's sentence in quotes."""
        gates = self.item_type.gates if self.item_type is not None else ()
        checks = (check for gate in gates for check in gate.every_check)
        found = next((check for check in checks if check.id == id), None)
        return f"'{found.says(self) if found is not None else id}'"

    def timer(self, id: str) -> str:
        return self.timers.get(id, id)

    @property
    def timers(self) -> dict[str, str]:
        """Titles of the type's timers, by id."""
        timers = self.item_type.timers if self.item_type is not None else ()
        return {timer.id: timer.title for timer in timers}

    def act(self, act: str) -> str:
        """The words for an act, which is written as in `Duty`: `voted on Change approval`."""
        verb, _, name = act.partition(":")
        if verb not in _ACTS:
            return "created it"
        words, kind, alone = _ACTS[verb]
        return f"{words} {self.say(kind, name)}" if name else alone

    def moment(self, at: Any) -> str:
        """`Friday 4 December 18:00`, in the time zone."""
        return f"{spoken_moment(self._local(at), self._year)}{self._zone_shown}"

    def span(self, times: Any) -> str:
        """`Friday 4 December 18:00-20:00`, in the time zone."""
        start, end = map(self._local, times)
        return f"{spoken_span(start, end, self._year)}{self._zone_shown}"

    def _local(self, at: Any) -> datetime:
        return moment_of(at).astimezone(self._zone)

    def day(self, on: Any) -> str:
        """`Friday 4 December`."""
        found: date = day_of(on)
        return spoken_day(found, self._year)


def _in_a_sentence(title: str) -> str:
    """`Change manager` as `change manager`, `CIO` as it is."""
    return title if title.partition(" ")[0].isupper() else title[:1].lower() + title[1:]
