"""The decisions that are next in a project, and who takes them.

Source: PRINCE2 7, process Directing a project, and the activities of the project manager and the teams that hand over
to somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from placet_governance.roles import BUSINESS_LAYER
from placet_prince2.ids import (
    EXCEPTION,
    ISSUE,
    MANAGEMENT_PRODUCT,
    PRODUCT,
    PROJECT,
    REPORT,
    STAGE,
    WORK_PACKAGE,
)
from placet_prince2.numbers.change_budget import Authority
from placet_prince2.overview.entries import Entry, Project
from placet_prince2.overview.lines import item_line
from placet_prince2.overview.models import DecisionLine
from placet_prince2.roles import (
    CHANGE_AUTHORITY,
    EXECUTIVE,
    PROJECT_MANAGER,
    SENIOR_SUPPLIER,
    SENIOR_USER,
    TEAM_MANAGER,
)

_BUSINESS, _EXECUTIVE, _MANAGER, _TEAM = BUSINESS_LAYER.id, EXECUTIVE.id, PROJECT_MANAGER.id, TEAM_MANAGER.id
_BOARD = (_EXECUTIVE, SENIOR_USER.id, SENIOR_SUPPLIER.id)

#: Holders by item and role.
Holders = Mapping[str, Mapping[str, tuple[str, ...]]]
#: Those who have not voted yet on an item, by its key.
Voters = Mapping[str, tuple[str, ...]]


class Next(NamedTuple):
    """The next step of an item in a state, and the roles that take it."""

    decision: str
    roles: tuple[str, ...]


# fmt: off
_NEXT: Mapping[tuple[str, str], Next] = {
    # type, state                             the step                            who
    (PROJECT, "mandated"):               Next("Start the project up",             (_BUSINESS, _EXECUTIVE)),
    (PROJECT, "starting_up"):            Next("Authorize initiation",             (_EXECUTIVE,)),
    (PROJECT, "initiating"):             Next("Authorize the project",            (_EXECUTIVE,)),
    (PROJECT, "closing"):                Next("Authorize closure",                (_EXECUTIVE,)),
    (STAGE, "planned"):                  Next("Submit the stage plan",            (_MANAGER,)),
    (STAGE, "awaiting_authorization"):   Next("Authorize the stage",              (_EXECUTIVE,)),
    (STAGE, "boundary"):                 Next("Complete the stage",               (_EXECUTIVE,)),
    (WORK_PACKAGE, "offered"):           Next("Accept the work package",          (_TEAM,)),
    (WORK_PACKAGE, "delivered"):         Next("Receive the work package",         (_MANAGER,)),
    (PRODUCT, "in_review"):              Next("Approve the product",              (SENIOR_USER.id, _MANAGER)),
    (MANAGEMENT_PRODUCT, "in_review"):   Next("Approve the management product",   _BOARD),
    (REPORT, "due"):                     Next("Issue the report",                 (_MANAGER,)),
    (REPORT, "issued"):                  Next("Accept the report",                (_EXECUTIVE,)),
    (ISSUE, "recommended"):              Next("Decide on the issue",              ()),
    (EXCEPTION, "raised"):               Next("Report on the exception",          (_MANAGER,)),
    (EXCEPTION, "reported"):             Next("Decide on the exception",          ()),
    (EXCEPTION, "replanning"):           Next("Submit the exception plan",        (_MANAGER,)),
    (EXCEPTION, "plan_submitted"):       Next("Decide on the exception plan",     ()),
}
# fmt: on

_BY_AUTHORITY = {
    Authority.PROJECT_MANAGER: _MANAGER,
    Authority.CHANGE_AUTHORITY: CHANGE_AUTHORITY.id,
    Authority.EXECUTIVE: _EXECUTIVE,
    Authority.BUSINESS_LAYER: _BUSINESS,
}
#: The roles that can be named.
ROLES = (_BUSINESS, *_BOARD, _MANAGER, _TEAM, CHANGE_AUTHORITY.id)


def decisions(project: Project, holders: Holders, voters: Voters) -> list[DecisionLine]:
    """The next steps of a project, the longest waiting first."""
    found = [_line(entry, holders, voters) for entry in _awaited(project)]
    return sorted(found, key=lambda each: (each.since, each.item.key))


def _awaited(project: Project) -> Iterator[Entry]:
    """Items with a next step; of the planned stages only the first, as the others follow it."""
    planned = [stage.key for stage in project.stages if stage.state == "planned"]
    for entry in project.entries.values():
        if (entry.type, entry.state) in _NEXT and entry.key not in planned[1:]:
            yield entry


def _line(entry: Entry, holders: Holders, voters: Voters) -> DecisionLine:
    step = _NEXT[entry.type, entry.state]
    roles = _roles(entry, step)
    held = holders.get(entry.key, {})
    by_role = tuple(dict.fromkeys(person for role in roles for person in held.get(role, ())))
    return DecisionLine(
        item=item_line(entry),
        type=entry.type,
        decision=step.decision,
        roles=list(roles),
        people=list(voters.get(entry.key) or by_role),
        since=entry.since,
    )


def _roles(entry: Entry, step: Next) -> tuple[str, ...]:
    if entry.type == ISSUE:
        return (_BY_AUTHORITY[Authority(entry.fields.get("required_authority") or Authority.EXECUTIVE)],)
    if entry.type == EXCEPTION and not step.roles:
        return (_EXECUTIVE if entry.fields.get("level") == "stage" else _BUSINESS,)
    if entry.type == REPORT and entry.fields.get("kind") == "checkpoint":
        return (_TEAM,) if entry.state == "due" else (_MANAGER,)
    if entry.type == REPORT and entry.state == "issued" and entry.fields.get("kind") == "lessons":
        return (_BUSINESS,)
    return step.roles
