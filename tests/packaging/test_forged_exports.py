"""Exports, checkpoints and proofs that somebody made other than they were given out: each is refused with why."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from shop import Shop

from placet.engine.engine import SYSTEM_ACTOR
from placet.verify_export import main, parse_checkpoint, written_key

#: A change that somebody makes to the folder of kept files.
Forge = Callable[[Path], None]


@pytest.fixture
def kept(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an export, two checkpoints, the proof between them, and the key."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shop.offered(notes="Zo\u00eb calls", tags=["a"])
    shop.engine.items.comment(shop["ben"], "SHOP-1", "as agreed with Zo\u00eb")
    checkpoints = shop.engine.checkpoints
    (folder / "older").write_text(checkpoints.make(SYSTEM_ACTOR).note)
    shop.offered()
    (folder / "checkpoint").write_text(checkpoints.make(SYSTEM_ACTOR).note)
    (folder / "key").write_text(checkpoints.key(SYSTEM_ACTOR))
    sizes = [parse_checkpoint((folder / name).read_text()).size for name in ("older", "checkpoint")]
    proof = {"old_size": sizes[0], "new_size": sizes[1], "hashes": checkpoints.proof(SYSTEM_ACTOR, *sizes)}
    (folder / "proof").write_text(json.dumps(proof))
    lines = [orjson.dumps(line) for line in checkpoints.export(SYSTEM_ACTOR)]
    (folder / "export").write_bytes(b"".join(line + b"\n" for line in lines))
    monkeypatch.chdir(folder)
    return folder


def lines(change: Callable[[list[str]], list[str]]) -> Forge:
    """Others lines of the export."""

    def forge(folder: Path) -> None:
        given = (folder / "export").read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / "export").write_text("".join(change(given)), encoding="utf-8")

    return forge


def member(change: Callable[[dict[str, Any]], object], at: int = 0) -> Forge:
    """Other members of one line."""

    def forged(given: list[str]) -> list[str]:
        event = json.loads(given[at])
        change(event)
        return [*given[:at], json.dumps(event) + "\n", *given[at + 1 :]]

    return lines(forged)


def with_text(change: Callable[[dict[str, Any]], object]) -> Forge:
    """Other members of the line whose text somebody typed."""

    def forge(folder: Path) -> None:
        given = (folder / "export").read_text(encoding="utf-8").splitlines()
        member(change, next(n for n, line in enumerate(given) if "as agreed" in line))(folder)

    return forge


def text(name: str, change: Callable[[str], str]) -> Forge:
    """Another text of a file, byte for byte."""

    def forge(folder: Path) -> None:
        changed = change((folder / name).read_bytes().decode())
        (folder / name).write_bytes(changed.encode())

    return forge


def proof(change: Callable[[dict[str, Any]], object]) -> Forge:
    """Other members of the proof."""

    def forge(folder: Path) -> None:
        found = json.loads((folder / "proof").read_text())
        changed = change(found)
        (folder / "proof").write_text(json.dumps(found if changed is None else changed))

    return forge


def put(**values: object) -> Callable[[dict[str, Any]], None]:
    """Set members."""
    return lambda found: found.update(values)


def twice(given: list[str]) -> list[str]:
    """The first line with its position said twice, the first of them another."""
    return [given[0].replace('{"', '{"position":7,"', 1), *given[1:]]


def decomposed(event: dict[str, Any]) -> None:
    """The text with its letters and marks apart, which looks the same."""
    event["document"] = unicodedata.normalize("NFD", event["document"])
    assert "\u0308" in event["document"]


def _append(file: Path, more: bytes) -> None:
    file.write_bytes(more + file.read_bytes())


def _line(note: str, at: int, other: str) -> str:
    found = note.split("\n")
    return "\n".join([*found[:at], other, *found[at + 1 :]])


def _other_key(folder: Path) -> None:
    name = (folder / "key").read_text().partition("+")[0]
    (folder / "key").write_text(written_key(name, bytes(32)))


def _same(folder: Path) -> None:
    (folder / "older").write_text((folder / "checkpoint").read_text())
    found = json.loads((folder / "proof").read_text())
    (folder / "proof").write_text(json.dumps({"hashes": found["hashes"]}))


def _change_places(folder: Path) -> None:
    older, newer = (folder / "older").read_text(), (folder / "checkpoint").read_text()
    (folder / "older").write_text(newer)
    (folder / "checkpoint").write_text(older)
    found = json.loads((folder / "proof").read_text())
    (folder / "proof").write_text(json.dumps({"hashes": found["hashes"]}))


EXPORTS: dict[str, tuple[Forge, str]] = {
    "two lines change places": (lines(lambda a: [a[1], a[0], *a[2:]]), "position 1 is missing: 2 stands there"),
    "a line stands there twice": (lines(lambda a: [a[0], *a]), "position 2 is missing: 1 stands there"),
    "the last line is missing": (lines(lambda a: a[:6]), "events, and the export only 6"),
    "a line is cut": (lines(lambda a: [*a[:3], a[3][:40] + "\n", *a[4:]]), "line 4 is not JSON"),
    "a line is empty": (lines(lambda a: ["\n", *a]), "line 1 is not JSON"),
    "there is nothing": (lines(lambda _: []), "events, and the export only 0"),
    "a byte order mark": (lines(lambda a: ["\ufeff" + a[0], *a[1:]]), "line 1 is not JSON"),
    "a member twice": (lines(twice), "line 1 is not JSON: position stands there twice"),
    "a further member": (member(put(note="approved by all")), "no hash covers note"),
    "a position as a decimal": (member(put(position=1.0)), "its position is 1.0, and no whole number"),
    "a position as a truth": (member(put(position=True)), "its position is True, and no whole number"),
    "a position as a text": (member(put(position="1")), "its position is '1', and no whole number"),
    "a huge position": (lines(lambda a: [a[0].replace(":1,", ":" + "9" * 5000 + ",", 1), *a[1:]]),
                        "line 1 is not JSON"),
    "a hash in capitals": (member(lambda e: e.update(hash=e["hash"].upper())), "not what was hashed"),
    "a body that is not a text": (member(lambda e: e.update(body=json.loads(e["body"]))), "are not all texts"),
    "a body with spaces": (member(lambda e: e.update(body=e["body"].replace(":", ": "))), "not what was hashed"),
    "another number form": (member(lambda e: e.update(body=e["body"].replace('"seq":1', '"seq":1.0'))),
                            "not what was hashed"),
    "letters and marks apart": (with_text(decomposed), "its text is not what was hashed"),
    "another salt": (with_text(put(salt="0" * 32)), "its text is not what was hashed"),
    "a text without its salt": (with_text(lambda e: e.pop("salt")), "this is not an event of an export"),
    "a text where none was": (member(put(document="{}", salt="00")), "this is not an event of an export"),
    "lines within lines": (lines(lambda a: ["[" * 100_000 + "\n", *a]), "line 1 is not JSON"),
    "a list in the place of an event": (lines(lambda a: ["[]\n", *a]), "this is not an event of an export"),
    "bytes that are not a text": (lambda folder: _append(folder / "export", b"\xff\n"), "codec can't decode"),
}  # fmt: skip
CHECKPOINTS: dict[str, tuple[Forge, str]] = {
    "of another size": (text("checkpoint", lambda t: _line(t, 1, "5")), "was changed, or another key"),
    "of another log": (text("checkpoint", lambda t: _line(t, 0, "other")), "the checkpoint is of the log other"),
    "of another time": (text("checkpoint", lambda t: t.replace("time 2026", "time 2025")),
                        "was changed, or another key"),
    "with carriage returns": (text("checkpoint", lambda t: t.replace("\n", "\r\n")), "has carriage returns"),
    "with a byte order mark": (text("checkpoint", lambda t: "\ufeff" + t), "has a byte order mark"),
    "with a size in other digits": (text("checkpoint", lambda t: _line(t, 1, "\uff11\uff12")),
                                    "its size or its root is not valid"),
    "with a huge size": (text("checkpoint", lambda t: _line(t, 1, "9" * 5000)), "this is not a checkpoint"),
    "with a cut root": (text("checkpoint", lambda t: _line(t, 2, "AAAA")), "its size or its root is not valid"),
    "without signatures": (text("checkpoint", lambda t: t.partition("\u2014")[0]), "no signature of this key"),
    "with a dash of another kind": (text("checkpoint", lambda t: t.replace("\u2014", "-")),
                                    "this is not a checkpoint"),
    "of another key": (_other_key, "no signature of this key"),
}  # fmt: skip
FORGED: dict[str, tuple[Forge, str]] = {
    "is cut": (proof(lambda p: p.update(hashes=p["hashes"][:-1])), "does not continue that of"),
    "has one hash more": (proof(lambda p: p.update(hashes=[*p["hashes"], p["hashes"][0]])), "does not continue"),
    "is turned round": (proof(lambda p: p.update(hashes=p["hashes"][::-1])), "does not continue that of"),
    "has no hashes": (proof(put(hashes=[])), "does not continue that of"),
    "has a short hash": (proof(lambda p: p.update(hashes=["AAAA", *p["hashes"][1:]])), "is not a SHA-256"),
    "is not base64": (proof(put(hashes=["?"])), "is not a proof"),
    "is a list": (proof(lambda p: p["hashes"]), "is not a proof"),
    "is of other sizes": (proof(put(old_size=3)), "the proof is from 3 to"),
    "is from a checkpoint to itself": (_same, "has no hashes, and this has some"),
    "is of two that change places": (_change_places, "and the new one only"),
}  # fmt: skip


def verified(*arguments: str) -> int:
    """Run the verifier; answers its code."""
    return main(arguments or ("export", "checkpoint", "key"))


class TestAnExport:
    @pytest.mark.parametrize("how", EXPORTS)
    def test_of_another_form_is_refused(
        self, kept: Path, capsys: pytest.CaptureFixture[str], how: str
    ) -> None:
        """As it was given out it is proved."""
        assert verified() == 0
        forge, why = EXPORTS[how]

        forge(kept)

        assert verified() == 1
        assert why in capsys.readouterr().err

    def test_with_other_line_ends_says_the_same(self, kept: Path) -> None:
        """They lie between events: what is hashed is the text of each."""
        (kept / "export").write_bytes((kept / "export").read_bytes().replace(b"\n", b"\r\n"))

        assert verified() == 0

    def test_says_how_many_texts_are_missing(
        self, kept: Path, shop: Shop, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Who leaves a text out cannot pass that off as erased: for that there is an event."""
        with_text(lambda event: (event.pop("document"), event.pop("salt")))(kept)
        assert verified() == 0
        assert "1 texts are missing: 0 were erased by an event, 1 without one" in capsys.readouterr().out

        comment = next(
            e for e in shop.engine.event_log.history(SYSTEM_ACTOR, "SHOP-1").rows if e.kind == "comment"
        )
        shop.engine.erasing.erase_text(shop["ida"], "SHOP-1", comment.id, reason="she asked for it")
        exported = [orjson.dumps(line) + b"\n" for line in shop.engine.checkpoints.export(SYSTEM_ACTOR)]
        (kept / "export").write_bytes(b"".join(exported))
        assert verified() == 0
        assert "1 texts are missing: 1 were erased by an event, 0 without one" in capsys.readouterr().out


class TestACheckpoint:
    @pytest.mark.parametrize("how", CHECKPOINTS)
    def test_of_another_form_is_refused(
        self, kept: Path, capsys: pytest.CaptureFixture[str], how: str
    ) -> None:
        forge, why = CHECKPOINTS[how]

        forge(kept)

        assert verified() == 1
        assert why in capsys.readouterr().err


class TestAProof:
    @pytest.mark.parametrize("how", FORGED)
    def test_of_another_form_is_refused(
        self, kept: Path, capsys: pytest.CaptureFixture[str], how: str
    ) -> None:
        """As it was given out it proves that the log goes on."""
        between = ("consistency", "older", "checkpoint", "proof", "key")
        assert verified(*between) == 0
        forge, why = FORGED[how]

        forge(kept)

        assert verified(*between) == 1
        assert why in capsys.readouterr().err
