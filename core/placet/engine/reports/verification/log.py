"""The log as a whole: its positions, the checkpoints over it, and what its events refer to."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence

from placet.definitions.document import content_hash
from placet.engine.act.auditing import LogPlace
from placet.engine.act.latest_verification import LOG
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.reports.verification.findings import Findings
from placet.verify_export import Tree

#: Positions that are read at a time, and files.
PLACES, FILES = 1000, 200
_HASH = re.compile("[0-9a-f]{64}")
#: The key of findings about the log as a whole.
KEY = LOG


class Positions:
    """Follows the positions 1..n, and compares the tree over their events with the checkpoints."""

    def __init__(
        self,
        checkpoints: Mapping[int, bytes],
        kept: tuple[int, Sequence[bytes], str | None],
        findings: Findings,
        tree: Tree,
    ) -> None:
        """Go on with the tree of the positions so far.

        `checkpoints` are roots by size, `kept` is the tree of the latest one, from which the next one grows.
        """
        self._checkpoints = checkpoints
        self._kept = kept
        self._findings = findings
        self.tree = tree
        #: Whether there is a gap, so that no later root means anything.
        self._broken = False

    @property
    def last(self) -> int:
        """The last position that was followed."""
        return self.tree.size

    def follow(self, unit: UnitOfWork) -> bool:
        """Follow a batch; returns whether there may be more."""
        found = unit.session.audit.places(self.last, PLACES)
        for place in found:
            fault = self._fault_of(place)
            if fault is not None:
                self._findings.add(place.ref.key if place.ref.number else place.ref.workspace, fault,
                                   seq=place.seq, place="positions")  # fmt: skip
            if place.position != self.last + 1 or place.hash is None or not _HASH.fullmatch(place.hash):
                self._broken = True
                return False
            self.tree.append(place.hash)
            self._findings.places += 1
            self._compare()
        return len(found) == PLACES

    def end(self, unit: UnitOfWork) -> None:
        """Compare the numbers of events and of positions, once all are followed."""
        events, placed, marked = unit.session.audit.counts()
        if events != placed + marked:
            said = f"{events} events have {placed} positions, and {marked} wait for theirs"
            self._findings.add(KEY, said, place="positions")
        for event in unit.session.audit.strange_marks():
            said = "an event that waits for its position is not there: it was removed"
            self._findings.add(KEY, said, event=event, place="unsealed")
        for size in sorted(self._checkpoints):
            if size > self.last and not self._broken:
                said = f"a checkpoint of {size} events was signed, and the log has {self.last}"
                self._findings.add(KEY, said, seq=size, place="positions")

    def _fault_of(self, place: LogPlace) -> str | None:
        if place.position != self.last + 1:
            return f"position {self.last + 1} is missing: {place.position} follows {self.last}"
        if place.hash is None:
            return f"position {place.position} is that of event {place.seq}, which is not there"
        if not _HASH.fullmatch(place.hash):
            return f"the event at position {place.position} has no SHA-256 as its hash"
        if not place.fits:
            return f"position {place.position} has another kind or actor than its event"
        if not place.follows:
            return f"position {place.position} comes before the event that precedes it"
        return None

    def _compare(self) -> None:
        root = self._checkpoints.get(self.tree.size)
        if root is not None and root != self.tree.root():
            said = (
                f"the first {self.tree.size} events are not those of the checkpoint that was signed over them"
            )
            self._findings.add(KEY, said, seq=self.tree.size, place="events")
        size, peaks, _ = self._kept
        if size == self.tree.size and list(peaks) != self.tree.peaks:
            said = f"the tree that was kept of the first {size} events is not theirs"
            self._findings.add(KEY, said, seq=size, place="installation.value")


def written_tree(tree: Tree) -> str:
    """A tree as a cursor keeps it: its size, and the roots of its complete subtrees in base64."""
    return f"{tree.size}.{base64.urlsafe_b64encode(b''.join(tree.peaks)).decode().rstrip('=')}"


def read_tree(text: str) -> Tree:
    """The tree of a cursor; an empty one of an empty text. Raises `ValueError` for another text."""
    if not text:
        return Tree()
    size, _, kept = text.partition(".")
    joined = base64.b64decode(kept + "=" * (-len(kept) % 4), altchars=b"-_", validate=True)
    peaks = [joined[place : place + 32] for place in range(0, len(joined), 32)]
    if not re.fullmatch("[1-9][0-9]{0,17}", size) or len(joined) != 32 * int(size).bit_count():
        raise ValueError(text)
    return Tree(int(size), peaks)


def verified_definitions(unit: UnitOfWork, findings: Findings) -> None:
    """Recompute the hash of every stored definition, and look for texts without an event."""
    after, more = "", True
    while more:
        batch = unit.session.audit.definitions(after, FILES)
        for definition in batch:
            if content_hash(definition.document) != definition.hash:
                said = f"the definition {definition.hash} is not what its hash says"
                findings.add(KEY, said, place="definitions")
        more = len(batch) == FILES
        if more:
            after = batch[-1].hash
    for workspace, number, seq in unit.session.audit.strange_texts():
        key = f"{workspace}-{number}" if number else workspace
        findings.add(key, "there is a text without an event", seq=seq, place="event_texts")


def verified_evidence(unit: UnitOfWork, after: str, findings: Findings) -> str | None:
    """Read a batch of files, and compare each with its digest; returns the last digest, or `None` at the end."""
    batch = unit.session.audit.evidence(after, FILES)
    for sha256, ref in batch:
        fault = _damage(unit, sha256)
        if fault is not None and _is_a_file(unit, sha256):
            said = f"the evidence {sha256} {fault}: upload the same file again to heal it"
            findings.add(ref.key, said, place="evidence")
    return batch[-1][0] if len(batch) == FILES else None


def _is_a_file(unit: UnitOfWork, sha256: str) -> bool:
    """Whether some item has it as a file; of a document elsewhere only the address is kept here."""
    holders = unit.session.evidence_holders(sha256)
    return any(each.sha256 == sha256 and each.url is None for item in holders for each in item.evidence)


def _damage(unit: UnitOfWork, sha256: str) -> str | None:
    try:
        file = unit.environment.evidence.open(sha256)
    except OSError:
        return "is damaged"
    if file is None:
        return "is missing"
    file.close()
    return None
