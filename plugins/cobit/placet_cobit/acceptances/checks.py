"""The checks of a risk acceptance.

Source: COBIT 2019, APO12.06 Respond to risk, and DSS06.03: nobody accepts a risk of their own.
"""

from __future__ import annotations

from placet import SYSTEM, CheckContext, Decision, Verdict, approval_granted, check, named, passed
from placet_cobit.acceptances.fields import AcceptanceFields
from placet_cobit.acceptances.limits import BY_SEVERITY, days_accepted
from placet_cobit.checking import all_of, demand, lacking
from placet_cobit.controls.design import in_force
from placet_cobit.ids import ACCEPTANCE_APPROVAL, CONTROL, FINDING
from placet_cobit.operating.operators import operators
from placet_cobit.roles import CONTROL_OWNER, FINDING_OWNER
from placet_cobit.severity import Severity

#: Characters of a rationale, at least.
RATIONALE = 50
_WHO = (FINDING_OWNER, CONTROL_OWNER)
_PERSISTS = ("agreed", "remediating")


def severity_of(ctx: CheckContext) -> Severity:
    """The severity of what is accepted; the highest where it is not known."""
    return ctx.item.fields.severity or Severity.CRITICAL


@check("cobit")
def acceptance_fields(ctx: CheckContext) -> Verdict:
    """It says what it covers, why, and for how long; from high on a control that operates stands in the place of it."""
    fields: AcceptanceFields = ctx.item.fields
    rationale = len((fields.rationale or "").strip())
    severity = severity_of(ctx)
    covered = bool(fields.scope) != fields.whole_workspace
    return all_of(
        lacking(ctx, ["rationale", "valid_from", "valid_until"], "complete it", _WHO),
        demand(covered, "it names neither items nor the whole workspace, or both",
               "name the items that it covers, or the whole workspace", _WHO, inputs=["scope"]),
        demand(rationale == 0 or rationale >= RATIONALE, "the rationale has {n} of {needed} characters",
               "explain why the risk can be borne", _WHO, inputs=["rationale"], n=rationale, needed=RATIONALE),
        _compensated(ctx, severity),
    )  # fmt: skip


def _compensated(ctx: CheckContext, severity: Severity) -> Verdict:
    fields: AcceptanceFields = ctx.item.fields
    if not BY_SEVERITY[severity].compensated:
        return passed(severity=severity.value)
    controls = ctx.get_all(fields.compensating_controls)
    working = [each for each in controls if each.type == CONTROL and in_force(each)]
    others = [each for each in working if each.key != fields.control]
    return demand(
        bool(others),
        "no compensating control operates, and severity {severity:word} needs one",
        "name one that operates",
        _WHO,
        severity=severity.value,
        compensating=[each.key for each in others],
    )


@check("cobit")
def acceptance_days(ctx: CheckContext) -> Verdict:
    """It lasts no longer than its severity allows, and is not renewed more often than allowed.

    Settings: `acceptance_days_critical`, `acceptance_days_high`, `acceptance_days_medium`, `acceptance_days_low`,
    `max_renewals`.
    """
    fields: AcceptanceFields = ctx.item.fields
    if fields.valid_from is None or fields.valid_until is None:
        return passed()
    severity = severity_of(ctx)
    days, limit = days_accepted(fields.valid_from, fields.valid_until), ctx.settings.acceptance_days(severity)
    most = ctx.settings.max_renewals
    return all_of(
        demand(days >= 0, "it ends on {end:day}, before it begins", "correct the dates", _WHO,
               end=fields.valid_until),
        demand(days <= limit, "{days:count day}, and a risk of severity {severity:word} is accepted for {limit}",
               "shorten it", _WHO, inputs=["valid_until"], days=days, limit=limit, severity=severity.value),
        demand(fields.valid_until >= ctx.today, "it ended on {end:day}", "choose a later day", _WHO,
               inputs=["valid_until"], end=fields.valid_until),
        demand(fields.renewals <= most,
               "the risk of its control was accepted {n:count time} before, and may be renewed {most:count time}",
               "remedy it", _WHO, n=fields.renewals, most=most),
        _continued(ctx),
    )  # fmt: skip


def _continued(ctx: CheckContext) -> Verdict:
    """The acceptance that it says to renew is one of the same subject."""
    key = ctx.item.fields.renewal_of
    former = ctx.get(key) if key else None
    same = former is None or (former.parent == ctx.item.parent and former.key != ctx.item.key)
    return demand(same, "{former} is about something else", "name the one that it continues", _WHO,
                  former=None if former is None else named(former))  # fmt: skip


@check("cobit")
def acceptance_independent(ctx: CheckContext) -> Verdict:
    """Who accepts the risk has neither owned nor operated the control since the risk is there, nor has who voted."""
    fields: AcceptanceFields = ctx.item.fields
    control = ctx.get(fields.control) if fields.control else None
    if control is None:
        return passed()
    above = ctx.parent()
    since = above.created_at if above is not None and above.type == FINDING else ctx.item.created_at
    round = ctx.approval(ACCEPTANCE_APPROVAL)
    votes = () if round is None else round.votes
    approving = [each for each in votes if each.decision is Decision.APPROVE]
    deciding = {ctx.actor} | {
        person for each in approving for person in (each.actor, each.on_behalf_of) if person
    }
    own = sorted(deciding & operators(ctx, control, since))
    return demand(
        not own,
        "{own:person and} owned or operated {control} since the risk is there",
        "have somebody else decide who bears the risk",
        BY_SEVERITY[severity_of(ctx)].approvers,
        own=own,
        control=named(control),
    )


acceptance_votes = approval_granted("cobit.acceptance_votes", ACCEPTANCE_APPROVAL)


@check("cobit")
def acceptance_begins(ctx: CheckContext) -> Verdict:
    """It is approved on a day that it covers, and its finding is agreed: a risk that nobody owns is not accepted."""
    fields: AcceptanceFields = ctx.item.fields
    begun = fields.valid_from is None or fields.valid_from <= ctx.today
    ended = fields.valid_until is not None and fields.valid_until < ctx.today
    above = ctx.parent()
    disowned = above is not None and above.type == FINDING and above.state not in _PERSISTS
    return all_of(
        demand(begun, "it begins on {start:day}", "approve it then", (), start=fields.valid_from),
        demand(not ended, "it ended on {end:day}", "ask again with later days", _WHO, end=fields.valid_until),
        demand(not disowned, "its finding is not agreed, or not open any more", "agree the finding first",
               [FINDING_OWNER]),
    )  # fmt: skip


@check("cobit")
def acceptance_authority(ctx: CheckContext) -> Verdict:
    """Who decides on it holds one of the roles that its severity names."""
    roles = BY_SEVERITY[severity_of(ctx)].approvers
    return demand(
        ctx.actor == SYSTEM or ctx.holds(ctx.actor, *roles),
        "a risk of severity {severity:word} is decided by the {roles:role and}",
        "ask them",
        roles,
        severity=severity_of(ctx).value,
        roles=list(roles),
    )
