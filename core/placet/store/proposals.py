"""Queries of proposed changes of rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from placet.engine.act.ports import MovedError
from placet.engine.act.proposals import Proposal, ProposalStatus
from placet.engine.act.queries import Page
from placet.store import cursors
from placet.store.tables import proposals


class SqlProposals:
    """Implements `placet.engine.act.session.Proposals`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def proposal(self, workspace: str, id: str) -> Proposal | None:
        statement = select(proposals).where(proposals.c.workspace == workspace, proposals.c.id == id)
        row = self._connection.execute(statement).first()
        return None if row is None else _proposal(row)

    def page(self, workspace: str, after: str | None, limit: int) -> Page[Proposal]:
        of = cursors.fingerprint("proposals", workspace)
        statement = select(proposals).where(proposals.c.workspace == workspace)
        if after is not None:
            statement = statement.where(proposals.c.id < cursors.decode(after, of, (str,))[0])
        found = self._connection.execute(statement.order_by(proposals.c.id.desc()).limit(limit + 1)).all()
        rows = [_proposal(row) for row in found[:limit]]
        return Page(rows, cursors.encode(of, [rows[-1].id]) if len(found) > limit else None)

    def waiting(self, workspaces: Sequence[str], now: datetime) -> list[Proposal]:
        statement = select(proposals).where(
            proposals.c.workspace.in_(workspaces),
            proposals.c.status == ProposalStatus.OPEN.value,
            proposals.c.expires_at > now,
        )
        return [_proposal(row) for row in self._connection.execute(statement.order_by(proposals.c.id))]

    def add(self, proposal: Proposal) -> None:
        self._connection.execute(insert(proposals), _row(proposal))

    def decide(self, proposal: Proposal) -> None:
        statement = update(proposals).where(
            proposals.c.workspace == proposal.workspace,
            proposals.c.id == proposal.id,
            proposals.c.status == ProposalStatus.OPEN.value,
        )
        decision = {name: _row(proposal)[name] for name in ("status", "decided_by", "decided_at")}
        if self._connection.execute(statement.values(decision)).rowcount != 1:
            raise MovedError([f"proposal:{proposal.id}"], ["proposal"])


def _row(proposal: Proposal) -> dict[str, Any]:
    return {
        "workspace": proposal.workspace,
        "id": proposal.id,
        "proposed_by": proposal.proposed_by,
        "proposed_at": proposal.proposed_at,
        "expires_at": proposal.expires_at,
        "version": proposal.version,
        "digest": proposal.digest,
        "changes": dict(proposal.changes),
        "force": proposal.force,
        "status": proposal.status.value,
        "decided_by": proposal.decided_by,
        "decided_at": proposal.decided_at,
    }


def _proposal(row: Any) -> Proposal:
    return Proposal(**{**row._mapping, "status": ProposalStatus(row.status)})  # noqa: SLF001  # SQLAlchemy's public name
