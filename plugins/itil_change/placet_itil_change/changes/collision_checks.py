"""The checks of collisions: changes at the same time on the same items, or on items that depend on each other.

`earliest` is the first start of the change that a check would allow: the change has to be moved there.
Source throughout: ITIL 4, practice Change enablement, the change schedule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from placet import (
    SYSTEM,
    Action,
    CheckContext,
    ItemView,
    Verdict,
    blocked,
    check,
    named,
    passed,
    strictest,
    unconfirmed,
)
from placet_itil_change.changes.collisions import (
    ASKED_FOR,
    Collision,
    agreed_to,
    direct_collisions,
    named_for,
    related_collisions,
)
from placet_itil_change.changes.fields import ChangeFields, ChangeType
from placet_itil_change.changes.schedule_checks import move_button, notice_ends
from placet_itil_change.changes.slots import next_slot
from placet_itil_change.changes.windows import affected, planned
from placet_itil_change.ids import COLLISION_AGREEMENT, DEPENDS_ON
from placet_itil_change.roles import (
    CHANGE_INITIATOR,
    CHANGE_MANAGER,
)
from placet_itil_change.wording import named_all


@check("itil")
def collision_direct(ctx: CheckContext) -> Verdict:
    """No other change on the schedule is at the same item at the same time.

    Changes that only wait for their authorization are reported, not held against it. Our choice: an emergency is not
    stopped by this, as its authorization is not either.
    """
    found = direct_collisions(ctx)
    if not found or ctx.item.fields.type is ChangeType.EMERGENCY:
        return passed(reported=[each.other.key for each in (found or direct_collisions(ctx, ASKED_FOR))])
    return _collides(
        ctx,
        found,
        "works on {cis:and} at the same time, {span:span}",
        "reschedule one of them",
        CHANGE_MANAGER.id,
    )


@check("itil")
def collision_related(ctx: CheckContext) -> Verdict:
    """Changes at the same time on items that depend on each other are known, and who may has agreed to each.

    Reads: `collision_ack`. Agreement is given by the one who raised or implements the other change, by the owner of
    its item, by a service owner or the change manager, who confirms it in person.
    """
    known = related_collisions(ctx)
    found = [each for each in known if not agreed_to(ctx, each)]
    if not found or ctx.item.fields.type is ChangeType.EMERGENCY:
        return passed(reported=[each.other.key for each in known])
    unanswered = [person for each in found for person in named_for(ctx, each)]
    unnamed = [each for each in found if not named_for(ctx, each)]
    verdicts = [unconfirmed(ctx, COLLISION_AGREEMENT, list(dict.fromkeys(unanswered)))] if unanswered else []
    if not unnamed:
        return strictest(verdicts)
    colliding = _collides(
        ctx,
        unnamed,
        "works on {cis:and} at the same time, {span:span}; that depends on an item of this change or is needed by one",
        "ask {speakers:person or} to agree, and record that under {record:field}",
        CHANGE_INITIATOR.id,
        precisely="works on {cis:and} at the same time, {span:span}, and {dependencies:and}",
        actions=[Action("edit", "Ask to agree", f"/items/{ctx.item.key}", ("collision_ack",))],
    )
    return strictest([*verdicts, colliding])


def _collides(
    ctx: CheckContext,
    found: list[Collision],
    what: str,
    remedy: str,
    who: str,
    *,
    precisely: str = "",
    actions: Sequence[Action] = (),
) -> Verdict:
    """Each collision, with what the other change does there; `precisely` says it where the dependencies are known."""
    slot = next_slot(ctx, not_before=notice_ends(ctx))
    start, end = planned(ctx)
    where = ", or take {slot:moment}, the next free slot for its {minutes} min" if slot else ""
    free = {"slot": slot, "minutes": round((end - start).total_seconds() / 60)} if slot else {}
    depending = {each.other.key: _dependencies(ctx, each) if precisely else [] for each in found}
    return strictest(
        blocked(
            f"{_other_change(each)} {precisely if depending[each.other.key] else what}",
            remedy=remedy + where,
            who=[who],
            earliest=slot,
            params=_figures(each) | free | {"dependencies": depending[each.other.key]},
            actions=[*actions, move_button(ctx)],
        )
        for each in found
    )


def _dependencies(ctx: CheckContext, each: Collision) -> list[str]:
    """The items of the two changes that depend on each other, in words; not those that do so by way of others."""
    pairs = [(own, met) for own in affected(ctx) for met in each.items]
    both = [*pairs, *((met, own) for own, met in pairs)]
    return [f"{named(one)} depends on {named(other)}" for one, other in both if other.key in _needs(one)]


def _needs(item: ItemView) -> Sequence[str]:
    return item.links.get(DEPENDS_ON, ())


def _other_change(each: Collision) -> str:
    """`'Reorganize the volumes' (PAY-64, Maya Lind, medium)`, as far as that is known."""
    known = _figures(each)
    about = ["{key}"]
    about += ["{raised_by:person}"] if known["raised_by"] else []
    about += ["{risk_class:word}"] if known["risk_class"] else []
    return f"'{{title}}' ({', '.join(about)})"


def _figures(each: Collision) -> dict[str, Any]:
    fields: ChangeFields = each.other.fields
    # A change that a rule has made for somebody is that person's; else its implementer speaks for it.
    made_for = fields.initiator or fields.implementer
    raised_by = made_for if each.other.created_by == SYSTEM else each.other.created_by
    return {
        "key": each.other.key,
        "title": each.other.title,
        "raised_by": raised_by,
        "risk_class": fields.risk_class,
        "cis": named_all(each.items),
        "span": [each.start, each.end],
        "speakers": list(
            dict.fromkeys(filter(None, [raised_by, *(item.fields.owner for item in each.items)]))
        ),
        "record": "collision_ack",
    }
