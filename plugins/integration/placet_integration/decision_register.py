"""The register of decisions: transitions that decide something, each as a decision of governance.

Source: COBIT 2019, EDM01 Ensured governance framework setting and maintenance: decisions are recorded with who took
them, and why. The rows are those of the matrix of decision rights that a transition takes. The order of a backlog and
the limits of a board are decided by edits, which their items keep. A decision belongs to the people who voted for it,
confirmed it or made the transition; their words are its reason. One that no transition takes (an exemption, a spoken
authorization) is recorded with the transition that rests on it. Changes of rules (methods, gate modes, settings) are
not items that move: the workspace's own history has them, with the proposals of a governed workspace and those who
decided on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from placet import ApprovalStatus, ConfirmationStatus, Decision, EffectContext, ItemView
from placet_integration.ids import (
    ACCEPTANCE,
    CHANGE,
    EXCEPTION,
    INCIDENT,
    ISSUE,
    PROBLEM,
    PRODUCT,
    PROJECT,
    SPRINT,
    STAGE,
    WORK_PACKAGE,
)

_DECISION, _RECORDS = "governance.decision", "governance.records"
CHANGE_APPROVAL, _ECAB_APPROVAL = "itil.change_approval", "itil.ecab_approval"
_EXEMPTION, _SPOKEN = "itil.freeze_exemption", "itil.spoken_authorization"
_ERROR_ACCEPTANCE = "integration.error_acceptance"

#: Somebody, and their words.
_Voice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One decision that a transition takes, or rests on."""

    #: The row of the matrix of decision rights.
    right: str
    chosen: str
    other: str
    question: str
    #: The approval by which it is decided; without one, who makes the transition decides.
    approval: str = ""
    #: Who makes the transition decides as well as those who vote.
    jointly: bool = False
    #: It was taken before: recorded once for each round of its approval, and only if that was granted.
    rested_on: bool = False
    #: The confirmation by which it is decided, besides the vote.
    confirmation: str = ""
    #: Whether the transition takes it for this item; always, if left out.
    where: Callable[[EffectContext], bool] | None = None


def _changes_baseline(ctx: EffectContext) -> bool:
    return bool(ctx.item.fields.baselines_affected)


def _costs_more(ctx: EffectContext) -> bool:
    return any(each.aspect == "cost" for each in ctx.item.fields.breaches)


def _costs_no_more(ctx: EffectContext) -> bool:
    return not _costs_more(ctx)


_AUTHORIZED, _REJECTED = ("authorize it", "reject it"), ("reject it", "authorize it")
_GO, _WIDER = ("authorize it", "do not authorize it"), ("widen the tolerance", "keep the tolerance")
_DEFICIENCY = "Is the risk of the deficiency accepted?"
_BASELINE = "Is the baseline changed?"
_NORMAL, _EMERGENCY = "May the change be done?", "May the emergency be done?"
_EXEMPTED = Row(
    "freeze_exemption", "exempt it", "keep the freeze", "Is the change exempted from the freeze?", _EXEMPTION,
    rested_on=True,
)  # fmt: skip

# fmt: off
DECISIONS: dict[tuple[str, str], tuple[Row, ...]] = {
    (PROJECT, "start_up"):             (Row("start_project",     "start it", "leave it", "Is the project started?"),),
    (PROJECT, "authorize_initiation"): (Row("authorize_project", *_GO, "Is its initiation authorized?"),),
    (PROJECT, "authorize_project"):    (Row("authorize_project", *_GO, "Is the project authorized?"),),
    (STAGE, "authorize_stage"):        (Row("authorize_project", *_GO, "Is the stage authorized?"),),
    (EXCEPTION, "approve_plan"):       (Row("authorize_project", *_GO, "Is the exception plan authorized?"),),
    (EXCEPTION, "increase_tolerance"): (Row("exceed_budget", *_WIDER, "May it cost more?", where=_costs_more),
                                        Row("authorize_project", *_WIDER, "Is it allowed?", where=_costs_no_more)),
    (WORK_PACKAGE, "authorize_work_package"): (Row("work_in_stage", *_GO, "Is the work package authorized?"),),
    (PRODUCT, "approve_product"):      (Row("accept_product", "accept it", "have it reworked", "Is it accepted?",
                                            "prince2.product_acceptance", jointly=True),),
    (ISSUE, "approve_issue"):          (Row("change_baseline", "approve it", "reject it", _BASELINE,
                                            where=_changes_baseline),),
    (ISSUE, "reject_issue"):           (Row("change_baseline", "reject it", "approve it", _BASELINE,
                                            where=_changes_baseline),),
    (ISSUE, "grant_concession"):       (Row("accept_product", "concede it", "have it reworked", "May it be missed?"),),
    (ACCEPTANCE, "approve_acceptance"): (Row("accept_deficiency", "accept the risk", "remedy it", _DEFICIENCY,
                                             "cobit.acceptance_approval", jointly=True),),
    (ACCEPTANCE, "refuse"):            (Row("accept_deficiency", "remedy it", "accept the risk", _DEFICIENCY),),
    (SPRINT, "cancel"):                (Row("cancel_sprint", "cancel it", "go on", "Is the sprint cancelled?"),),
    (CHANGE,   "authorize_change"):     (Row("normal_change",    *_AUTHORIZED, _NORMAL, CHANGE_APPROVAL), _EXEMPTED),
    (CHANGE,   "reject_change"):        (Row("normal_change",    *_REJECTED,   _NORMAL, CHANGE_APPROVAL),),
    (CHANGE,   "authorize_emergency"):  (Row("emergency_change", *_AUTHORIZED, _EMERGENCY, _ECAB_APPROVAL), _EXEMPTED),
    (CHANGE,   "reschedule"):           (_EXEMPTED,),
    (CHANGE,   "start_implementation"): (_EXEMPTED,),
    (CHANGE,   "close_change"):         (Row("emergency_change", *_AUTHORIZED, _EMERGENCY, _ECAB_APPROVAL,
                                              rested_on=True, confirmation=_SPOKEN),),
    (INCIDENT, "declare_major"):        (Row("declare_major",    "declare it", "leave it",
                                              "Is it a major incident?"),),
    (PROBLEM,  "accept_known_error"):   (Row("live_with_error",  "accept it", "fix it", "Is the error accepted?",
                                              _ERROR_ACCEPTANCE, jointly=True),),
}
# fmt: on


def follow(ctx: EffectContext, at: tuple[str, str], *, by: str) -> None:
    """Record the decisions that a transition takes or rests on, if the workspace has switched that on."""
    if not ctx.settings.decision_log:
        return
    for row in DECISIONS.get(at, ()):
        if row.where is not None and not row.where(ctx):
            continue
        if not row.rested_on:
            _record(ctx, row, list(_decided(ctx, row, by)))
        elif _is_new(ctx, row):
            _record(ctx, row, list(_voices(ctx, row)))


def _record(ctx: EffectContext, row: Row, voices: list[_Voice]) -> None:
    if not voices:
        return
    key = ctx.create(
        _DECISION,
        f"{row.question[:-1]}: {ctx.item.title}"[:200],
        question=row.question,
        options=[row.chosen, row.other],
        right=row.right,
        deciders=list(dict.fromkeys(actor for actor, _ in voices)),
    )
    ctx.link(_RECORDS, ctx.item.key, source=key)
    words = "\n".join(dict.fromkeys(said for _, said in voices if said))
    ctx.fire(
        key,
        "decide",
        comment=f"made on {ctx.item.key}",
        chosen=row.chosen,
        rationale=words or f"Recorded on {ctx.item.key}, without further words",
    )


def _decided(ctx: EffectContext, row: Row, by: str) -> Iterator[_Voice]:
    """The people who decide with the transition, and their words."""
    voices = list(_voices(ctx, row))
    if row.jointly or not voices:
        yield by, ctx.comment
    yield from voices


def _voices(ctx: EffectContext, row: Row) -> Iterator[_Voice]:
    """Those who voted for what was done or confirmed that they had decided it, with their words."""
    if row.confirmation:
        asked = ctx.confirmation(row.confirmation)
        for person in asked.named:
            if asked.status(person) is ConfirmationStatus.CONFIRMED:
                yield person, "Spoken, and confirmed"
    unused = row.approval == _ERROR_ACCEPTANCE and not ctx.settings.bridge_error_risk
    round = ctx.approval(row.approval) if row.approval and not unused else None
    wanted = Decision.REJECT if row.chosen == "reject it" else Decision.APPROVE
    for vote in () if round is None else round.votes:
        if vote.decision is wanted:
            yield vote.actor, vote.comment or ""


def _is_new(ctx: EffectContext, row: Row) -> bool:
    """Whether its approval was granted, and no decision on the item is of this round."""
    round = ctx.approval(row.approval)
    if round is None or round.status is not ApprovalStatus.GRANTED:
        return False
    return not any(_is_of(each, row, ctx) for each in ctx.linking(_RECORDS))


def _is_of(decision: ItemView, row: Row, ctx: EffectContext) -> bool:
    round = ctx.approval(row.approval)
    since = ctx.item.created_at if round is None else round.asked_at
    return decision.type == _DECISION and decision.fields.right == row.right and decision.created_at >= since
