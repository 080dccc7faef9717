"""Patterns of texts: expressions for programs, and their meaning for people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import StringConstraints

from placet.definitions.misfits import members_beside
from placet.engine.act import input
from placet.errors import Fault, InvalidError

# Without C0 (tab, line feed and carriage return are text), DEL and C1.
_CLEAN = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
TEXT_PATTERN = f"^{_CLEAN}*$"
WORD_PATTERN = rf"^{_CLEAN}*[^\s\x00-\x1f\x7f-\x9f]{_CLEAN}*$"
WORKSPACE_PATTERN = "^[A-Z][A-Z0-9_]{0,19}$"
ACTOR_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$"
#: Ids of what methods define: `acme.request`; bare names of states and transitions; ids that Placet makes.
NAME_PATTERN = "^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,199}$"
FIELD_PATTERN = "^[A-Za-z_][A-Za-z0-9_]{0,99}$"
SHA256_PATTERN = "^[0-9a-f]{64}$"
UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
WEB_ADDRESS_PATTERN = r"^https?://[\x21-\x7e]{1,1990}$"

#: Sentences about texts that do not fit, by pattern. `{given}` is that text; what may be a secret is not shown.
_MISFITS: dict[str, str] = {}
#: So many characters of that text are shown.
_SHOWN = 100


def shaped(pattern: str, misfit: str, **limits: int) -> StringConstraints:
    """A text that fits a pattern. A refusal says `misfit`, and does not show the pattern.

    Args:
        pattern: the regular expression, as JSON Schema has it too.
        misfit: a sentence, with `{given}` where the text that was sent is shown.
        limits: `min_length` and `max_length`.
    """
    _MISFITS[pattern] = misfit
    return StringConstraints(pattern=pattern, **limits)  # type: ignore[arg-type]  # whole numbers are what it takes


def unfit(found: Sequence[Mapping[str, Any]], model: Any) -> InvalidError:
    """The refusal of a body, with a pointer for each fault."""
    return InvalidError(
        [fault_of(each, input.pointer_to(each["loc"]), members_beside(model, each["loc"])) for each in found]
    )


def fault_of(found: Mapping[str, Any], pointer: str, known: Collection[str] = ()) -> Fault:
    """One error of Pydantic as a fault; a pattern has words of its own."""
    if found["type"] == "string_pattern_mismatch" and (misfit := _MISFITS.get(found["ctx"]["pattern"])):
        return Fault(pointer, misfit.replace("{given}", str(found["input"])[:_SHOWN]))
    return input.fault_of(found, pointer, known)


NO_TEXT = "it has control characters in it, which text must not have"
NO_WORD = "it is blank, or has control characters in it: write at least one letter or digit"
NO_WEB_ADDRESS = "it is not the address of a page: it begins with https:// or http:// and has no blanks"
