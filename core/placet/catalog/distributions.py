"""The metadata of installed distributions: the versions that they require, and the plugins that they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, PackageMetadata, PackageNotFoundError, distributions

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from placet.catalog.findings import Finding, warning
from placet.hooks import PROJECT


def unmet(requirements: Iterable[str], among: Mapping[str, str]) -> Iterator[str]:
    """Unmet requirements of a distribution, as far as they concern the distributions in `among`.

    An installer checks them, unless that was disabled; a plugin for another version of its host would fail elsewhere.

    Args:
        requirements: as its metadata has them.
        among: versions of installed distributions, by name in its canonical form.
    """
    for requirement in _required(requirements):
        found = among.get(canonicalize_name(requirement.name))
        if found is not None and not requirement.specifier.contains(found, prereleases=True):
            yield f"it requires {requirement.name}{requirement.specifier}, and {found} is installed"


def _required(requirements: Iterable[str]) -> Iterator[Requirement]:
    """The requirements that apply here, without extras."""
    for text in requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue  # written in a form that this version cannot read: an installer would have refused it
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


def summary_of(metadata: PackageMetadata) -> str:
    """The summary of a distribution, in one line."""
    return metadata["Summary"] or ""


def silent_distribution(name: str) -> str:
    """Why a plugin is missing although its distribution is installed; empty where that is missing too."""
    for wanted in dict.fromkeys((name, f"{PROJECT}-{name}")):
        try:
            found = Distribution.from_name(wanted)
        except (PackageNotFoundError, ValueError):
            continue
        if not _names_plugin(found):
            return f"{_says_nothing(found)}: {_remedy(found)}"
    return ""


def silent_distributions() -> Iterator[Finding]:
    """Distributions that require Placet, and have no plugin: more often a mistake than a tool."""
    for found in distributions():
        builds_on = any(each.name == PROJECT for each in _required(found.requires or ()))
        if builds_on and not _names_plugin(found):
            yield warning(
                "no-entry-point",
                found.name,
                f"it requires {PROJECT}, and {_says_nothing(found)}",
                _remedy(found),
            )


def _names_plugin(found: Distribution) -> bool:
    return any(each.group == PROJECT for each in found.entry_points)


def _says_nothing(found: Distribution) -> str:
    groups = ", ".join(sorted({f'"{each.group}"' for each in found.entry_points}))
    return (
        f'the distribution {found.name} {found.version} is installed and has no entry point in the group "{PROJECT}"'
        + (f", but in {groups}" if groups else "")
    )


def _remedy(found: Distribution) -> str:
    module = canonicalize_name(found.name).replace("-", "_")
    name = module.removeprefix(f"{PROJECT}_")
    entry = f'[project.entry-points.{PROJECT}] with {name} = "{module}"'
    return f"write {entry} in its pyproject.toml, and install it again"
