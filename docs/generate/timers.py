"""Timers in words: when they run, for how long, and what happens at their thresholds."""

from __future__ import annotations

from generate.markdown import code
from generate.spans import span
from generate.titles import Titles, first_line
from placet import ByField, Condition, Holds, Span, Threshold, Timer, Until

#: The due moment of a timer, in percent of its time.
_WHOLE = 100
_SETTING = "Setting: "


def runs_from(timer: Timer, titles: Titles) -> str:
    """Its starts, stops and pauses."""
    lines = [
        (verb, ", ".join(titles.act(act) for act in acts))
        for verb, acts in (
            ("from", timer.starts),
            ("to", timer.stops),
            ("anew with", timer.resets),
            ("goes on with", timer.resumes),
        )
        if acts
    ]
    if timer.runs_while is not None:
        lines.append(("while", _condition(timer.runs_while)))
    for pause in timer.pauses:
        where = ", ".join(titles.state(state) for state in pause.states)
        only = f" ({_condition(pause.when)})" if pause.when is not None else ""
        lines.append(("pauses in", f"{where}{only}"))
    return "\n".join(f"{verb}: {what}" for verb, what in lines)


def runs_for(timer: Timer) -> str:
    """Its length."""
    again = {0: "again and again", 1: ""}.get(timer.repeats, f"{timer.repeats} times")
    return "\n".join(filter(None, [_target(timer), again]))


def _target(timer: Timer) -> str:
    match timer.target:
        case Span():
            return span(timer.target) or "at once"
        case Until():
            lead = span(timer.target.lead)
            return f"until {f'{lead} before ' if lead else ''}{code(timer.target.field)}"
        case ByField():
            spans = [f"{value}: {span(each)}" for value, each in timer.target.spans.items()]
            return "\n".join([f"by {code(timer.target.field)}", *spans])
        case _:
            return _setting_in_words(first_line(timer.target))


def _setting_in_words(text: str) -> str:
    """The words of a function for a length that is a setting, as a part of a sentence."""
    return f"the setting {text.removeprefix(_SETTING).rstrip('.')}" if text.startswith(_SETTING) else text


def then(timer: Timer, titles: Titles) -> str:
    """The actions at each threshold."""
    return "\n".join(f"{_point(each)}: {_happens(each, titles)}" for each in timer.thresholds)


def _point(threshold: Threshold) -> str:
    if threshold.before is not None:
        return f"{span(threshold.before)} before"
    if threshold.after is not None:
        after = span(threshold.after)
        return f"{after} after" if after else "when due"
    return "when due" if threshold.percent == _WHOLE else f"at {threshold.percent} % of it"


def _happens(threshold: Threshold, titles: Titles) -> str:
    parts = [f"“{titles.act(threshold.fires)}”"] if threshold.fires else []
    if threshold.notifies:
        parts.append(f"notifies {', '.join(titles.role(role) for role in threshold.notifies)}")
    parts += [effect.title.rstrip(".") for effect in threshold.effects]
    only = f", if: {_condition(threshold.when)}" if threshold.when is not None else ""
    return ("; ".join(parts) or "notifies as the rules for notifications say") + only


def _condition(condition: Condition) -> str:
    if isinstance(condition, Holds):
        return f"{code(condition.field)} is {' or '.join(str(value) for value in condition.values)}"
    return first_line(condition).rstrip(".")
