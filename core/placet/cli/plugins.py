"""`placet plugins` and `placet check`: installed plugins, and findings about them and about workspaces' rules."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from placet.cli.installation import application, read_settings
from placet.cli.options import Json, WorkspaceOption
from placet.cli.output import OUT

if TYPE_CHECKING:
    from placet.catalog.discovery import Registry
    from placet.catalog.findings import Finding
    from placet.catalog.sources import Plugin


class Template(StrEnum):
    """The languages in which a new plugin can be written."""

    PYTHON = "python"
    #: Rules as data, in YAML.
    PACK = "pack"


plugins_app = typer.Typer(help="Installed plugins.", no_args_is_help=True)


@plugins_app.command("list")
def plugins_list(as_json: Json = False) -> None:
    """List installed plugins, and whether they load and their operations are in the REST API."""
    from placet.api.application import plugin_operations
    from placet.catalog.discovery import Registry

    OUT.as_json = as_json
    registry = Registry.discover(read_settings().disabled_plugins)
    plugins, mounted = registry.plugins, plugin_operations(registry)
    data = [
        {"name": p.name, "distribution": p.distribution, "version": p.version, "title": p.title,
         "method": p.method or None, "item_types": list(p.item_types), "status": p.status, "error": p.error or None,
         "routes_error": mounted.why_without(p) or None}
        for p in plugins
    ]  # fmt: skip
    rows = [
        [p.name, p.version, p.method, p.title, ", ".join(p.item_types), _status(p, mounted.why_without(p))]
        for p in plugins
    ]
    OUT.listed("Plugins", ["name", "version", "method", "title", "item types", "status"], rows, data)


def _status(plugin: Plugin, without_routes: str) -> str:
    if plugin.error:
        return plugin.error
    return f"{plugin.status} without its operations: {without_routes}" if without_routes else plugin.status


@plugins_app.command("check")
def plugins_check(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Only this plugin, or that of this method or distribution.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Load and lint plugins, each with the methods that it requires, with and without those that it extends."""
    from placet.catalog.discovery import Registry
    from placet.catalog.examination import examined, plugin_of
    from placet.cli.loading import astray
    from placet.definitions.wording import number_of

    OUT.as_json = as_json
    registry = Registry.discover(read_settings().disabled_plugins)
    name = None if name is None else plugin_of(registry, name)
    program: Any = context.find_root().command
    findings = [
        *examined(registry, name),
        *astray(registry, name, program.commands),
        *_unmounted(registry, name),
    ]
    _report(f"the plugin {name}" if name else number_of(len(registry.plugins), "plugin"), findings)


def check_plugin(plugin: object, what: str) -> None:
    """Lint a plugin that is not installed, among those that are, and print the findings as `placet plugins check` does.

    Args:
        plugin: a module, or an object with a `__name__`, that implements hooks.
        what: what was checked, in words.

    Raises:
        Exit: with 1, if there are errors.
    """
    from placet.catalog.discovery import Registry
    from placet.catalog.examination import examined

    registry = Registry.discover(read_settings().disabled_plugins, besides=[plugin])
    _report(what, examined(registry, str(getattr(plugin, "__name__", ""))))


def _report(what: str, findings: Sequence[Finding]) -> None:
    """The findings about something that was checked; ends with 1 if there are errors."""
    rows = [
        [f.severity, f"{f.where} ({f.place})" if f.place else f.where, f.message, f.remedy] for f in findings
    ]
    data = [
        {"severity": f.severity, "code": f.code, "where": f.where, "place": f.place or None, "message": f.message,
         "remedy": f.remedy}
        for f in findings
    ]  # fmt: skip
    OUT.findings(what, ["severity", "where", "what", "what to do"], rows, data)
    if any(f.severity == "error" for f in findings):
        raise typer.Exit(1)


def _unmounted(registry: Registry, name: str | None) -> Iterator[Finding]:
    """Findings about plugins whose operations are left out of the REST API."""
    from placet.api.application import plugin_operations
    from placet.catalog.findings import error

    mounted = plugin_operations(registry)
    for plugin in registry.plugins:
        why = mounted.why_without(plugin)
        if why and name in {None, plugin.name}:
            message = f"its operations are left out of the REST API: {why}"
            yield error("routes", plugin.name, message, "repair the plugin")


@plugins_app.command("new")
def plugins_new(
    name: Annotated[str, typer.Argument(help="Id of its method, such as acme; the folder is placet-acme.")],
    template: Annotated[
        Template,
        typer.Option(
            "--template", help="python, or pack: rules for the method in --extends as data, in YAML."
        ),
    ] = Template.PYTHON,
    extends: Annotated[
        str | None,
        typer.Option("--extends", help="Id of an installed method, to which it adds a field and a gate."),
    ] = None,
    into: Annotated[
        Path,
        typer.Option("--into", help="The folder in which its own is made.", exists=True, file_okay=False),
    ] = Path(),
    as_json: Json = False,
) -> None:
    """Make a folder with a new plugin that passes its own tests."""
    from placet.catalog.discovery import Registry
    from placet.cli.extension_point import extension_point
    from placet.cli.scaffold import commands_after, demand_free, scaffolded

    OUT.as_json = as_json
    as_data = template is Template.PACK
    if as_data and extends is None:
        raise typer.BadParameter(
            "a pack changes the rules of a method: name that with --extends", param_hint="--template"
        )
    disabled = read_settings().disabled_plugins
    registry = Registry.discover(disabled)
    demand_free(name, registry, disabled)
    point = None if extends is None else extension_point(registry, extends)
    made = scaffolded(into, name, registry, point, as_data=as_data)
    commands = [shlex.join(command) for command in commands_after(into, name, point)]
    if as_json:
        OUT.json({"files": [str(file) for file in made], "next": commands})
        return
    for file in made:
        OUT.line(str(file))
    OUT.line("Next: install it, test it, and switch it on in a workspace:")
    for command in commands:
        OUT.line(f"  {command}")


def check(workspace: WorkspaceOption = None, as_json: Json = False) -> None:
    """Lint every method set in use; list stranded items, unfit values, loosened rules, vacant roles and failed jobs.

    The table has one row for all vacant roles of a workspace; --json has an entry for each transition that nobody can
    make (no-holder).
    """
    from placet.cli.findings import document, found_in, rows_of
    from placet.definitions.wording import number_of

    OUT.as_json = as_json
    found = found_in(application().engine, workspace)
    checked = f"the workspace {workspace}" if workspace else number_of(len(found), "workspace")
    columns = ["severity", "workspace", "where", "what", "what to do"]
    OUT.findings(checked, columns, rows_of(found), document(found))
    if any(finding.severity == "error" for place in found for finding in place.findings):
        raise typer.Exit(1)
