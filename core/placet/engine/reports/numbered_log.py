"""The log by position, from its first event to its last: for trees over it, and for its export."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

from placet.engine.act.runner import ActRunner
from placet.errors import TamperedError
from placet.verify_export import Tree, proof_ranges

#: Events that are read at a time.
_BATCH = 2000
_HASH = re.compile("[0-9a-f]{64}")


class NumberedLog:
    """The events that have a position, read in batches. It asks nobody for their rights."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts

    def size(self) -> int:
        """The number of its events."""
        return self._acts.look(lambda unit: unit.session.log.last_position())

    def grow(self, tree: Tree, until: int | None = None) -> None:
        """Let a tree go on to a position, or to the end of the log. Raises `TamperedError` at a gap."""
        for hash in self._hashes(tree.size, until):
            tree.append(hash)

    def _hashes(self, after: int, until: int | None = None) -> Iterator[str]:
        """The hashes of events by position, after a position, to another. Raises `TamperedError` at a gap."""
        while until is None or after < until:
            limit = _BATCH if until is None else min(_BATCH, until - after)
            batch = self._acts.look(lambda unit, at=after, n=limit: unit.session.audit.hashes(at, n))  # type: ignore[misc]  # the default binds the loop's value
            for position, hash in batch:
                after += 1
                if position != after or not _HASH.fullmatch(hash):
                    raise TamperedError(f"the log has no event at position {after}: run placet audit verify")
                yield hash
            if len(batch) < limit:
                return

    def proof(self, old: int, new: int) -> list[str]:
        """The hashes, in base64, that prove that the log of `new` events continues that of `old`; by RFC 9162."""
        wanted = proof_ranges(old, new)
        trees = {each: Tree() for each in wanted}
        inside = iter(sorted(wanted))
        current = next(inside, None)
        for position, hash in enumerate(self._hashes(0, new)):
            if current is not None and position >= current[1]:
                current = next(inside, None)
            if current is not None and current[0] <= position:
                trees[current].append(hash)
        return [base64.b64encode(trees[each].root()).decode() for each in wanted]

    def exported(self, until: int | None = None) -> Iterator[dict[str, Any]]:
        """Its events as they were hashed, in order, to a position."""
        after = 0
        while until is None or after < until:
            limit = _BATCH if until is None else min(_BATCH, until - after)
            batch = self._acts.look(lambda unit, at=after, n=limit: unit.session.log.events_after(at, n))  # type: ignore[misc]  # the default binds the loop's value
            for sealed in batch:
                event, text = sealed.event, sealed.event.text
                line = {
                    "position": sealed.position,
                    "hash": event.hash,
                    "prev_hash": event.prev_hash,
                    "body": event.body,
                }
                if text is not None and text.document is not None:
                    line |= {"salt": text.salt, "document": text.document}
                yield line
            if len(batch) < limit:
                return
            after = batch[-1].position
