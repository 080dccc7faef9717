"""Checks of an item on its way from the backlog to done.

Source: the Scrum Guide, 2020, product backlog and definition of done; the definition of ready is a common addition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from placet import (
    Action,
    CheckContext,
    Verdict,
    blocked,
    check,
    named,
    passed,
    plain_number,
    strictest,
    unconfirmed,
)
from placet_agile.delivery.fields import WorkFields
from placet_agile.ids import ACCEPTANCE, TASK
from placet_agile.roles import DEVELOPER, FLOW_MANAGER, PRODUCT_OWNER, SCRUM_MASTER
from placet_agile.teams.fields import DoneItem, ReadyItem, TeamFields
from placet_agile.teams.limits import team_of
from placet_agile.teams.settings import Estimation


def _open(entries: Iterable[ReadyItem], ticks: Mapping[str, bool]) -> list[str]:
    """The ids of entries of a definition that do not hold yet."""
    return [entry.id for entry in entries if not ticks.get(entry.id, False)]


@check("agile")
def dor_all(ctx: CheckContext) -> Verdict:
    """Every entry of the definition of ready holds.

    Setting: `dor_enabled`.
    """
    if not ctx.settings.dor_enabled:
        return passed()
    team: TeamFields = team_of(ctx).fields
    open_ = _open(team.dor, ctx.item.fields.dor_checks)
    if not open_:
        return passed(ready=[entry.id for entry in team.dor])
    return blocked(
        "not ready yet: {open:word and}",
        remedy="refine further",
        who=[DEVELOPER.id, PRODUCT_OWNER.id],
        params={"open": open_},
        actions=[Action("edit", "Tick", f"/items/{ctx.item.key}", ("dor_checks",))],
        inputs=["dor_checks"],
    )


def _fits(ctx: CheckContext, field: str, *, limit: bool) -> Verdict:
    """Whether a size is on the team's scale, and not above the limit for what is ready."""
    size: Decimal | None = getattr(ctx.item.fields, field)
    team: TeamFields = team_of(ctx).fields
    action = Action("edit", "Estimate", f"/items/{ctx.item.key}", (field,))
    if size is None:
        return blocked(
            "it is not estimated",
            remedy="estimate it",
            who=[DEVELOPER.id],
            message_id="agile.estimated.missing",
            actions=[action],
            inputs=[field],
        )
    points, most = plain_number(size), plain_number(team.max_ready_points)
    if size not in team.point_scale:
        return blocked(
            "{points} is not on the scale of the team: {scale}",
            remedy="choose one of these sizes",
            who=[DEVELOPER.id],
            message_id="agile.estimated.scale",
            params={"points": points, "scale": [plain_number(size) for size in team.point_scale]},
            actions=[action],
        )
    if limit and size > team.max_ready_points:
        return blocked(
            "the estimate {points} is not allowed (max {most})",
            remedy="estimate again, or split it",
            who=[DEVELOPER.id],
            params={"points": points, "most": most},
            actions=[action],
        )
    return passed(points=points)


@check("agile")
def estimated(ctx: CheckContext) -> Verdict:
    """It has a size on the scale of the team, and is not too large to be ready.

    Setting: `estimation`.
    """
    return passed() if ctx.settings.estimation is Estimation.NONE else _fits(ctx, "points", limit=True)


@check("agile")
def on_scale(ctx: CheckContext) -> Verdict:
    """A new estimate is on the scale of the team.

    Work shows what was not known: an item in work may turn out larger than one that is ready.
    """
    return _fits(ctx, "estimate", limit=ctx.item.state == "ready")


@check("agile")
def estimate_fresh(ctx: CheckContext) -> Verdict:
    """It was estimated since it was split: its points are those of what is left of it.

    Setting: `estimation`.
    """
    if ctx.settings.estimation is Estimation.NONE or not ctx.item.fields.split_since_estimate:
        return passed()
    return blocked(
        "it was split, and not estimated since",
        remedy="estimate it again",
        who=[DEVELOPER.id],
        actions=[Action("transition", "Estimate again", f"/items/{ctx.item.key}/transitions", ("estimate",))],
    )


@check("agile")
def part_known(ctx: CheckContext) -> Verdict:
    """A part that is split off has a title, and takes acceptance criteria that the item has."""
    fields: WorkFields = ctx.item.fields
    if fields.split_off is None:
        return blocked(
            "no part is named",
            remedy="give the title of the part, and the criteria that go with it",
            who=[DEVELOPER.id],
            message_id="agile.part_known.missing",
            inputs=["split_off"],
        )
    own = {each.id for each in fields.acceptance_criteria}
    foreign = [each for each in fields.split_off.criteria if each not in own]
    if not foreign:
        return passed(criteria=list(fields.split_off.criteria))
    return blocked(
        "it has no acceptance criterion {criteria:word or}",
        remedy="name criteria of the item",
        who=[DEVELOPER.id],
        params={"criteria": foreign},
    )


@check("agile")
def block_cleared(ctx: CheckContext) -> Verdict:
    """It is not blocked."""
    fields: WorkFields = ctx.item.fields
    if not fields.blocked:
        return passed()
    return blocked(
        "blocked since {since:moment}: {reason}" if fields.blocked_since else "blocked: {reason}",
        remedy="remove the obstacle",
        who=[SCRUM_MASTER.id, FLOW_MANAGER.id],
        params={"since": fields.blocked_since, "reason": fields.blocked_reason, "by": fields.blocked_by},
        actions=[Action("edit", "Unblock", f"/items/{ctx.item.key}", ("blocked",))],
    )


@check("agile")
def tasks_final(ctx: CheckContext) -> Verdict:
    """Every task of it is done or removed."""
    open_ = [named(task) for task in ctx.children(TASK) if task.state not in {"done", "removed"}]
    if not open_:
        return passed()
    return blocked(
        "{open:count task} open: {tasks}",
        remedy="finish or remove each",
        who=[DEVELOPER.id],
        params={"open": len(open_), "tasks": open_},
    )


def _done_entries(ctx: CheckContext) -> list[DoneItem]:
    """The team's definition of done with the organization's, which no team can leave out. Setting: `org_dod`."""
    own = {entry.id: entry for entry in team_of(ctx).fields.dod}
    return list({**own, **{entry.id: entry for entry in ctx.settings.org_dod}}.values())


@check("agile")
def dod_all(ctx: CheckContext) -> Verdict:
    """Every entry of the definition of done holds, with evidence where the entry requires it.

    Setting: `org_dod`, entries of the whole organization.
    """
    entries = _done_entries(ctx)
    verdicts: list[Verdict] = []
    open_ = _open(entries, ctx.item.fields.dod_checks)
    if open_:
        verdicts.append(
            blocked(
                "not done yet: {open:word and}",
                remedy="complete and tick each",
                who=[DEVELOPER.id],
                params={"open": open_},
                actions=[Action("edit", "Tick", f"/items/{ctx.item.key}", ("dod_checks",))],
                inputs=["dod_checks"],
            )
        )
    verdicts += [
        _without_evidence(ctx, entry)
        for entry in entries
        if entry.evidence_kind is not None and not ctx.evidence(entry.evidence_kind)
    ]
    return strictest(verdicts) if verdicts else passed(done=[entry.id for entry in entries])


def _without_evidence(ctx: CheckContext, entry: DoneItem) -> Verdict:
    return blocked(
        "{entry:word} requires evidence of the kind {kind:word}, and none is attached",
        remedy="attach it",
        who=[DEVELOPER.id],
        message_id="agile.dod_all.evidence",
        params={"entry": entry.id, "kind": entry.evidence_kind},
        actions=[Action("attach", "Attach", f"/items/{ctx.item.key}/evidence", ("file",))],
    )


@check("agile")
def acceptance_met(ctx: CheckContext) -> Verdict:
    """Every acceptance criterion is met."""
    open_ = [each.id for each in ctx.item.fields.acceptance_criteria if not each.met]
    if not open_:
        return passed()
    return blocked(
        "{number:count acceptance criterion|acceptance criteria} open: {open:word and}",
        remedy="meet each, or agree on others with the product owner",
        who=[DEVELOPER.id, PRODUCT_OWNER.id],
        params={"number": len(open_), "open": open_},
    )


@check("agile")
def po_ok(ctx: CheckContext) -> Verdict:
    """The product owner has accepted it, where the workspace asks for that.

    Setting: `po_acceptance`. The Scrum Guide does not ask for it: the definition of done decides.
    """
    fields: WorkFields = ctx.item.fields
    if not ctx.settings.po_acceptance:
        return passed()
    if fields.accepted_by is None or not ctx.holds(fields.accepted_by, PRODUCT_OWNER.id):
        return blocked(
            "the product owner is not asked to accept it",
            remedy="name the product owner in {field:field}, who then confirms it",
            who=[DEVELOPER.id],
            message_id="agile.po_ok.nobody",
            params={"field": "accepted_by"},
            actions=[Action("edit", "Name", f"/items/{ctx.item.key}", ("accepted_by",))],
        )
    acceptance = ACCEPTANCE[ctx.item.type]
    missing = ctx.confirmation(acceptance).missing
    return unconfirmed(ctx, acceptance, missing) if missing else passed(accepted_by=fields.accepted_by)
