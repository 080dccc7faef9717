"""`placet audit`: whether the record is intact, and checkpoints that prove it elsewhere."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from placet.cli.installation import application
from placet.cli.options import Json, WorkspaceOption
from placet.cli.output import OUT
from placet.errors import ConflictError, InvalidError

if TYPE_CHECKING:
    from placet.engine.reports.audit import Audit

#: Events read at a time.
_BATCH = 500
#: Seconds between two lines about the progress of a verification.
_EVERY = 5.0

KeyOption = Annotated[
    str | None,
    typer.Option(
        "--key", help="The public key, or a file that has it; that of this installation if left out."
    ),
]

audit_app = typer.Typer(help="The record, and whether it is intact.", no_args_is_help=True)


@audit_app.command("verify")
def audit_verify(
    workspace: WorkspaceOption = None,
    after: Annotated[
        str | None,
        typer.Option("--after", help="Go on from where another run was stopped, as it reported."),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option("--checkpoint", help="A checkpoint that was kept elsewhere; compares the log with it."),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export", help="With --checkpoint: an export to compare; with --key too, without a database."
        ),
    ] = None,
    key: KeyOption = None,
    as_json: Json = False,
) -> None:
    """Verify that all that is stored is what the log says, and that the log is what was hashed and signed.

    Each finding is shown at once. Where it is stopped, the last line on standard error says how to go on. With
    --checkpoint it compares the log up to there with the checkpoint instead, or an export of it.
    """
    OUT.as_json = as_json
    if checkpoint is None:
        for name, given in (("--export", export), ("--key", key)):
            if given is not None:
                raise typer.BadParameter(f"{name} is for comparing with a checkpoint: give --checkpoint too")
        _verify(workspace, after)
    elif workspace is not None or after is not None:
        raise typer.BadParameter("a checkpoint is of the whole log: leave out --workspace and --after")
    elif export is None:
        _compare(checkpoint, key)
    else:
        _prove(checkpoint, export, key)


def _verify(workspace: str | None, after: str | None) -> None:
    from dataclasses import asdict

    from placet.engine.engine import SYSTEM_ACTOR

    shown = Shown(workspace)
    audit = application().engine.reports.verify(SYSTEM_ACTOR, workspace, after=after, on_progress=shown.batch)
    data = asdict(audit)
    for name in ("next_cursor", "subjects"):
        data.pop(name)
    if audit.ok:
        OUT.say(f"{audit.events} events, all intact{'' if after is None else ' from there on'}", data)
        return
    shown.found(audit)
    if OUT.as_json:
        OUT.json(data)
    elif audit.found > len(audit.findings):
        OUT.line(f"and {audit.found - len(audit.findings)} more")
    raise typer.Exit(1)


class Shown:
    """Shows a verification under way: each finding at once, as it may be stopped, and the progress now and then."""

    def __init__(self, workspace: str | None) -> None:
        self._only = "" if workspace is None else f" --workspace {workspace}"
        self._next = time.monotonic() + _EVERY
        #: The number of findings that were shown.
        self._shown = 0

    def batch(self, audit: Audit) -> None:
        """Show what a batch has found, how far it is, and how to go on from there."""
        self.found(audit)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            again = f"placet audit verify{self._only} --after {audit.next_cursor}"
            OUT.note(f"{audit.events} events so far; to go on from here: {again}")

    def found(self, audit: Audit) -> None:
        """Show the findings that were not shown yet; where the result is JSON, on standard error."""
        for each in audit.findings[self._shown :]:
            said = f"{each.key}, event {each.seq}: {each.reason}"
            if OUT.as_json:
                OUT.note(said)
            else:
                OUT.line(said)
        self._shown = len(audit.findings)
        sys.stdout.flush()


def _compare(checkpoint: Path, key: str | None) -> None:
    """Compare a checkpoint with the log of this installation."""
    from placet.engine.engine import SYSTEM_ACTOR

    found = application().engine.checkpoints.compare(
        SYSTEM_ACTOR, _text(checkpoint, "/checkpoint"), _key(key)
    )
    OUT.say(
        f"the first {found.size} events are those of the checkpoint of {found.time}",
        {"ok": True, "size": found.size, "root": found.root, "time": found.time},
    )


def _prove(checkpoint: Path, export: Path, key: str | None) -> None:
    """Compare a checkpoint with an export, by nothing but the public key."""
    from placet.verify_export import (
        VerificationError,
        demand_export,
        demand_signed,
        parse_checkpoint,
        parse_key,
        said,
    )

    known = _key(key)
    if known is None:
        from placet.engine.engine import SYSTEM_ACTOR

        known = application().engine.checkpoints.key(SYSTEM_ACTOR)
    try:
        signed = parse_checkpoint(_text(checkpoint, "/checkpoint"))
        demand_signed(signed, parse_key(known))
        with export.open(encoding="utf-8", newline="\n") as lines:
            proved = demand_export(lines, signed)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidError.at("/export", f"{export} cannot be read: {_cause(error)}") from error
    except VerificationError as error:
        raise ConflictError(f"not proved: {error}") from error
    OUT.say(
        "\n".join(said(proved, signed)),
        {
            "ok": True, "events": proved.events, "size": proved.covered, "time": signed.time,
            "missing_texts": proved.missing, "erased_texts": proved.erased,
        },
    )  # fmt: skip


@audit_app.command("checkpoint")
def audit_checkpoint(
    latest: Annotated[bool, typer.Option("--latest", help="Only print the latest one.")] = False,
    as_json: Json = False,
) -> None:
    """Sign the log as it is now, and print the checkpoint: keep it elsewhere.

    Where nothing has happened since the latest one, that one is printed again.
    """
    from dataclasses import asdict

    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    checkpoints = application().engine.checkpoints
    found = checkpoints.latest(SYSTEM_ACTOR) if latest else checkpoints.make(SYSTEM_ACTOR)
    OUT.say(found.note.rstrip("\n"), asdict(found))


@audit_app.command("key")
def audit_key() -> None:
    """Print the public key of checkpoints, by which others verify them."""
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.line(application().engine.checkpoints.key(SYSTEM_ACTOR))


@audit_app.command("export")
def audit_export(
    until: Annotated[
        int | None,
        typer.Option("--until", help="The last position; the end of the log if left out.", min=1),
    ] = None,
) -> None:
    """Print every event as it was hashed, one line of JSON each, in order of position."""
    import orjson

    from placet.engine.engine import SYSTEM_ACTOR

    for line in application().engine.checkpoints.export(SYSTEM_ACTOR, until):
        OUT.line(orjson.dumps(line).decode())


@audit_app.command("proof")
def audit_proof(
    old: Annotated[int, typer.Argument(help="Size of the older checkpoint.", min=1)],
    new: Annotated[int, typer.Argument(help="Size of the newer checkpoint.", min=1)],
) -> None:
    """Print the proof, as JSON, that the log of a newer checkpoint continues that of an older one (RFC 9162)."""
    from placet.engine.engine import SYSTEM_ACTOR

    hashes = application().engine.checkpoints.proof(SYSTEM_ACTOR, old, new)
    OUT.json({"old_size": old, "new_size": new, "hashes": hashes})


def _cause(error: OSError | UnicodeDecodeError) -> str:
    """`No such file or directory`, without the number that the operating system has for it."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _text(file: Path, pointer: str) -> str:
    from placet.verify_export import VerificationError, read_exactly

    try:
        return read_exactly(file)
    except VerificationError as error:
        raise InvalidError.at(pointer, str(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidError.at(pointer, f"{file} cannot be read: {_cause(error)}") from error


def _key(given: str | None) -> str | None:
    """A public key, given as it is or as the name of a file."""
    return _text(Path(given), "/key") if given is not None and Path(given).is_file() else given


@audit_app.command("installation")
def audit_installation(
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", help="Only events of this kind, such as token_issued; may be repeated."),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the installation's own history: actors, tokens, delegations, webhooks, plugins and restored backups."""
    from placet.engine.act.event_document import event_document
    from placet.engine.engine import SYSTEM_ACTOR

    OUT.as_json = as_json
    engine = application().engine
    found: list[Any] = []
    after: str | None = None
    while True:
        page = engine.installation.events(SYSTEM_ACTOR, kinds=kind or (), after=after, limit=_BATCH)
        found += page.rows
        after = page.next_cursor
        if len(page.rows) < _BATCH:
            break
    about = ("person", "token", "invitation", "delegation", "webhook", "delivery", "epoch")
    rows = [
        [e.seq, e.at, e.actor, e.kind, ", ".join(f"{n} {e.data[n]}" for n in about if n in e.data)]
        for e in found
    ]
    data = [event_document(each) for each in found]
    OUT.listed("The installation", ["number", "at", "actor", "kind", "about"], rows, data, total=len(found))
