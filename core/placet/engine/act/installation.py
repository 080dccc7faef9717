"""The installation's own history: acts that belong to no workspace, in a chain of their own.

Who was added and may administer, which tokens exist and who made them, delegations, webhooks, the plugins that were
loaded, and restored backups. Its events have positions in the same log as all others. They hold ids and no names or
addresses, so that a person's data can be erased.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from placet.engine.act.journal import make_event
from placet.engine.act.patches import BECAME, Operation
from placet.engine.act.people import Actor, InstallationRecord
from placet.engine.act.records import EventRecord
from placet.engine.act.unit_of_work import UnitOfWork


def note(
    unit: UnitOfWork, kind: str, actor: Actor, data: Mapping[str, Any], rows: Sequence[Operation] = ()
) -> EventRecord:
    """Append an act to the installation's history, in the transaction of the act itself (`ActRunner.administer`).

    Args:
        unit: the act.
        kind: the kind of the event.
        actor: who did it; where somebody else made the token that they used, the event says so.
        data: the other members of the event: ids, figures and moments. A `comment` can be erased; names and addresses
            do not belong here.
        rows: the changes of rows whose source this history is; see `placet.engine.act.sources`.
    """
    before = unit.installation
    event = make_event(before, kind, unit.now, actor.id, {**data, BECAME: list(rows), **acted_for(actor)})
    unit.session.save_installation(before, event)
    unit.installation = InstallationRecord(event.seq, event.hash)
    return event


def acted_for(actor: Actor) -> dict[str, str]:
    """A member for events: who made the actor's token, if that was somebody else."""
    return {} if actor.token_issued_by is None else {"token_issued_by": actor.token_issued_by}
