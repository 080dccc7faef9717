"""The parts of a pack as definitions of Placet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Any

from pydantic import Field, ValidationError, create_model

from placet import (
    Approval,
    Ballot,
    Check,
    CheckContext,
    Duty,
    Gate,
    NotificationRule,
    Panel,
    Quorum,
    Role,
    Settings,
    Span,
    Target,
    Threshold,
    Timer,
    Until,
    Verdict,
    blocked,
    business,
    elapsed,
    faults_in,
    nearest,
    passed,
)
from placet.errors import DefinitionError
from placet_packs.expressions import EmptyError, Scope, value_of
from placet_packs.kinds import annotation_of
from placet_packs.models import (
    ApprovalPart,
    CheckPart,
    DutyPart,
    GatePart,
    NotificationPart,
    QuorumPart,
    RolePart,
    SettingPart,
    TimePart,
    TimerPart,
)


def role(part: RolePart) -> Role:
    """A role."""
    return Role(part.id, part.title, part.decides)


def setting(name: str, part: SettingPart) -> tuple[Any, Any]:
    """A setting's annotation, and its default with its unit. Raises `DefinitionError` for one that does not fit.

    The default is the value that the text in the file means: a length of time, not `PT4H`.
    """
    annotation = annotation_of(part.type, part.choices)
    model = settings_model(name, {name: (annotation, ...)})
    try:
        default = getattr(model.model_validate({name: part.default}), name)
    except ValidationError as error:
        said = "; ".join(fault.message for fault in faults_in(error, model))
        raise DefinitionError(
            f"the default {part.default!r} of the setting {name} does not fit: {said}"
        ) from error
    return annotation, Field(default, description=part.unit or None)


def settings_model(id: str, settings: Mapping[str, tuple[Any, Any]]) -> type[Settings]:
    """Settings, as the model that workspaces fill in."""
    fields: dict[str, Any] = dict(settings)
    return create_model(f"{id.title().replace('_', '')}Settings", __base__=Settings, **fields)


def check(part: CheckPart, scope: Scope) -> Check:
    """A check that evaluates the conditions of a part; both are part of the definition that events name.

    Raises `DefinitionError` for a fault of its conditions, or of the names in its texts.
    """
    required = scope.condition(part.requires)
    when = None if part.when is None else scope.condition(part.when)
    names = _figures(required.names)
    for text in (part.message, part.remedy):
        _demand_names(text, names)

    def test(ctx: CheckContext) -> Verdict:
        try:
            if when is not None and not when.holds(ctx):
                return passed(applies=False)
            met = required.holds(ctx)
        except EmptyError as empty:
            return _missing(empty.fields, part.who)
        figures = {name: value_of(whole, ctx) for name, whole in names.items()}
        if met:
            return passed(**figures)
        return blocked(part.message, remedy=part.remedy, who=part.who, params=figures)

    conditions = {"requires": part.requires} | ({"when": part.when} if part.when is not None else {})
    return Check(part.id, test, part.title, conditions)


def _figures(read: Iterable[str]) -> dict[str, str]:
    """The fields and settings among names, by what messages call them. Raises `DefinitionError` for two of one name."""
    figures: dict[str, str] = {}
    for name in read:
        room, _, own = name.partition(".")
        if room not in {"fields", "settings"}:
            continue
        if own in figures:
            raise DefinitionError(
                f"the condition reads {figures[own]} and {name}, which messages call the same: rename the setting"
            )
        figures[own] = name
    return figures


def _missing(fields: tuple[str, ...], who: Iterable[str]) -> Verdict:
    return blocked("missing: {fields:field}", remedy="fill in {fields:field and}", who=who, inputs=fields,
                   params={"fields": fields})  # fmt: skip


def _demand_names(text: str, known: Mapping[str, str]) -> None:
    """Raises `DefinitionError` for a placeholder that the condition does not read."""
    try:
        placeholders = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise DefinitionError(
            f"the text {text!r} has a brace too many: write {{{{ for {{ ({error})"
        ) from error
    for name in placeholders:
        if name not in known:
            raise DefinitionError(
                f'the text {text!r} names "{name}", which the expression does not read{nearest(name, known)}'
            )


def gate(part: GatePart, checks: Iterable[Check]) -> Gate:
    """A gate, with its checks."""
    return Gate(part.id, part.title, *checks, waived_by=part.waived_by, mode=part.mode)


def approval(part: ApprovalPart) -> Approval:
    """An approval by one ballot of role holders."""
    return Approval(
        part.id,
        part.title,
        Panel(Ballot(part.by, _quorum(part.quorum))),
        material_fields=part.material_fields,
        material_evidence=part.material_evidence,
        expires=part.expires,
        reminds=part.reminds,
    )


def _quorum(part: str | QuorumPart) -> Quorum:
    match part:
        case QuorumPart(n=int(n), percent=None):
            return Quorum.n(n)
        case QuorumPart(n=None, percent=float(percent)):
            return Quorum.percent(percent)
        case QuorumPart():
            raise DefinitionError("a quorum is any, all, {n: 2} or {percent: 60}: write one of them")
        case "all":
            return Quorum.all()
        case _:
            return Quorum.any()


def duty(part: DutyPart) -> Duty:
    """A duty of segregation."""
    return Duty(part.id, part.title, part.acts, part.bars, part.remedy)


def timer(part: TimerPart) -> Timer:
    """A timer. Raises `DefinitionError` for one that has not exactly one target."""
    thresholds = [
        Threshold(percent=each.percent, notifies=each.notifies, fires=each.fires) for each in part.thresholds
    ]
    return Timer(part.id, part.title, part.starts, part.stops, _target(part), thresholds)


def _target(part: TimerPart) -> Target:
    match part.time, part.until:
        case TimePart() as time, None:
            return _span(time)
        case None, str(field):
            return Until(field)
        case _:
            raise DefinitionError(
                f"the timer {part.id} has a `time` or is `until` a field: write one of the two"
            )


def _span(part: TimePart) -> Span:
    if part.calendar is None:
        return elapsed(days=part.days, hours=part.hours, minutes=part.minutes)
    return business(days=part.days, hours=part.hours, minutes=part.minutes, calendar=part.calendar)


def notification(part: NotificationPart, item_type: str) -> NotificationRule:
    """A notification rule for an item type."""
    return NotificationRule(part.id, part.title, item_type, part.on, part.to, part.because)
