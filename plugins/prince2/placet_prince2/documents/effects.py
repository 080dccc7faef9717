"""The effects of a management product's transitions."""

from __future__ import annotations

import json

from placet import EffectContext, effect
from placet_prince2.documents.fields import DECIDED


@effect("prince2")
def keep_approval(ctx: EffectContext) -> None:
    """Keep the moment of the approval."""
    ctx.set(approved_at=ctx.now, reviewed_at=ctx.now)


@effect("prince2")
def keep_review(ctx: EffectContext) -> None:
    """Keep the moment: still valid, unchanged."""
    ctx.set(reviewed_at=ctx.now)


@effect("prince2")
def keep_override(ctx: EffectContext) -> None:
    """Keep why the executive decides although an interest objects."""
    ctx.set(override_reason=ctx.comment)


@effect("prince2")
def begin_edition(ctx: EffectContext) -> None:
    """Begin another edition; the approved one is kept as evidence."""
    fields = ctx.item.fields.model_dump(mode="json")
    said = json.dumps({name: fields[name] for name in DECIDED}, indent=2, sort_keys=True)
    edition = ctx.item.fields.edition
    ctx.attach("baseline", name=f"edition-{edition}.json", content=said, media_type="application/json")
    ctx.set(edition=edition + 1, override_reason=None)
