"""Blockers of the engine itself: transitions that do not leave the current state, and failures."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.verdicts import Action, BlockedError, Blocker, Outcome, worded
from placet.definitions.wording import Wording
from placet.definitions.workflow import Transition
from placet.engine.act.plugin_calls import PluginError
from placet.engine.act.records import ItemRecord
from placet.engine.act.titles import Titles
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.context import Context
from placet.errors import UnfitFieldError

_log = logging.getLogger(__name__)

#: Characters of a stored value that a message shows.
_SHOWN = 80
#: So many states are named in which a transition is possible; a longer list would hide the reasons after it.
_NAMED = 3


def not_from_here(item_type: ItemType, transition: Transition, record: ItemRecord, titles: Titles) -> Blocker:
    """The blocker of a transition that does not leave the item's state."""
    sources = item_type.workflow.sources_of(transition)
    stranded = item_type.workflow.state(record.state) is None
    about: dict[str, Any] = {"gate": "workflow", "check": "workflow.state", "source": method_of(item_type.id)}
    if stranded:
        message = "{type:a type} has no state {state} any more"
        remedy = "ask an administrator to migrate the item to a state that {type:a type} has"
        params: dict[str, Any] = {"state": record.state, "type": item_type.id}
        return worded(message, remedy, params, wording=titles, message_id="workflow.stranded", **about)
    message = "{transition:transition} is possible in {sources:state or}, and {key} is in {state:state}"
    if len(sources) > _NAMED:
        message = "{key} is in {state:state}, from where {transition:transition} is not possible"
    available = [t.name for t in item_type.workflow.leaving(record.state)]
    params = {
        "transition": transition.name,
        "sources": list(sources),
        "key": record.key,
        "state": record.state,
        "available": available,
        "since": record.state_since,
        "type": record.type,
    }
    remedy = "available transitions: {available:transition}"
    if not available:
        message = "{key} has been in {state:state} since {since:moment}: {transition:transition} is not possible there"
        remedy = "nothing leads out of {state:state}: create a new {type:type} from it"
    return worded(message, remedy, params, wording=titles, message_id="workflow.state", **about)


def method_missing(method: str, reason: str, subject: str = "") -> Blocker:
    """The blocker of all acts that need the rules of an unusable method; `subject` is one of its item types."""
    return worded(
        "the rules of {subject} cannot be used: {reason}"
        if subject
        else "the method {method} is switched on and cannot be used: {reason}",
        "ask an administrator to repair the plugin of {method} or to switch the method on or off: `placet check` lists "
        "the errors",
        {"method": method, "reason": reason, "subject": subject},
        message_id="method.missing",
        gate="method",
        check=f"{method}.loaded",
        verdict=Outcome.UNKNOWN,
        source=method,
    )


def report_it(id: str) -> str:
    """The remedy for a plugin that fails: only its maintainer can repair it."""
    return f"report it to the maintainer of the plugin {method_of(id)}"


def unfit_field(error: UnfitFieldError, own: str, titles: Wording, **about: Any) -> Blocker:
    """The blocker for a stored field that a rule reads, and that does not fit its type any more.

    Args:
        error: raised when the field was read.
        own: the key of the item that the act is about, whose form may take the field.
        titles: names for the item.
        about: the blocker's gate, check, source and mode.
    """
    params: dict[str, Any] = {"field": error.field, "key": error.key}
    if error.value is None:
        message, remedy = "{field:field} of {key} is missing, and is required now", "fill it in"
    else:
        message = "{field:field} of {key} is {value}, which does not fit any more: {reason}"
        remedy = "give it a value that fits, or clear it if it may be empty"
        reason = "; ".join(fault.message for fault in error.faults)
        params |= {"value": _short(error.value), "reason": reason}
    return worded(
        message,
        remedy,
        params,
        wording=titles,
        message_id="field.unfit",
        actions=(Action("edit", "Fill in", f"/items/{error.key}", (error.field,)),),
        inputs=(error.field,) if error.key == own else (),
        **about,
    )


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def failed(gate: str, what: str, failure: PluginError) -> Blocker:
    """The blocker of an act in which code of a plugin failed, so that nothing was written."""
    return worded(
        "{what} failed: {error}; nothing was written",
        "report it to the maintainer of the plugin {plugin}",
        {"what": what, "error": str(failure), "plugin": method_of(failure.id)},
        message_id="plugin.failed",
        gate=gate,
        check=failure.id,
        verdict=Outcome.UNKNOWN,
        source=method_of(failure.id),
    )


def plugin_failed(
    key: str, act: str, gate: str, what: str, failure: PluginError, titles: Wording
) -> BlockedError:
    """The refusal of an act in which code of a plugin failed; the failure is logged with the item's key.

    A stored field that does not fit any more is not a failure of the plugin: the refusal asks for it.
    """
    if isinstance(failure.error, UnfitFieldError):
        source = method_of(failure.id)
        return BlockedError(
            key,
            act,
            [unfit_field(failure.error, key, titles, gate=gate, check=failure.id, source=source)],
            wording=titles,
        )
    _log.error("%s failed on %s: %s", failure.id, key, failure, exc_info=failure.error)
    return BlockedError(key, act, [failed(gate, what, failure)], wording=titles)


def refused(
    ctx: Context, act: str, by: str, message: str, remedy: str, /, who: Iterable[str] = (), **params: Any
) -> BlockedError:
    """A refusal with one blocker of the engine itself; its sentences may use the parameters.

    `who` can do what the remedy says.
    """
    record = ctx.record
    blocker = worded(
        message,
        remedy,
        params,
        wording=ctx.titles,
        who=who,
        message_id=f"{by}.{act}",
        gate=by,
        check=by,
        source=method_of(record.type),
    )
    return BlockedError(record.key, act, [blocker], wording=ctx.titles)


def type_of(unit: UnitOfWork, record: ItemRecord) -> ItemType:
    """The item's type. Raises `BlockedError` if its method is missing."""
    item_type = unit.item_type(record)
    if item_type is None:
        method = method_of(record.type)
        reason = unit.catalog(record.workspace).missing.get(
            method, f"the method {method} is not switched on in {record.workspace}"
        )
        blocker = method_missing(method, reason, record.type)
        titles = unit.titles(record.workspace, record.type)
        raise BlockedError(record.key, "change", [blocker], wording=titles)
    return item_type
