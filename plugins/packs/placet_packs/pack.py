"""A pack as a plugin: the hooks of the rules in one file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from placet import Extension, Method, Role, Settings, faults_in, hookimpl, written_at
from placet.errors import DefinitionError
from placet_packs import parts
from placet_packs.adding import additions
from placet_packs.models import PackPart
from placet_packs.reading import Document, read


class Pack:
    """The rules of one file, for the methods that they name.

    Each definition has its line of the file as its place. The file is read once, when the pack is made.
    """

    def __init__(self, file: Path | str) -> None:
        """Read a file.

        Raises:
            DefinitionError: it is malformed; with all faults of its form, each with its line.
        """
        self._document = read(Path(file))
        self._part = _validated(self._document)
        #: The id of its method, by which a plugin that is not installed is known.
        self.__name__ = self._part.id

    @classmethod
    def beside(cls, module: str) -> Pack:
        """The pack `rules.yaml` in the folder of a module, by its `__file__`. Raises as the class does."""
        return cls(Path(module).parent / "rules.yaml")

    @hookimpl
    def placet_method(self) -> Method:
        """A method without item types of its own: roles and settings."""
        part = self._part
        roles = [self._role(n) for n in range(len(part.roles))]
        settings = self._settings()
        with self._at("id"):
            return Method(
                part.id,
                part.title,
                roles=roles,
                settings=settings,
                requires=part.requires,
                extends=part.extends,
                description=part.description,
            )

    @hookimpl
    def placet_extend(self, catalog: Extension) -> None:
        """Add everything to the item types of methods that are switched on; all faults are reported together."""
        faults: list[DefinitionError] = []
        for type, part in self._part.item_types.items():
            method = type.partition(".")[0]
            if method in self._part.extends and method not in catalog.methods:
                continue
            for way, add in additions(catalog, type, part, self._at):
                try:
                    with self._at("item_types", type, *way):
                        add()
                except DefinitionError as error:
                    faults.append(error)
                    if not way:
                        break
        if faults:
            raise DefinitionError("; ".join(map(str, faults)), faults[0].place)

    def _at(self, *way: str | int) -> AbstractContextManager[None]:
        """The place of what is made from a part of the file."""
        return written_at(self._document.place(*way))

    def _role(self, number: int) -> Role:
        with self._at("roles", number):
            return parts.role(self._part.roles[number])

    def _settings(self) -> type[Settings]:
        declared = {}
        for name, part in self._part.settings.items():
            with self._at("settings", name):
                declared[name] = parts.setting(name, part)
        return parts.settings_model(self._part.id, declared)


def _validated(document: Document) -> PackPart:
    """The parts of a file. Raises `DefinitionError` with everything that does not fit."""
    try:
        part = PackPart.model_validate(document.values)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        said = [
            f"{document.place(*each['loc'])}: {_named(document, each)}: {fault.message}"
            for each, fault in zip(errors, faults_in(error, PackPart), strict=True)
        ]
        raise DefinitionError("; ".join(said), document.place(*errors[0]["loc"])) from error
    if not (part.requires or part.extends):
        place = document.place("id")
        raise DefinitionError(
            f"{place}: it names no method whose rules it changes: write `requires: [METHOD]`, or `extends:` for one "
            "that may be switched off",
            place,
        )
    return part


def _named(document: Document, error: Mapping[str, Any]) -> str:
    """The way to the value of an error, as far as the file has it: Pydantic's also names the members of unions."""
    whole: tuple[int | str, ...] = error["loc"]
    way = whole
    while way and way not in document.lines:
        way = way[:-1]
    return ".".join(map(str, (*way, *whole[-1:]) if error["type"] == "missing" else way))
