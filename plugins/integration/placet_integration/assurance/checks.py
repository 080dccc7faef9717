"""The checks of projects under controls.

Source: COBIT 2019, BAI01 Managed programs, BAI11 Managed projects, EDM02 Ensured benefits delivery, MEA02.
"""

from __future__ import annotations

from collections.abc import Iterable

from placet import CheckContext, ItemView
from placet_integration.findings import Found
from placet_integration.ids import FINDING

#: Objectives of COBIT that are about projects.
ABOUT_PROJECTS = ("BAI01", "BAI11", "EDM02")
_SEVERE = ("critical", "high")
#: States in which nobody has remedied a finding, nor accepted its risk.
_OPEN = ("open", "disputed", "agreed", "remediating", "ready_for_retest")
#: Findings that one answer names.
_SHOWN = 10


def no_overdue_finding(ctx: CheckContext) -> Iterable[Found]:
    """No severe finding on a control of projects is overdue, unless its risk is accepted.

    Reads: findings of severity critical or high on controls whose practice is of BAI01, BAI11 or EDM02.
    """
    late = [
        each
        for severity in _SEVERE
        for each in ctx.items(FINDING, states=_OPEN, severity=severity, due_date__lt=ctx.today)
        if _about_projects(ctx, each)
    ]
    for each in sorted(late, key=lambda finding: (finding.fields.due_date, finding.key))[:_SHOWN]:
        yield Found(
            figures={"finding": f"'{each.title}' ({each.key})", "due": each.fields.due_date},
            who=[each.fields.owner] if each.fields.owner else (),
        )


def _about_projects(ctx: CheckContext, finding: ItemView) -> bool:
    control = ctx.get(finding.fields.control) if finding.fields.control else None
    return control is not None and control.fields.practice_id.startswith(ABOUT_PROJECTS)
