"""The team that a report is about, with the rules and the calendar of its workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from placet import BusinessCalendar, NotFoundError
from placet.api import CurrentActor, CurrentEngine, ItemRecord
from placet_agile.ids import SPRINT, TEAM
from placet_agile.numbers.history import day_of
from placet_agile.reports.cards import own_fields
from placet_agile.settings import AgileSettings
from placet_agile.teams.fields import Mode, TeamFields


@dataclass(frozen=True, slots=True)
class Team:
    """A team, as somebody asks about it now."""

    engine: CurrentEngine
    actor: CurrentActor
    record: ItemRecord
    fields: TeamFields
    settings: AgileSettings
    calendar: BusinessCalendar
    now: datetime

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def zone(self) -> tzinfo:
        """The zone in which its days begin."""
        return ZoneInfo(self.calendar.zone)

    @property
    def today(self) -> date:
        return day_of(self.now, self.zone)

    @property
    def mode(self) -> Mode:
        """How it works. Setting: `mode`, for a team that does not say so itself."""
        return self.fields.mode or self.settings.mode

    def sprints(self, *states: str) -> list[ItemRecord]:
        """Its sprints in some states, in the order of their numbers."""
        found = self.engine.reports.search(self.actor, self.key, SPRINT, states=states, team=self.key)
        return sorted(found, key=lambda sprint: int(sprint.fields["number"]))


def find_team(engine: CurrentEngine, actor: CurrentActor, key: str) -> Team:
    """The team with a key.

    Raises:
        NotFoundError: the team does not exist, or the actor may not see it, or the method is off in its workspace.
    """
    record = engine.items.get(actor, key)
    settings = engine.workspaces.settings(record.workspace, "agile")
    if record.type != TEAM or not isinstance(settings, AgileSettings):
        raise NotFoundError("team", key)
    return Team(
        engine, actor, record, TeamFields.model_validate(own_fields(record, TeamFields.model_fields)), settings,
        engine.workspaces.calendar(record.workspace), engine.clock.now(),
    )  # fmt: skip
