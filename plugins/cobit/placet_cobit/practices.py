"""Ids of practices, and whether there is one of an id: COBIT numbers the practices of each objective from 01."""

from __future__ import annotations

import re

from placet import CheckContext
from placet_cobit.ids import OBJECTIVE

#: Patterns of ids: BAI06, and BAI06.01.
OBJECTIVE_ID = "(EDM|APO|BAI|DSS|MEA)[0-9]{2}"
PRACTICE_ID = rf"{OBJECTIVE_ID}\.[0-9]{{2}}"
_PRACTICE = re.compile(PRACTICE_ID)


def practice_fault(ctx: CheckContext, practice: str) -> str | None:
    """Why an id has no practice in the workspace; `None` where it has one."""
    if not _PRACTICE.fullmatch(practice):
        return "an id is written like BAI06.01"
    objective = practice.partition(".")[0]
    found = ctx.items(OBJECTIVE, objective_id=objective)
    if not found:
        return f"the objective {objective} is not in this workspace: seed the objectives first"
    known = [each.id for each in found[0].fields.practices]
    if practice in known:
        return None
    first, last = (each.partition(".")[2] for each in (known[0], known[-1]))
    return f"{objective} has practices {first}-{last}"
