"""The dashboard of a project."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from placet_prince2.ids import EXCEPTION
from placet_prince2.numbers.tolerances import worst
from placet_prince2.overview.decisions import Holders, Voters, decisions
from placet_prince2.overview.entries import Project
from placet_prince2.overview.lines import RUNNING, exception_line, light_of, project_line, stage_line
from placet_prince2.overview.models import Dashboard
from placet_prince2.overview.registers import REGISTERS, case, changes, exposure, register, value


def dashboard(
    project: Project, now: datetime, today: date, holders: Holders, voters: Voters, *, least: Decimal
) -> Dashboard:
    """A project as it is now.

    Args:
        project: the project with everything below it that the reader may see.
        now: the moment of the reading.
        today: its day in the time zone of the workspace.
        holders: who holds the roles, by item.
        voters: whose vote is missing, by item.
        least: the net present value below which a business case no longer stands.
    """
    parts = [project.entry, *(stage for stage in project.stages if stage.state in RUNNING)]
    return Dashboard(
        project=project_line(project),
        as_of=now,
        light=worst(light for light in map(light_of, parts) if light is not None).value,
        stages=[stage_line(project, stage) for stage in project.stages],
        exceptions=[exception_line(each) for each in project.all(EXCEPTION) if each.open],
        registers=[register(project, name) for name in REGISTERS],
        change_budget=changes(project),
        risk=exposure(project),
        earned_value=value(project, today),
        business_case=case(project, least),
        decisions=decisions(project, holders, voters),
    )
