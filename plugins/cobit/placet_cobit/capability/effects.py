"""The effects of transitions of a capability assessment."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_cobit.capability.fields import Achievement, Activity, RatingFields, score_of
from placet_cobit.capability.levels import achievements, capability_level, gap, rating
from placet_cobit.figures import readable
from placet_cobit.ids import CLOSES_GAP
from placet_cobit.titles import shortened
from placet_governance.ids import INITIATIVE

_ENDED = ("embedded", "dropped")


@effect("cobit")
def load_activities(ctx: EffectContext) -> None:
    """Take the activities of the objective as they are now, and the level of its last rating."""
    objective = ctx.parent()
    if objective is not None:
        found = [
            Activity(id=each.id, level=each.level, text=each.text)
            for practice in objective.fields.practices
            for each in practice.activities
        ]
        ctx.set(activities=tuple(found), former_level=objective.fields.current_level)


@effect("cobit")
def compute_level(ctx: EffectContext) -> None:
    """The achievement of each level, the level that follows, and the gap to the target."""
    fields: RatingFields = ctx.item.fields
    scored = [
        (each.level, score)
        for each in fields.activities
        if each.id in fields.scores
        and (score := score_of(fields.scores[each.id], ctx.settings.letter_scores)) is not None
    ]
    achieved = achievements(scored)
    level = capability_level(achieved)
    objective = ctx.parent()
    target = objective.fields.target_level if objective is not None else None
    ctx.set(
        achievements=tuple(
            Achievement(level=each, percent=readable(value), rating=rating(value))
            for each, value in achieved.items()
        ),
        level=level,
        target_level=target,
        gap=gap(target or 0, level),
    )


@effect("cobit")
def publish_level(ctx: EffectContext) -> None:
    """The objective has the level that was approved."""
    fields: RatingFields = ctx.item.fields
    if ctx.item.parent is not None:
        ctx.set_on(ctx.item.parent, current_level=fields.level)


@effect("cobit")
def improve(ctx: EffectContext) -> None:
    """A gap to the target becomes an improvement, unless one is under way."""
    fields: RatingFields = ctx.item.fields
    objective = ctx.parent()
    if not fields.gap or objective is None:
        return
    under_way = [each for each in ctx.linking(CLOSES_GAP, of=objective.key) if each.state not in _ENDED]
    if under_way:
        return
    made = ctx.create(
        INITIATIVE,
        shortened(f"Raise {objective.title} to level {fields.target_level}"),
        idea=f"{objective.title} is rated at level {fields.level}, and its target is {fields.target_level}"
        f" ({ctx.item.key})",
    )
    ctx.link(CLOSES_GAP, objective.key, source=made)
