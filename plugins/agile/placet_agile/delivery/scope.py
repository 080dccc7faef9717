"""The sprint of an item, and changes of the scope of a running sprint.

During a sprint its scope may be clarified and renegotiated with the product owner as more is learned, and no change
endangers its goal (Scrum Guide 2020). Our choice: agreement is a confirmation by the product owner and by a developer,
two people; it is bound to the sprint and used up by the change.
"""

from __future__ import annotations

from collections.abc import Sequence

from placet import (
    Action,
    CheckContext,
    Gate,
    ItemView,
    Verdict,
    blocked,
    check,
    passed,
    strictest,
    unconfirmed,
)
from placet_agile.delivery.board import ON_BOARD
from placet_agile.delivery.fields import WorkFields
from placet_agile.ids import SCOPE_AGREEMENT
from placet_agile.roles import DEVELOPER, PRODUCT_OWNER
from placet_agile.teams.fields import Mode
from placet_agile.teams.limits import mode_of, team_of

#: From the start of a sprint until it is closed its scope is committed: its end is not the moment to drop items.
COMMITTED = ("running", "closing")
#: The fields of an agreement on scope.
AGREEMENT = ("scope_agreed_by", "goal_endangered")


def sprint_of(ctx: CheckContext) -> ItemView | None:
    """The sprint of the item."""
    key = ctx.item.fields.sprint
    return ctx.get(key) if key else None


def committed_sprint(ctx: CheckContext) -> ItemView | None:
    """The sprint whose scope the act changes: the item's own, from its start until it is closed.

    An item of the backlog that only names a sprint is not in it, unless it is just being selected.
    """
    state = ctx.item.state if ctx.before is None else ctx.before.state
    if state not in ON_BOARD and ctx.transition != "select":
        return None
    sprint = sprint_of(ctx)
    return sprint if sprint is not None and sprint.state in COMMITTED else None


def _in_state(sprint: ItemView, remedy: str, message_id: str) -> Verdict:
    return blocked(
        "sprint {number} is {state:state}",
        remedy=remedy,
        who=[DEVELOPER.id],
        message_id=message_id,
        params={
            "number": sprint.fields.number,
            "state": f"{sprint.type}:{sprint.state}",
            "sprint": sprint.key,
        },
    )


@check("agile")
def sprint_accepts(ctx: CheckContext) -> Verdict:
    """In Scrum, an item is selected for a sprint of its own team that is not over. Kanban has no sprints."""
    if mode_of(ctx, team_of(ctx)) is Mode.KANBAN:
        return passed()
    sprint = sprint_of(ctx)
    if sprint is None:
        return blocked(
            "no sprint is named",
            remedy="name the sprint that it is selected for",
            who=[DEVELOPER.id],
            message_id="agile.sprint_accepts.none",
            inputs=["sprint"],
        )
    if sprint.fields.team != ctx.item.fields.team:
        return blocked(
            "sprint {sprint} is one of another team, {other}",
            remedy="choose a sprint of the item's own team",
            who=[DEVELOPER.id],
            message_id="agile.sprint_accepts.team",
            params={"sprint": sprint.key, "other": sprint.fields.team},
        )
    if sprint.state in {"draft", "planned", "running"}:
        return passed(sprint=sprint.key)
    return _in_state(sprint, "choose an open sprint", "agile.sprint_accepts")


@check("agile")
def in_running_sprint(ctx: CheckContext) -> Verdict:
    """In Scrum, work begins on items of the running sprint."""
    if mode_of(ctx, team_of(ctx)) is Mode.KANBAN:
        return passed()
    sprint = sprint_of(ctx)
    if sprint is None:
        return blocked(
            "it is in no sprint",
            remedy="take it back, and select it for a sprint",
            who=[DEVELOPER.id],
            message_id="agile.in_running_sprint.none",
        )
    if sprint.state == "running":
        return passed(sprint=sprint.key)
    begins = sprint.state in {"draft", "planned"}
    remedy = "start the sprint" if begins else "take it back, and select it for the next sprint"
    return _in_state(sprint, remedy, "agile.in_running_sprint")


@check("agile")
def scope_change(ctx: CheckContext) -> Verdict:
    """The scope of a sprint that has begun changes where product owner and developers agree, and its goal is safe."""
    sprint = committed_sprint(ctx)
    if sprint is None:
        return passed()
    fields: WorkFields = ctx.item.fields
    owners = [each for each in fields.scope_agreed_by if ctx.holds(each, PRODUCT_OWNER.id)]
    developers = [
        each for each in fields.scope_agreed_by if each not in owners and ctx.holds(each, DEVELOPER.id)
    ]
    lacking = [role.id for role, people in ((PRODUCT_OWNER, owners), (DEVELOPER, developers)) if not people]
    if lacking:
        return _not_agreed(ctx, sprint, lacking)
    agreed = _agreement(ctx, owners, developers)
    if fields.goal_endangered is not False:
        endangered = blocked(
            "the change endangers the goal of sprint {number}"
            if fields.goal_endangered
            else "nobody says whether the change endangers the goal of sprint {number}",
            remedy="leave the item for the next sprint"
            if fields.goal_endangered
            else "look at the goal together, and record the answer",
            who=[PRODUCT_OWNER.id, DEVELOPER.id],
            message_id="agile.scope_change.goal",
            params={"number": sprint.fields.number, "sprint": sprint.key},
            inputs=["goal_endangered"] if fields.goal_endangered is None else [],
        )
        if fields.goal_endangered or agreed is None:
            return endangered
        # People who have yet to confirm are waited for, whatever the form still asks for.
        return strictest([endangered, agreed])
    return agreed or passed(sprint=sprint.key, agreed_by=[*owners, *developers])


def _agreement(ctx: CheckContext, owners: Sequence[str], developers: Sequence[str]) -> Verdict | None:
    """The confirmations that are missing: of one product owner and of one developer."""
    agreement = SCOPE_AGREEMENT[ctx.item.type]
    missing = set(ctx.confirmation(agreement).missing)
    needed = [each for people in (owners, developers) if missing.issuperset(people) for each in people]
    return unconfirmed(ctx, agreement, needed) if needed else None


def _not_agreed(ctx: CheckContext, sprint: ItemView, lacking: list[str]) -> Verdict:
    return blocked(
        "a change of scope in sprint {number}, which has begun, needs product owner and developers: nobody agrees as "
        "{lacking:role and}",
        remedy="agree, name both as those who agree ({field:field}), and let them confirm it",
        who=[PRODUCT_OWNER.id, DEVELOPER.id],
        params={
            "number": sprint.fields.number,
            "sprint": sprint.key,
            "lacking": lacking,
            "field": "scope_agreed_by",
        },
        # Before somebody has begun to agree, a change that nobody has asked for is not work that waits for anybody.
        actions=[Action("edit", "Record the agreement", f"/items/{ctx.item.key}", AGREEMENT)]
        if ctx.item.fields.scope_agreed_by
        else [],
    )


TARGET_SPRINT_OPEN = Gate("agile.target_sprint_open", "Sprint of the team, not over", sprint_accepts)
SPRINT_RUNNING = Gate("agile.sprint_running", "Sprint running", in_running_sprint)
SCOPE_AGREED = Gate("agile.scope_agreed", "Change of scope agreed", scope_change)
