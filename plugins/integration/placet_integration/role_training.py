"""People are given a role that requires training, and act in it, once they have a record of it.

A training of governance says which roles it is for and who has passed; when it is completed, each of these people has a
record, which counts for some time. Nobody is given a role that requires training without one. Who holds such a role and
has no record any more does nothing on items on which they hold it, until they are trained or the role is given to
somebody else.

Source: enablement of role holders, of which the proof is younger than a year; COBIT 2019, BAI05 Managed organizational
change and APO07 Managed human resources.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from placet import (
    SYSTEM,
    ActorId,
    CheckContext,
    EffectContext,
    Extension,
    Line,
    Verdict,
    blocked,
    effect,
    passed,
    strictest,
)
from placet_integration.ids import TRAINING

_LEAD = "governance.training_lead"
_ENDED = ("completed", "cancelled")
_Roles = Annotated[tuple[Line, ...], Field(max_length=100, title="Roles that it is for")]
_People = Annotated[tuple[ActorId, ...], Field(max_length=1000, title="Passed by")]


@effect("integration")
def write_records(ctx: EffectContext) -> None:
    """Attach a record for each person who has passed."""
    fields = ctx.item.fields
    for person in fields.passed_by:
        said = (
            f"{person} passed {ctx.item.title} ({ctx.item.key}) on {ctx.today}: {', '.join(fields.for_roles)}"
        )
        ctx.attach("training_record", name=f"{person}.txt", content=said, media_type="text/plain")


def trained(ctx: CheckContext) -> Verdict | None:
    """Who acts has a record for each role they hold that requires training.

    Settings: `role_requires_training`, `training_valid_days`.
    """
    if not ctx.settings.role_requires_training or ctx.actor == SYSTEM or ctx.item.type == TRAINING:
        return None
    held = [role for role in ctx.settings.role_requires_training if ctx.holds(ctx.actor, role)]
    verdicts = [_missing(ctx, role) for role in held if not any(_records(ctx, role, ctx.actor))]
    return strictest(verdicts) if verdicts else passed(trained=held)


def appointable(ctx: CheckContext, role: str, person: str) -> Verdict | None:
    """Who is given a role that requires training has a record for it.

    Settings: `role_requires_training`, `training_valid_days`.
    """
    if role not in ctx.settings.role_requires_training:
        return None
    trainings = list(_records(ctx, role, person))
    if trainings:
        return passed(trained=trainings)
    return blocked(
        "{person:person} has no training for {role:role} of the last {days:count day}",
        remedy="complete a training for the role that they have passed, or appoint somebody else",
        who=ctx.holders(_LEAD) or [_LEAD],
        message_id="integration.appointable",
        params={"person": person, "role": role, "days": ctx.settings.training_valid_days},
    )


def _records(ctx: CheckContext, role: str, person: str) -> Iterator[str]:
    """Trainings that count for a person in a role now."""
    since = ctx.now - timedelta(days=ctx.settings.training_valid_days)
    for training in ctx.items(TRAINING, states=["completed"], for_roles__has=role, passed_by__has=person):
        if training.state_since >= since:
            yield training.key


def _missing(ctx: CheckContext, role: str) -> Verdict:
    return blocked(
        "{actor:person} is {role:role} without a training of the last {days:count day}",
        remedy="complete a training for the role, or give the role to somebody else",
        who=ctx.holders(_LEAD) or [_LEAD],
        message_id="integration.trained",
        params={"actor": ctx.actor, "role": role, "days": ctx.settings.training_valid_days},
    )


def extend(catalog: Extension) -> None:
    """The roles that a training is for, and the people who have passed it."""
    catalog.add_field(TRAINING, "for_roles", _Roles, (), indexed=True, frozen_in=("running", *_ENDED))
    catalog.add_field(TRAINING, "passed_by", _People, (), indexed=True, frozen_in=("planned", *_ENDED))
    catalog.add_input(TRAINING, "complete_training", "passed_by", required=False)
    catalog.add_effect(TRAINING, "complete_training", write_records)
