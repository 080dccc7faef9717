"""The checks of a capability assessment.

Source: COBIT 2019 Framework, performance management; MEA01.03.
"""

from __future__ import annotations

from placet import CheckContext, Verdict, check
from placet_cobit.capability.fields import RatingFields, score_of
from placet_cobit.checking import all_of, demand
from placet_cobit.operating.evidence import proves
from placet_cobit.roles import CIO, INTERNAL_AUDITOR, PROCESS_OWNER

#: Levels by which a rating may differ from the last one without a reason, and the characters of a reason.
STEP, REASON = 1, 20
_NAMED = 10


@check("cobit")
def in_scope(ctx: CheckContext) -> Verdict:
    """The objective is in scope, and its activities are known."""
    objective = ctx.parent()
    inside = objective is not None and objective.state == "in_scope"
    activities = objective is not None and any(
        practice.activities for practice in (objective.fields.practices or ())
    )
    return all_of(
        demand(inside, "the objective is not in scope", "put it in scope", [CIO]),
        demand(activities, "the objective has no activities", "load the activities of its practices", [CIO]),
    )


@check("cobit")
def scores_complete(ctx: CheckContext) -> Verdict:
    """Every activity has a score, and each score a note or a document that is attached.

    Setting: `letter_scores`.
    """
    fields: RatingFields = ctx.item.fields
    attached = {each.sha256 for each in ctx.item.evidence if proves(each)}
    known = {each.id for each in fields.activities}
    unscored, unproven = [], []
    for id in (each.id for each in fields.activities):
        score = fields.scores.get(id)
        if score is None or score_of(score, ctx.settings.letter_scores) is None:
            unscored.append(id)
        elif not (score.note and score.note.strip()) and score.evidence not in attached:
            unproven.append(id)
    twice = [id for id, each in fields.scores.items() if each.percent is not None and each.letter is not None]
    strange = sorted(set(fields.scores) - known)
    who = (PROCESS_OWNER, INTERNAL_AUDITOR.id)
    return all_of(
        demand(not unscored, "{n:count activity|activities} unscored: {ids}", "score each", who, inputs=["scores"],
               n=len(unscored), ids=unscored[:_NAMED]),
        demand(not unproven, "{n:count score} without a note or an attached document: {ids}", "say what shows it", who,
               n=len(unproven), ids=unproven[:_NAMED]),
        demand(not twice, "scored in percent and by letter: {ids}", "give one of the two", who, ids=twice[:_NAMED]),
        demand(not strange, "the objective has no {ids:or}", "remove the score", who, ids=strange[:_NAMED]),
    )  # fmt: skip


@check("cobit")
def rating_second(ctx: CheckContext) -> Verdict:
    """A level that differs from the last one by more than 1 has a reason."""
    fields: RatingFields = ctx.item.fields
    last, now = fields.former_level, fields.level
    jumps = last is not None and now is not None and abs(now - last) > STEP
    return demand(
        not jumps or len(ctx.comment.strip()) >= REASON,
        "the level jumps from {last} to {now}",
        "explain it in a comment",
        [CIO],
        inputs=["comment"],
        last=last,
        now=now,
    )
