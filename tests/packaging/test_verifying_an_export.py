"""The verifier is one file that needs nothing of Placet: it runs where there is only Python and `cryptography`."""

from __future__ import annotations

import ast
import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest
from shop import Shop

from placet import verify_export
from placet.engine.engine import SYSTEM_ACTOR
from placet.verify_export import (
    Checkpoint,
    Tree,
    VerificationError,
    demand_consistent,
    parse_checkpoint,
    parse_key,
    proof_ranges,
)

#: Leaves and roots that Certificate Transparency's own implementations are tested with.
LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


class TestTheTree:
    def test_has_the_roots_of_the_standard(self) -> None:
        """RFC 9162, section 2.1.1; grown leaf by leaf, with nothing kept but its complete subtrees."""
        tree, found = Tree(), []
        for leaf in LEAVES:
            tree.append(leaf)
            found.append(tree.root().hex())

        assert found == list(ROOTS)
        assert Tree().root() == sha256(b"").digest()

    def test_proves_that_one_log_continues_another(self) -> None:
        """Every two sizes up to 33, and no other root."""
        leaves = [sha256(bytes([n])).hexdigest() for n in range(33)]

        def root(first: int, end: int) -> bytes:
            tree = Tree()
            for leaf in leaves[first:end]:
                tree.append(leaf)
            return tree.root()

        for old, new in combinations(range(1, 34), 2):
            before, after = (Checkpoint("log", size, root(0, size), "", "", ()) for size in (old, new))
            proof = [root(*each) for each in proof_ranges(old, new)]
            demand_consistent(before, after, proof)
            with pytest.raises(VerificationError):
                demand_consistent(before._replace(root=root(1, old + 1)), after, proof)
            with pytest.raises(VerificationError):
                demand_consistent(before, after, [*proof, proof[-1]])


class Kept(NamedTuple):
    """The files that somebody keeps elsewhere, and a Python that has nothing but `cryptography`."""

    folder: Path
    lines: list[str]

    def verify(self, lines: list[str] | None = None, *arguments: str) -> tuple[int, str]:
        """Run the verifier on an export; answers its code and what it says."""
        (self.folder / "export").write_text("".join(self.lines if lines is None else lines))
        given = arguments or ("export", "checkpoint", "key")
        done = subprocess.run(
            [sys.executable, "-S", "verify_export.py", *given],
            cwd=self.folder,
            env={"PYTHONPATH": str(self.folder / "packages"), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def kept(shop: Shop, tmp_path: Path) -> Kept:
    """An export of a shop, with a checkpoint after which something has happened."""
    folder = tmp_path / "elsewhere"
    (folder / "packages").mkdir(parents=True)
    for source in _of_cryptography():
        (folder / "packages" / source.name).symlink_to(source)
    (folder / "verify_export.py").write_bytes(Path(verify_export.__file__).read_bytes())
    shop.offered()
    shop.engine.items.comment(shop["ben"], "SHOP-1", "as agreed with Zoe")
    checkpoints = shop.engine.checkpoints
    (folder / "older").write_text(checkpoints.make(SYSTEM_ACTOR).note)
    shop.offered()
    (folder / "checkpoint").write_text(checkpoints.make(SYSTEM_ACTOR).note)
    (folder / "key").write_text(checkpoints.key(SYSTEM_ACTOR))
    shop.offered()
    old, new = (parse_checkpoint((folder / name).read_text()).size for name in ("older", "checkpoint"))
    proof = {"hashes": checkpoints.proof(SYSTEM_ACTOR, old, new)}
    (folder / "proof").write_text(json.dumps(proof))
    lines = [orjson.dumps(line).decode() + "\n" for line in checkpoints.export(SYSTEM_ACTOR)]
    return Kept(folder, lines)


def _of_cryptography() -> Iterator[Path]:
    for name in ("cryptography", "cffi", "_cffi_backend"):
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            yield Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)


class TestAnExport:
    def test_is_proved_by_nothing_but_the_public_key(self, kept: Kept) -> None:
        """In an environment without Placet."""
        code, said = kept.verify()

        assert code == 0, said
        assert "events are those of the checkpoint" in said
        assert "later events are chained, and not covered by it" in said

    def test_that_was_tampered_with_is_refused_with_its_position(self, kept: Kept) -> None:
        """Changed, removed, added, swapped, cut, and with every hash made anew."""
        lines = kept.lines
        where = next(n for n, line in enumerate(lines) if "as agreed" in line)
        cases = {
            "content is not what was hashed": [*lines[:5], lines[5].replace("kind", "kink"), *lines[6:]],
            "text is not what was hashed": [
                *lines[:where], lines[where].replace("Zoe", "Ann"), *lines[where + 1 :]
            ],
            "position 6 is missing": [*lines[:5], *lines[6:]],
            "position 5 is missing": [*lines[:4], lines[5], lines[4], *lines[6:]],
            "and the export only 4": lines[:4],
            "line 3 is not JSON": [*lines[:2], "none\n", *lines[3:]],
            "are not those of the checkpoint": _made_anew(lines, was='"actor":"ben"', becomes='"actor":"tom"'),
        }  # fmt: skip
        for reason, forged in cases.items():
            code, said = kept.verify(forged)
            assert (code, reason in said) == (1, True), said

    def test_is_not_proved_by_another_checkpoint_or_key(self, kept: Kept) -> None:
        """The checkpoint is what was signed, and by this key alone."""
        note, key = (kept.folder / "checkpoint").read_text(), (kept.folder / "key").read_text()
        size = note.split("\n")[1]
        name, _, _ = key.partition("+")
        (kept.folder / "larger").write_text(note.replace(f"\n{size}\n", f"\n{int(size) - 1}\n", 1))
        (kept.folder / "unsigned").write_text(note.partition("\u2014")[0])
        (kept.folder / "other").write_text(verify_export.written_key(name, bytes(32)))

        assert "was changed, or another key" in kept.verify(None, "export", "larger", "key")[1]
        assert "no signature of this key" in kept.verify(None, "export", "unsigned", "key")[1]
        assert "no signature of this key" in kept.verify(None, "export", "checkpoint", "other")[1]
        assert "this is not a checkpoint" in kept.verify(None, "export", "key", "key")[1]

    def test_of_a_checkpoint_that_a_witness_signed_too_is_proved(self, kept: Kept) -> None:
        """Signatures of others stand beside ours."""
        note = (kept.folder / "checkpoint").read_text()
        other = base64.b64encode(bytes(68)).decode()
        (kept.folder / "witnessed").write_text(f"{note}\u2014 witness.example.org {other}\n")

        assert kept.verify(None, "export", "witnessed", "key")[0] == 0

    def test_continues_an_older_checkpoint(self, kept: Kept) -> None:
        """By a few hashes, without any event."""
        assert kept.verify(None, "consistency", "older", "checkpoint", "proof", "key")[0] == 0

        hashes = json.loads((kept.folder / "proof").read_text())["hashes"]
        (kept.folder / "proof").write_text(json.dumps({"hashes": hashes[::-1]}))
        code, said = kept.verify(None, "consistency", "older", "checkpoint", "proof", "key")
        assert (code, "does not continue" in said) == (1, True)
        (kept.folder / "proof").write_text(json.dumps(hashes))
        code, said = kept.verify(None, "consistency", "older", "checkpoint", "proof", "key")
        assert (code, "not proved" in said) == (1, True)


def _made_anew(lines: list[str], *, was: str, becomes: str) -> list[str]:
    """The events with another content and all hashes recomputed."""
    heads: dict[str, str] = {}
    made = []
    for line in lines:
        event = json.loads(line)
        event["body"] = event["body"].replace(was, becomes)
        item = json.loads(event["body"])["item"]
        event["prev_hash"] = heads.get(item, "")
        event["hash"] = heads[item] = sha256(f"{event['prev_hash']}\n{event['body']}".encode()).hexdigest()
        made.append(json.dumps(event) + "\n")
    return made


class TestACheckpoint:
    def test_of_nothing_has_the_root_of_nothing(self) -> None:
        """Its size alone proves nothing."""
        signed = verify_export.Checkpoint("log", 0, bytes(32), "", "", ())

        with pytest.raises(verify_export.VerificationError, match="are not those of the checkpoint"):
            verify_export.demand_export([], signed)

    def test_is_of_no_negative_size(self) -> None:
        root = base64.b64encode(bytes(32)).decode()

        with pytest.raises(verify_export.VerificationError, match="its size or its root is not valid"):
            verify_export.parse_checkpoint(f"log\n-5\n{root}\n\n")


class TestTheFile:
    def test_imports_the_standard_library_and_cryptography_alone(self) -> None:
        """So that it can be copied, and read by those who do not trust us."""
        tree = ast.parse(Path(verify_export.__file__).read_text())
        found = {
            alias.name for each in ast.walk(tree) if isinstance(each, ast.Import) for alias in each.names
        }
        found |= {each.module or "" for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
        roots = {name.partition(".")[0] for name in found}
        assert roots - sys.stdlib_module_names == {"cryptography"}

    def test_reads_keys_of_its_own_form_alone(self) -> None:
        """An id that is another key's is noticed."""
        written = verify_export.written_key("log", bytes(32))
        assert parse_key(written).name == "log"
        for wrong in ("log", "log+00+AA==", written.replace("log", "lag"), written[:-4]):
            with pytest.raises(VerificationError):
                parse_key(wrong)
