"""A new plugin in a folder of its own, from the templates that lie beside this module."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from placet.errors import ConflictError, DefinitionError, NotInstalledError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from placet.catalog.discovery import Registry
    from placet.cli.extension_point import ExtensionPoint

#: An id of a method that also fits names of modules and, with hyphens, of distributions.
_NAME = re.compile(r"[a-z]([a-z0-9_]{0,28}[a-z0-9])?")
_ENDING = ".template"
#: Stands in names of templates for the name of the plugin.
_PLACEHOLDER = "NAME"
#: The distribution that reads rules as data.
_PACKS = "placet-packs"


def distribution_of(name: str) -> str:
    """The distribution of a plugin, which is also the name of its folder."""
    return f"placet-{name.replace('_', '-')}"


def demand_free(name: str, registry: Registry, disabled: Collection[str]) -> None:
    """Refuse a name that cannot be the id of a new method.

    Raises:
        DefinitionError: it is malformed, or reserved.
        ConflictError: it is the name of an installed plugin, method or package.
    """
    from placet.definitions.notification_rules import CORE

    if not _NAME.fullmatch(name):
        raise DefinitionError(
            f'"{name}" is not an id of a method: an id has 1 to 30 lower-case letters, digits and underscores, begins '
            f"with a letter and does not end with an underscore: {_suggestion(name)}"
        )
    if name == CORE:
        raise DefinitionError(
            f'"{name}" is reserved, as the ids of Placet\'s own notification rules begin with it: choose another name'
        )
    distribution = distribution_of(name)
    if distribution in _own_distributions():
        raise DefinitionError(
            f'"{name}" is reserved, as {distribution} is a plugin of Placet: choose another name'
        )
    owners = {plugin.method: plugin.distribution for plugin in registry.plugins if plugin.method}
    owners |= {plugin.name: plugin.distribution for plugin in registry.plugins} | dict.fromkeys(disabled, "")
    if name in owners or find_spec(f"placet_{name}") is not None:
        raise ConflictError(
            f'"{name}" is installed already, by {owners.get(name) or distribution}: choose another name, '
            "or uninstall that"
        )


def _suggestion(name: str) -> str:
    words = "_".join(re.findall("[a-z0-9]+", name.lower()))
    return f'write "{words}"' if _NAME.fullmatch(words) else "choose another name"


def _own_distributions() -> set[str]:
    """The distributions that the extra `all` brings: Placet's own plugins, installed or not."""
    return {
        re.split(r"[^a-z0-9-]", each)[0] for each in requires("placet") or () if each.startswith("placet-")
    }


def scaffolded(
    into: Path, name: str, registry: Registry, point: ExtensionPoint | None, *, as_data: bool = False
) -> list[Path]:
    """Write a new plugin into a folder of its own, whole or not at all; returns its files, sorted.

    Args:
        into: the folder in which that folder is made.
        name: of the plugin.
        registry: the installed plugins.
        point: the transition that the plugin extends; a method with an item type of its own if left out.
        as_data: whether its rules are a pack in YAML; only for one that extends a transition.

    Raises:
        ConflictError: the folder exists.
        NotInstalledError: packs are not installed.
    """
    target = into / distribution_of(name)
    if target.exists() or target.is_symlink():
        raise ConflictError(
            f"{target} exists, and is left as it is: move it away, or name another place with --into"
        )
    folders = (
        ["every", "method"] if point is None else ["every", "extending", "pack" if as_data else "extension"]
    )
    values = _values(name, registry, point, as_data=as_data)
    # On the same disk, so that the whole folder appears at once.
    with TemporaryDirectory(prefix=f".{target.name}-", dir=into) as beside:
        made = Path(beside) / target.name
        for path, text in _rendered(folders, name, values):
            file = made / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        made.rename(target)
    return sorted(path for path in target.rglob("*") if path.is_file())


def commands_after(into: Path, name: str, point: ExtensionPoint | None) -> list[list[str]]:
    """The commands that install a new plugin, test it, and switch it on in a new workspace."""
    folder = str(into / distribution_of(name))
    # Without a slash, pip would look for a distribution of that name in the index.
    source = folder if Path(folder).is_absolute() else f"./{folder}"
    methods = (*(point.methods if point else ()), name)
    return [
        ["pip", "install", "--editable", f"{source}[testing]"],
        ["python", "-m", "pytest", folder],
        ["placet", "workspace", "add", "TRIAL", *(part for each in methods for part in ("--method", each))],
    ]


def _rendered(folders: Iterable[str], name: str, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The files of a plugin by their paths, from these folders of templates."""
    templates = files("placet.cli") / "templates"
    for folder in folders:
        for path, template in _templates(templates / folder):
            rendered = Template(template.read_text(encoding="utf-8")).substitute(values)
            yield path.replace(_PLACEHOLDER, name).removesuffix(_ENDING), rendered


def _templates(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _templates(each, f"{above}{each.name}/")
        elif each.name.endswith(_ENDING):
            yield f"{above}{each.name}", each


def _values(name: str, registry: Registry, point: ExtensionPoint | None, *, as_data: bool) -> dict[str, str]:
    """The values of the placeholders in the templates."""
    words = name.replace("_", " ")
    requirements = {"placet": version("placet")} | ({_PACKS: _version_of_packs()} if as_data else {})
    values = {
        "name": name,
        "title": words.capitalize(),
        "class_name": words.title().replace(" ", ""),
        "distribution": distribution_of(name),
        "package": f"placet_{name}",
        "entry_point": f"placet_{name}{':rules' if as_data else ''}",
        "methods": json.dumps([name]),
    }
    if point is not None:
        extended = next(each for each in registry.plugins if each.method == point.methods[-1])
        requirements[extended.distribution] = extended.version
        values |= {
            "methods": json.dumps([*point.methods, name]),
            "requires": json.dumps(point.methods),
            "extended": point.methods[-1],
            "item_type": point.item_type,
            "transition": point.transition,
            "role": point.role,
            "actor": point.actor,
            "fields": _literal(point.fields),
        }
    bounds = [f"{each}{bound(found)}" for each, found in requirements.items() if each]
    return values | {
        "requirements": json.dumps(bounds),
        "switched_on": " ".join(f"--method {each}" for each in json.loads(values["methods"])),
    }


def _version_of_packs() -> str:
    try:
        return version(_PACKS)
    except PackageNotFoundError as error:
        raise NotInstalledError("a pack", _PACKS) from error


def bound(found: str) -> str:
    """The versions that fit an installed one: from it, or from its first release, up to the next that may break."""
    from packaging.version import Version

    release = Version(found)
    upper = f"{release.major + 1}" if release.major else f"0.{release.minor + 1}"
    # An early version of a release comes before the release itself.
    lower = release.public if release.is_prerelease else f"{release.major}.{release.minor}"
    return f">={lower},<{upper}"


def _literal(fields: Mapping[str, Any]) -> str:
    """Plain values by name as a Python literal, one a line."""
    written = {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
        for name, value in fields.items()
    }
    lines = [f'    "{name}": {value},\n' for name, value in written.items()]
    return "{\n" + "".join(lines) + "}" if lines else "{}"
