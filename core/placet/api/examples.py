"""Examples for the OpenAPI document: one believable change, told through every shape by the names of its members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MOMENT = "2026-03-02T09:00:00Z"
_UUID = "0198f2a4-7c11-7d3e-9d0c-5b8e2f6a1c00"
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

#: What a member of this name holds, wherever it stands.
_BY_NAME: Mapping[str, Any] = {
    "key": "OPS-12",
    "item": "OPS-12",
    "target": "OPS-7",
    "parent": "OPS-3",
    "workspace": "OPS",
    "ws": "OPS",
    "type": "itil.change",
    "title": "Renew the certificates of the payment gateway",
    "item_title": "Payment gateway",
    "state": "authorize",
    "from_state": "assess",
    "to_state": "authorize",
    "to": "authorize",
    "transition": "submit",
    "name": "Renewal",
    "kind": "transition",
    "comment": "The old ones end on Friday.",
    "text": "The old ones end on Friday.",
    "reason": "The old ones end on Friday.",
    "review": "It was right: nothing failed.",
    "summary": "1 of 2 votes",
    "actor": "maya",
    "created_by": "maya",
    "asked_by": "maya",
    "decided_by": "carl",
    "from_actor": "carl",
    "to_actor": "lea",
    "id": _UUID,
    "waiver": _UUID,
    "delivery": _UUID,
    "receiver": f"webhook:{_UUID}",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "kinds": ["transition", "refused"],
    "token": "placet_EXAMPLE",
    "sha256": _HASH,
    "hash": _HASH,
    "prev_hash": _HASH,
    "definition": _HASH,
    "email": "maya@example.org",
    "gate": "itil.lead_time",
    "check": "itil.lead_time_kept",
    "message": "the change starts in 2 business days, and 5 are required",
    "remedy": "plan it for 2026-03-09 or later, or ask for a waiver",
    "source": "itil",
    "message_id": "itil.lead_time_kept",
    "role": "itil.change_manager",
    "rule": "core.approval_asked",
    "also_to": ["itil.service_owner"],
    "until": _UUID,
    "muted": ["core.comment"],
    "digest": "immediate",
    "digest_at": "08:00",
    "mail": None,
    "error": None,
    "event": _UUID,
    "approval": "itil.change_approval",
    "link_type": "itil.affects_ci",
    "direction": "out",
    "url": "https://ci.example.org/runs/4711",
    "media_type": "text/plain",
    "version": 3,
    "initial": "new",
    "metric": "itil.change_success_rate",
    "formula": "100 * changes with outcome successful / changes implemented",
    "unit": "%",
    "dimensions": ["type", "risk_class"],
    "group": "normal",
    "value": 82,
    "numerator": 41,
    "denominator": 50,
    "zone": "Europe/Vienna",
    "status": "pending",
    "workflow": "itil.change",
    "detail": "submit on OPS-12 is blocked by 1 demand(s)",
    "pointer": "/fields/planned_start",
    "current_version": 4,
    "request_id": _UUID,
    "next_cursor": None,
    "fields": {"risk": "medium"},
    "changes": {"risk": [None, "medium"]},
    "methods": ["itil"],
    "scopes": ["read", "write"],
    "actors": ["maya", "carl"],
    "who": ["itil.change_manager", "carl"],
    "asked": ["carl"],
    "missing": ["carl"],
    "waits_on": ["carl"],
    "needs": ["administrator"],
    "settings": {"itil": {}},
    "gate_modes": {"itil.lead_time": "warn"},
    "closed_days": ["2026-12-24"],
    "hours": {"mon": ["08:30-16:30"], "fri": ["08:30-12:30"]},
    "extra_days": {"2026-12-05": ["10:00-14:00"]},
    "country": "AT",
    "subdivision": "9",
    "fields_schema": {"type": "object", "properties": {}, "additionalProperties": False},
}
#: Where the same name means something else.
_BY_PLACE: Mapping[tuple[str, str], Any] = {
    ("NewWorkspace", "key"): "OPS",
    ("WorkspaceShape", "key"): "OPS",
    ("NewWorkspace", "name"): "Payments",
    ("WorkspacePatch", "methods"): ["itil"],
    ("WorkspacePatch", "name"): "Payments",
    ("WorkspaceShape", "name"): "Payments",
    ("NewActor", "id"): "maya",
    ("NewActor", "name"): "Maya Lindner",
    ("NewActor", "kind"): "person",
    ("ActorShape", "id"): "maya",
    ("ActorShape", "name"): "Maya Lindner",
    ("ActorShape", "kind"): "person",
    ("MeShape", "id"): "maya",
    ("MeShape", "name"): "Maya Lindner",
    ("MeShape", "kind"): "person",
    ("ListedMetricShape", "id"): "itil.change_success_rate",
    ("ListedMetricShape", "title"): "Successful changes",
    ("MetricShape", "id"): "itil.change_success_rate",
    ("MetricShape", "title"): "Successful changes",
    ("EvidenceReference", "kind"): "test_result",
    ("EvidenceReference", "name"): "Run 4711",
    ("NotificationShape", "message"): "carl moved it to With the change authority (Request authorization)",
    ("BecauseShape", "reason"): "your vote on Authorisation is asked for until 2026-03-09 09:00 UTC",
    ("NotificationRuleShape", "id"): "itil.change_finished",
    ("NotificationRuleShape", "title"): "A change is finished",
    ("NotificationRuleShape", "on"): ["state:closed"],
    ("NotificationRuleShape", "to"): ["itil.change_manager"],
    ("NotificationRuleShape", "because"): "you manage changes",
    ("ReadForm", "workspace"): "OPS",
    ("ChannelForm", "url"): "mmosts://chat.example.org/SECRET",
    ("ChannelShape", "url"): "mmosts://chat.example.org/S...T/",
    ("EvidenceShape", "kind"): "test_result",
    ("LinkWish", "type"): "itil.affects_ci",
    ("Ask", "to"): "carl",
    ("NewWebhook", "url"): "https://example.org/placet",
    ("NewWebhook", "workspace"): "OPS",
    ("WebhookShape", "url"): "https://example.org/placet",
    ("MadeWebhookShape", "url"): "https://example.org/placet",
    ("AttemptShape", "status"): 503,
    ("AttemptShape", "error"): "it answered 503",
    ("AttemptShape", "seconds"): 1,
    ("NextShape", "name"): "submit",
    ("OutlookShape", "name"): "submit",
    ("ClockForm", "now"): _MOMENT,
}


def example(
    schema: Mapping[str, Any], components: Mapping[str, Any], *, place: str = "", name: str = ""
) -> Any:
    """A value that fits a schema. `place` is the model that a member stands in."""
    if "$ref" in schema:
        model = schema["$ref"].rpartition("/")[2]
        return example(components[model], components, place=model)
    told = _BY_PLACE.get((place, name), _BY_NAME.get(name)) if name else None
    for option in schema.get("anyOf", schema.get("oneOf", ())):
        if option.get("type") != "null" and not (name in _BY_NAME and _BY_NAME[name] is None):
            return example(option, components, place=place, name=name)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return told if told in schema["enum"] else schema["enum"][0]
    return _of_type(schema, components, place, told)


def _of_type(  # noqa: PLR0911  # one arm for each type, read as a table
    schema: Mapping[str, Any], components: Mapping[str, Any], place: str, told: Any
) -> Any:
    match schema.get("type"):
        case "object" if "properties" in schema:
            model = schema.get("title", place)
            return {
                member: example(each, components, place=model, name=member)
                for member, each in schema["properties"].items()
            }
        case "object":
            return told if isinstance(told, dict) else {}
        case "array":
            fits = isinstance(told, list) and schema["items"].get("type") == "string"
            return told if fits else [example(schema["items"], components, place=place)]
        case "string" if schema.get("format") == "date-time":
            return _MOMENT
        case "string" if schema.get("format") == "date":
            return _MOMENT[:10]
        case "string":
            return told if isinstance(told, str) else "itil.change"
        case "integer" | "number":
            return told if isinstance(told, int) else max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case _:
            return told
