"""The register of decisions: transitions of ITIL that decide something, each as a decision of governance.

Source: COBIT 2019, EDM01 Ensured governance framework setting and maintenance: decisions are recorded with who took
them, and why. A decision belongs to the people who voted for it or made the transition; their words are its reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from placet import ApprovalView, Decision, EffectContext, Extension

_CHANGE, _PROBLEM, _INCIDENT = "itil.change", "itil.problem", "itil.incident"
_DECISION, _RECORDS = "governance.decision", "governance.records"
_CHANGE_APPROVAL, _ECAB_APPROVAL = "itil.change_approval", "itil.ecab_approval"

#: Roles of ITIL that decide in the matrix of decision rights, there or beyond a limit.
DECIDERS = tuple(
    f"itil.{name}"
    for name in (
        "cab_member", "change_manager", "delegated_change_authority", "ecab_member", "it_director",
        "major_incident_manager", "service_owner",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One transition that decides something."""

    #: The row of the matrix of decision rights.
    right: str
    chosen: str
    other: str
    question: str
    #: The approval by which it is decided; without one, who makes the transition decides.
    approval: str = ""


# fmt: off
DECISIONS = {
    #                                       right               taken           or else
    #                                       question, and the approval
    (_CHANGE,   "authorize_change"):    Row("normal_change",    "authorize it", "reject it",
                                            "May the change be done?",    _CHANGE_APPROVAL),
    (_CHANGE,   "reject_change"):       Row("normal_change",    "reject it",    "authorize it",
                                            "May the change be done?",    _CHANGE_APPROVAL),
    (_CHANGE,   "authorize_emergency"): Row("emergency_change", "authorize it", "reject it",
                                            "May the emergency be done?", _ECAB_APPROVAL),
    (_INCIDENT, "declare_major"):       Row("declare_major",    "declare it",   "leave it",
                                            "Is it a major incident?"),
    (_PROBLEM,  "accept_known_error"):  Row("live_with_error",  "accept it",    "fix it",
                                            "Is the error accepted?"),
}
# fmt: on


def extend(catalog: Extension) -> None:
    """Let roles of ITIL decide what the matrix gives to them; each decision is still checked against its row."""
    if catalog.settings.bridge_deciders:
        catalog.loosen_roles(
            _DECISION, "decide", DECIDERS, reason="the matrix of decision rights gives rows to roles of ITIL"
        )


def follow(ctx: EffectContext, at: tuple[str, str], *, by: str) -> None:
    """Record the decision that a transition is, if the workspace has switched that on."""
    if not ctx.settings.decision_log or at not in DECISIONS:
        return
    row = DECISIONS[at]
    deciders, words = _decided(ctx, row, by)
    key = ctx.create(
        _DECISION,
        f"{row.question[:-1]}: {ctx.item.title}"[:200],
        question=row.question,
        options=[row.chosen, row.other],
        right=row.right,
    )
    ctx.set_on(key, deciders=deciders)
    ctx.link(_RECORDS, ctx.item.key, source=key)
    ctx.fire(
        key,
        "decide",
        comment=f"made on {ctx.item.key}",
        chosen=row.chosen,
        rationale=words or f"Recorded on {ctx.item.key}, without further words",
    )


def _decided(ctx: EffectContext, row: Row, by: str) -> tuple[list[str], str]:
    """The people who decided it, and their words."""
    round = ctx.approval(row.approval) if row.approval else None
    voters = [] if round is None else _voters(round, row)
    if voters:
        return list(dict.fromkeys(actor for actor, _ in voters)), "\n".join(
            said for _, said in voters if said
        )
    return [by], ctx.comment


def _voters(round: ApprovalView, row: Row) -> list[tuple[str, str]]:
    """Voters whose vote was for what was done, with their words."""
    wanted = Decision.REJECT if row.chosen == "reject it" else Decision.APPROVE
    return [(vote.actor, vote.comment or "") for vote in round.votes if vote.decision is wanted]
