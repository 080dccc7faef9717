"""`proposals` and `decide` of `placet workspace` and `placet actor`: changes that wait for a second person, by REST."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from placet.cli.calling import call
from placet.cli.options import PAGE, As, Json, Limit
from placet.cli.output import OUT

Workspace = Annotated[str, typer.Argument(help="Key of the workspace, such as OPS.")]


class Decision(StrEnum):
    """The decision on a proposal."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


def proposals(workspace: Workspace, limit: Limit = None, actor: As = None, as_json: Json = False) -> None:
    """List proposed changes of a workspace's rules, the newest first."""
    OUT.as_json = as_json
    _listed(workspace, ("workspaces", workspace), limit, actor)


def offices(limit: Limit = None, actor: As = None, as_json: Json = False) -> None:
    """List proposed offices of the installation, and people to be erased, the newest first."""
    OUT.as_json = as_json
    _listed("the installation", ("installation",), limit, actor)


def _listed(name: str, path: tuple[str, ...], limit: int | None, actor: str | None) -> None:
    page = call("GET", *path, "proposals", actor=actor, params={"limit": limit or PAGE})
    rows = [
        [
            each["id"],
            each["status"],
            each["proposed_by"],
            ", ".join(sorted(each["changes"])),
            each["decided_by"] or ", ".join(each["needs"]),
        ]
        for each in page["proposals"]
    ]
    columns = ["id", "status", "proposed by", "changes", "decided by, or needs"]
    OUT.listed(f"Proposals in {name}", columns, rows, page)


def decide(
    workspace: Workspace,
    proposal: Annotated[str, typer.Argument(help="Id of the proposal.")],
    decision: Annotated[Decision, typer.Argument(help="As a second person; withdraw one's own.")],
    comment: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Approve a proposed change of rules, which applies it, reject it, or withdraw one's own."""
    OUT.as_json = as_json
    _decided(("workspaces", workspace), proposal, decision, comment, actor)


def decide_office(
    proposal: Annotated[str, typer.Argument(help="Id of the proposal.")],
    decision: Annotated[Decision, typer.Argument(help="As another administrator; withdraw one's own.")],
    comment: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Approve an office or the erasing of a person, reject it, or withdraw one's own proposal."""
    OUT.as_json = as_json
    _decided(("installation",), proposal, decision, comment, actor)


def _decided(
    path: tuple[str, ...], proposal: str, decision: Decision, comment: str, actor: str | None
) -> None:
    body = {"decision": decision.value, "comment": comment}
    done = call("POST", *path, "proposals", proposal, actor=actor, body=body)
    OUT.say(f"proposal {done['id']} is {done['status']}", done)
