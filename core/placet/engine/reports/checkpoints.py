"""Checkpoints: signed statements of how many events the log has and which, to be kept elsewhere.

The root of a Merkle tree (RFC 9162) over the hashes of events by position says which. The signed text is that of
https://c2sp.org/tlog-checkpoint, so that a public witness can sign it too. Each is an event of the installation, by
which webhooks get it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from placet.engine.act.access import demand_admin, demand_auditor
from placet.engine.act.installation import note
from placet.engine.act.people import Actor
from placet.engine.act.ports import Signer
from placet.engine.act.queries import Page
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.reports.kept_checkpoints import (
    KIND,
    Checkpoint,
    checkpoint_of,
    note_of,
    page_of,
    signed_of,
    tree_of,
)
from placet.engine.reports.numbered_log import NumberedLog
from placet.errors import ConflictError, InvalidError, MalformedError, NotFoundError, TamperedError
from placet.verify_export import (
    Tree,
    VerificationError,
    checkpoint_text,
    demand_signed,
    key_id,
    parse_checkpoint,
    parse_key,
    written_key,
)


class Checkpoints:
    """Checkpoints of the log. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner, signer: Signer | None) -> None:
        self._acts = acts
        self._log = NumberedLog(acts)
        self._signer = signer

    def make(self, actor: Actor) -> Checkpoint:
        """Sign the log as it is now; the latest checkpoint again where nothing but that one has happened since.

        Raises:
            ConflictError: this engine has no key.
            ForbiddenError: the actor is not an administrator.
            TamperedError: the log has lost events since the latest checkpoint, or somebody changed that one.
        """
        demand_admin(actor, "signing a checkpoint")
        signer = self._demand_signer()
        while True:
            self._acts.store.settle()
            tree, latest = self._grown()
            if latest is not None and self._unchanged(tree, signed_of(latest).size):
                return checkpoint_of(latest)
            made = self._sign(actor, signer, tree, latest)
            if made is not None:
                return made

    def _sign(self, actor: Actor, signer: Signer, tree: Tree, latest: str | None) -> Checkpoint | None:
        """Sign a tree; `None` where somebody else has signed since it began to grow from that of `latest`."""
        name = signer.name

        def do(unit: UnitOfWork) -> Checkpoint | None:
            if tree_of(unit)[2] != latest:
                return None
            time = unit.now.strftime("%Y-%m-%dT%H:%M:%SZ")
            text = checkpoint_text(name, tree.size, tree.root(), time)
            signature = base64.b64encode(key_id(name, signer.public) + signer.sign(text.encode())).decode()
            made = checkpoint_of(f"{text}\n\u2014 {name} {signature}\n")
            unit.session.audit.keep_tree(tree.size, tree.peaks, made.note, latest)
            note(unit, KIND, actor, {"size": made.size, "root": made.root, "note": made.note})
            return made

        return self._acts.administer("make_checkpoint", do)

    def make_due(self, actor: Actor, every: timedelta) -> Checkpoint | None:
        """Sign the log if so much time has passed since the latest checkpoint, or since the log began; see `make`."""
        _, _, latest = self._acts.look(tree_of)
        if latest is not None:
            since = datetime.fromisoformat(signed_of(latest).time)
        else:
            first = self._acts.look(lambda unit: unit.session.log.events_after(0, 1))
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
        size, peaks, latest = self._acts.look(tree_of)
        tree = Tree(size, peaks)
        if size > self._log.size():
            raise TamperedError(
                f"the log has lost events: the latest checkpoint has {size}; run placet audit verify"
            )
        self._log.grow(tree)
        return tree, latest

    def _unchanged(self, tree: Tree, size: int) -> bool:
        """Whether the log has nothing after a checkpoint but the event that keeps it."""
        if tree.size > size + 1:
            return False
        after = self._acts.look(lambda unit: unit.session.log.events_after(size, 1))
        return not after or after[0].event.kind == KIND

    def latest(self, actor: Actor) -> Checkpoint:
        """The latest checkpoint.

        Raises:
            TamperedError: somebody changed it in the database.
            NotFoundError: there is none yet.
        """
        demand_auditor(actor, "reading checkpoints")
        _, _, latest = self._acts.look(tree_of)
        if latest is None:
            raise NotFoundError("checkpoint", "latest")
        return checkpoint_of(latest)

    def find(self, actor: Actor, *, after: str | None = None, limit: int = 100) -> Page[Checkpoint]:
        """A page of all checkpoints, the oldest first. Raises `TamperedError` where one was tampered with."""
        demand_auditor(actor, "reading checkpoints")
        self._acts.store.settle()
        page = self._acts.look(lambda unit: page_of(unit, after, limit))
        return Page([checkpoint_of(note_of(each)) for each in page.rows], page.next_cursor)

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
        last = self._log.size()
        if new > last:
            raise MalformedError(
                f"the log has {last} events, and {new} are more: give the size of a checkpoint"
            )
        if old > new:
            raise MalformedError(f"{old} events are more than {new}: give the older checkpoint first")
        return self._log.proof(old, new)

    def compare(self, actor: Actor, note: str, key: str | None = None) -> Checkpoint:
        """Compare a checkpoint that was kept elsewhere with the log as it is.

        Args:
            actor: who asks: an administrator or an auditor of all.
            note: the text of the checkpoint.
            key: the public key with which it was signed; that of this installation if left out.

        Raises:
            TamperedError: the log is not the one that was signed: events were changed, removed, added or moved.
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
        self._log.grow(tree, given.size)
        if tree.size < given.size:
            raise TamperedError(
                f"the checkpoint has {given.size} events, and the log only {tree.size}: events were removed"
            )
        if tree.root() != given.root:
            raise TamperedError(
                f"the first {given.size} events are not those of the checkpoint of {given.time}: "
                "one was changed, removed, added or moved"
            )
        return checkpoint_of(note)

    def export(self, actor: Actor, until: int | None = None) -> Iterator[dict[str, Any]]:
        """All events as they were hashed, in order of position, to a position: for `verify_export.py`."""
        demand_auditor(actor, "exporting the log")
        self._acts.store.settle()
        return self._log.exported(until)
