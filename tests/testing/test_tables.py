"""Workflows as text: a change of any rule of a type changes its table."""

from __future__ import annotations

from datetime import date, timedelta

from placet import (
    ActorId,
    Confirmation,
    Duty,
    Fields,
    Gate,
    ItemType,
    Line,
    Role,
    State,
    Transition,
    Workflow,
    fields_present,
    named_confirmed,
)
from placet.testing import workflow_table

CLERK, MASTER = Role("post.clerk", "Clerk"), Role("post.master", "Postmaster")


class LetterFields(Fields):
    to: Line | None = None
    carrier: ActorId | None = None
    weighed: date | None = None
    stamp: Line | None = None


CARRIED = Confirmation("post.carried", "Carried", field="carrier", material_fields=["to"])
ADDRESSED = Gate("post.addressed", "Addressed", fields_present("post.to_given", "to"))
WEIGHED = Gate(
    "post.weighed",
    "Weighed",
    fields_present("post.weight_given", "weighed"),
    waived_by=[MASTER],
    waived_for=timedelta(days=1),
    lasting=["sent"],
)
TAKEN = Gate("post.taken", "Taken", named_confirmed("post.carrier_agrees", "post.carried"))

LETTER = ItemType(
    "post.letter",
    "Letter",
    fields=LetterFields,
    workflow=Workflow(
        "post.letter",
        [
            State("written", "Written", "todo"),
            State("sent", "Sent", "active"),
            State("delivered", "Delivered", "done"),
        ],
        [
            Transition("send", ["written"], "sent", [CLERK, MASTER], [WEIGHED], asks=["post.carried"]),
            Transition("return", ["sent"], "written", [CLERK], voids=["post.carried"]),
            Transition("deliver", ["sent"], "delivered", [CLERK], [TAKEN]),
        ],
    ),
    creation=[ADDRESSED],
    duties=[
        Duty("post.two_people", "Who sends does not stamp", acts=["send"], bars=["edit:stamp", "edit:to"])
    ],
    confirmations=[CARRIED],
    frozen_in={
        "written": ["stamp"],
        "sent": ["stamp", "to"],
        "delivered": ["to", "carrier", "weighed", "stamp"],
    },
)

TABLE = """\
written [todo]
sent [active]
delivered [done]
--
create: -> written
  if addressed
send: written -> sent
  by clerk, master
  if weighed
  asks carried
return: sent -> written
  by clerk
  voids carried
deliver: sent -> delivered
  by clerk
  if taken
--
addressed: to_given
weighed: weight_given (waived by master, for 1 day at most) (lasting in sent)
taken: carrier_agrees
--
two_people: not both send / and edit stamp, to
carried: by carrier of to
--
never edited: stamp
frozen in written: nothing
frozen in sent: to
frozen in delivered: everything
"""


def test_a_table_has_every_rule_of_a_type() -> None:
    """Ids of the type's own method stand without its prefix."""
    assert workflow_table(LETTER) == TABLE
