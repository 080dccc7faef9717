"""Every hook of Placet, in the order in which a plugin's life meets them.

A plugin is a distribution with an entry point in the group `placet` that leads to a module. The module's functions
marked with `hookimpl` are called as described here. An implementation names only the arguments that it uses.
Plugins are called in isolation: one that fails takes nothing else down, and what it left unsaid counts as `unknown`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from placet.catalog.extension import Extension
    from placet.definitions.context import CheckContext, EffectContext
    from placet.definitions.demonstration import Script, Stage
    from placet.definitions.method import Method
    from placet.definitions.verdicts import Verdict

#: Name of the entry-point group and of the pluggy project.
PROJECT = "placet"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def placet_method() -> Method:  # type: ignore[empty-body]  # a specification has no body
    """Give the method that this plugin contributes.

    Called: once, when the plugin is loaded.
    Return: a `Method`; every id in it starts with the method's own.
    If it raises: the plugin is listed as failed with the error, and the others run.
    Since: 0.1. Example: `plugins/itil_change/placet_itil_change/__init__.py`.
    """


@hookspec
def placet_extend(catalog: Extension) -> None:
    """Change what other methods defined: add, tighten, or loosen with a reason.

    Name the methods whose rules you change in `requires` or `extends`; others are out of reach.

    Called: once per method set that your method is part of, after the methods that yours requires or extends.
    Given: `catalog`, with the verbs `add_field`, `add_state`, `add_transition`, `add_gate`, `add_check`,
    `tighten_roles`, `loosen_roles`, `loosen_sources`, `loosen_entries`, `loosen_gate`, `loosen_check`;
    `catalog.methods`, the ids of those that are switched on; `catalog.settings`, your method's own.
    If it raises: the method set cannot be used, and the error names your plugin; other workspaces go on.
    Since: 0.1. Example: `tests/catalog/test_extension.py`.
    """


@hookspec
def placet_check(ctx: CheckContext) -> Verdict | None:
    """Give a verdict on any transition of any item.

    For rules that cut across item types. A rule about one transition belongs in a gate of that transition, where
    the linter sees it.

    Called: on every attempt, dry run and listing where your method is switched on; rely on no order of plugins.
    Given: `ctx`, read-only; `ctx.settings` are your method's.
    Return: a verdict, or `None` for no opinion. Blockers of all plugins are reported together.
    If it raises, answers anything else or takes longer than `PLACET_CHECK_DEADLINE` (2 s of its own, without what it
    reads): the transition is blocked by name, the traceback is logged, nothing is written.
    Cost: runs on every attempt, holding nothing; may run again. No network, no waiting, no memory of its own.
    Since: 0.1. Example: `tests/engine/test_plugin_failures.py`.
    """


@hookspec
def placet_effect(ctx: EffectContext, event: dict[str, Any]) -> None:
    """Work inside the same transaction as an event, after the item has changed.

    Called: after every transition where your method is switched on.
    Given: `ctx`, with the verbs of effects; `event`, what will be recorded: `kind`, `transition`, `from_state`,
    `to_state`, `changes`, `actor`, `comment`; read-only.
    If it raises, or takes longer than `PLACET_CHECK_DEADLINE`: nothing of the transition is written, and the answer
    names your plugin.
    Since: 0.1. Example: `tests/engine/test_plugin_failures.py`.
    """


@hookspec
def placet_event(event: dict[str, Any], settings: Any) -> None:
    """React to something that has happened: tell another system, send a message, start something that takes long.

    Called: by the worker, some time after the commit, for every event of workspaces where your method is switched on,
    refusals included; the first time for what happens after the worker met your plugin. At least once: after a crash,
    or when you failed, you are told of the same event again, with the same `id`. Events may come out of order and
    several at a time.
    Given: `event`, as `GET /items/{key}/history` shows it, in values of JSON: `id`, `item`, `seq`, `kind`, `at` (text),
    `actor`, and what its kind has besides; `settings`, your method's in the workspace of the event, as they are now.
    If it raises: you are told again later, after 5 seconds, then ever more seldom for three days, while other events
    and other plugins go on; what never succeeds is listed under `GET /dead-letters`, from where it can be repeated.
    Cost: may wait and use the network; one that takes long holds up only your own events. Give what you call a time
    limit: after `PLACET_PLUGIN_TIMEOUT` seconds you are not waited for any longer, and the event is a dead letter.
    Test: `desk.react()` gives you the events of a test as the worker would.
    Since: 0.1. Example: `tests/worker/test_plugins.py`.
    """


@hookspec
def placet_demo(stage: Stage) -> Script | None:
    """Make the demonstration organisation of `placet serve --demo`.

    Called: once, on an empty database.
    Given: `stage`, with the engine, an actor that administers, and a clock that can walk through the past.
    Return: what a visitor sees first, or `None` if your method has nothing to show.
    If it raises: the server does not start, and says why.
    Since: 0.1. Example: `plugins/itil_change/placet_itil_change/demo.py`.
    """
