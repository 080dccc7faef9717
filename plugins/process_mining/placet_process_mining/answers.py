"""Models of a log in OCEL 2.0."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from placet.api import Answer, Moment


class OcelAttribute(Answer):
    """An attribute that events or objects of a type have."""

    name: str
    type: Literal["string", "integer", "float", "boolean", "time"]


class OcelType(Answer):
    """A type of events or objects."""

    name: str
    attributes: list[OcelAttribute]


class OcelValue(Answer):
    """A value of an event's attribute, as text."""

    name: str
    value: str


class OcelChange(OcelValue):
    """A new value of an object's attribute, as text; `null` if it was cleared."""

    time: Moment


class OcelRelation(Answer):
    """An object, and its relation to the event or object."""

    object_id: str = Field(alias="objectId")
    qualifier: str


class OcelEvent(Answer):
    """An event."""

    id: str
    type: str
    time: Moment
    attributes: list[OcelValue]
    relationships: list[OcelRelation]


class OcelObject(Answer):
    """An item, or an actor."""

    id: str
    type: str
    attributes: list[OcelChange]
    relationships: list[OcelRelation]


class Ocel(Answer):
    """A log in OCEL 2.0."""

    events: list[OcelEvent]
    objects: list[OcelObject]
    event_types: list[OcelType] = Field(alias="eventTypes")
    object_types: list[OcelType] = Field(alias="objectTypes")
