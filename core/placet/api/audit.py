"""Verification of all that is stored, and signed checkpoints of the log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from placet.api.dependencies import CurrentActor, CurrentAdministrator, CurrentEngine
from placet.api.models.history import (
    Audit,
    AuditKey,
    AuditQuery,
    Checkpoint,
    Checkpoints,
    CheckpointsQuery,
    ConsistencyProof,
    ProofQuery,
)
from placet.api.problems import refused_with
from placet.api.routing import Route

router = APIRouter(tags=["Audit"], route_class=Route)


@router.get("/audit/verify", operation_id="verify_audit", responses=refused_with(404))
def verify_audit(query: Annotated[AuditQuery, Query()], actor: CurrentActor, engine: CurrentEngine) -> Audit:
    """Verify the histories that you may see, and that all that follows from them is stored as they say.

    Every hash is recomputed, and every item replayed from its events and compared with the tables. For administrators
    and auditors of all, without `workspace`, also the installation: people, tokens, positions, checkpoints, stored
    definitions, and files of evidence. A long log can be verified in parts, by `limit` and `after`.
    """
    found = engine.reports.verify(actor, query.workspace, after=query.after, limit=query.limit)
    return Audit.model_validate(found)


@router.get("/audit/checkpoints", operation_id="list_checkpoints", responses=refused_with(409))
def list_checkpoints(
    query: Annotated[CheckpointsQuery, Query()], actor: CurrentActor, engine: CurrentEngine
) -> Checkpoints:
    """List the signed checkpoints of the log; for administrators and auditors of all.

    A webhook for events of kind `checkpoint` gets each new one.
    """
    page = engine.checkpoints.find(actor, after=query.after, limit=query.limit)
    rows = [Checkpoint.model_validate(each) for each in page.rows]
    return Checkpoints(checkpoints=rows, next_cursor=page.next_cursor)


@router.post(
    "/audit/checkpoints", operation_id="make_checkpoint", status_code=201, responses=refused_with(409)
)
def make_checkpoint(actor: CurrentAdministrator, engine: CurrentEngine) -> Checkpoint:
    """Sign the log as it is now; the latest checkpoint again where nothing has happened since."""
    return Checkpoint.model_validate(engine.checkpoints.make(actor))


@router.get(
    "/audit/checkpoints/latest", operation_id="get_latest_checkpoint", responses=refused_with(404, 409)
)
def get_latest_checkpoint(actor: CurrentActor, engine: CurrentEngine) -> Checkpoint:
    """Read the latest checkpoint."""
    return Checkpoint.model_validate(engine.checkpoints.latest(actor))


@router.get("/audit/key", operation_id="get_audit_key", responses=refused_with(409))
def get_audit_key(actor: CurrentActor, engine: CurrentEngine) -> AuditKey:
    """Read the public key by which others verify checkpoints; for administrators and auditors of all."""
    return AuditKey(key=engine.checkpoints.key(actor))


@router.get("/audit/proof", operation_id="get_consistency_proof", responses=refused_with(409))
def get_consistency_proof(
    query: Annotated[ProofQuery, Query()], actor: CurrentActor, engine: CurrentEngine
) -> ConsistencyProof:
    """Prove that the log of a newer checkpoint continues that of an older one."""
    hashes = engine.checkpoints.proof(actor, query.old, query.new)
    return ConsistencyProof(old_size=query.old, new_size=query.new, hashes=hashes)
