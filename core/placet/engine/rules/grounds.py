"""The grounds of a decision in its event: blockers with their figures, and checks with the values that they read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from itertools import islice
from typing import Any

from placet.definitions.document import READABLE, plain
from placet.definitions.verdicts import Blocker, GateMode
from placet.definitions.wording import AS_KEPT
from placet.engine.act.messages import words
from placet.engine.rules.evaluation import CheckReport

#: Limits of the values that an event keeps for a check: members of a list, characters of a text, and bytes in all.
_VALUES, _CHARACTERS, _BYTES = 20, 200, 2_000
#: The mark of a value that was cut.
_CUT = "..."


def blocker_data(blocker: Blocker) -> dict[str, Any]:
    """A blocker in the form that an event keeps."""
    params = _short(blocker.params)
    data = {
        "gate": blocker.gate,
        "check": blocker.check,
        "verdict": blocker.verdict.value,
        "mode": blocker.mode.value,
        "source": blocker.source,
        "who": list(blocker.who),
        "earliest": plain(blocker.earliest),
        "message_id": blocker.message_id,
        "params": params,
    }
    template = blocker.template
    if template is not None and words(template, params) == blocker.sentences(AS_KEPT):
        return data | {"template": list(template)}
    return data | {"message": blocker.message, "remedy": blocker.remedy}


def check_data(report: CheckReport) -> dict[str, Any]:
    """A check and its verdict in the form that an event keeps, with its reads: small values, and keys with versions."""
    data = {"gate": report.gate, "check": report.check, "verdict": report.verdict.value}
    if report.mode is not GateMode.ENFORCE:
        data["mode"] = report.mode.value
    kept, size = {}, 0
    for name, value in report.read.items():
        kept[name] = _short(value)
        size += len(str(kept[name]))
        if size > _BYTES:
            kept[name] = _CUT
            break
    return data | {"read": kept} if kept else data


def _short(value: Any) -> Any:
    """A JSON value, cut if it is too long."""
    match value:
        case Enum():
            return _short(value.value)
        case str():
            return value if len(value) <= _CHARACTERS else value[:_CHARACTERS] + _CUT
        case bool() | float() | None:
            return value
        case int():
            return value if -READABLE <= value <= READABLE else str(value)
        case Mapping():
            kept = {str(plain(n)): _short(each) for n, each in islice(value.items(), _VALUES)}
            return kept if len(value) <= _VALUES else kept | {_CUT: len(value)}
        case list() | tuple():
            shown = [_short(each) for each in islice(value, _VALUES)]
            return shown if len(value) <= _VALUES else [*shown, f"{_CUT} {len(value)}"]
        case _:
            return _short(plain(value))
