"""The checks of control tests: the result of one element, and the evidence for it.

Source: COBIT 2019, MEA02.03 and MEA04.06.
"""

from __future__ import annotations

from placet import SYSTEM, CheckContext, Verdict, blocked, check, passed, standing
from placet_cobit.assessments.fields import ElementFields, Result
from placet_cobit.assessments.tested import lacking_evidence, replaced, testers
from placet_cobit.checking import all_of, demand
from placet_cobit.controls.about import control_of
from placet_cobit.ids import ASSESSMENT, MONITOR, TEST
from placet_cobit.roles import CONTROL_PERFORMER, CONTROL_REVIEWER, CONTROL_TESTER

#: Characters of the note on a deviation, at least.
DEVIATION_NOTE = 20


@check("cobit")
def test_fields(ctx: CheckContext) -> Verdict:
    """A test has passed or deviates, with a note, which is longer for a deviation; without evidence it deviates."""
    fields: ElementFields = ctx.item.fields
    note = len((fields.note or "").strip())
    least = DEVIATION_NOTE if fields.result is Result.DEVIATION else 1
    said = fields.result in (Result.PASS, Result.DEVIATION)
    forced = fields.bypass or fields.evidence_missing
    who = [CONTROL_TESTER]
    return all_of(
        demand(said, "the result is missing", "say pass or deviation; replace an element that does not apply", who,
               inputs=["result"]),
        demand(note >= least, "the note has {n} of {least} characters", "describe what you saw", who, inputs=["note"],
               n=note, least=least),
        demand(not forced or fields.result is Result.DEVIATION,
               "the control did not do its work for it" if fields.bypass else "accepted evidence is missing",
               "record the deviation", who, inputs=["result"]),
    )  # fmt: skip


@check("cobit")
def test_open(ctx: CheckContext) -> Verdict:
    """Its assessment is being tested, or its monitor runs."""
    above = ctx.parent()
    wanted = "running" if above is not None and above.type == MONITOR else "testing"
    system = ctx.actor == "system"
    if system or (above is not None and above.state == wanted):
        return passed()
    if wanted == "running":
        said, remedy = "its monitor does not run: {above:standing}", "run the monitor first"
    else:
        said, remedy = "its assessment is not being tested: {above:standing}", "record results while it is"
    above_it = standing(above) if above is not None else {"title": "", "key": "", "state": ""}
    return blocked(said, remedy=remedy, who=[CONTROL_TESTER.id], params={"above": above_it})


@check("cobit")
def test_proven(ctx: CheckContext) -> Verdict:
    """An element passes only with accepted evidence."""
    fields: ElementFields = ctx.item.fields
    above, control = ctx.parent(), control_of(ctx)
    if fields.result is not Result.PASS or control is None or above is None or above.type == MONITOR:
        return passed()
    missing = lacking_evidence(ctx, ctx.item, control)
    return demand(not missing, "no accepted evidence of {kinds:and}", "attach it, or record the deviation",
                  [CONTROL_PERFORMER, CONTROL_TESTER], kinds=missing)  # fmt: skip


@check("cobit")
def replaceable(ctx: CheckContext) -> Verdict:
    """A bypass and an element without evidence stay in the sample, as deviations, and so does a pass of a monitor.

    So does an item that left the control's scope: it is there to be judged.
    """
    fields: ElementFields = ctx.item.fields
    above = ctx.parent()
    if ctx.actor == SYSTEM:
        return passed()
    return all_of(
        demand(not (fields.bypass or fields.evidence_missing), "it is a deviation", "record it as one",
               [CONTROL_TESTER]),
        demand(not fields.left_scope, "somebody had taken it out of the control's scope",
               "judge whether that was right, and record what you see", [CONTROL_TESTER]),
        demand(above is None or above.type != MONITOR, "it was drawn among the passes of a monitor",
               "check it again, and record what you see", [CONTROL_TESTER]),
    )  # fmt: skip


@check("cobit")
def replaced_few(ctx: CheckContext) -> Verdict:
    """A tester replaces few elements of a sample; more are replaced by a reviewer who has not tested.

    Else a sample is drawn until it suits. Setting: `replaced_most`, percent.
    """
    above = ctx.parent()
    if ctx.actor == SYSTEM or above is None or above.type != ASSESSMENT:
        return passed()
    tests = ctx.children(TEST, of=above.key)
    size = above.fields.sample_size or 0
    most = max(1, size * ctx.settings.replaced_most // 100)
    done = len(replaced(tests))
    second = ctx.holds(ctx.actor, CONTROL_REVIEWER.id) and ctx.actor not in testers(above, tests)
    return demand(
        done < most or second,
        "already replaced: {done} of {size:count element}; a tester replaces {most} at most",
        "record its result, or ask a control reviewer who has not tested to replace it",
        [CONTROL_REVIEWER],
        done=done,
        size=size,
        most=most,
    )
