"""The verbs that add rules to an item type: approvals, duties, timers, inputs, effects and notifications.

Each part bears the name of the method that adds it: by its id, or by the origin in the definition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from placet.catalog.adding import Adding
from placet.catalog.reach import absent, listed
from placet.definitions.approvals import Approval
from placet.definitions.arguments import checked
from placet.definitions.checks import Check, Effect, Gate
from placet.definitions.confirmations import Confirmation
from placet.definitions.document import method_of
from placet.definitions.items import Consequence
from placet.definitions.notification_rules import NotificationRule
from placet.definitions.places import changed
from placet.definitions.roles import Duty
from placet.definitions.stock import approval_granted, fields_present, named_confirmed
from placet.definitions.timers import Timer
from placet.definitions.workflow import Transition
from placet.errors import DefinitionError


class AddingRules(Adding):
    """Adds to the rules of an item type."""

    @checked
    def add_approval(
        self,
        type: str,
        approval: Approval,
        *,
        asked_by: Iterable[str] = (),
        needed_by: Iterable[str] = (),
        voided_by: Iterable[str] = (),
    ) -> None:
        """Add an approval of this method to items of a type.

        Transitions in `asked_by` ask for it, and those in `voided_by` withdraw it. Those in `needed_by` wait for it:
        each gets a gate with the approval's id. For a gate with further checks, or with waivers, use `add_gate`.
        """
        self._demand_new("approval", approval.id, type)
        item_type = self._type(type)
        self._draft.item_types[type] = changed(item_type, approvals=(*item_type.approvals, approval))
        for name in asked_by:
            self._grow(type, name, "asks", approval.id)
        for name in voided_by:
            self._grow(type, name, "voids", approval.id)
        granted = approval_granted(f"{approval.id}_granted", approval.id)
        for name in needed_by:
            self.add_gate(type, name, Gate(approval.id, f"{approval.title} granted", granted))

    @checked
    def add_confirmation(
        self,
        type: str,
        confirmation: Confirmation,
        *,
        asked_by: Iterable[str] = (),
        needed_by: Iterable[str] = (),
    ) -> None:
        """Add a confirmation by those whom a field names to items of a type.

        Transitions in `asked_by` ask for it besides, or alone. Those in `needed_by` wait for it: each gets a gate with
        the confirmation's id.
        """
        self._demand_new("confirmation", confirmation.id, type)
        item_type = self._type(type)
        more = changed(item_type, confirmations=(*item_type.confirmations, confirmation))
        self._draft.item_types[type] = more
        for name in asked_by:
            self._grow(type, name, "asks", confirmation.id)
        given = named_confirmed(f"{confirmation.id}_given", confirmation.id)
        for name in needed_by:
            self.add_gate(type, name, Gate(confirmation.id, f"{confirmation.title} confirmed", given))

    @checked
    def add_duty(self, type: str, duty: Duty) -> None:
        """Bar one person from two acts on an item, besides the item type's own duties."""
        self._demand_new("duty", duty.id, type)
        item_type = self._type(type)
        self._draft.item_types[type] = changed(item_type, duties=(*item_type.duties, duty))

    @checked
    def add_timer(self, type: str, timer: Timer) -> None:
        """Add a timer of this method to items of a type. Existing items get it with the act that starts it."""
        self._demand_new("timer", timer.id, type)
        for threshold in timer.thresholds:
            for effect in threshold.effects:
                self._demand_own("effect", effect.id)
        item_type = self._type(type)
        self._draft.item_types[type] = changed(item_type, timers=(*item_type.timers, timer))

    @checked
    def add_consequence(self, type: str, consequence: Consequence) -> None:
        """Let effects of this method follow from changes of some fields of items of a type."""
        self._demand_new("consequence", consequence.id, type)
        for effect in consequence.effects:
            self._demand_own("effect", effect.id)
        item_type = self._type(type)
        more = changed(item_type, consequences=(*item_type.consequences, consequence))
        self._draft.item_types[type] = more

    @checked
    def extend_timer(
        self,
        type: str,
        timer: str,
        *,
        starts: Iterable[str] = (),
        stops: Iterable[str] = (),
        resets: Iterable[str] = (),
        resumes: Iterable[str] = (),
    ) -> None:
        """Let further transitions start, stop, restart or resume a timer: those that a method adds beside others."""
        item_type = self._type(type)
        found = next((each for each in item_type.timers if each.id == timer), None)
        if found is None:
            raise absent(f"timer of {type}", timer, (each.id for each in item_type.timers))
        self._demand_declared(method_of(timer), f"the timer {timer}")
        if found.follows_item:
            raise DefinitionError(
                f"the timer {timer} of {type} runs by what the item is, and no transition starts or stops it: leave it"
            )
        more = {"starts": starts, "stops": stops, "resets": resets, "resumes": resumes}
        grown = changed(found, **{part: (*getattr(found, part), *names) for part, names in more.items()})
        timers = tuple(grown if each.id == timer else each for each in item_type.timers)
        self._draft.item_types[type] = changed(item_type, timers=timers)

    @checked
    def add_effect(self, type: str, transition: str, effect: Effect) -> None:
        """Add an effect to a transition, after its own effects and those of methods composed before."""
        self._demand_own("effect", effect.id)
        found = self._transition(type, transition)
        if any(each.id == effect.id for each in found.effects):
            raise DefinitionError(
                f'{type}.{transition} already has the effect "{effect.id}": give yours another id'
            )
        self._change(type, transition, changed(found, effects=(*found.effects, effect)))

    @checked
    def add_input(
        self, type: str, transition: str, field: str, *, required: bool = True, loosens: str | None = None
    ) -> None:
        """Ask for a field at a transition.

        Unless `required` is false, a gate of this method requires it. Fields that a transition asks for can be given
        with it even where they are frozen: then `loosens` says why, and it is listed as a loosening.
        """
        found, item_type = self._transition(type, transition), self._type(type)
        if field not in item_type.fields.model_fields:
            raise absent(f"field of {type}", field, item_type.fields.model_fields)
        if field in item_type.computed_fields:
            raise DefinitionError(
                f'the field "{field}" of {type} is computed, and cannot be given: ask for another'
            )
        if field not in found.input:
            sources = item_type.workflow.sources_of(found)
            frozen = [state for state in sources if field in item_type.frozen(state)]
            if frozen and loosens is None:
                raise DefinitionError(
                    f'the field "{field}" of {type} is frozen in {listed(frozen)}, and {transition} would let it be '
                    "changed there: say why in `loosens`, or ask for another"
                )
            if loosens is not None:
                self._record(
                    f"{type}.{transition}: input", f"lets {field} be given in {listed(frozen)}", loosens
                )
            self._grow(type, transition, "input", field)
        elif not required:
            raise DefinitionError(f'{type}.{transition} already asks for the field "{field}": leave it out')
        if required:
            self._demand_field(type, transition, field)

    @checked
    def add_notification(self, rule: NotificationRule) -> None:
        """Add a notification rule for items of a type, where that depends on settings or on other methods."""
        self._demand_own("notification rule", rule.id)
        self._type(rule.item_type)
        if rule.id in self._draft.notification_rules:
            raise DefinitionError(f'there is a notification rule "{rule.id}" already: give yours another id')
        self._draft.notification_rules[rule.id] = rule

    # Common parts

    def _grow(self, type: str, name: str, part: str, more: str) -> None:
        """Add a name to a part of a transition, with this method as its origin."""
        found = self._transition(type, name)
        known: tuple[str, ...] = getattr(found, part)
        if more not in known:
            added = {**found.added, more: self._method}
            self._change(type, name, changed(found, added=added, **{part: (*known, more)}))

    def _demand_field(self, type: str, transition: str, field: str) -> None:
        """Add a check to the gate by which this method requires the inputs of a transition."""
        local = type.partition(".")[2].replace(".", "_")
        id = f"{self._method}.{local}_{transition}_input"
        check = fields_present(f"{self._method}.{local}_{field}_given", field)
        found = self._transition(type, transition)
        if not any(gate.id == id for gate in found.gates):
            self.add_gate(type, transition, Gate(id, f"Filled in for {self._title}", check))
            return
        self._change(type, transition, _with_check(found, id, check))

    def _demand_new(self, kind: str, id: str, type: str) -> None:
        """Raises `DefinitionError` for an id that is not this method's, or that another part has already."""
        self._demand_own(kind, id)
        self._type(type)
        for item_type in self._draft.item_types.values():
            parts: Mapping[str, Iterable[Approval | Confirmation | Consequence | Duty | Timer]] = {
                "approval": item_type.approvals, "confirmation": item_type.confirmations,
                "consequence": item_type.consequences,
                "duty": item_type.duties, "timer": item_type.timers,
            }  # fmt: skip
            if any(part.id == id for part in parts[kind]):
                raise DefinitionError(f'{item_type.id} already has the {kind} "{id}": give yours another id')


def _with_check(transition: Transition, gate_id: str, check: Check) -> Transition:
    """A transition with a check in one of its gates, which is added if it is missing."""
    gates = tuple(
        gate.plus(check) if gate.id == gate_id and all(each.id != check.id for each in gate.checks) else gate
        for gate in transition.gates
    )
    return changed(transition, gates=gates)
