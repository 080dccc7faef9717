"""The settings of the method, by subject."""

from __future__ import annotations

from placet_agile.delivery.settings import DeliverySettings
from placet_agile.reports.settings import FigureSettings
from placet_agile.sprints.settings import SprintSettings
from placet_agile.teams.settings import TeamSettings
from placet_agile.train.settings import TrainSettings


class AgileSettings(TeamSettings, DeliverySettings, SprintSettings, FigureSettings, TrainSettings):
    """The settings of the method `agile`."""
