"""Whether those who were asked for an approval are still those who decide it, under the rules in force.

A round keeps the panel with which it was asked for. A setting that changes who decides, or how many have to
agree, would otherwise leave its mark on decisions after it was put back.
"""

from __future__ import annotations

import logging
from typing import Any, Protocol

from placet.catalog.catalog import Catalog
from placet.definitions.approvals import Approval, Panel
from placet.definitions.document import method_of
from placet.engine.act.plugin_calls import PluginError
from placet.engine.act.records import ApprovalRound, ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.quorum import recorded

_log = logging.getLogger(__name__)


class Subject(Protocol):
    """The context of an item, as far as this module uses it."""

    @property
    def work(self) -> UnitOfWork: ...
    @property
    def catalog(self) -> Catalog: ...
    @property
    def record(self) -> ItemRecord: ...
    def speaking_for(self, method: str) -> Any:
        """The same context with the settings of a method."""
        ...


def panel_of(ctx: Any, approval: Approval) -> Panel:
    """Who decides on the item of a context, which speaks for the approval's method."""
    return approval.panel if isinstance(approval.panel, Panel) else approval.panel(ctx)


def decided_by_others(ctx: Subject, round: ApprovalRound) -> bool:
    """Whether an open round was asked for under other rules, which gave it another panel.

    The panel is determined again only where the rules have changed. One that cannot be determined counts as another.
    """
    item_type = ctx.catalog.item_types.get(ctx.record.type)
    approval = item_type.approval(round.approval) if item_type is not None else None
    if not round.open or approval is None or round.rules == ctx.catalog.definition(ctx.record.type).hash:
        return False
    own = ctx.speaking_for(method_of(approval.id))
    try:
        panel = ctx.work.plugins.call(approval.id, own, lambda seen: panel_of(seen, approval))
    except PluginError:
        _log.exception("the panel of %s on %s cannot be determined", approval.id, ctx.record.key)
        return True
    now = recorded(panel), panel.ordered, panel.combined
    return now != (round.ballots, round.ordered, round.combined)
