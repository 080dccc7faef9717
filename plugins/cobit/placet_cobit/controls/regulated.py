"""Stories that are regulated stay so, by transitions of their own: nobody gets rid of the approvals by editing a text.

Source: COBIT 2019, BAI02.04 and MEA03. Our choices: a story is regulated from the moment at which its description says
#regulated, evidence of kind `regulated` is attached, or a product owner or compliance officer says so; it stays so
until one of these two says that it is not, with a reason.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from placet import (
    OPEN,
    CheckContext,
    Consequence,
    EffectContext,
    Extension,
    Gate,
    ItemView,
    Transition,
    Verdict,
    check,
    effect,
)
from placet_cobit.checking import demand
from placet_cobit.controls.governed import PRODUCT_OWNER, STORY
from placet_cobit.reasons import REASON_GIVEN
from placet_cobit.roles import COMPLIANCE_OFFICER

TAG = "#regulated"
_WHO = (PRODUCT_OWNER, COMPLIANCE_OFFICER.id)


def is_regulated(ctx: CheckContext) -> bool:
    """Whether the story is regulated."""
    fields: Any = ctx.item.fields
    if fields.regulated or is_tagged(ctx.item):
        return True
    # It was said, after the evidence was attached, that the story is not regulated.
    cleared = ctx.item.edited_at("regulated") if fields.regulated is False else None
    return any(cleared is None or each.at > cleared for each in ctx.evidence("regulated"))


def is_tagged(story: ItemView) -> bool:
    """Whether a story's description says that it is regulated."""
    return TAG in (story.fields.description or "")


@effect("cobit")
def note_tag(ctx: EffectContext) -> None:
    """A story whose description says #regulated is regulated, and stays so when the text is taken out."""
    if is_tagged(ctx.item) or (ctx.before is not None and is_tagged(ctx.before)):
        ctx.set(regulated=True)


@effect("cobit")
def say_regulated(ctx: EffectContext) -> None:
    """The story is regulated."""
    ctx.set(regulated=True)


@effect("cobit")
def say_unregulated(ctx: EffectContext) -> None:
    """The story is not regulated, whatever was attached before."""
    ctx.set(regulated=False)


@check("cobit")
def tag_removed(ctx: CheckContext) -> Verdict:
    """The description does not say #regulated any more."""
    return demand(
        not is_tagged(ctx.item), "its description says {tag}", "take that out of the description first",
        [PRODUCT_OWNER], tag=TAG,
    )  # fmt: skip


#: Nobody writes it: transitions do.
_STATES = ("new", "refining", "ready", "selected", "in_progress", "in_review", "done", "removed")
_TAG_REMOVED = Gate("cobit.tag_removed", "Not tagged as regulated", tag_removed)
_TRANSITIONS = (
    Transition(
        "mark_regulated", [OPEN], "same", _WHO, effects=[say_regulated], title="Mark as regulated"
    ),
    Transition(
        "unmark_regulated", [OPEN], "same", _WHO, gates=[REASON_GIVEN, _TAG_REMOVED],
        effects=[say_unregulated], title="Mark as not regulated", decides=True,
    ),
)  # fmt: skip


def extend(catalog: Extension) -> None:
    """Stories know whether they are regulated; as who marks them has a part in them, they attach evidence too."""
    if "agile" not in catalog.methods:
        return
    catalog.add_field(STORY, "regulated", Annotated[bool, Field(title="Regulated")], frozen_in=_STATES)
    for each in _TRANSITIONS:
        catalog.add_transition(STORY, each)
    catalog.add_consequence(STORY, Consequence("cobit.regulation_noted", ["description"], [note_tag]))
