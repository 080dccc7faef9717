"""Plain scalars are what YAML 1.2 takes them for."""

from __future__ import annotations

from pathlib import Path

import pytest

from placet_packs.reading import read


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("on", "on"), ("no", "no"), ("2026-03-02", "2026-03-02"), ("12:30", "12:30"), ("0123", 123), ("-7", -7),
        ("1.5", 1.5), ("true", True), ("~", None), ("", None), ("'true'", "true"), ("P2D", "P2D"), ("1.2.3", "1.2.3"),
    ],
)  # fmt: skip
def test_a_value(tmp_path: Path, written: str, meant: object) -> None:
    (tmp_path / "rules.yaml").write_text(f"on: {written}\n")

    assert read(tmp_path / "rules.yaml").values == {"on": meant}


def test_a_value_has_the_line_of_its_name(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("a:\n  b:\n    - 1\n    -\n      c: 2\n")

    document = read(file)

    assert document.place("a", "b", 1, "c") == f"{file}:5"
    assert document.place("a", "b", 1, "c", "nothing") == f"{file}:5"
    assert document.place("a") == f"{file}:1"
