"""The checks of projects under controls.

Source: COBIT 2019, BAI01 Managed programs, BAI11 Managed projects, EDM02 Ensured benefits delivery, MEA02.
"""

from __future__ import annotations

from collections.abc import Iterable

from placet import CheckContext, ItemView
from placet_integration.findings import Found, named
from placet_integration.ids import FINDING, PROJECT

#: Objectives of COBIT that are about projects.
ABOUT_PROJECTS = ("BAI01", "BAI11", "EDM02")
_SEVERE = ("critical", "high")
#: States in which nobody has remedied a finding, nor accepted its risk.
_OPEN = ("open", "disputed", "agreed", "remediating", "ready_for_retest")
#: Findings that one answer names.
_SHOWN = 10


def no_overdue_finding(ctx: CheckContext) -> Iterable[Found]:
    """No severe finding on a control of the project is overdue, unless its risk is accepted.

    Reads: findings of severity critical or high on controls whose practice is of BAI01, BAI11 or EDM02, and which gate
    items of projects, or nothing at all. A finding about one act is left out where the act was in another project.
    """
    late = [
        each
        for severity in _SEVERE
        for each in ctx.items(FINDING, states=_OPEN, severity=severity, due_date__lt=ctx.today)
        if _about_this_project(ctx, each)
    ]
    for each in sorted(late, key=lambda finding: (finding.fields.due_date, finding.key))[:_SHOWN]:
        yield Found(
            figures={"finding": named(ctx, each), "due": each.fields.due_date},
            who=[each.fields.owner] if each.fields.owner else (),
        )


def _about_this_project(ctx: CheckContext, finding: ItemView) -> bool:
    control = ctx.get(finding.fields.control) if finding.fields.control else None
    if control is None or not control.fields.practice_id.startswith(ABOUT_PROJECTS):
        return False
    gated = {type.partition(".")[0] for type in _gated(control)}
    if gated and PROJECT.partition(".")[0] not in gated:
        return False
    about = _item_of(ctx, finding, control)
    return about is None or ctx.item.fields.project in (about.key, getattr(about.fields, "project", None))


def _gated(control: ItemView) -> set[str]:
    """The item types that a control gates, or did until it was suspended: a redesign takes no finding away."""
    return {each.item_type for each in control.fields.in_force or control.fields.bindings}


def _item_of(ctx: CheckContext, finding: ItemView, control: ItemView) -> ItemView | None:
    """The item on which the act happened that a finding is about; `None` where it is about the control as a whole."""
    if finding.fields.event is None:
        return None
    return next(
        (
            ctx.get(event.key)
            for type in sorted(_gated(control))
            if type.partition(".")[0] in ctx.workspace.methods
            for event in ctx.events(type, since=control.created_at, until=ctx.now)
            if event.id == finding.fields.event
        ),
        None,
    )
