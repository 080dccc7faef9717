"""`placet vote`, `confirm` and `ask`: decisions of people, and requests to them, by the REST contract."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from placet.cli.calling import call
from placet.cli.options import As, Json
from placet.cli.output import OUT

Key = Annotated[str, typer.Argument(help="Key, such as OPS-12.")]
Comment = Annotated[str, typer.Option(help="Why, for the record.")]
Version = Annotated[
    int | None,
    typer.Option("--version", help="The version that was read; refused if the item has changed since."),
]


class Vote(StrEnum):
    """A vote."""

    APPROVE = "approve"
    REJECT = "reject"
    ABSTAIN = "abstain"


class Answer(StrEnum):
    """An answer of the one who is named."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    TAKE_BACK = "take_back"


def vote(
    key: Key,
    approval: Annotated[str, typer.Argument(help="Id of the approval, METHOD.NAME.")],
    decision: Annotated[Vote, typer.Argument(help="The vote.")],
    comment: Comment = "",
    on_behalf_of: Annotated[
        str | None,
        typer.Option(help="The person who has delegated the vote."),
    ] = None,
    version: Version = None,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Vote on an approval of an item."""
    OUT.as_json = as_json
    body = {"decision": decision.value, "comment": comment, "on_behalf_of": on_behalf_of}
    item = call("POST", "items", key, "approvals", approval, actor=actor, headers=_at(version), body=body)
    [round] = [each for each in item["approvals"] if each["approval"] == approval]
    OUT.say(f"{approval} of {key} is {round['status']}: {round['summary']}", item)


def confirm(
    key: Key,
    confirmation: Annotated[str, typer.Argument(help="Id of the confirmation, METHOD.NAME.")],
    answer: Annotated[Answer, typer.Argument(help="The answer, as the one who is named.")] = Answer.CONFIRM,
    comment: Comment = "",
    version: Version = None,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Confirm or decline what you are named for, or take your answer back."""
    OUT.as_json = as_json
    path = ("items", key, "confirmations", confirmation)
    if answer is Answer.TAKE_BACK:
        item = call("DELETE", *path, actor=actor, headers=_at(version))
    else:
        body = {"decision": answer.value, "comment": comment}
        item = call("PUT", *path, actor=actor, headers=_at(version), body=body)
    own = call("GET", *path, actor=actor)
    OUT.say(f"{confirmation} of {key} is {own['status']} by {own['actor']}", item)


def ask(
    key: Key,
    check: Annotated[str, typer.Argument(help="Id of the check, or role or segregation.")],
    to: Annotated[str, typer.Argument(help="Who is asked.")],
    comment: Comment = "",
    until: Annotated[
        str | None,
        typer.Option(
            help="The end of the request, such as 2026-03-09T17:00:00Z; in seven days unless given."
        ),
    ] = None,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Ask somebody to clear a check that blocks an item."""
    OUT.as_json = as_json
    body = {"check": check, "to": to, "comment": comment, "expires_at": until}
    event = call("POST", "items", key, "asks", actor=actor, body=body)
    OUT.say(f"{to} is asked to clear {check} of {key}", event)


def _at(version: int | None) -> dict[str, str]:
    """The header for an act on a version of the item, and on no other."""
    return {} if version is None else {"If-Match": f'"{version}"'}
