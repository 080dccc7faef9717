"""Routes: a project's dashboard, its reports as JSON or Markdown, and the tolerances that are usual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, Protocol
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, Path, Query, Response

from placet import ApprovalStatus, NotFoundError
from placet.api import CurrentActor, CurrentEngine, Responses, Route
from placet_governance.ids import BENEFIT
from placet_prince2.ids import PROJECT, REPORT
from placet_prince2.overview.dashboard import dashboard
from placet_prince2.overview.decisions import ROLES
from placet_prince2.overview.entries import Entry, Project, Record
from placet_prince2.overview.markdown import markdown
from placet_prince2.overview.models import Dashboard, Report, UsualTolerances
from placet_prince2.overview.reports import made
from placet_prince2.overview.usual import part_of, usual_tolerances
from placet_prince2.settings import Prince2Settings

router = APIRouter(tags=["PRINCE2"], route_class=Route)

_METHOD, _MARKDOWN = "prince2", "text/markdown"
ItemPath = Annotated[str, Path(description="Key of the item.", examples=["ACME-12"])]
_FORMS: Responses = {200: {"content": {_MARKDOWN: {"schema": {"type": "string"}}}}}


class _Asked(Protocol):
    """One round of an approval."""

    @property
    def status(self) -> ApprovalStatus: ...
    @property
    def missing(self) -> Sequence[str]: ...


@router.get("/x/prince2/projects/{key}/dashboard", operation_id="get_project_dashboard")
def get_project_dashboard(key: ItemPath, actor: CurrentActor, engine: CurrentEngine) -> Dashboard:
    """Show a project as a whole: stages, tolerances with their lights, exceptions, registers by number, next decisions.

    Items that you may not see are neither shown nor counted.
    """
    root = engine.items.get(actor, key)
    _demand_type(root, PROJECT)
    settings = _settings(engine, root.workspace)
    records = [root, *engine.items.below(actor, key)]
    asked = [each for each in records if any(round.open for round in each.approvals)]
    now = engine.clock.now()
    return dashboard(
        Project.of(key, map(Entry.of, records)),
        now,
        engine.workspaces.calendar(root.workspace).day_of(now),
        engine.items.role_holders(actor, records, ROLES),
        {
            each.item.key: _missing(each.approvals or ())
            for each in engine.reports.details(actor, asked, ["approvals"])
        },
        least=settings.min_npv,
    )


@router.get(
    "/x/prince2/reports/{key}", operation_id="get_project_report", response_model=Report,
    response_description="The report.", responses=_FORMS,
)  # fmt: skip
def get_project_report(
    key: ItemPath,
    actor: CurrentActor,
    engine: CurrentEngine,
    form: Annotated[
        Literal["json", "markdown"] | None, Query(alias="format", description="The form of the report.")
    ] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Report | Response:
    """Read a checkpoint, highlight, end stage, end project or lessons report, made from the project's log.

    An issued report says how everything was when it was issued, a draft how it is now. `format`, or `Accept:
    text/markdown`, gives it as Markdown. Items that you may not see are not in it.
    """
    report = engine.items.get(actor, key)
    _demand_type(report, REPORT)
    settings = _settings(engine, report.workspace)
    root = _root(engine, actor, report)
    keys = [root, *(each.key for each in engine.items.below(actor, root))]
    calendar = engine.workspaces.calendar(report.workspace)
    found = made(
        engine.event_log.of_items(actor, keys), root, key, engine.clock.now(),
        calendar=calendar, least=settings.min_npv,
    )  # fmt: skip
    if (form or ("markdown" if _MARKDOWN in accept else "json")) == "json":
        return found
    return Response(markdown(found, ZoneInfo(calendar.zone)), media_type=_MARKDOWN)


@router.get("/x/prince2/items/{key}/usual-tolerances", operation_id="get_usual_tolerances")
def get_usual_tolerances(key: ItemPath, actor: CurrentActor, engine: CurrentEngine) -> UsualTolerances:
    """Offer the tolerances that are usual in the workspace, for a project, a plan or a work package.

    They aim at the end and the budget that the item has. An aspect without a target says what has to be given first.
    Send them as the item's `tolerances`, as they are or changed.
    """
    item = engine.items.get(actor, key)
    settings, entry = _settings(engine, item.workspace), Entry.of(item)
    part = part_of(entry)
    if part is None:
        raise NotFoundError("project, plan or work package", key)
    root = _project(engine, actor, item)
    benefits = [] if root is None else engine.reports.search(actor, root.key, BENEFIT, project=root.key)
    return usual_tolerances(
        entry, part, None if root is None else Entry.of(root), map(Entry.of, benefits), settings
    )


def _project(engine: CurrentEngine, actor: CurrentActor, item: Record) -> Record | None:
    """The project of an item; `None` for people who do not see it."""
    try:
        return engine.items.get(actor, str(item.fields.get("project") or item.key))
    except NotFoundError:
        return None


def _settings(engine: CurrentEngine, workspace: str) -> Prince2Settings:
    """The settings of a workspace. Raises `NotFoundError` where the method is switched off."""
    found = engine.workspaces.settings(workspace, _METHOD)
    if not isinstance(found, Prince2Settings):
        raise NotFoundError(f"method of {workspace}", _METHOD)
    return found


def _demand_type(item: Record, type: str) -> None:
    if item.type != type:
        raise NotFoundError(type, item.key)


def _root(engine: CurrentEngine, actor: CurrentActor, report: Record) -> str:
    """The project of a report; its own subject for people who only see that."""
    project = report.fields.get("project") or report.key
    try:
        return engine.items.get(actor, project).key
    except NotFoundError:
        return report.parent or report.key


def _missing(rounds: Iterable[_Asked]) -> tuple[str, ...]:
    """Those whose votes an item waits for."""
    pending = [each for each in rounds if each.status is ApprovalStatus.PENDING]
    return tuple(dict.fromkeys(person for each in pending for person in each.missing))
