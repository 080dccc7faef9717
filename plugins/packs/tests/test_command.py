"""`placet packs check`: rules are linted before they are installed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from placet.cli import main

RULES = """\
id: shop_rules
title: Rules
extends: [a_method_that_is_not_installed]
settings:
  longest: {type: integer, default: 14}
"""


def checked(
    capsys: pytest.CaptureFixture[str], file: Path, *options: str
) -> tuple[int | str | None, str, str]:
    """The exit code of the command, and its output."""
    with pytest.raises(SystemExit) as ended:
        main(["packs", "check", str(file), *options])
    written = capsys.readouterr()
    return ended.value.code, written.out, written.err


def test_rules_that_work_are_fine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(RULES)

    code, said, _ = checked(capsys, file, "--json")

    assert (code, [each["code"] for each in json.loads(said)]) == (0, ["unknown-extended"])


def test_a_mistake_is_found_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(RULES.replace("default: 14", "defualt: 14"))

    code, _, said = checked(capsys, file)

    assert code == 1
    assert said.startswith(f"placet: {file}:5: settings.longest.default: it is required and missing; ")
    assert 'settings.longest.defualt: there is no member "defualt"; did you mean "default"' in said


def test_a_file_that_does_not_exist_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The name is not broken between two lines, wherever the file lies.
    monkeypatch.setenv("COLUMNS", "1000")

    code, _, said = checked(capsys, tmp_path / "rules.yaml")

    assert code == 2
    assert "rules.yaml" in said
