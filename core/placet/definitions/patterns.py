"""Patterns that texts have to fit, each with what it means for people."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

#: So many characters of a text that does not fit are shown.
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Pattern:
    """Marks a text field that has to fit a regular expression, and says in words what to write.

    `Annotated[str, Pattern(r"[A-Z]{2}-[0-9]{4}", "a contract number, such as AB-1234")]`: the JSON Schema has the
    expression, and who sends something else reads the words.
    """

    #: The regular expression that the whole text has to match.
    expression: str
    #: The form to write, with an example; it follows the word "write".
    wanted: str
    _compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", re.compile(self.expression))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._fitting, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(schema) | {"pattern": f"^({self.expression})$"}

    def _fitting(self, text: str) -> str:
        if self._compiled.fullmatch(text):
            return text
        raise PydanticCustomError(
            "misfit",
            "'{given}' does not fit: write {wanted}",
            # In this order: nothing is filled into what was sent.
            {"wanted": self.wanted, "given": text[:_SHOWN]},
        )
