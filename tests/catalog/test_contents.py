"""The hash of a plugin's package: it shows every change of the code that is loaded, and no other."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from placet.catalog.contents import content_hash


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package `acme` with two files, in one folder below the other."""
    folder = tmp_path / "acme"
    (folder / "rules").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "rules" / "checks.py").write_text("LIMIT = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


class TestThePackage:
    @pytest.mark.parametrize("change", ["content", "name", "place", "another"])
    def test_has_another_hash_once_any_file_is_another(self, package: Path, change: str) -> None:
        before, file = content_hash("acme.rules"), package / "rules" / "checks.py"

        match change:
            case "content":
                file.write_text("LIMIT = 2\n")
            case "name":
                file.rename(file.with_name("limits.py"))
            case "place":
                file.rename(package / "checks.py")
            case _:
                (package / "data.json").write_text("{}")

        assert len(before) == 64
        assert content_hash("acme") not in {before, ""}

    def test_is_the_same_whatever_python_and_tests_leave_in_it(self, package: Path) -> None:
        """And a link that leads nowhere, which has no content."""
        before = content_hash("acme")

        for name in ("__pycache__", "tests", "rules/__pycache__"):
            (package / name).mkdir()
            (package / name / "left.py").write_text("LIMIT = 3\n")
        (package / "nowhere.py").symlink_to(package / "not there.py")

        assert content_hash("acme") == before

    def test_is_hashed_by_the_names_and_contents_of_its_files_in_order(self, package: Path) -> None:
        """The same wherever and whenever it is asked for: it is in the log."""
        files = (("__init__.py", b""), ("rules/checks.py", b"LIMIT = 1\n"))
        lines = "".join(f"{name}\n{sha256(content).hexdigest()}\n" for name, content in files)

        assert content_hash("acme") == sha256(lines.encode()).hexdigest()


def test_a_module_of_one_file_has_the_hash_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "single.py").write_text("LIMIT = 1\n")
    monkeypatch.syspath_prepend(tmp_path)

    assert content_hash("single") == sha256(b"LIMIT = 1\n").hexdigest()


@pytest.mark.parametrize("module", ["", "acme_is_not_there", "sys"])
def test_what_has_no_files_has_no_hash(module: str) -> None:
    assert content_hash(module) == ""
