"""Proposed changes of rules, and the decisions on them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from placet.api.dependencies import (
    CurrentActor,
    CurrentAdministrator,
    CurrentEngine,
    ProposalPath,
    WorkspacePath,
)
from placet.api.models.proposals import Proposal, ProposalDecision, Proposals, ProposalsQuery
from placet.api.problems import refused_with
from placet.api.routing import Route

router = APIRouter(tags=["Workspaces"], route_class=Route)


@router.get("/workspaces/{ws}/proposals", operation_id="list_proposals")
def list_proposals(
    ws: WorkspacePath, query: Annotated[ProposalsQuery, Query()], actor: CurrentActor, engine: CurrentEngine
) -> Proposals:
    """List the proposed changes of a workspace's rules, decided ones too, the newest first."""
    page = engine.proposals.find(actor, ws, after=query.cursor, limit=query.limit)
    return Proposals.model_validate({"proposals": page.rows, "next_cursor": page.next_cursor})


@router.post(
    "/workspaces/{ws}/proposals/{proposal}", operation_id="decide_proposal", responses=refused_with(409)
)
def decide_proposal(
    ws: WorkspacePath,
    proposal: ProposalPath,
    wish: ProposalDecision,
    actor: CurrentActor,
    engine: CurrentEngine,
) -> Proposal:
    """Approve a proposed change, which applies it, or reject it, as a second person; or withdraw your own."""
    decided = engine.proposals.decide(actor, ws, proposal, wish.decision, comment=wish.comment)
    return Proposal.model_validate(decided)


@router.get("/installation/proposals", operation_id="list_installation_proposals", tags=["People"])
def list_installation_proposals(
    query: Annotated[ProposalsQuery, Query()], actor: CurrentActor, engine: CurrentEngine
) -> Proposals:
    """List the proposed offices and erasures of people, decided ones too, the newest first.

    For administrators and auditors of all. There are some only where the installation requires `two_administrators`.
    """
    page = engine.offices.find(actor, after=query.cursor, limit=query.limit)
    return Proposals.model_validate({"proposals": page.rows, "next_cursor": page.next_cursor})


@router.post(
    "/installation/proposals/{proposal}", operation_id="decide_installation_proposal", tags=["People"],
    responses=refused_with(409),
)  # fmt: skip
def decide_installation_proposal(
    proposal: ProposalPath, wish: ProposalDecision, actor: CurrentAdministrator, engine: CurrentEngine
) -> Proposal:
    """Approve an office or the erasing of a person, or reject it, as another administrator; or withdraw your own."""
    decided = engine.offices.decide(actor, proposal, wish.decision, comment=wish.comment)
    return Proposal.model_validate(decided)
