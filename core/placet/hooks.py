"""All hooks of Placet, in the order in which a plugin meets them.

A plugin is a distribution with an entry point in the group `placet` that leads to a module. The module's functions
with the mark `hookimpl` are called as described here. An implementation names only the arguments that it uses.
A plugin contributes a method, which workspaces switch on, or something for the whole installation (operations
of the REST API, commands, a way to reach people), or both.
Plugins are called in isolation: a failing plugin stops nothing else, and a verdict that it did not give is `unknown`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    import typer
    from fastapi import APIRouter

    from placet.catalog.extension import Extension
    from placet.definitions.channels import MessageChannel
    from placet.definitions.context import CheckContext
    from placet.definitions.demonstration import Script, Stage
    from placet.definitions.effect_context import EffectContext
    from placet.definitions.method import Method
    from placet.definitions.verdicts import Verdict

#: Name of the entry-point group and of the pluggy project.
PROJECT = "placet"

hookspec = pluggy.HookspecMarker(PROJECT)
#: Marks a function of a plugin as the implementation of the hook with the same name.
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def placet_method() -> Method:  # type: ignore[empty-body]  # a specification has no body
    """Give the method that this plugin contributes.

    Called: once, when the plugin is loaded. A plugin without a method cannot have the hooks that are called where its
    method is switched on: `placet_extend`, `placet_check`, `placet_appoint`, `placet_effect`, `placet_event`,
    `placet_demo`.
    Return: a `Method`; every id in it starts with the method's own.
    If it raises: the plugin is listed as failed with the error, and the others run.
    Since: 0.1. Example: `plugins/itil_change/placet_itil_change/__init__.py`.
    """


@hookspec
def placet_extend(catalog: Extension) -> None:
    """Change what other methods defined: add, tighten, or loosen with a reason.

    Name the methods whose rules you change in `requires` or `extends`; others are out of reach.

    Called: once per method set that your method is part of, after the methods that yours requires or extends.
    Given: `catalog`, with the verbs `add_field`, `add_computed`, `add_attribute` and `add_link_effect` (of a link
    type), `add_state`, `add_transition`, `add_gate`, `add_check`, `add_approval`, `add_confirmation`, `add_duty`,
    `add_timer`, `extend_timer`, `add_effect`, `add_consequence`, `add_input`, `add_notification`, `tighten_roles`,
    `loosen_roles`, `loosen_sources`, `loosen_entries`, `loosen_gate`, `loosen_check`; `catalog.methods` and
    `catalog.roles`, the ids of those that are switched on; `catalog.fields_of(type)`, the fields of an item type as
    composed so far; `catalog.settings`, your method's own.
    If it raises: the method set cannot be used, and the error names your plugin; other workspaces go on.
    Since: 0.1. Example: `plugins/itil_change/placet_itil_change/__init__.py`.
    """


@hookspec
def placet_check(ctx: CheckContext) -> Verdict | None:
    """Give a verdict on any transition of any item.

    For rules that cut across item types. A rule about one transition belongs in a gate of that transition, where
    the linter sees it.

    Called: on every attempt, dry run and listing where your method is switched on; rely on no order of plugins.
    Given: `ctx`, read-only; `ctx.settings` are your method's.
    Return: a verdict, or `None` for no opinion. Blockers of all plugins are reported together.
    If it raises, returns anything else or takes longer than `PLACET_CHECK_DEADLINE` (2 s of its own, without what it
    reads): the transition is blocked by name, the traceback is logged, nothing is written.
    Cost: runs on every attempt, without locks; may run again. No network, no waiting, no state of its own.
    Since: 0.1. Example: `docs/examples/acme.py`.
    """


@hookspec
def placet_appoint(ctx: CheckContext, role: str, person: str) -> Verdict | None:
    """Give a verdict on giving a person a role.

    For rules about people, such as a training that a role requires. Whom an item's own role can be given is declared
    with the role (`Appointment`).

    Called: for everybody who would gain a role on an item or in a workspace, where your method is switched on; for a
    proposed appointment both when it is proposed and when it is approved.
    Given: `ctx`, read-only, with your method's `ctx.settings`; `ctx.item` is the item on which the role is given, and
    for a role of the workspace an item of no type (`ctx.item.type` is empty); `role` and `person`, their ids.
    Return: a verdict, or `None` for no opinion. Blockers of all plugins are reported together.
    If it raises, returns anything else or takes longer than `PLACET_CHECK_DEADLINE`: nobody is appointed, and the
    refusal names your plugin.
    Since: 0.1. Example: `plugins/integration/placet_integration/__init__.py`.
    """


@hookspec
def placet_effect(ctx: EffectContext, event: dict[str, Any]) -> None:
    """Work inside the same transaction as an event, after the item has changed.

    Called: after every transition where your method is switched on.
    Given: `ctx`, with the verbs of effects; `event`, as it will be recorded: `kind`, `transition`, `from_state`,
    `to_state`, `changes`, `actor`, `comment`; read-only.
    If it raises, or takes longer than `PLACET_CHECK_DEADLINE`: nothing of the transition is written, and the refusal
    names your plugin.
    Since: 0.1. Example: `plugins/integration/placet_integration/__init__.py`.
    """


@hookspec
def placet_event(event: dict[str, Any], settings: Any) -> None:
    """React to an event: notify another system, send a message, start a long task.

    Called: by the worker, some time after the commit, for every event of workspaces where your method is switched on,
    refusals included; the first time for the first event after the worker has seen your plugin. At least once: after a
    crash, or after a failure of yours, you get the same event again, with the same `id`. Events may come out of order
    and several at a time.
    Given: `event`, as `GET /items/{key}/history` shows it, in values of JSON: `id`, `item`, `seq`, `kind`, `at` (text),
    `actor`, and the members of its kind; `settings`, your method's in the workspace of the event, as they are now.
    If it raises: you get the event again later, after 5 seconds, then at growing intervals for three days, while other
    events and other plugins go on; events that never succeed are listed under `GET /dead-letters`, and can be repeated
    from there.
    Cost: may wait and use the network; a long call holds up only your own events. Set a time limit on everything that
    you call: after `PLACET_PLUGIN_TIMEOUT` seconds your hook is abandoned, and the event is a dead letter.
    Test: `desk.react()` gives you the events of a test as the worker would.
    Since: 0.1. Example: `docs/examples/acme.py`.
    """


@hookspec
def placet_routes() -> APIRouter:  # type: ignore[empty-body]
    """Give operations of your own in the REST API.

    They are mounted under `/api/v1`, with the same tokens, limits, problems and OpenAPI document as Placet's own. Let
    their paths begin with `/x/METHOD/`, and their operation ids with `METHOD_` (the plugin's name, where it has no
    method). Their signatures name their dependencies: `CurrentActor`, `CurrentEngine`, and `CurrentWorkspace(METHOD)`
    for a path with `{ws}`, which is not found where your method is switched off.

    Called: once, when a server starts.
    Return: an `APIRouter(route_class=Route)`, with the `Route` of `placet.api`.
    If it raises: the server runs without your operations, and its log and its list of plugins say why; also where a
    path or an operation id is there already, or a route is of another class.
    Cost: a plain function runs where the engine may wait for the database; an `async` function runs in the event loop,
    and must not block it.
    Since: 0.1. Example: `tests/api/test_plugins.py`.
    """


@hookspec
def placet_demo(stage: Stage) -> Script | None:
    """Make the demonstration organization of `placet serve --demo`.

    Called: once, on an empty database.
    Given: `stage`, with the engine, an actor that administers, and a clock that can walk through the past.
    Return: the script of a visitor of your method, or `None` if it has nothing to show; those of all plugins are shown.
    If it raises: the server does not start, and says why.
    Since: 0.1. Example: `plugins/itil_change/placet_itil_change/__init__.py`.
    """


@hookspec
def placet_channel() -> MessageChannel:  # type: ignore[empty-body]
    """Give a channel that reaches people outside of their inbox: mail, a chat, a pager.

    Called: once, when the plugin is loaded.
    Return: a `MessageChannel`: the schemes of the addresses that it takes (`mailto`, `slack`), and two functions.
    `admit(url)` reads an address that a person gives, and returns an `Address`: the form that is shown to the person,
    without secrets, and the hosts that it names. `send(url, message)` sends to it, in the worker.
    Placet keeps addresses encrypted and refuses hosts in its own network. It collects due notifications into one
    message, and repeats failed attempts. No two plugins take the same scheme.
    If it raises: the plugin is listed as failed with the error, and the others run. If `admit` raises `AddressError`,
    the person is shown why; if `send` raises anything or takes longer than a minute, the message is tried again later,
    and the person sees why.
    Since: 0.1. Example: `plugins/channels/placet_channels/__init__.py`.
    """


@hookspec
def placet_commands() -> typer.Typer:  # type: ignore[empty-body]
    """Give commands for the command line.

    Called: when somebody types one of their words, in that process alone; `placet --help` loads no plugin. The words
    are metadata of the distribution, in its `pyproject.toml`:

        [project.entry-points."placet.commands"]
        acme = "placet_acme"
        import-orders = "placet_acme"

    The plugin's own name, with `-` for `_`, leads to all of them (`placet acme import-orders`); any other word leads to
    the command of that name (`placet import-orders`). `placet plugins check` reports words that lead nowhere.
    Return: a `typer.Typer`. `placet.cli` has tools for commands: the application over the database of the settings,
    options, output as a table for people and as JSON for programs, and a progress bar.
    If it raises: the command ends with one sentence that names the plugin; other commands work.
    Cost: do slow imports inside the commands, so that their help is fast.
    Since: 0.1. Example: `plugins/process_mining/placet_process_mining/__init__.py`.
    """
