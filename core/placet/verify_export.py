"""Verifies an exported log against a checkpoint, without Placet: this file, Python and the library `cryptography`.

    python verify_export.py EXPORT CHECKPOINT KEY
    python verify_export.py consistency OLD_CHECKPOINT NEW_CHECKPOINT PROOF KEY

EXPORT is what `placet audit export` writes, CHECKPOINT a signed checkpoint, KEY the public key as `placet audit key`
prints it; each is a file, and KEY may be the key itself. It ends with 0 where all is proved, and else with 1.

It proves that the events up to the checkpoint are, byte for byte and in this order, those that were in the log when
the checkpoint was signed. The formats are described in `docs/audit.md`: events chained by SHA-256, a Merkle tree of
RFC 9162 over their hashes, and a checkpoint as https://c2sp.org/tlog-checkpoint writes it. This file uses nothing of
Placet, so that it can be copied, read and kept beside the checkpoints.
"""

from __future__ import annotations

import base64
import binascii
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

#: The kind of a signature, before its key: Ed25519, by https://c2sp.org/signed-note.
_ED25519 = b"\x01"
#: Bytes of a SHA-256.
_HASHED = 32
#: The members of a line of an export: whatever else stood there would be covered by no hash.
_MEMBERS = frozenset({"position", "hash", "prev_hash", "body", "salt", "document"})


class VerificationError(Exception):
    """Something is not what was signed, or cannot be read."""


# The tree: RFC 9162, section 2.1


class Tree:
    """The Merkle tree over the first hashes of a log, as the roots of its complete subtrees, the largest first."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    def append(self, hash: str) -> None:
        """Add the next event, by its hash in hex."""
        self.peaks.append(sha256(b"\x00" + bytes.fromhex(hash)).digest())
        self.size += 1
        joined = self.size
        while joined % 2 == 0:
            right = self.peaks.pop()
            self.peaks[-1] = _node(self.peaks[-1], right)
            joined //= 2

    def root(self) -> bytes:
        """The root: that of an empty tree is the hash of nothing."""
        if not self.peaks:
            return sha256(b"").digest()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = _node(peak, root)
        return root


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def proof_ranges(old: int, new: int) -> list[tuple[int, int]]:
    """The ranges of events, [first, end), whose roots prove that a tree of `new` events continues one of `old`.

    Source: RFC 9162, section 2.1.4.1.
    """
    if not 0 < old < new:
        return []
    return _ranges(old, 0, new, whole=True)


def _ranges(old: int, first: int, end: int, *, whole: bool) -> list[tuple[int, int]]:
    number = end - first
    if old == number:
        return [] if whole else [(first, end)]
    half = 1 << ((number - 1).bit_length() - 1)
    if old <= half:
        return [*_ranges(old, first, first + half, whole=whole), (first + half, end)]
    return [*_ranges(old - half, first + half, end, whole=False), (first, first + half)]


def demand_consistent(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> None:
    """Raise `VerificationError` unless a proof shows that one checkpoint continues the other."""
    if old.size > new.size:
        raise VerificationError(f"the old checkpoint has {old.size} events, and the new one only {new.size}")
    if old.size == new.size and old.root != new.root:
        raise VerificationError(f"the two checkpoints of {old.size} events have different roots")
    if any(len(each) != _HASHED for each in proof):
        raise VerificationError("a hash of the proof is not a SHA-256")
    if old.size in {0, new.size} and proof:
        raise VerificationError(
            f"a proof from {old.size} to {new.size} events has no hashes, and this has some"
        )
    if old.size not in {0, new.size} and _joined(old, new, list(proof)) != (old.root, new.root):
        raise VerificationError(f"the log of {new.size} events does not continue that of {old.size}")


def _joined(old: Checkpoint, new: Checkpoint, path: list[bytes]) -> tuple[bytes, bytes] | None:
    """The two roots that a proof gives; `None` for a proof of another length. Source: RFC 9162, section 2.1.4.2."""
    if old.size & (old.size - 1) == 0:
        path.insert(0, old.root)
    place, last = old.size - 1, new.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    former = later = path[0] if path else b""
    for each in path[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            former, later = _node(each, former), _node(each, later)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            later = _node(later, each)
        place, last = place >> 1, last >> 1
    return (former, later) if last == 0 else None


# Checkpoints: c2sp.org/tlog-checkpoint, signed as c2sp.org/signed-note


class Checkpoint(NamedTuple):
    """A checkpoint: the log with this name had so many events, with this root."""

    origin: str
    size: int
    root: bytes
    #: The moment, as the installation's clock gave it.
    time: str
    #: The text that is signed, with its last line feed.
    text: str
    #: Names and signatures, each with the four bytes that identify its key.
    signatures: tuple[tuple[str, bytes], ...]


class Key(NamedTuple):
    """A public key with its name."""

    name: str
    id: bytes
    public: bytes


def checkpoint_text(origin: str, size: int, root: bytes, time: str) -> str:
    """The text of a checkpoint that is signed."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\ntime {time}\n"


def key_id(name: str, public: bytes) -> bytes:
    """The four bytes that identify a key."""
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def written_key(name: str, public: bytes) -> str:
    """A public key as a line of text: NAME+ID+KEY."""
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def parse_key(text: str) -> Key:
    """Read a public key. Raises `VerificationError`."""
    try:
        name, id, key = text.strip().split("+", 2)
        kept = base64.b64decode(key, validate=True)
    except (ValueError, binascii.Error):
        raise VerificationError("the key is not NAME+ID+KEY, as placet audit key prints it") from None
    if kept[:1] != _ED25519 or len(kept) != 33 or key_id(name, kept[1:]).hex() != id:  # noqa: PLR2004  # a byte and 32
        raise VerificationError("the key is not an Ed25519 key, or its id is of another one")
    return Key(name, bytes.fromhex(id), kept[1:])


def parse_checkpoint(note: str) -> Checkpoint:
    """Read a checkpoint, with any signatures. Raises `VerificationError`."""
    text, blank, rest = note.partition("\n\n")
    lines = text.split("\n")
    try:
        size, root = int(lines[1]), base64.b64decode(lines[2], validate=True)
        signatures = tuple(_signature(line) for line in rest.removesuffix("\n").split("\n") if rest)
    except (ValueError, IndexError, binascii.Error):
        raise VerificationError(
            "this is not a checkpoint: name, size and root, a blank line, signatures"
        ) from None
    time = next((line.removeprefix("time ") for line in lines[3:] if line.startswith("time ")), "")
    if not blank or size < 0 or len(root) != _HASHED or str(size) != lines[1]:
        raise VerificationError("this is not a checkpoint: its size or its root is not valid")
    return Checkpoint(lines[0], size, root, time, f"{text}\n", signatures)


def _signature(line: str) -> tuple[str, bytes]:
    dash, name, signature = line.split(" ")
    if dash != "\u2014":
        raise ValueError(line)
    return name, base64.b64decode(signature, validate=True)


def demand_signed(checkpoint: Checkpoint, key: Key) -> None:
    """Raise `VerificationError` unless a key has signed a checkpoint; others may have signed it too."""
    if checkpoint.origin != key.name:
        raise VerificationError(
            f"the checkpoint is of the log {checkpoint.origin}, and the key of {key.name}"
        )
    for name, signature in checkpoint.signatures:
        if name == key.name and signature[:4] == key.id:
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(signature[4:], checkpoint.text.encode())
            except InvalidSignature:
                raise VerificationError("the checkpoint was changed, or another key has signed it") from None
            return
    raise VerificationError("the checkpoint has no signature of this key")


# Exports


class Proved(NamedTuple):
    """The result of a verification."""

    #: Events of the export, all of them chained.
    events: int
    #: Those of them that the checkpoint covers.
    covered: int
    #: Texts that are missing, and those of them that events of the export have erased.
    missing: int = 0
    erased: int = 0


def demand_export(lines: Iterable[str], checkpoint: Checkpoint) -> Proved:
    """Raise `VerificationError`, with a position, unless an export has exactly the events of a checkpoint.

    Later events may follow. It keeps the last hash of each item, and no events.
    """
    tree, ends, missing = Tree(), dict[str, tuple[int, str]](), set[str]()
    erased = 0
    _demand_root(tree, checkpoint)
    for position, event in enumerate(_events(lines), start=1):
        try:
            body = _demand_event(event, position, ends)
            tree.append(event["hash"])
            if "text" in body and event.get("document") is None:
                missing.add(body["id"])
            erased += body.get("kind") == "erased" and body.get("event") in missing
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise VerificationError(
                f"position {position}: this is not an event of an export: {error}"
            ) from None
        _demand_root(tree, checkpoint)
    if tree.size < checkpoint.size:
        raise VerificationError(
            f"the checkpoint has {checkpoint.size} events, and the export only {tree.size}"
        )
    return Proved(tree.size, checkpoint.size, len(missing), erased)


def _demand_root(tree: Tree, checkpoint: Checkpoint) -> None:
    """Raise `VerificationError` where a tree has the size of a checkpoint, and another root."""
    if tree.size == checkpoint.size and tree.root() != checkpoint.root:
        raise VerificationError(
            f"the {tree.size} events up to here are not those of the checkpoint: "
            "one was changed, removed, added or moved, and the hashes made anew"
        )


def _events(lines: Iterable[str]) -> Iterator[Any]:
    for number, line in enumerate(lines, start=1):
        try:
            yield json.loads(line, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            why = f": {error}" if isinstance(error, _TwiceError) else ""
            raise VerificationError(f"line {number} is not JSON{why}") from None


class _TwiceError(ValueError):
    """A member stands there twice: some readers take the first, and some the last."""


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        names = [name for name, _ in members]
        raise _TwiceError(f"{next(name for name in names if names.count(name) > 1)} stands there twice")
    return found


def _demand_form(event: Any, position: int) -> None:
    """Raise `VerificationError` for a line that has other members than an event, or others of their kinds."""
    others = sorted(set(event) - _MEMBERS)
    if others:
        raise VerificationError(
            f"position {position}: no hash covers {others[0]}, and no event of an export has it"
        )
    if type(event["position"]) is not int:
        raise VerificationError(
            f"position {position}: its position is {event['position']!r}, and no whole number"
        )
    texts = [event["hash"], event["prev_hash"], event["body"]]
    texts += [event[name] for name in ("salt", "document") if event.get(name) is not None]
    if not all(isinstance(each, str) for each in texts):
        raise VerificationError(f"position {position}: its hashes, its body and its text are not all texts")


def _demand_event(event: Any, position: int, ends: dict[str, tuple[int, str]]) -> dict[str, Any]:
    """The content of an event.

    Raises `VerificationError` for an event that does not follow, or whose content is not what was hashed.
    """
    _demand_form(event, position)
    if event["position"] != position:
        raise VerificationError(f"position {position} is missing: {event['position']} stands there")
    if event["hash"] != sha256(f"{event['prev_hash']}\n{event['body']}".encode()).hexdigest():
        raise VerificationError(f"position {position}: its content is not what was hashed")
    body: dict[str, Any] = json.loads(event["body"])
    seq, head = ends.get(body["item"], (0, ""))
    if (body["seq"], event["prev_hash"]) != (seq + 1, head):
        raise VerificationError(
            f"position {position}: it does not follow from the event before it of {body['item']}"
        )
    ends[body["item"]] = body["seq"], event["hash"]
    if event.get("document") is not None:
        typed = f"{event['salt']}\n{event['document']}".encode()
        if sha256(typed).hexdigest() != body["text"]["digest"]:
            raise VerificationError(f"position {position}: its text is not what was hashed")
    return body


def read_exactly(file: Path) -> str:
    """A file byte for byte, as it was signed. Raises `VerificationError` for one that something has converted."""
    text = file.read_bytes().decode()
    for sign, name in (("\ufeff", "a byte order mark"), ("\r", "carriage returns")):
        if sign in text:
            raise VerificationError(f"{file} has {name}, which nobody signed: keep it as it was given out")
    return text


def _read_key(given: str) -> Key:
    return parse_key(read_exactly(Path(given)) if "+" not in given or Path(given).exists() else given)


def _read_checkpoint(file: str, key: Key) -> Checkpoint:
    checkpoint = parse_checkpoint(read_exactly(Path(file)))
    demand_signed(checkpoint, key)
    return checkpoint


def _read_proof(file: str, old: Checkpoint, new: Checkpoint) -> list[bytes]:
    """The hashes of a proof, as `GET /audit/proof` answers."""
    try:
        proof = json.loads(read_exactly(Path(file)), object_pairs_hook=_once)
        sizes = proof.get("old_size", old.size), proof.get("new_size", new.size)
        hashes = [base64.b64decode(each, validate=True) for each in proof["hashes"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise VerificationError(
            f"{file} is not a proof: old_size, new_size and hashes, as /audit/proof answers"
        ) from None
    if sizes != (old.size, new.size):
        raise VerificationError(
            f"the proof is from {sizes[0]} to {sizes[1]} events, and the checkpoints have {old.size} and {new.size}"
        )
    return hashes


def said(proved: Proved, checkpoint: Checkpoint) -> Iterator[str]:
    """The facts that are proved, in sentences."""
    yield f"ok: {proved.covered} events are those of the checkpoint of {checkpoint.time}, {checkpoint.origin}"
    if proved.events > proved.covered:
        yield f"{proved.events - proved.covered} later events are chained, and not covered by it"
    if proved.missing:
        left = proved.missing - proved.erased
        yield f"{proved.missing} texts are missing: {proved.erased} were erased by an event, {left} without one"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit code."""
    try:
        match arguments:
            case ["consistency", old, new, proof, key]:
                known = _read_key(key)
                before, after = _read_checkpoint(old, known), _read_checkpoint(new, known)
                demand_consistent(before, after, _read_proof(proof, before, after))
                _say(f"ok: the log of {after.size} events continues that of {before.size}")
            case [export, checkpoint, key]:
                signed = _read_checkpoint(checkpoint, _read_key(key))
                with Path(export).open(encoding="utf-8", newline="\n") as lines:
                    proved = demand_export(lines, signed)
                for line in said(proved, signed):
                    _say(line)
            case _:
                _say(__doc__ or "")
                return 2
    except (VerificationError, OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"not proved: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
