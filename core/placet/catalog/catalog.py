"""The catalog: all methods switched on in a workspace as one frozen set of rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from placet.definitions.added_gates import AddedGate
from placet.definitions.context import CheckContext
from placet.definitions.document import (
    canonical,
    content_hash,
    item_type_document,
    link_type_document,
    method_of,
    metric_document,
    notification_rule_document,
    plain,
)
from placet.definitions.effect_context import EffectContext
from placet.definitions.items import ItemType, LinkType, json_schema
from placet.definitions.jobs import Job
from placet.definitions.method import Method, Settings
from placet.definitions.metrics import Metric
from placet.definitions.notification_rules import NotificationRule
from placet.definitions.offered_checks import OfferedCheck
from placet.definitions.roles import Role
from placet.definitions.stock_checks import STOCK_CHECKS
from placet.definitions.verdicts import GateMode, Verdict
from placet.errors import DefinitionError, NotFoundError


@dataclass(frozen=True)
class Rules:
    """A workspace's choice of methods: enough to compose its catalog, and the key of the cache.

    `settings` has each method's settings as JSON; `gate_modes` the gates that are not enforced.
    """

    methods: tuple[str, ...]
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    gate_modes: Mapping[str, GateMode] = field(default_factory=dict)
    #: Gates that the workspace has added as data.
    gates: tuple[AddedGate, ...] = ()

    @cached_property
    def key(self) -> str:
        """The same text for the same choice; computed once, as every request needs it."""
        return canonical(plain(self))

    @cached_property
    def base(self) -> Rules:
        """The same choice with every gate enforced, and none added: what composes to the same definitions."""
        return Rules(self.methods, self.settings) if self.gate_modes or self.gates else self


@dataclass(frozen=True, slots=True)
class Loosening:
    """A rule of one method that another loosened, on purpose and with a reason."""

    method: str
    #: `itil.change.authorize_change: gate itil.lead_time`.
    target: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Definition:
    """An item type's rules in the form in which they are stored for ever: the canonical document and its hash."""

    hash: str
    document: Mapping[str, Any]


@dataclass(frozen=True)
class Catalog:
    """One set of rules, composed, linted and frozen; shared by all workspaces with the same choice."""

    rules: Rules
    #: In the order in which they were composed.
    methods: Mapping[str, Method]
    #: Version of each method's distribution.
    versions: Mapping[str, str]
    item_types: Mapping[str, ItemType]
    roles: Mapping[str, Role]
    link_types: Mapping[str, LinkType]
    metrics: Mapping[str, Metric]
    jobs: Mapping[str, Job]
    #: Each method's settings, with the workspace's values.
    settings: Mapping[str, Settings]
    notification_rules: Mapping[str, NotificationRule] = field(default_factory=dict)
    loosenings: tuple[Loosening, ...] = ()
    #: Methods of the set that cannot be used, with the reason; no item moves while one is missing.
    missing: Mapping[str, str] = field(default_factory=dict)
    #: The hooks for checks, appointments and effects of each method, resolved once.
    checks: tuple[tuple[str, Callable[[CheckContext], Verdict | None]], ...] = ()
    appointments: tuple[tuple[str, Callable[[CheckContext, str, str], Verdict | None]], ...] = ()
    effects: tuple[tuple[str, Callable[[EffectContext, dict[str, Any]], None]], ...] = ()
    #: The same rules without the gates that the workspace has added; `None` where it has added none.
    without_added: Catalog | None = field(default=None, repr=False, compare=False)
    #: Made of the definitions alone, by item type: the same for all modes of gates, and shared by them.
    _index_forms: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    _computed_forms: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    _schedule_forms: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    _documents: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False, compare=False)

    def under(self, rules: Rules) -> Catalog:
        """The same definitions where gates have the modes of `rules`, which differ in nothing else."""
        return self if rules.gate_modes == self.rules.gate_modes else replace(self, rules=rules)

    def item_type(self, id: str) -> ItemType:
        """An item type.

        Raises:
            DefinitionError: its method cannot be used here; the message says why.
            NotFoundError: it does not exist; with the nearest names.
        """
        try:
            return self.item_types[id]
        except KeyError:
            reason = self.missing.get(method_of(id))
            if reason is not None:
                raise DefinitionError(f"the rules of {id} are not available: {reason}") from None
            raise NotFoundError("item type", id, self.item_types) from None

    def mode(self, gate: str) -> GateMode:
        return self.gate_modes.get(gate, GateMode.ENFORCE)

    @cached_property
    def gate_modes(self) -> Mapping[str, GateMode]:
        """Modes by gate, where it is not only enforced: the workspace's choice, and else the gate's own."""
        own = {
            gate.id: gate.mode
            for item_type in (self.without_added or self).item_types.values()
            for gate in item_type.gates
            if gate.mode is not GateMode.ENFORCE
        }
        added = {
            gate.id: gate.mode
            for gate in self.rules.gates
            if gate.mode is not GateMode.ENFORCE and gate.id not in self.composed_gates
        }
        return {**own, **added, **self.rules.gate_modes}

    @cached_property
    def offered_checks(self) -> Mapping[str, OfferedCheck]:
        """The checks that can be put into added gates, by id: stock checks, and those that methods offer."""
        offered = (each for method in self.methods.values() for each in method.offered_checks)
        return {each.id: each for each in (*STOCK_CHECKS, *offered)}

    @cached_property
    def notification_rules_by_type(self) -> Mapping[str, tuple[NotificationRule, ...]]:
        """The notification rules about items of each type that has any, in their order."""
        found: dict[str, list[NotificationRule]] = defaultdict(list)
        for rule in self.notification_rules.values():
            found[rule.item_type].append(rule)
        return {item_type: tuple(rules) for item_type, rules in found.items()}

    @cached_property
    def gates(self) -> frozenset[str]:
        """Ids of all gates, and those that stand for the dynamic checks of a method."""
        fixed = {gate.id for item_type in self.item_types.values() for gate in item_type.gates}
        checks = {f"{method}.placet_check" for method, _ in self.checks}
        return frozenset(fixed | checks | {f"{method}.placet_appoint" for method, _ in self.appointments})

    @property
    def composed_gates(self) -> frozenset[str]:
        """Ids of the gates of the methods, without those that the workspace has added."""
        return (self.without_added or self).gates

    @cached_property
    def absent(self) -> frozenset[str]:
        """Methods that are named by the methods here, and are not switched on or cannot be used."""
        named = {name for method in self.methods.values() for name in method.extends}
        return frozenset(named - set(self.methods) | set(self.missing))

    @cached_property
    def approvals(self) -> frozenset[str]:
        """Ids of all approvals."""
        return frozenset(
            approval.id for item_type in self.item_types.values() for approval in item_type.approvals
        )

    @cached_property
    def _definitions(self) -> dict[str, Definition]:
        return {}

    def _modes_of(self, type: str) -> Mapping[str, GateMode]:
        """The modes of gates as far as they concern a type: those of gates added to other types do not."""
        others = {gate.id for gate in self.rules.gates if gate.item_type != type} - self.composed_gates
        return {gate: mode for gate, mode in self.gate_modes.items() if gate not in others}

    def index_form(self, type: str) -> str:
        """A hash of everything from which the indexed values of an item type follow."""
        found = self._index_forms.get(type)
        if found is None:
            item_type = self.item_type(type)
            form = {
                "fields": json_schema(item_type.fields),
                "indexed": list(item_type.indexed),
                "calendar": plain(item_type.calendar),
            }
            found = self._index_forms[type] = content_hash(form)
        return found

    def computed_form(self, type: str) -> str:
        """A hash of everything from which the computed values of an item type follow: of no mode, and no added gate."""
        found = self._computed_forms.get(type)
        if found is None:
            document = (self.without_added or self).document(type)
            found = self._computed_forms[type] = content_hash(document)
        return found

    def schedule_form(self, type: str) -> str:
        """A hash of everything from which the moments follow at which timers of an item type are due."""
        found = self._schedule_forms.get(type)
        if found is None:
            found = self._schedule_forms[type] = content_hash({"timers": self.document(type)["timers"]})
        return found

    def definition(self, type: str) -> Definition:
        """The rules of an item type in force here, settings and gate modes included."""
        found = self._definitions.get(type)
        if found is None:
            document = {**self.document(type), "gate_modes": plain(self._modes_of(type))}
            added = [gate for gate in self.rules.gates if gate.item_type == type]
            if added:
                document["added_gates"] = plain(added)
            found = self._definitions[type] = Definition(content_hash(document), document)
        return found

    def document(self, type: str) -> dict[str, Any]:
        """The rules of an item type in force here as a document, but for the modes of gates. Not to be changed."""
        composed = self.without_added
        if composed is not None and composed.item_types.get(type) is self.item_types.get(type):
            # Shared by all workspaces that have added gates to other types.
            return composed.document(type)
        found = self._documents.get(type)
        if found is None:
            found = self._documents[type] = item_type_document(self.item_type(type)) | {
                "versions": dict(self.versions),
                "settings": {method: plain(settings) for method, settings in self.settings.items()},
                "loosenings": plain(self.loosenings),
                "dynamic_checks": [method for method, _ in self.checks],
                "notification_rules": [
                    notification_rule_document(rule)
                    for rule in self.notification_rules.values()
                    if rule.item_type == type
                ],
                "link_types": [
                    link_type_document(link_type)
                    for link_type in self.link_types.values()
                    if not link_type.sources or type in link_type.sources
                ],
                "metrics": [
                    metric_document(metric) for metric in self.metrics.values() if type in metric.item_types
                ],
            }
        return found
