"""Reports as Markdown, for people who decide: what is out of line first, and everything in sentences and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from placet_prince2.overview.models import (
    ExceptionLine,
    IssueLine,
    ItemLine,
    Report,
    RiskLine,
    ToleranceLine,
)

_TITLES = {
    "checkpoint": "Checkpoint report",
    "highlight": "Highlight report",
    "end_stage": "End stage report",
    "end_project": "End project report",
    "lessons": "Lessons report",
}
_EMPTY = "None."
Line = TypeVar("Line", bound=ItemLine)


def markdown(report: Report, zone: ZoneInfo) -> str:
    """A report as Markdown, with days and times in the zone of the workspace."""
    parts = [part for section in _SECTIONS[report.kind] for part in section(report)]
    return "\n\n".join([*_heading(report, zone), *parts]) + "\n"


def _heading(report: Report, zone: ZoneInfo) -> Iterator[str]:
    yield f"# {_TITLES[report.kind]}: {_text(report.subject.title)}"
    since = "the beginning" if report.since is None else _moment(report.since, zone)
    status = "Issued" if report.issued else "Draft, as of"
    yield "  \n".join(
        [
            f"Project: {_text(report.project.title)} ({report.project.key})",
            f"Report: {report.key}",
            f"Period: from {since}",
            f"{status}: {_moment(report.as_of, zone)}",
        ]
    )


def _tolerances(report: Report) -> Iterator[str]:
    yield "## Performance against tolerances"
    for part in report.parts:
        yield f"### {_named(part)}: {_light(part.light)}"
        if part.tolerances:
            yield _table(
                ["Aspect", "Target", "Forecast", "Deviation", "Permitted", "Used", "Light"],
                map(_tolerance_row, part.tolerances),
            )
        else:
            yield "No tolerances are set."


def _tolerance_row(line: ToleranceLine) -> list[str]:
    aspect = line.aspect if line.indicator is None else f"{line.aspect} ({line.indicator})"
    if line.deviation is None:
        return [aspect, f"{_figure(line.target)} {line.unit}", "not forecast", "", "", "", ""]
    return [
        aspect,
        f"{_figure(line.target)} {line.unit}",
        _figure(line.forecast),
        _signed(line.deviation),
        f"-{_figure(line.limit_lower)} / +{_figure(line.limit_upper)}",
        "beyond 0" if line.used_percent is None else f"{line.used_percent} %",
        _light(line.light) + (f": {', '.join(line.because)}" if line.because else ""),
    ]


def _costs(report: Report) -> Iterator[str]:
    yield "## Cost and time"
    yield _table(
        ["Part", "State", "Budget", "Spent", "Forecast", "Planned end", "Forecast end"],
        (
            [
                _named(part), part.state, _figure(part.budget), _figure(part.actual_cost),
                _figure(part.forecast_cost), _figure(part.planned_end), _figure(part.forecast_end),
            ]
            for part in report.parts
        ),
    )  # fmt: skip
    earned = report.earned_value
    if earned is not None:
        yield (
            f"Earned value: {earned.earned} of {earned.budget}, planned by now {earned.planned}, spent {earned.spent}. "
            f"Cost performance {_figure(earned.cost_performance)}, schedule performance "
            f"{_figure(earned.schedule_performance)}."
        )


def _products(report: Report) -> Iterator[str]:
    yield "## Products"
    yield from _list("Completed in this period", report.products_done, _named)
    yield from _list("In work", report.products_next, _named)
    figures = report.quality
    yield (
        f"Quality activities: {figures.passed} passed, {figures.failed} failed, {figures.outstanding} outstanding."
    )


def _exceptions(report: Report) -> Iterator[str]:
    yield from _list("Exceptions", report.exceptions, _exception, level=2)


def _exception(line: ExceptionLine) -> str:
    breaches = "; ".join(
        f"{b.aspect} {_signed(b.deviation)} {b.unit} ({_figure(b.limit)} permitted)" for b in line.breaches
    )
    decided = f"; decided: {_words(line.decision)}" if line.decision else ""
    return f"{_named(line)}, {_words(line.state)}: {breaches or 'no breach named'}{decided}"


def _issues(report: Report) -> Iterator[str]:
    yield "## Issues and changes"
    yield from _list("Raised in this period", report.issues_raised, _issue)
    yield from _list("Decided in this period", report.issues_decided, _issue)
    yield from _list("Open", report.issues_open, _issue)
    if report.change_budget is not None:
        budget = report.change_budget
        yield f"Change budget: {budget.used} of {budget.budget} used, {budget.left} left."


def _issue(line: IssueLine) -> str:
    cost = f", cost {line.cost_impact}" if line.cost_impact else ""
    decided = f", {_words(line.decision)} by {line.decided_by}" if line.decision else ""
    severity = f", severity {line.severity}" if line.severity else ""
    return f"{_named(line)} ({_words(line.kind)}{severity}{cost}): {_words(line.state)}{decided}"


def _risks(report: Report) -> Iterator[str]:
    yield "## Risks"
    limit = (
        f" against a risk budget of {report.risk.risk_budget}" if report.risk.risk_budget is not None else ""
    )
    yield f"{report.risk.open_threats} open threats with an exposure of {report.risk.exposure}{limit}."
    yield from _list("New in this period", report.risks_new, _risk)
    yield from _list("Open threats, the most expensive first", report.risks_open, _risk)


def _risk(line: RiskLine) -> str:
    score = f", score {line.score}" if line.score else ""
    exposure = f", exposure {line.exposure}" if line.exposure is not None else ""
    owner = f", owner {line.owner}" if line.owner else ""
    return f"{_named(line)} ({line.kind}{score}{exposure}{owner}): {_words(line.state)}"


def _case(report: Report) -> Iterator[str]:
    yield "## Business case"
    found = report.business_case
    if found is None:
        yield "The project has no business case."
        return
    payback = "no payback" if found.payback_years is None else f"payback in {found.payback_years} years"
    yield (
        f"{_named(found)}, {_words(found.state)}: net present value {_figure(found.npv)}, return on investment "
        f"{_figure(found.roi_percent)} %, {payback}."
    )
    if found.benefit_margin is not None and found.cost_margin is not None:
        yield (
            f"It stands until benefits fall by {found.benefit_margin} % or costs rise by {found.cost_margin} %."
        )
    if found.scenarios:
        rows = ([each.name, str(each.npv)] for each in found.scenarios)
        yield _table(["If", "Net present value"], rows)


def _benefits(report: Report) -> Iterator[str]:
    yield "## Benefits"
    if not report.benefits:
        yield _EMPTY
        return
    yield _table(
        ["Benefit", "State", "Target", "Forecast", "Reached", "Unit"],
        (
            [
                _named(line), _words(line.state), _figure(line.target_value), _figure(line.forecast_value),
                _figure(line.actual_value), _text(line.unit or ""),
            ]
            for line in report.benefits
        ),
    )  # fmt: skip


def _lessons(report: Report) -> Iterator[str]:
    yield from _list(
        "Lessons",
        report.lessons,
        lambda line: f"{_named(line)}, {_words(line.state)}: {_text(line.recommendation)}",
        level=2,
    )


def _summaries(report: Report) -> Iterator[str]:
    said = {
        "Issues and risks in summary": report.issues_risks_summary,
        "Lessons in summary": report.lessons_summary,
        "Outlook": report.outlook,
    }
    for title, text in said.items():
        if text:
            yield f"## {title}"
            yield _quoted(text)


Section = Callable[[Report], Iterator[str]]
_SECTIONS: dict[str, Sequence[Section]] = {
    "checkpoint": (_summaries, _tolerances, _costs, _products, _issues),
    "highlight": (_exceptions, _summaries, _tolerances, _costs, _products, _issues, _risks, _case, _lessons),
    "end_stage": (
        _exceptions, _summaries, _tolerances, _costs, _products, _issues, _risks, _case, _benefits, _lessons,
    ),
    "end_project": (
        _summaries, _tolerances, _costs, _case, _benefits, _products, _exceptions, _issues, _risks, _lessons,
    ),
    "lessons": (_summaries, _lessons),
}  # fmt: skip


# Words and figures


def _list(title: str, lines: Sequence[Line], said: Callable[[Line], str], *, level: int = 3) -> Iterator[str]:
    yield f"{'#' * level} {title}"
    yield "\n".join(f"- {said(line)}" for line in lines) if lines else _EMPTY


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _named(line: ItemLine) -> str:
    return f"{line.key} {_text(line.title)}"


def _text(said: str) -> str:
    """Typed text inside a line: without line ends, and without a meaning for Markdown."""
    escaped = "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in said)
    return " ".join(escaped.split())


def _quoted(said: str) -> str:
    """Typed text as a quotation, line by line."""
    return "\n".join(f"> {_text(line)}".rstrip() for line in said.splitlines())


def _words(id: str | None) -> str:
    return (id or "").replace("_", " ")


def _light(light: str | None) -> str:
    return "not forecast" if light is None else light.upper()


def _figure(value: Decimal | date | None) -> str:
    if value is None:
        return "-"
    return str(value)


def _signed(deviation: Decimal) -> str:
    return f"{deviation:+f}"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
