"""The names that people use for the ids in a definition."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from generate.markdown import code
from generate.quorums import in_words
from placet import SYSTEM, ItemType, Method, Quorum, Role, Transition

#: Names outside of workflows: the making of an item, and a target that keeps the state.
_CREATE, _SAME = "create", "same"

#: The acts of a verb that stands alone.
_ALL = {
    "edit": "any material field", "confirm": "anything", "waive": "any gate", "review": "any gate",
    "appoint": "any role",
}  # fmt: skip


class Titles:
    """Titles by id: of one item type, and of the roles of all methods."""

    def __init__(self, methods: Iterable[Method], item_type: ItemType) -> None:
        self._roles = {role.id: role.title for method in methods for role in method.roles}
        self._workflow = item_type.workflow
        self._fields = item_type.fields.model_fields
        self._approvals = {each.id: each.title for each in item_type.approvals}
        self._confirmations = {each.id: each.title for each in item_type.confirmations}
        self._gates = {gate.id: gate.title for each in item_type.workflow.transitions for gate in each.gates}

    def role(self, id: str) -> str:
        """A role; the system where nobody has to act; an act, or a field, for the people of these."""
        if ":" in id:
            verb, _, name = id.partition(":")
            return {
                "named": f"who is named in {code(name)}",
                "roles": f"the roles in {code(name)}",
                "transition": f"who did “{self.act(name)}”",
                "vote": f"who voted on “{self.approval(name)}”",
                "confirm": f"who confirmed “{self.confirmation(name)}”",
            }.get(verb, code(id))
        return {SYSTEM: "the system", _CREATE: "who made it"}.get(id, self._roles.get(id, code(id)))

    def happening(self, name: str) -> str:
        """A happening of a notification rule."""
        verb, _, what = name.partition(":")
        return {
            _CREATE: "it is created",
            "transition": f"“{self.act(what)}”",
            "state": f"it is in “{self.state(what)}”",
            "vote": f"a vote on “{self.approval(what)}”",
            "confirm": f"an answer to “{self.confirmation(what)}”, or none in time",
            "named": f"{code(what)} is changed",
            "timer": f"the timer {code(what)} comes to a point",
        }[verb]

    def state(self, id: str) -> str:
        """A state."""
        found = self._workflow.state(id)
        return code(id) if found is None else found.title

    def act(self, name: str) -> str:
        """A transition, or the making of the item."""
        found = self._workflow.transition(name)
        return "created" if name == _CREATE else code(name) if found is None else found.title

    def done(self, acts: Iterable[str]) -> list[str]:
        """The acts of a duty, those with the same verb together."""
        verbs: dict[str, list[str]] = {}
        for act in acts:
            verb, _, name = act.partition(":")
            verbs.setdefault(verb, []).append(name)
        return [self._did(verb, names) for verb, names in verbs.items()]

    def _did(self, verb: str, names: Iterable[str]) -> str:
        words, title = {
            "transition": ("makes", self.act),
            "vote": ("votes on", self.approval),
            "named": ("is named in", code),
            "edit": ("writes", code),
            "attach": ("attaches", code),
            "confirm": ("confirms", self.confirmation),
            "waive": ("decides on a waiver of", lambda id: self._gates.get(id, code(id))),
            "review": ("reviews a waiver of", lambda id: self._gates.get(id, code(id))),
            "appoint": ("appoints", self.role),
        }.get(verb, ("makes it", str))
        found = [title(name) if name else _ALL.get(verb, "") for name in names]
        return words if verb == _CREATE else f"{words} {', '.join(found)}"

    def approval(self, id: str) -> str:
        """An approval."""
        return self._approvals.get(id, code(id))

    def asked(self, id: str) -> str:
        """An approval or a confirmation that a transition asks for."""
        return self.confirmation(id) if id in self._confirmations else self.approval(id)

    def confirmation(self, id: str) -> str:
        """A confirmation."""
        return self._confirmations.get(id, code(id))

    def field(self, name: str) -> str:
        """A field."""
        declared = self._fields.get(name)
        title = declared.title if declared is not None else None
        return title[:1].lower() + title[1:] if title else name.replace("_", " ")

    def say(self, kind: str, value: Any) -> str:
        """A value of a check's title."""
        match kind:
            case "approval":
                return f"“{self.approval(value)}”"
            case "field":
                return self.field(value)
            case "word":
                return str(value).replace("_", " ")
            case _:
                return str(value)

    def sources(self, transition: Transition) -> str:
        """The sources of a transition."""
        named = self._workflow.sources_of(transition)
        everywhere = {state.id for state in self._workflow.states if not state.category.final}
        if set(named) == everywhere and len(named) > 1:
            return "any open state"
        return ", ".join(self.state(state) for state in named)

    def target(self, transition: Transition) -> str:
        """The target of a transition."""
        return "stays" if transition.target == _SAME else self.state(transition.target)


def first_line(function: Callable[..., Any]) -> str:
    """The docstring of a function in a definition."""
    return (inspect.getdoc(function) or "").partition("\n")[0]


def plain(value: Any) -> str:
    """A value in a method's table."""
    match value:
        case Role():
            return value.title
        case Quorum():
            return in_words(value)
        case Enum():
            return str(value.value).replace("_", " ")
        case bool():
            return "yes" if value else ""
        case _:
            return str(value)
