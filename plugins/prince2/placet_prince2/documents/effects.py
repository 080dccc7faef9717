"""The effects of a management product's transitions."""

from __future__ import annotations

import json

from placet import EffectContext, effect
from placet_prince2.document_kinds import Kind
from placet_prince2.documents.fields import DECIDED


@effect("prince2")
def begin_review(ctx: EffectContext) -> None:
    """Ask everybody again: the objection that was overridden was one to another content."""
    ctx.set(override_reason=None)


@effect("prince2")
def keep_approval(ctx: EffectContext) -> None:
    """Keep the moment of the approval; a low value was accepted for the business case before this one."""
    ctx.set(approved_at=ctx.now, reviewed_at=ctx.now)
    fields = ctx.item.fields
    project = ctx.get(fields.project) if fields.project else None
    if fields.kind is Kind.BUSINESS_CASE and project is not None and project.fields.value_override:
        ctx.set_on(project.key, value_override=None)


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
