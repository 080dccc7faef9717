"""The `placet` program: all its commands, each from the file of its group, and the reports of failures."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Annotated, Any

import typer
from typer.main import get_command

from placet.cli import decisions, items, plugins, proposals, serving
from placet.cli.audit import audit_app
from placet.cli.installation import close_opened, read_settings
from placet.cli.mounting import Program
from placet.cli.output import OUT, RefusedError
from placet.cli.people import actor_app, token_app
from placet.cli.workflows import workflow_app
from placet.cli.workspaces import role_app, workspace_app
from placet.errors import InvalidError, PlacetError

_DATABASE_URL = "PLACET_DATABASE_URL"
#: Of the server that commands speak to.
_SERVER = ("PLACET_URL", "PLACET_TOKEN")

app = typer.Typer(
    name="placet",
    cls=Program,
    help="A governed workflow engine: every move of an item is checked, explained and recorded.",
    no_args_is_help=True,
)
for command in (
    serving.serve,
    serving.worker,
    serving.migrate,
    plugins.check,
    items.transitions,
    items.move,
    items.history,
    items.thread,
    decisions.vote,
    decisions.confirm,
    decisions.ask,
):
    app.command()(command)
workspace_app.command()(proposals.proposals)
workspace_app.command()(proposals.decide)
actor_app.command("proposals")(proposals.offices)
actor_app.command("decide")(proposals.decide_office)
for name, group in (
    ("workspace", workspace_app),
    ("role", role_app),
    ("actor", actor_app),
    ("token", token_app),
    ("plugins", plugins.plugins_app),
    ("workflow", workflow_app),
    ("item", items.item_app),
    ("audit", audit_app),
):
    app.add_typer(group, name=name)


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        OUT.line(f"placet {version('placet')}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    database_url: Annotated[
        str | None,
        typer.Option("--database-url", help="sqlite:///FILE or postgresql://...; else PLACET_DATABASE_URL."),
    ] = None,
    version: Annotated[  # noqa: ARG001  # its callback has done everything
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Set the options of all commands."""
    context.call_on_close(close_opened)
    OUT.debug = debug
    if not debug:
        from placet.cli.logs import briefly

        context.with_resource(briefly())
    if any(name.upper().startswith("PLACET_") for name in os.environ):
        from placet.settings import unknown_variables

        for sentence in unknown_variables(os.environ):
            OUT.refuse(sentence)
    if database_url is not None:
        # The option goes before a server that some variable names.
        os.environ[_DATABASE_URL] = database_url
        for name in _SERVER:
            os.environ.pop(name, None)


@cache
def _program() -> Callable[..., Any]:
    # Not by calling the `Typer`, which would go on handling this process's uncaught errors.
    return get_command(app)


def run(arguments: Sequence[str] | None) -> None:
    """Run a command; a refusal becomes a sentence and an exit code."""
    OUT.as_json = OUT.debug = False
    with _variables_kept():
        try:
            _program()(arguments, prog_name="placet")
        except KeyboardInterrupt:
            sys.exit(130)
        except Exception as error:
            if OUT.debug:
                raise
            OUT.refuse(_in_words(error, sys.argv[1:] if arguments is None else arguments))
            sys.exit(1)


@contextmanager
def _variables_kept() -> Iterator[None]:
    """Restore the variables afterwards that an option sets, for all code that reads settings."""
    before = {name: os.environ.get(name) for name in (_DATABASE_URL, *_SERVER)}
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _in_words(error: Exception, arguments: Sequence[str]) -> str:
    """The failure of a command with these arguments, of a database, a file or the program, as a sentence."""
    from placet.cli.faults import command_of
    from placet.cli.faults import in_words as faults_in_words
    from placet.store.failure_words import in_words

    try:
        url = read_settings().database_url
    except PlacetError:
        url = ""  # they are the refused input
    said = in_words(error, url)
    if said is not None:
        return said
    if isinstance(error, PlacetError):
        faults = error.faults if isinstance(error, InvalidError | RefusedError) else ()
        return faults_in_words(faults, command_of(_program(), arguments)) if faults else str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return (
            f"{error.filename} cannot be used, {error.strerror}: name another path, or make this one usable"
        )
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"the program failed, {what}: run the command again with --debug, and report what it shows"
