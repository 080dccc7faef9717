"""Checkpoints: signed statements of how many events the log has and which, to be kept elsewhere.

The root of a Merkle tree (RFC 9162) over the hashes of events by position says which. What is signed is the text of
https://c2sp.org/tlog-checkpoint, so that a public witness can sign it too. Each is an event of the installation, by
which webhooks get it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from placet.engine.act.access import demand_admin, demand_auditor
from placet.engine.act.installation import note
from placet.engine.act.people import INSTALLATION, Actor
from placet.engine.act.ports import Signer
from placet.engine.act.queries import EventQuery, Page
from placet.engine.act.records import EventRecord
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import ConflictError, InvalidError, MalformedError, NotFoundError
from placet.verify_export import Checkpoint as Signed
from placet.verify_export import (
    Tree,
    VerificationError,
    checkpoint_text,
    demand_signed,
    key_id,
    parse_checkpoint,
    parse_key,
    proof_ranges,
    written_key,
)

#: The kind of the event that keeps a checkpoint.
KIND = "checkpoint"
#: Events that are read at a time.
_BATCH = 2000
_HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed checkpoint."""

    origin: str
    #: Number of events that it covers: those at the positions 1 to `size`.
    size: int
    #: Root of the tree over them, in base64.
    root: str
    #: When it was signed, in UTC.
    time: str
    #: The signed text with its signatures, as it is kept elsewhere.
    note: str


class Checkpoints:
    """Checkpoints of the log. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner, signer: Signer | None) -> None:
        self._acts = acts
        self._signer = signer

    def make(self, actor: Actor) -> Checkpoint:
        """Sign the log as it is now; the latest checkpoint again where nothing but that one has happened since.

        Raises:
            ConflictError: this engine has no key, the log has lost events since the latest checkpoint, or somebody
                changed what is kept of that one.
            ForbiddenError: the actor is not an administrator.
        """
        demand_admin(actor, "signing a checkpoint")
        signer = self._demand_signer()
        while True:
            self._acts.store.settle()
            tree, latest = self._grown()
            if latest is not None and self._unchanged(tree, _parsed(latest).size):
                return _checkpoint(latest)
            made = self._sign(actor, signer, tree, latest)
            if made is not None:
                return made

    def _sign(self, actor: Actor, signer: Signer, tree: Tree, latest: str | None) -> Checkpoint | None:
        """Sign a tree; `None` where somebody else has signed since it began to grow from that of `latest`."""
        name = signer.name

        def do(work: UnitOfWork) -> Checkpoint | None:
            if _tree(work)[2] != latest:
                return None
            time = work.now.strftime("%Y-%m-%dT%H:%M:%SZ")
            text = checkpoint_text(name, tree.size, tree.root(), time)
            signature = base64.b64encode(key_id(name, signer.public) + signer.sign(text.encode())).decode()
            made = _checkpoint(f"{text}\n\u2014 {name} {signature}\n")
            work.session.audit.keep_tree(tree.size, tree.peaks, made.note, latest)
            note(work, KIND, actor, {"size": made.size, "root": made.root, "note": made.note})
            return made

        return self._acts.administer("make_checkpoint", do)

    def make_due(self, actor: Actor, every: timedelta) -> Checkpoint | None:
        """Sign the log if so much time has passed since the latest checkpoint, or since the log began; see `make`."""
        _, _, latest = self._acts.look(_tree)
        if latest is not None:
            since = datetime.fromisoformat(_parsed(latest).time)
        else:
            first = self._acts.look(lambda work: work.session.log.events_after(0, 1))
            if not first:
                return None
            since = first[0].event.at
        return self.make(actor) if self._acts.clock.now() >= since + every else None

    def _demand_signer(self) -> Signer:
        if self._signer is None:
            raise ConflictError("this engine signs nothing: give it a key")
        return self._signer

    def _grown(self) -> tuple[Tree, str | None]:
        """The tree over the log as it is, grown from that of the latest checkpoint, and the text of that one."""
        size, peaks, latest = self._acts.look(_tree)
        tree = Tree(size, peaks)
        if size > self._acts.look(lambda work: work.session.log.last_position()):
            raise ConflictError(
                f"the log has lost events: the latest checkpoint has {size}; run placet audit verify"
            )
        for hash in self._hashes(size):
            tree.append(hash)
        return tree, latest

    def _hashes(self, after: int, until: int | None = None) -> Iterator[str]:
        """The hashes of events by position, after a position, to another. Raises `ConflictError` at a gap."""
        while until is None or after < until:
            limit = _BATCH if until is None else min(_BATCH, until - after)
            batch = self._acts.look(lambda work, at=after, n=limit: work.session.audit.hashes(at, n))  # type: ignore[misc]  # the default binds the loop's value
            for position, hash in batch:
                after += 1
                if position != after or not _HASH.fullmatch(hash):
                    raise ConflictError(f"the log has no event at position {after}: run placet audit verify")
                yield hash
            if len(batch) < limit:
                return

    def _unchanged(self, tree: Tree, size: int) -> bool:
        """Whether the log has nothing after a checkpoint but the event that keeps it."""
        if tree.size > size + 1:
            return False
        after = self._acts.look(lambda work: work.session.log.events_after(size, 1))
        return not after or after[0].event.kind == KIND

    def latest(self, actor: Actor) -> Checkpoint:
        """The latest checkpoint.

        Raises:
            ConflictError: somebody changed it in the database.
            NotFoundError: there is none yet.
        """
        demand_auditor(actor, "reading checkpoints")
        _, _, latest = self._acts.look(_tree)
        if latest is None:
            raise NotFoundError("checkpoint", "latest")
        return _checkpoint(latest)

    def find(self, actor: Actor, *, after: str | None = None, limit: int = 100) -> Page[Checkpoint]:
        """A page of all checkpoints, the oldest first. Raises `ConflictError` where one was tampered with."""
        demand_auditor(actor, "reading checkpoints")
        self._acts.store.settle()
        page = self._acts.look(lambda work: _page(work, after, limit))
        return Page([_checkpoint(_kept(each)) for each in page.rows], page.next_cursor)

    def key(self, actor: Actor) -> str:
        """The public key with its name, by which others verify checkpoints.

        Raises:
            ConflictError: this engine has no key.
            ForbiddenError: the actor is neither an administrator nor an auditor of all.
        """
        demand_auditor(actor, "reading the key of checkpoints")
        signer = self._demand_signer()
        return written_key(signer.name, signer.public)

    def proof(self, actor: Actor, old: int, new: int) -> list[str]:
        """The hashes, in base64, that prove that the log of `new` events continues that of `old`; by RFC 9162.

        Raises:
            MalformedError: the log does not have so many events, or `old` is larger than `new`.
        """
        demand_auditor(actor, "proving the log")
        self._acts.store.settle()
        last = self._acts.look(lambda work: work.session.log.last_position())
        if new > last:
            raise MalformedError(
                f"the log has {last} events, and {new} are more: give the size of a checkpoint"
            )
        if old > new:
            raise MalformedError(f"{old} events are more than {new}: give the older checkpoint first")
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

    def compare(self, actor: Actor, note: str, key: str | None = None) -> Checkpoint:
        """Compare a checkpoint that was kept elsewhere with the log as it is.

        Args:
            actor: who asks: an administrator or an auditor of all.
            note: the text of the checkpoint.
            key: the public key with which it was signed; that of this installation if left out.

        Raises:
            ConflictError: the log is not the one that was signed: events were changed, removed, added or moved.
            InvalidError: this is not a checkpoint, or not one that the key has signed.
        """
        demand_auditor(actor, "comparing a checkpoint with the log")
        try:
            given = parse_checkpoint(note)
            demand_signed(given, parse_key(key or self.key(actor)))
        except VerificationError as error:
            raise InvalidError.at("/checkpoint", str(error)) from None
        self._acts.store.settle()
        tree = Tree()
        for hash in self._hashes(0, given.size):
            tree.append(hash)
        if tree.size < given.size:
            raise ConflictError(
                f"the checkpoint has {given.size} events, and the log only {tree.size}: events were removed"
            )
        if tree.root() != given.root:
            raise ConflictError(
                f"the first {given.size} events are not those of the checkpoint of {given.time}: "
                "one was changed, removed, added or moved"
            )
        return _checkpoint(note)

    def export(self, actor: Actor, until: int | None = None) -> Iterator[dict[str, Any]]:
        """All events as they were hashed, in order of position, to a position: for `verify_export.py`."""
        demand_auditor(actor, "exporting the log")
        self._acts.store.settle()
        after = 0
        while until is None or after < until:
            limit = _BATCH if until is None else min(_BATCH, until - after)
            batch = self._acts.look(lambda work, at=after, n=limit: work.session.log.events_after(at, n))  # type: ignore[misc]  # the default binds the loop's value
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


def _unreadable(what: str, why: Exception) -> ConflictError:
    return ConflictError(
        f"{what} cannot be read ({why}), so somebody changed the database: run placet audit verify, and compare the "
        "log with a checkpoint that was kept elsewhere"
    )


def _parsed(note: str) -> Signed:
    """A stored checkpoint. Raises `ConflictError` for one that somebody tampered with."""
    try:
        return parse_checkpoint(note)
    except VerificationError as error:
        raise _unreadable("a stored checkpoint", error) from None


def _tree(work: UnitOfWork) -> tuple[int, Sequence[bytes], str | None]:
    """The tree of the latest checkpoint, and its text. Raises as `_parsed`."""
    what = "the note of the latest checkpoint"
    try:
        size, peaks, latest = work.session.audit.tree()
        expected = size.bit_count()
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _unreadable(what, error) from None
    if len(peaks) != expected:
        raise _unreadable(what, ValueError(f"{len(peaks)} subtrees for {size} events"))
    if latest is not None:
        signed = _parsed(latest)
        if (signed.size, signed.root) != (size, Tree(size, peaks).root()):
            raise _unreadable(what, ValueError("its tree is not the signed one"))
    return size, peaks, latest


def _checkpoint(note: str) -> Checkpoint:
    parsed = _parsed(note)
    return Checkpoint(parsed.origin, parsed.size, base64.b64encode(parsed.root).decode(), parsed.time, note)


def _page(work: UnitOfWork, after: str | None, limit: int) -> Page[EventRecord]:
    query = EventQuery((INSTALLATION,), kinds=(KIND,), after=after, limit=limit)
    page = work.session.log.list_events(query)
    return Page([each.event for each in page.rows], page.next_cursor)


def _kept(event: EventRecord) -> str:
    """The text of the checkpoint that an event keeps. Raises as `_parsed`."""
    try:
        return str(orjson.loads(event.body)["note"])
    except (ValueError, LookupError, TypeError) as error:
        raise _unreadable(f"the checkpoint of event {event.seq} of the installation", error) from None


def roots(work: UnitOfWork) -> dict[int, bytes]:
    """The roots of all checkpoints by their sizes."""
    found: dict[int, bytes] = {}
    after: str | None = None
    while True:
        page = _page(work, after, _BATCH)
        for event in page.rows:
            try:
                checkpoint = _parsed(_kept(event))
            except ConflictError:
                # Its hash is no longer that of its event, which is a finding of the installation's history.
                continue
            found[checkpoint.size] = checkpoint.root
        if len(page.rows) < _BATCH:
            return found
        after = page.next_cursor
