"""The effects of the transitions of products and quality activities."""

from __future__ import annotations

import json

from placet import EffectContext, effect
from placet_prince2.ids import AFFECTS, ISSUE, PRODUCT
from placet_prince2.issues.fields import IssueKind
from placet_prince2.products.fields import DESCRIPTION, ActivityFields, QualityResult


@effect("prince2")
def keep_baseline(ctx: EffectContext) -> None:
    """Count the baseline, and keep the moment."""
    ctx.set(baseline_version=ctx.item.fields.baseline_version + 1, baselined_at=ctx.now)


@effect("prince2")
def keep_former_description(ctx: EffectContext) -> None:
    """Keep the description that is to change as evidence."""
    fields = ctx.item.fields.model_dump(mode="json")
    version = ctx.item.fields.baseline_version
    said = json.dumps({name: fields[name] for name in DESCRIPTION}, indent=2, sort_keys=True)
    ctx.attach("baseline", name=f"description-{version}.json", content=said, media_type="application/json")


@effect("prince2")
def record_measures(ctx: EffectContext) -> None:
    """The measured values become those of the product; a failed activity is an issue."""
    fields: ActivityFields = ctx.item.fields
    ctx.set(performed_at=ctx.now)
    product = ctx.parent()
    if product is None or product.type != PRODUCT:
        return
    found = [
        {"criterion_id": each.criterion_id, "measured": each.measured, "at": ctx.now}
        for each in fields.criteria_results
    ]
    new = {each["criterion_id"] for each in found}
    kept = [each for each in product.fields.measured if each.criterion_id not in new]
    first = (
        {} if product.fields.first_result else {"first_result": fields.result, "first_checked_at": ctx.now}
    )
    ctx.set_on(product.key, measured=[*kept, *found], **first)
    if fields.result is QualityResult.FAIL and fields.project is not None:
        missed = [each.criterion_id for each in fields.criteria_results if not each.ok]
        issue = ctx.create(
            ISSUE,
            f"{product.title} does not meet its criteria"[:200],
            parent=fields.project,
            kind=IssueKind.OFF_SPECIFICATION,
            description=f"Quality activity {ctx.item.key} failed: {', '.join(missed) or 'see its record'}.",
            baselines_affected=[product.key],
            criterion=missed[0] if len(missed) == 1 else None,
        )
        ctx.link(AFFECTS, product.key, source=issue)
