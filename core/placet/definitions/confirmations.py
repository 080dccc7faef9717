"""Confirmations: somebody who is named on an item confirms it in person.

A name in a field is a claim of the one who wrote it. It becomes an agreement when the one who is named confirms it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from placet.definitions.arguments import Title, written
from placet.definitions.context import CheckContext
from placet.definitions.places import Written


@written
@dataclass(frozen=True, slots=True)
class Confirmation(Written):
    """An agreement that is asked of everybody whom a field names, and that each of them alone can give.

    It is asked for when the field names somebody, or by a transition that has its id in `asks`. It is bound to the
    part of the field that names the person and to the material fields: when one of them changes, it is asked for
    again. People who name themselves, or change what they have confirmed, confirm it by that.
    """

    #: `itil.collision_agreement`.
    id: str
    title: Title
    #: The field that names the person, or several.
    field: str
    #: The member with the person, where the field holds objects.
    member: str = ""
    #: Names of the fields that are confirmed with it.
    material_fields: Sequence[str] = ()
    #: The time to answer, or a function that returns its end; with `None` it stays open.
    expires: timedelta | Callable[[CheckContext], datetime | None] | None = None
    #: The time after which the person is reminded, once; `None` for no reminder.
    reminds: timedelta | None = None
    #: How long a confirmation counts; `None` as long as its material stays the same.
    lasts: timedelta | None = None
    #: Whether it is asked for when the field names somebody; otherwise only by transitions.
    when_named: bool = True
