"""Models of proposed changes of rules."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi.responses import JSONResponse
from pydantic import Field

from placet.api.models.base import (
    PAGE,
    Answer,
    Body,
    Comment,
    Cursor,
    Limit,
    Moment,
    Paged,
    Parameters,
    WorkspaceKey,
)
from placet.engine.act import proposals
from placet.engine.act.proposals import ProposalStatus


class ProposalsQuery(Parameters):
    """A page of proposals."""

    limit: Limit = PAGE
    cursor: Cursor | None = None


class ProposalDecision(Body):
    """A decision on a proposal: as a second person, or `withdraw` on one's own."""

    decision: Literal["approve", "reject", "withdraw"]
    comment: Comment = ""


class Proposal(Answer):
    """A change that needs a second person, of a workspace or of the installation; it is applied exactly as proposed."""

    id: str
    workspace: Annotated[
        WorkspaceKey | Literal["installation"],
        Field(
            description="Its key; `installation` for an office of the installation, or the erasing of a person."
        ),
    ]
    status: Annotated[
        ProposalStatus,
        Field(
            description="`stale` once the rules have changed since it was made, so that it cannot be applied."
        ),
    ]
    digest: Annotated[
        str, Field(description="SHA-256 of the change and of the configuration to which it applies, in hex.")
    ]
    version: Annotated[int, Field(description="Version of the workspace on which it was made.")]
    changes: Annotated[
        dict[str, list[Any]],
        Field(description="The changed parts of the configuration: `[before, after]` of each."),
    ]
    force: Annotated[bool, Field(description="Whether it is applied even if items become stranded.")]
    needs: Annotated[
        list[str],
        Field(description="Who may decide it, besides its proposer: `administrator`, and ids of roles."),
    ]
    proposed_by: str
    proposed_at: Moment
    expires_at: Moment
    decided_by: str | None
    decided_at: Moment | None


class Proposals(Paged):
    """A page of proposals, the newest first."""

    proposals: list[Proposal]


#: The response of an operation that can become a proposal.
PROPOSED: dict[int | str, dict[str, Any]] = {
    202: {"model": Proposal, "description": "The proposal; nothing is changed yet."}
}


def proposed(found: proposals.Proposal) -> JSONResponse:
    """The answer to a request that is a proposal now: nothing is done yet."""
    return JSONResponse(Proposal.model_validate(found).model_dump(mode="json"), 202)
