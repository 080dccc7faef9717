"""Commands: `placet export` and `placet replay`.

Each command does its imports when it runs, so that its help is fast.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from placet import InvalidError, MalformedError, PlacetError
from placet.cli import OUT, Json, WorkspaceOption, progress, workflow_of, workspace_log

if TYPE_CHECKING:
    from placet_process_mining.replay import Report

#: Pairs of states that are shown by default.
_PAIRS = 20

app = typer.Typer(
    help="Export the log for process mining, and check foreign logs against workflows.", no_args_is_help=True
)


@app.command()
def export(
    workspace: Annotated[str, typer.Option("--workspace", help="Key of the workspace.")],
    format: Annotated[str, typer.Option("--format", help="ocel2, ocel2-sqlite, xes or csv.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", help="The file to write; standard output if left out."),
    ] = None,
) -> None:
    """Export a workspace's log for process mining."""
    from placet.errors import NotFoundError
    from placet_process_mining.formats import export as write
    from placet_process_mining.formats import export_file, format_of

    try:
        chosen = format_of(format)
    except NotFoundError as error:
        raise typer.BadParameter(str(error), param_hint="--format") from error
    if output is None and chosen.binary and sys.stdout.isatty():
        raise typer.BadParameter(f"{format} cannot be read on a terminal: name a file with --output")
    try:
        with (
            progress(f"exporting {workspace}") as show,
            workspace_log(workspace, lambda read: show(read / chosen.passes)) as log,
        ):
            if output is None:
                write(log, chosen, sys.stdout.buffer)
            else:
                export_file(log, chosen, output)
    except OSError as error:
        raise PlacetError(f"{output or 'standard output'} cannot be written: {error.strerror}") from error
    if output is not None:
        OUT.note(f"wrote {output}")


@app.command()
def replay(
    log: Annotated[Path, typer.Argument(help="CSV, XES or OCEL 2.0; the first two and JSON also as .gz.")],
    workflow: Annotated[str, typer.Option("--workflow", help="Id, such as itil.change.")],
    map: Annotated[
        Path, typer.Option("--map", help="A TOML file with the meaning of the log's columns and words.")
    ],
    workspace: WorkspaceOption = None,
    tolerate: Annotated[
        bool, typer.Option("--tolerate", help="Count rows that cannot be read instead of refusing the log.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", help="Refused pairs to show.", min=1)] = _PAIRS,
    as_json: Json = False,
) -> None:
    """Check a foreign log against a workflow: as its method defines it, or as a workspace composes it."""
    from placet_process_mining.mapping import read_map
    from placet_process_mining.replay import replay as held

    OUT.as_json = as_json
    definition = workflow_of(workflow, workspace)
    try:
        mapping = read_map(map)
        with progress(f"replaying {log.name}") as show:
            report = held(log, definition, mapping, tolerate=tolerate, progress=show)
    except InvalidError as unfit:
        faults = "; ".join(
            f"{fault.pointer[1:].replace('/', '.')}: {fault.message}" for fault in unfit.faults
        )
        raise MalformedError(f"the map {map} does not fit: {faults}") from unfit
    _show(report, limit)


def _show(report: Report, limit: int) -> None:
    from dataclasses import asdict

    if OUT.as_json:
        shares = {"legal_step_share": report.legal_step_share, "legal_case_share": report.legal_case_share}
        OUT.json({**asdict(report), **shares})
        return
    OUT.line(f"{report.rows:,} rows, {report.ignored:,} of them ignored")
    share = report.legal_step_share
    of_steps = "" if share is None else f" ({share:.2%})"
    OUT.line(
        f"{report.legal_steps:,} of {report.steps:,} steps are legal{of_steps}, "
        f"and {report.legal_cases:,} of {report.cases:,} cases ({report.legal_case_share:.2%})"
    )
    if report.refused:
        shown = report.refused[:limit]
        title = f"Refused: {len(shown)} of {len(report.refused)} pairs"
        rows = [[p.source, p.target, f"{p.count:,}", p.case, p.place] for p in shown]
        OUT.table(title, ["from", "to", "steps", "first case", "at"], rows, None)
    for title, counts in (
        ("Last states of cases", report.ends),
        ("Cases that began in a later state", report.began_later),
    ):
        if counts:
            OUT.table(title, ["state", "cases"], [[state, f"{n:,}"] for state, n in counts.items()], None)
    if report.tolerated:
        rows = [[t.reason, f"{t.count:,}", t.place, t.message] for t in report.tolerated]
        OUT.table("Tolerated", ["reason", "rows", "first at", "what"], rows, None)
