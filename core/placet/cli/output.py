"""The output of commands: tables for people, JSON for programs; all but results goes to standard error."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from placet.definitions.wording import AS_KEPT, number_of
from placet.errors import Fault, PlacetError

if TYPE_CHECKING:
    from placet.engine.act.proposals import Proposal

#: The detail of a refusal by rules: how many checks block it, and all that is said about them.
_REASONS = re.compile(r"^(.*? is blocked by \d+ checks?): .*", re.DOTALL)
#: Columns that are wide enough for any row.
_ENDLESS = 100_000


def _written(value: object) -> str:
    """A value that JSON does not know: a moment as RFC 3339 writes it, anything else as text."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _shown(cell: object) -> str:
    """The text of a cell: a moment to the minute in UTC, and nothing for `None`."""
    if isinstance(cell, datetime):
        return AS_KEPT.say("moment", cell.astimezone(UTC))
    return "" if cell is None else str(cell)


class Output:
    """The output of a command, and its form."""

    def __init__(self) -> None:
        self.as_json = False
        self.debug = False

    def table(
        self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], data: object
    ) -> None:
        """Rows for people, or the same as JSON.

        Values are shown as they are: brackets in a title are not markup, and nothing is cut. On a terminal long values
        are wrapped; elsewhere each line is as long as necessary, so that ids can be searched. Without rows there is
        only the title.
        """
        if self.as_json:
            self.json(data)
            return
        if not rows:
            self.line(title)
            return
        from rich.console import Console
        from rich.measure import Measurement
        from rich.table import Table
        from rich.text import Text

        table = Table(header_style="bold")
        for column in columns:
            table.add_column(Text(column), overflow="fold")
        for row in rows:
            table.add_row(*(Text(_shown(cell)) for cell in row))
        console = Console()
        if not console.is_terminal:
            endless = console.options.update(width=_ENDLESS)
            console.width = max(Measurement.get(console, endless, table).maximum, Text(title).cell_len)
        console.print(Text(title, style="italic"))
        console.print(table)

    def listed(
        self,
        what: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[object]],
        data: object,
        *,
        total: int | None = None,
    ) -> None:
        """A list with the number of rows shown, and how to see the rest."""
        total = len(rows) if total is None else total
        self.table(f"{what}: {len(rows)} of {total}" if total else f"{what}: none", columns, rows, data)
        if len(rows) < total and not self.as_json:
            self.note(f"{total - len(rows)} more: --all shows them too, and --limit another number")

    def findings(
        self, checked: str, columns: Sequence[str], rows: Sequence[Sequence[object]], data: object
    ) -> None:
        """The findings about something that was checked; without any, a sentence that says so."""
        title = f"{number_of(len(rows), 'finding')} in {checked}"
        self.table(title if rows else f"Nothing found in {checked}", columns, rows, data)

    def json(self, data: object) -> None:
        """One JSON document."""
        sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, default=_written) + "\n")

    def line(self, text: str) -> None:
        """One line of the answer."""
        sys.stdout.write(text + "\n")

    def say(self, text: str, data: object) -> None:
        """A sentence for people, or the same as JSON."""
        if self.as_json:
            self.json(data)
        else:
            self.line(text)

    def note(self, text: str) -> None:
        """A remark on standard error."""
        sys.stderr.write(text + "\n")

    def refuse(self, why: str) -> None:
        """A refusal, in plain sentences."""
        self.note(f"placet: {why}")


class RefusedError(PlacetError):
    """A refusal of a server."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.problem = problem
        #: The faults of the input, if it was refused for them.
        self.faults = tuple(Fault(each["pointer"], each["message"]) for each in problem.get("errors", ()))
        parts = [str(problem.get("detail") or problem.get("title"))]
        if problem.get("blockers"):
            # The reasons follow line by line, each with its remedy.
            parts = [_REASONS.sub(r"\1", parts[0])]
        parts += [f"  {b['gate']}: {b['message']}\n    -> {b['remedy']}" for b in problem.get("blockers", ())]
        super().__init__("\n".join(parts))


#: The single output of the process; options configure it before a command runs.
OUT = Output()


def say_proposed(proposal: Proposal) -> None:
    """Say that a change waits for a second person now."""
    document = {"id": proposal.id, "digest": proposal.digest, "needs": list(proposal.needs)}
    needs = " or ".join(proposal.needs)
    OUT.say(f"proposed as {proposal.id}: it needs a second person, {needs}", document)
