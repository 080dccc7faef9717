"""Export of a workspace's log for process mining: it is written into a file, which is then sent.

The client may read as slowly as it likes: by then the view of the store is closed, and its connection returned.
"""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Annotated, BinaryIO, Literal

from fastapi import APIRouter, Query

from placet.api import (
    CurrentActor,
    CurrentEngine,
    FileAnswer,
    InTurn,
    Responses,
    Route,
    WorkspacePath,
    header,
)
from placet_process_mining.answers import Ocel
from placet_process_mining.formats import FORMATS, Format, export
from placet_process_mining.tabular import COLUMNS

router = APIRouter(tags=["Exchange"], route_class=Route)

#: The beginnings of files, by format: whole ones are too long for an example.
_SAMPLES = {
    "ocel2-sqlite": "SQLite format 3\0",
    "xes": (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        '<log xes.version="1849-2016" xes.features="">'
        '<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>'
    ),
    "csv": ",".join(COLUMNS) + "\r\n",
}
_FORMS: Responses = {
    200: {
        "headers": {"Content-Disposition": header("Content-Disposition")},
        "content": {
            FORMATS[id].media_type: {
                "schema": {"type": "string"},
                "examples": {"beginning": {"summary": "The beginning of the file.", "value": sample}},
            }
            for id, sample in _SAMPLES.items()
        },
    }
}


@router.get(
    "/workspaces/{ws}/export", operation_id="export_log", response_model=Ocel, response_description="The log.",
    responses=_FORMS, dependencies=[InTurn],
)  # fmt: skip
def export_log(
    ws: WorkspacePath,
    actor: CurrentActor,
    engine: CurrentEngine,
    form: Annotated[
        Literal["ocel2", "ocel2-sqlite", "xes", "csv"],
        Query(alias="format", description="The form of the export."),
    ] = "ocel2",
) -> FileAnswer:
    """Export the events of a workspace's items for process mining, as of the moment at which the export begins.

    `ocel2` is OCEL 2.0 as JSON and `ocel2-sqlite` as SQLite, `xes` is XES, and `csv` a table with a row for each event.
    The answer begins when the whole log has been read.
    """
    wanted = FORMATS[form]
    file = _written(engine, actor, ws, wanted)
    return FileAnswer(
        file, {"Content-Disposition": f'attachment; filename="{ws}{wanted.suffix}"'}, wanted.media_type
    )


def _written(engine: CurrentEngine, actor: CurrentActor, ws: str, form: Format) -> BinaryIO:
    """The export as an unnamed file, at its beginning."""
    file = TemporaryFile()  # noqa: SIM115  # closed after sending
    try:
        with engine.event_log.of_workspace(actor, ws) as log:
            export(log, form, file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file
