"""Examples for the OpenAPI document: one realistic item through all models, by the names of their members.

The values here are generic. A demonstration has its own, which name existing items, so that each example works.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MOMENT = "2026-03-02T09:00:00Z"
_UUID = "0198f2a4-7c11-7d3e-9d0c-5b8e2f6a1c00"
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

#: Values of members: by name in all models, or by `Model.member` where the same name means something else. Parameters
#: in the paths of all operations are under `path.NAME`, those of one operation under `OPERATION.NAME`, and whole bodies
#: under `OPERATION`.
Vocabulary = Mapping[str, Any]

GENERIC: Vocabulary = {
    "effects_with": ["OPS"],
    "key": "OPS-12",
    "item": "OPS-12",
    "target": "OPS-7",
    "parent": "OPS-3",
    "workspace": "OPS",
    "ws": "OPS",
    "type": "acme.request",
    "title": "Renew the certificates of the shop",
    "item_title": "Shop",
    "state": "waiting",
    "from_state": "draft",
    "to_state": "waiting",
    "to": "waiting",
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
    "subscriber": f"webhook:{_UUID}",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "kinds": ["transition", "refused"],
    "token": "placet_EXAMPLE",
    "sha256": _HASH,
    "hash": _HASH,
    "prev_hash": _HASH,
    "definition": _HASH,
    "email": "maya@example.org",
    "gate": "acme.lead_time",
    "check": "acme.notice_given",
    "message": "2.0 business days' notice; 5 are required",
    "remedy": "plan it for Monday 2026-03-09 or later, or ask for a waiver",
    "source": "acme",
    "message_id": "acme.notice_given",
    "role": "acme.owner",
    "rule": "core.approval_asked",
    "also_to": ["acme.sponsor"],
    "until": _UUID,
    "muted": ["core.comment"],
    "digest": "immediate",
    "digest_at": "08:00",
    "mail": None,
    "error": None,
    "event": _UUID,
    "approval": "acme.consent",
    "link_type": "acme.follows",
    "direction": "out",
    "url": "https://ci.example.org/runs/4711",
    "media_type": "text/plain",
    "version": 3,
    "initial": "draft",
    "metric": "acme.success_rate",
    "formula": "100 * requests met in time / requests",
    "unit": "%",
    "dimensions": ["urgency"],
    "group": "high",
    "value": 82,
    "numerator": 41,
    "denominator": 50,
    "zone": "Europe/Vienna",
    "status": "pending",
    "workflow": "acme.request",
    "detail": "submit on OPS-12 is blocked by 1 check",
    "pointer": "/fields/due",
    "current_version": 4,
    "request_id": _UUID,
    "next_cursor": None,
    "fields": {"urgency": "high"},
    "changes": {"urgency": [None, "high"]},
    "methods": ["acme"],
    "scopes": ["read", "write"],
    "actors": ["maya", "carl"],
    "who": ["acme.owner", "carl"],
    "asked": ["carl"],
    "missing": ["carl"],
    "waits_on": ["carl"],
    "needs": ["administrator"],
    "settings": {"acme": {}},
    "gate_modes": {"acme.lead_time": "warn"},
    "closed_days": ["2026-12-24"],
    "hours": {"mon": ["08:30-16:30"], "fri": ["08:30-12:30"]},
    "extra_days": {"2026-12-05": ["10:00-14:00"]},
    "country": "AT",
    "subdivision": "9",
    "fields_schema": {"type": "object", "properties": {}, "additionalProperties": False},
    "NewWorkspace.key": "OPS",
    "Workspace.key": "OPS",
    "NewWorkspace.name": "Payments",
    "WorkspacePatch.methods": ["acme"],
    "WorkspacePatch.name": "Payments",
    "Workspace.name": "Payments",
    "NewActor.id": "maya",
    "NewActor.name": "Maya Lindner",
    "NewActor.kind": "person",
    "NewActor.admin": False,
    "NewActor.auditor": False,
    "ActorPatch.name": "Maya Lindqvist",
    "ActorPatch.admin": False,
    "code": "EXAMPLE",
    "issued_by": None,
    "token_issued_by": None,
    "Actor.id": "maya",
    "Actor.name": "Maya Lindner",
    "Actor.kind": "person",
    "Me.id": "maya",
    "Me.name": "Maya Lindner",
    "Me.kind": "person",
    "ListedMetric.id": "acme.success_rate",
    "ListedMetric.title": "Requests met in time",
    "Metric.id": "acme.success_rate",
    "Metric.title": "Requests met in time",
    "EvidenceReference.kind": "test_result",
    "EvidenceReference.name": "Run 4711",
    "Notification.message": "carl moved it to Waiting (Submit)",
    "Because.reason": "your vote on Consent is asked for until 2026-03-09 09:00 UTC",
    "NotificationRule.id": "acme.request_finished",
    "NotificationRule.title": "A request is finished",
    "NotificationRule.on": ["state:closed"],
    "NotificationRule.to": ["acme.owner"],
    "NotificationRule.because": "you own requests",
    "ReadForm.workspace": "OPS",
    "ChannelForm.url": "mmosts://chat.example.org/SECRET",
    "Channel.url": "mmosts://chat.example.org/S...T/",
    "Evidence.kind": "test_result",
    "LinkWish.type": "acme.follows",
    "AskWish.to": "carl",
    "AskWish.expires_at": "2026-03-09T09:00:00Z",
    "Ask.actor": "carl",
    "NewWebhook.url": "https://example.org/placet",
    "NewWebhook.workspace": "OPS",
    "Webhook.url": "https://example.org/placet",
    "MadeWebhook.url": "https://example.org/placet",
    "Attempt.status": 503,
    "Attempt.error": "it answered 503",
    "Attempt.seconds": 1,
    "Next.name": "submit",
    "Preview.name": "submit",
    "ClockForm.now": _MOMENT,
}


def example(
    schema: Mapping[str, Any],
    components: Mapping[str, Any],
    words: Vocabulary,
    *,
    place: str = "",
    name: str = "",
) -> Any:
    """A value that fits a schema. `place` is the model of the member."""
    if "$ref" in schema:
        model = schema["$ref"].rpartition("/")[2]
        return example(components[model], components, words, place=model, name=name)
    known = name and (f"{place}.{name}" in words or name in words)
    said = words.get(f"{place}.{name}", words.get(name)) if known else None
    if not (known and said is None):
        for option in schema.get("anyOf", schema.get("oneOf", ())):
            if option.get("type") != "null":
                return example(option, components, words, place=place, name=name)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return said if said in schema["enum"] else schema["enum"][0]
    return _of_type(schema, components, words, place, said)


def _of_type(  # noqa: PLR0911  # one arm for each type, read as a table
    schema: Mapping[str, Any], components: Mapping[str, Any], words: Vocabulary, place: str, said: Any
) -> Any:
    match schema.get("type"):
        case "object" if "properties" in schema:
            model = schema.get("title", place)
            return {
                member: example(each, components, words, place=model, name=member)
                for member, each in schema["properties"].items()
            }
        case "object":
            return said if isinstance(said, dict) else {}
        case "array":
            fits = isinstance(said, list) and "$ref" not in schema["items"]
            return said if fits else [example(schema["items"], components, words, place=place)]
        case "string" if schema.get("format") == "date-time":
            return said if isinstance(said, str) else _MOMENT
        case "string" if schema.get("format") == "date":
            return _MOMENT[:10]
        case "string" if schema.get("format") == "duration":
            return "PT4H"
        case "string":
            return said if isinstance(said, str) else "acme.request"
        case "integer" | "number":
            return said if isinstance(said, int) else max(1, schema.get("minimum", 1))
        case "boolean":
            return said if isinstance(said, bool) else True
        case _:
            return said
