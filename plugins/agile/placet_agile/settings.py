"""The settings of the method, by subject."""

from __future__ import annotations

from placet_agile.delivery.settings import DeliverySettings
from placet_agile.sprints.settings import SprintSettings
from placet_agile.teams.flow_settings import FlowSettings
from placet_agile.teams.settings import TeamSettings
from placet_agile.train.settings import TrainSettings


class AgileSettings(TeamSettings, DeliverySettings, SprintSettings, FlowSettings, TrainSettings):
    """The settings of the method `agile`."""
