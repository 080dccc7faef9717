"""The weekly look at what a team can expect of itself.

Source: the Kanban Guide, service level expectation: a forecast from the team's own cycle times.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from placet import Job, JobContext
from placet_agile.ids import TEAM, WORK
from placet_agile.numbers.flow import days_counted, sle_days
from placet_agile.teams.fields import TeamFields

#: Days that are looked back.
LOOK_BACK = 90
_MONDAY = 1


def expect(ctx: JobContext) -> None:
    """Compute the service level expectation of each team anew, where enough items were finished."""
    zone = ZoneInfo(ctx.workspace.calendar.zone)
    since = ctx.now - timedelta(days=LOOK_BACK)
    # One search for each type of work, and none for each team.
    cycle_times: defaultdict[str | None, list[int]] = defaultdict(list)
    for type in WORK:
        for item in ctx.items(type, states=["done"], finished_at__ge=since):
            done = item.fields
            if done.started_at is not None:
                cycle_times[done.team].append(days_counted(done.started_at, done.finished_at, zone))
    for team in ctx.items(TEAM, states=["working"]):
        fields: TeamFields = team.fields
        found = sle_days(cycle_times[team.key], fields.sle_percent)
        if isinstance(found, int) and found != fields.sle_days:
            ctx.set_on(team.key, sle_days=found)


EXPECTATION = Job(
    "agile.expectation",
    "Service level expectations of the teams",
    expect,
    time(6),
    weekdays=(_MONDAY,),
)
