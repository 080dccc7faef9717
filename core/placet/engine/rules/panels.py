"""Whether those who were asked for an approval are still those who decide it, under the rules in force and the facts.

A round keeps the panel with which it was asked for. A setting or a fact that changes who decides, or how many have to
agree, would otherwise leave its mark on decisions after it was put back.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from placet.catalog.catalog import Catalog
from placet.definitions.approvals import Approval, Panel
from placet.definitions.copies import changed
from placet.definitions.document import method_of
from placet.engine.act.plugin_calls import PluginError
from placet.engine.act.records import ApprovalRound, BallotRecord, ItemRecord, Message
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.material import is_fixed
from placet.engine.rules.quorum import deciding, recorded
from placet.engine.rules.views import barred_on

_log = logging.getLogger(__name__)


class Subject(Protocol):
    """The context of an item, as far as this module uses it."""

    @property
    def unit(self) -> UnitOfWork: ...
    @property
    def catalog(self) -> Catalog: ...
    @property
    def record(self) -> ItemRecord: ...
    def holders(self, role: str) -> Sequence[str]:
        """The people who hold a role on the item."""
        ...

    def without_round(self, round: ApprovalRound) -> Any:
        """The context of the item as it was before a round of an approval was opened, as far as approvals go."""
        ...


def panel_of(ctx: Any, approval: Approval) -> Panel:
    """Who decides on the item of a context, which speaks for the approval's method."""
    return approval.panel if isinstance(approval.panel, Panel) else approval.panel(ctx)


def decided_by_others(ctx: Subject, round: ApprovalRound) -> Message | None:
    """The reason why an open round was put to others than those who decide now; `None` if it was not.

    Who was kept from it by being named on the item, and is not named any more, decides now: nobody loses a vote by the
    word of somebody else.

    The panel is determined again where the rules have changed, and where the approval declares that it follows from
    facts. One that cannot be determined counts as another. Where it follows from facts, a round that asked more people
    than decide now stands, whether the rules have changed besides or not.
    """
    freed = _freed(ctx, round)
    if freed:
        return Message("approval.decides_too", {"people": sorted(freed)})
    if not is_determined_again(ctx.catalog, ctx.record.type, round):
        return None
    approval = ctx.catalog.item_type(ctx.record.type).approval(round.approval)
    if approval is None:
        return None
    other_rules, by_facts = _by_other_rules(ctx.catalog, ctx.record.type, round), _by_facts(approval)
    panel = _panel_now(ctx, approval, round)
    fits = _asked if by_facts else _put_to
    if panel is not None and fits(round, panel):
        return None
    if other_rules:
        return Message("approval.rules_changed")
    people = _deciding_besides(ctx, round, panel) if panel is not None else []
    return (
        Message("approval.decides_too", {"people": people}) if people else Message("approval.others_decide")
    )


def _deciding_besides(ctx: Subject, round: ApprovalRound, panel: Panel) -> list[str]:
    """The people who can decide in a panel, and could not when the round was asked for."""
    barred = barred_on(ctx.catalog.item_type(ctx.record.type), ctx.record, f"vote:{round.approval}")
    return sorted(_deciding(ctx, recorded(panel)) - _deciding(ctx, round.ballots) - barred)


def _deciding(ctx: Subject, ballots: Iterable[BallotRecord]) -> frozenset[str]:
    """The people who decide in ballots, if nothing bars them."""
    return frozenset(person for ballot in ballots for person in deciding(ballot, ctx.holders))


def _freed(ctx: Subject, round: ApprovalRound) -> frozenset[str]:
    """Those whom the item, as it would be, bars no longer from a round in which they would be asked.

    Not where all that was approved is fixed by now: another name is a handover, and no way to another decision.
    """
    before, item_type = ctx.unit.as_recorded(ctx.record), ctx.catalog.item_types.get(ctx.record.type)
    if before is None or before.fields is ctx.record.fields or item_type is None or not round.open:
        return frozenset()
    approval = item_type.approval(round.approval)
    if approval is not None and is_fixed(before, item_type, approval):
        return frozenset()
    act = f"vote:{round.approval}"
    freed = barred_on(item_type, before, act) - barred_on(item_type, ctx.record, act)
    return freed & _deciding(ctx, round.ballots) if freed else freed


def is_determined_again(catalog: Catalog, type: str, round: ApprovalRound) -> bool:
    """Whether the panel of a round is determined again, by a function that may read every field of the item."""
    item_type = catalog.item_types.get(type)
    approval = item_type.approval(round.approval) if item_type is not None else None
    if not round.open or approval is None:
        return False
    return _by_facts(approval) or _by_other_rules(catalog, type, round)


def _by_facts(approval: Approval) -> bool:
    return approval.follows_facts and not isinstance(approval.panel, Panel)


def _by_other_rules(catalog: Catalog, type: str, round: ApprovalRound) -> bool:
    return round.rules != catalog.definition(type).hash


def _panel_now(ctx: Subject, approval: Approval, round: ApprovalRound) -> Panel | None:
    """The panel as it would be for this round if it were asked now; `None` if it cannot be determined."""
    own = ctx.without_round(round).speaking_for(method_of(approval.id))
    try:
        return ctx.unit.plugins.call(approval.id, own, lambda seen: panel_of(seen, approval))
    except PluginError:
        _log.exception("the panel of %s on %s cannot be determined", approval.id, ctx.record.key)
        return None


def _put_to(round: ApprovalRound, panel: Panel) -> bool:
    """Whether a round was put to a panel as it is."""
    return (round.ballots, round.ordered, round.combined) == (recorded(panel), panel.ordered, panel.combined)


def _asked(round: ApprovalRound, panel: Panel) -> bool:
    """Whether a round asked everybody whom a panel asks, and those who may refuse it; it may have asked more."""
    if (round.combined and not panel.combined) or (panel.ordered and not round.ordered):
        return False
    left = list(round.ballots)
    for ballot in recorded(panel):
        then = next((each for each in left if _includes(each, ballot)), None)
        if then is None:
            return False
        left.remove(then)
    return True


def _includes(then: BallotRecord, now: BallotRecord) -> bool:
    """Whether a ballot is another one, but for further people whose rejection refuses it."""
    return (
        set(now.veto) <= set(then.veto)
        and set(now.veto_actors) <= set(then.veto_actors)
        and changed(then, veto=now.veto, veto_actors=now.veto_actors) == now
    )
