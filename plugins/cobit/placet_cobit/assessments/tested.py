"""The control, the sample and the tests of an assessment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

from placet import SYSTEM, CheckContext, ItemView
from placet_cobit.assessments.fields import AssessmentFields, ElementFields, Result
from placet_cobit.controls.design import design_in_force
from placet_cobit.ids import ASSESSMENT, TEST
from placet_cobit.operating.evidence import unmet
from placet_cobit.operating.operations import Operation, bound, operations, population
from placet_cobit.operating.periods import span
from placet_cobit.operating.sampling import automated_sample, order, sample_size

AUTOMATED = "automated"
#: Acts of an assessment and of a test by which somebody has tested.
_TESTED = ("transition:request_evidence", "transition:start_testing", "transition:extend_sample",
           "transition:submit_for_review")  # fmt: skip
_RECORDED = ("transition:record_test", "transition:replace_element")


def testers(assessment: ItemView, tests: Iterable[ItemView]) -> set[str]:
    """Everybody who has tested, as far as an assessment and its tests have it."""
    found = {person for act in _TESTED for person in assessment.doers(act)}
    return found | {person for each in tests for act in _RECORDED for person in each.doers(act)}


def population_of(ctx: CheckContext, assessment: ItemView, control: ItemView) -> dict[str, Operation]:
    """The operations of the period from which elements are drawn, by id."""
    fields: AssessmentFields = assessment.fields
    since, until = span(fields.period_start, fields.period_end, ctx.workspace.calendar.zone)
    return {each.id: each for each in population(operations(ctx, control, since, until))}


def digest(elements: Sequence[str]) -> str:
    """SHA-256 over the ids of a population in order, a line feed between each two."""
    return sha256("\n".join(sorted(elements)).encode()).hexdigest()


def first_sample(seed: str, found: dict[str, Operation], control: ItemView) -> list[str]:
    """The elements that are drawn at first: the sample, with every bypass and every item that left the scope."""
    design = design_in_force(control)
    high_risk = bool(design.high_risk)
    if design.execution.value == AUTOMATED:
        versions = {each.id: each.version for each in found.values() if not (each.missed or each.left)}
        drawn = set(automated_sample(seed, versions, high_risk=high_risk))
    else:
        size = sample_size(len(found), design.frequency.value, high_risk=high_risk)
        drawn = set(order(seed, found)[:size])
    always = {each.id for each in found.values() if each.left or (each.missed and bound(control))}
    return order(seed, drawn | always)


def tested_since(ctx: CheckContext, control: ItemView) -> datetime:
    """When the time begins that an assessment, or a test below it or below a monitor, looks at.

    That of a pass which a person checks again is the moment of the pass.
    """
    fields = ctx.item.fields
    if isinstance(fields, ElementFields):
        above = ctx.parent()
        if above is None or above.type != ASSESSMENT:
            return fields.at
        fields = above.fields
    begin = span(fields.period_start, fields.period_end, ctx.workspace.calendar.zone)[0]
    return max(begin, control.created_at)


def tests_of(ctx: CheckContext) -> list[ItemView]:
    """The tests below an assessment, or a monitor, without those that were replaced."""
    return [each for each in ctx.children(TEST) if each.state != "replaced"]


def replaced(tests: Iterable[ItemView]) -> list[ItemView]:
    """Tests that a person has replaced; those that end with their assessment are none."""
    return [each for each in tests if each.state == "replaced" and each.fields.tested_by != SYSTEM]


def deviating(tests: Sequence[ItemView]) -> int:
    """Tests that found a deviation."""
    return sum(each.state == "tested" and each.fields.result is Result.DEVIATION for each in tests)


def lacking_evidence(ctx: CheckContext, test: ItemView, control: ItemView) -> list[str]:
    """The kinds of evidence that an element of a sample lacks."""
    fields: ElementFields = test.fields
    about = ctx.get(fields.about)
    design = design_in_force(control)
    return unmet(
        design.evidence_requirements,
        fields.at,
        on_item=() if about is None else about.evidence,
        provided=test.evidence,
        approvers=fields.approvers,
        performer=design.control_performer,
        default_age=ctx.settings.evidence_age,
    )
