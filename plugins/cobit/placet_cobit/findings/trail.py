"""A trail that is not intact: what the worker's verification of the log has found is a finding by itself.

Source: COBIT 2019, DSS06.05 Ensure traceability and accountability for information events, and MEA02.04. Our choices:
it is one finding for each control of that practice in force, and one more where the content of evidence is concerned;
one verification is reported once, and none as long as a finding of an earlier one stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from placet import ItemView, Job, JobContext, VerificationView
from placet_cobit.controls.design import design_in_force, in_force
from placet_cobit.findings.raising import STANDING, title_of
from placet_cobit.ids import CONTROL, FINDING
from placet_cobit.severity import Source

#: The practice of controls that answer for the trail.
PRACTICE = "DSS06.05"
#: The table of files that items have as evidence, as verification names it.
_EVIDENCE = "evidence"
#: Histories that one finding names.
_SHOWN = 20
_EFFECT = "The stored data can no longer be proved by its history, and what rests on it may be wrong."


def find_broken_trail(ctx: JobContext) -> None:
    """Raise a finding on every control of the trail in force, where the latest verification has found something."""
    found = ctx.verification
    if found is None or found.ok:
        return
    damaged = [place for place in found.places if place[1] == _EVIDENCE]
    changed = [place for place in found.places if place[1] != _EVIDENCE]
    for control in ctx.items(CONTROL):
        if in_force(control) and design_in_force(control).practice_id == PRACTICE:
            if damaged:
                _report(ctx, control, found, Source.TAMPERED_EVIDENCE, damaged)
            if changed or not damaged:
                _report(ctx, control, found, Source.AUDIT_CHAIN, changed)


def _report(
    ctx: JobContext,
    control: ItemView,
    found: VerificationView,
    source: Source,
    places: Sequence[tuple[str, str]],
) -> None:
    reported = [each for each in ctx.items(FINDING, control=control.key) if each.fields.source is source]
    if any(each.state in STANDING or each.fields.event == found.event for each in reported):
        return
    named = ", ".join(dict.fromkeys(f"{key} ({table or 'events'})" for key, table in places[:_SHOWN]))
    ctx.create(
        FINDING,
        title_of(control, source),
        parent=control.key,
        condition=f"the verification of {found.at:%Y-%m-%d %H:%M} UTC found what is not as the log says: "
        f"{named or 'more than it names'}; run placet audit verify",
        criteria=design_in_force(control).statement or control.title,
        effect=_EFFECT,
        source=source,
        event=found.event,
    )


JOB = Job("cobit.broken_trail", "Verification of the trail", find_broken_trail, time(6, 30))
