"""Effects that draw a sample: at first, by an extension, and in the place of an element that does not apply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from placet import EffectContext, ItemView, effect
from placet_cobit.assessments.fields import AssessmentFields, Result
from placet_cobit.assessments.periods import seed_of
from placet_cobit.assessments.tested import digest, first_sample, population_of, tests_of
from placet_cobit.controls.about import control_of
from placet_cobit.findings.raising import raise_finding
from placet_cobit.ids import FINDING, TEST
from placet_cobit.operating.operations import Operation, bound
from placet_cobit.operating.sampling import following, order
from placet_cobit.severity import Source
from placet_cobit.titles import shortened

_MOMENT = timedelta(microseconds=1)
_DRAWN_IN = ("evidence_requested", "testing")
_BYPASSED = "the control was in force, and did not do its work: {id} of {about}, {happened} at {at:%Y-%m-%d %H:%M} UTC"


@effect("cobit")
def draw_sample(ctx: EffectContext) -> None:
    """Read the population from the log, draw the sample, and raise a finding for every bypass."""
    control = control_of(ctx)
    if control is None:
        return
    found = population_of(ctx, ctx.item, control)
    seed = seed_of(ctx, control)
    drawn = first_sample(seed, found, control)
    bypassed = [each for each in found.values() if each.missed and bound(control)]
    ctx.set(
        population_size=len(found),
        population_digest=digest(list(found)),
        bypasses=len(bypassed),
        sample_size=len(drawn),
        seed=seed,
        evidence_requested_at=ctx.now,
        tester=ctx.actor,
    )
    _make_tests(ctx, control, found, drawn)
    for each in bypassed:
        _report_bypass(ctx, control, each)


def _make_tests(
    ctx: EffectContext, control: ItemView, found: dict[str, Operation], drawn: Iterable[str]
) -> None:
    """A test of each element, with the people who had approved it by then."""
    places = {id: n for n, id in enumerate(order(ctx.item.fields.seed or ctx.item.key, found), start=1)}
    chosen = [found[id] for id in drawn]
    approvers = _approvers(ctx, chosen)
    for each in chosen:
        bypass = each.missed and bound(control)
        key = ctx.create(
            TEST,
            shortened(f"{each.about}: {each.happened} {each.at:%Y-%m-%d}"),
            parent=ctx.item.key,
            element=each.id,
            about=each.about,
            at=each.at,
            happened=each.happened,
            place=places[each.id],
            bypass=bypass,
            left_scope=each.left,
            approvers=approvers.get(each.id, ()),
        )
        if bypass:
            ctx.fire(key, "record_test", comment="the control did not do its work", result=Result.DEVIATION,
                     note="The log has the transition, which the control has neither passed nor stopped.")  # fmt: skip


def _approvers(ctx: EffectContext, chosen: Iterable[Operation]) -> dict[str, tuple[str, ...]]:
    """By element: the people who had voted for its item by then."""
    elements = [(each, ctx.get(each.about)) for each in chosen]
    by_type: defaultdict[str, list[tuple[Operation, ItemView]]] = defaultdict(list)
    for operation, item in elements:
        if item is not None and item.key != ctx.item.fields.control:
            by_type[item.type].append((operation, item))
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for type, pairs in by_type.items():
        since = min(item.created_at for _, item in pairs)
        # A vote of the very moment is one of those before.
        until = max(each.at for each, _ in pairs) + _MOMENT
        votes = ctx.events(type, kinds=["voted"], since=since, until=until)
        for vote in votes:
            for operation, _ in pairs:
                if (
                    vote.key == operation.about
                    and vote.at <= operation.at
                    and vote.data["decision"] == "approve"
                ):
                    found[operation.id][vote.actor] = None
    return {id: tuple(people) for id, people in found.items()}


def _report_bypass(ctx: EffectContext, control: ItemView, bypass: Operation) -> None:
    if ctx.items(FINDING, control=control.key, event=bypass.id):
        return
    said = _BYPASSED.format(id=bypass.id, about=bypass.about, happened=bypass.happened, at=bypass.at)
    raise_finding(
        ctx,
        control,
        Source.BYPASS,
        said,
        "The event that the control prevents may have happened, and nobody would know.",
        parent=ctx.item.key,
        event=bypass.id,
    )


def _draw_more(ctx: EffectContext, assessment: ItemView, more: int) -> None:
    control = control_of(ctx)
    fields: AssessmentFields = assessment.fields
    if control is None or fields.seed is None:
        return
    found = population_of(ctx, assessment, control)
    known = {each.fields.element for each in ctx.children(TEST)}
    _make_tests(ctx, control, found, following(fields.seed, found, known, more))


@effect("cobit")
def extend(ctx: EffectContext) -> None:
    """Draw as many elements again; all that remain, if these are fewer."""
    fields: AssessmentFields = ctx.item.fields
    _draw_more(ctx, ctx.item, fields.sample_size or 0)
    ctx.set(extended=True, sample_size=len(tests_of(ctx)))


@effect("cobit")
def redraw(ctx: EffectContext) -> None:
    """Draw the next elements of the order in the place of those that were replaced."""
    fields: AssessmentFields = ctx.item.fields
    if ctx.item.state in _DRAWN_IN:
        _draw_more(ctx, ctx.item, (fields.sample_size or 0) - len(tests_of(ctx)))
