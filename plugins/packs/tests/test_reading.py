"""Plain scalars are what YAML 1.2 takes them for."""

from __future__ import annotations

from pathlib import Path

import pytest

from placet.errors import DefinitionError
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


@pytest.mark.parametrize(
    "written",
    [
        "!!int abc",
        "!!int 5",
        "!!bool yes",
        "!!str on",
        "! on",
        "!foo [a]",
        "!!map {b: c}",
        "[1, !!int 5]",
        "{!!str b: c}",
    ],
)
def test_a_tag_is_refused_with_its_line(tmp_path: Path, written: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(f"id: a\non: {written}\n")

    with pytest.raises(DefinitionError, match=r"the tag .* is unknown here: leave it out") as refused:
        read(file)

    assert refused.value.place == f"{file}:2"


@pytest.mark.parametrize(
    "written", ["9" * 5000, "1.5e999", "1e-999", "12345678901234567.89", "1e99999999999999999999"],
    ids=["long", "infinite", "tiny", "many digits", "huge exponent"],
)  # fmt: skip
def test_a_number_that_cannot_be_kept_is_refused_with_its_line(tmp_path: Path, written: str) -> None:
    """Nothing is rounded silently."""
    file = tmp_path / "rules.yaml"
    file.write_text(f"id: a\non: {written}\n")

    with pytest.raises(DefinitionError, match="has too many digits") as refused:
        read(file)

    assert refused.value.place == f"{file}:2"
    assert len(str(refused.value).removeprefix(str(file))) < 300


def test_a_value_has_the_line_of_its_name(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("a:\n  b:\n    - 1\n    -\n      c: 2\n")

    document = read(file)

    assert document.place("a", "b", 1, "c") == f"{file}:5"
    assert document.place("a", "b", 1, "c", "nothing") == f"{file}:5"
    assert document.place("a") == f"{file}:1"
