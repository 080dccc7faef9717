"""The checks of findings and of the actions that remedy them.

Source: COBIT 2019, MEA02.04 Identify and report control deficiencies, and DSS06.03 for who may not close.
"""

from __future__ import annotations

from datetime import timedelta

from placet import CheckContext, ItemView, Verdict, blocked, check, named, passed, standing, unconfirmed
from placet_cobit.acceptances.covering import covering
from placet_cobit.checking import all_of, demand, lacking
from placet_cobit.controls.design import design_in_force
from placet_cobit.findings.classifying import classified
from placet_cobit.findings.fields import FindingFields, RemediationFields
from placet_cobit.ids import FINDING_OWNED, REMEDIATION
from placet_cobit.operating.evidence import proves
from placet_cobit.operating.operations import operations
from placet_cobit.operating.operators import operators
from placet_cobit.roles import CONTROL_REVIEWER, CONTROL_TESTER, FINDING_OWNER, INTERNAL_AUDITOR
from placet_cobit.severity import RETESTS, Severity, Source

#: So that what happens at this moment counts.
_MOMENT = timedelta(microseconds=1)
#: Named in a message, at most.
_NAMED = 10


@check("cobit")
def finding_control(ctx: CheckContext) -> Verdict:
    """A finding is about a control, or about an assessment or a monitor of one."""
    return demand(
        ctx.item.fields.control is not None,
        "it belongs to no control",
        "make it below a control or one of its assessments",
        [CONTROL_TESTER, INTERNAL_AUDITOR],
    )


@check("cobit")
def finding_fields(ctx: CheckContext) -> Verdict:
    """An agreed finding has an owner, a cause, and a due date within the time of its severity.

    Settings: `due_days_critical`, `due_days_high`, `due_days_medium`, `due_days_low`.
    """
    fields: FindingFields = ctx.item.fields
    late = (
        fields.due_date is not None and fields.latest_due is not None and fields.due_date > fields.latest_due
    )
    return all_of(
        lacking(ctx, ["owner", "cause", "due_date"], "complete the finding", [FINDING_OWNER]),
        demand(not late, "due on {due:day}, and a finding of severity {severity:word} is due by {limit:day}",
               "shorten it", [FINDING_OWNER], inputs=["due_date"], due=fields.due_date, limit=fields.latest_due,
               severity=fields.severity),
    )  # fmt: skip


@check("cobit")
def due_in_time(ctx: CheckContext) -> Verdict:
    """A finding that is made with a due date is due within the time of its severity."""
    due, found = ctx.item.fields.due_date, classified(ctx)
    return demand(
        due is None or due <= found.latest_due,
        "due on {due:day}, and a finding of severity {severity:word} is due by {limit:day}",
        "choose an earlier day, or leave it out",
        [CONTROL_TESTER, INTERNAL_AUDITOR],
        inputs=["due_date"],
        due=due,
        limit=found.latest_due,
        severity=found.severity.value,
    )


@check("cobit")
def due_kept(ctx: CheckContext) -> Verdict:
    """When it is due is agreed with its owner, and moved by nobody before that."""
    before = ctx.before
    kept = before is None or before.fields.due_date == ctx.item.fields.due_date
    return demand(
        kept or ctx.transition == "agree_finding",
        "its due date is {due:day} until it is agreed",
        "agree another day with its owner, within the time of its severity",
        [FINDING_OWNER, INTERNAL_AUDITOR],
        due=None if before is None else before.fields.due_date,
    )


@check("cobit")
def finding_owner_agrees(ctx: CheckContext) -> Verdict:
    """The owner agrees in person; who else agrees to a finding is an auditor, whose word is not disputed."""
    owner = ctx.item.fields.owner
    if owner is None or ctx.actor == owner or ctx.holds(ctx.actor, INTERNAL_AUDITOR.id):
        return passed(owner=owner)
    if owner in ctx.confirmation(FINDING_OWNED).missing:
        return unconfirmed(ctx, FINDING_OWNED, [owner])
    return passed(owner=owner)


@check("cobit")
def has_actions(ctx: CheckContext) -> Verdict:
    """At least one action is planned, and every one is due by the time the finding is."""
    fields: FindingFields = ctx.item.fields
    actions = [each for each in ctx.children(REMEDIATION) if each.state != "dropped"]
    late = [
        named(each)
        for each in actions
        if fields.due_date is not None and each.fields.due_date > fields.due_date
    ]
    return all_of(
        demand(bool(actions), "no action is planned", "plan one", [FINDING_OWNER]),
        demand(not late, "due after the finding, {due:day}: {actions:and}", "bring each forward", [FINDING_OWNER],
               due=fields.due_date, actions=late[:_NAMED]),
    )  # fmt: skip


@check("cobit")
def actions_final(ctx: CheckContext) -> Verdict:
    """All actions are done or dropped, and at least one is done."""
    actions = ctx.children(REMEDIATION)
    standing_open = [each for each in actions if each.state not in ("done", "dropped")]
    return all_of(
        demand(not standing_open, "{open:count action} not finished: {items:standing}", "finish or drop each",
               [FINDING_OWNER], open=len(standing_open), items=[standing(each) for each in standing_open[:_NAMED]]),
        demand(any(each.state == "done" for each in actions), "no action is done", "do what was planned",
               [FINDING_OWNER]),
    )  # fmt: skip


@check("cobit")
def retest_volume(ctx: CheckContext) -> Verdict:
    """Since the last action, the control has worked often enough, and never failed."""
    fields: FindingFields = ctx.item.fields
    control = ctx.get(fields.control) if fields.control else None
    if control is None or fields.fixed_at is None:
        return blocked("nothing says when it was fixed", remedy="report it fixed", who=[FINDING_OWNER.id])
    # Moves out of the scope of the control show nothing of its work.
    found = operations(ctx, control, fields.fixed_at, ctx.now + _MOMENT)
    done = [each for each in found if not each.left]
    failed = sum(each.deviates for each in done)
    retest = RETESTS[design_in_force(control).frequency.value]
    enough = retest.passed(len(done) - failed, fields.fixed_at, ctx.now)
    return all_of(
        demand(enough, "{n} of {needed} executions since the fix", "wait, and retest", [CONTROL_TESTER],
               n=len(done) - failed, needed=retest.executions),
        demand(not failed, "{failed:count execution} deviated since the fix", "send it back to its owner",
               [CONTROL_TESTER], failed=failed),
    )  # fmt: skip


@check("cobit")
def closer_sod(ctx: CheckContext) -> Verdict:
    """Who closes it neither owns it, nor did an action, nor owns or operates the control; if critical, an auditor."""
    fields: FindingFields = ctx.item.fields
    parties = {fields.owner, *(person for each in ctx.children(REMEDIATION) for person in _hands(each))}
    control = ctx.get(fields.control) if fields.control else None
    if control is not None:
        parties |= operators(ctx, control, ctx.item.created_at)
    return all_of(
        demand(ctx.actor not in parties, "{actor:person} answers for it or has fixed it", "let somebody else close it",
               [INTERNAL_AUDITOR], actor=ctx.actor),
        _audited(ctx, "a critical finding is closed by an auditor"),
    )  # fmt: skip


def _audited(ctx: CheckContext, otherwise: str) -> Verdict:
    """A critical finding ends by the word of an auditor."""
    critical = ctx.item.fields.severity is Severity.CRITICAL
    return demand(
        not critical or ctx.holds(ctx.actor, INTERNAL_AUDITOR.id), otherwise, "ask the {role:role}",
        [INTERNAL_AUDITOR], role=INTERNAL_AUDITOR.id,
    )  # fmt: skip


@check("cobit")
def invalid_sod(ctx: CheckContext) -> Verdict:
    """Who declares it invalid neither owns nor operates the control, nor did so since; if critical, an auditor."""
    control = ctx.get(ctx.item.fields.control) if ctx.item.fields.control else None
    own = control is not None and ctx.actor in operators(ctx, control, ctx.item.created_at)
    return all_of(
        demand(not own, "{actor:person} owns or operates the control, or did so when it was found",
               "let somebody independent judge", [CONTROL_REVIEWER, INTERNAL_AUDITOR], actor=ctx.actor),
        _audited(ctx, "a critical finding is declared invalid by an auditor"),
    )  # fmt: skip


def _hands(action: ItemView) -> set[str]:
    """Everybody who was to do an action, or did it."""
    fields: RemediationFields = action.fields
    return {
        fields.assignee,
        *action.doers("transition:complete_action"),
        *action.doers("transition:begin_action"),
    }


@check("cobit")
def acceptance_approved_now(ctx: CheckContext) -> Verdict:
    """An approved acceptance of the risk covers the finding today."""
    found = covering(ctx, ctx.item.key)
    return demand(
        found is not None, "no acceptance of the risk is in force", "ask for one", [FINDING_OWNER],
        acceptance=None if found is None else found.key,
    )  # fmt: skip


@check("cobit")
def action_evidence(ctx: CheckContext) -> Verdict:
    """A finished action has a document that proves it; an address can say something else tomorrow."""
    documents = {each.sha256 for each in ctx.item.evidence if proves(each)}
    return demand(bool(documents), "no document proves it", "attach one", [FINDING_OWNER], n=len(documents))


@check("cobit")
def finding_stands(ctx: CheckContext) -> Verdict:
    """Actions are planned for a finding that is not ended."""
    parent = ctx.parent()
    ended = parent is None or parent.state in ("closed", "invalid")
    return demand(
        not ended, "its finding has ended", "raise a new finding, and plan it there", [FINDING_OWNER],
    )  # fmt: skip


@check("cobit")
def finding_source(ctx: CheckContext) -> Verdict:
    """A light of a monitor, and a suspension that is too long or not covered, are found by the system alone."""
    source: Source = ctx.item.fields.source
    by_system = source in (
        Source.MONITOR_RED,
        Source.MONITOR_AMBER,
        Source.LONG_SUSPENSION,
        Source.UNCOVERED_SUSPENSION,
    )
    return demand(
        not by_system or ctx.actor == "system",
        "{source:word} is found by the system",
        "say what you have found: a bypass, damaged evidence, or how far the control works",
        [CONTROL_TESTER, INTERNAL_AUDITOR],
        source=source.value,
    )


@check("cobit")
def source_kept(ctx: CheckContext) -> Verdict:
    """How it was found is said once: its severity follows from that."""
    fields: FindingFields = ctx.item.fields
    same = ctx.before is None or ctx.before.fields.source is fields.source
    return demand(
        same,
        "its severity was found for {source:word}",
        "raise another finding, and have this one declared invalid",
        [CONTROL_REVIEWER, INTERNAL_AUDITOR],
        source=ctx.before.fields.source if ctx.before is not None else None,
    )
