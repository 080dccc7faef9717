"""The gates of a control: what its bindings become as rules of the workspace."""

from __future__ import annotations

from placet import AddedGate, ItemView
from placet_cobit.controls.bindings import GATE_MODES, Binding, gate_id
from placet_cobit.controls.fields import ControlFields, mode_of
from placet_cobit.controls.waiving import RISK_ACCEPTED


def gates(control: ItemView, bindings: tuple[Binding, ...]) -> list[AddedGate]:
    """The gates of a control, in the order of its bindings."""
    fields: ControlFields = control.fields
    return [
        AddedGate(
            gate_id(control.key, n),
            control.title,
            each.item_type,
            each.transition,
            each.check_id,
            dict(each.params),
            mode=GATE_MODES[mode_of(fields)],
            label=f"[{control.key} {fields.practice_id}]",
            unless=RISK_ACCEPTED,
            unless_params={"control": control.key},
            only=each.only,
        )
        for n, each in enumerate(bindings, start=1)
    ]
