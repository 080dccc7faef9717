"""The reference names everything that there is, and a page that says something else than the code is refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from typer.main import get_command

from generate import hooks
from generate.sources import described
from placet import Method
from placet.cli.commands import app
from placet.settings import Settings
from placet.testing import Desk, Registry

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
ITIL = ROOT / "plugins/itil_change/README.md"
PUBLIC = (
    "placet", "placet.metrics", "placet.errors", "placet.api", "placet.cli", "placet.demo", "placet.testing"
)  # fmt: skip


def commands(command: object, name: str = "placet") -> Iterator[str]:
    """Every command by its whole name."""
    for inner, each in getattr(command, "commands", {}).items():
        yield f"{name} {inner}"
        yield from commands(each, f"{name} {inner}")


def methods() -> Iterator[tuple[Path, Method]]:
    """Every method that a plugin of this repository contributes, with the plugin's README."""
    for point in entry_points(group="placet"):
        module = point.load()
        page = Path(module.__file__).parents[1] / "README.md"
        if hasattr(module, "placet_method") and page.is_relative_to(ROOT / "plugins"):
            yield page, module.placet_method()


def entries() -> Iterator[tuple[Path, str]]:
    """Everything that has to have an entry of its own, with the page on which it is looked up."""
    yield from ((REFERENCE / "hooks.md", hook) for hook in hooks.specifications())
    yield from ((REFERENCE / "settings.md", f"PLACET_{name.upper()}") for name in Settings.model_fields)
    yield from ((REFERENCE / "names.md", name) for room in PUBLIC for name in import_module(room).__all__)
    yield from ((REFERENCE / "commands.md", name) for name in commands(get_command(app)))
    for page, definition in methods():
        yield from ((page, name) for name in definition.settings.model_fields)
        yield from ((page, role.id) for role in definition.roles)
        for item_type in definition.item_types:
            yield from ((page, approval.id) for approval in item_type.approvals)
            yield from ((page, timer.id) for timer in item_type.timers)
            yield from ((page, duty.id) for duty in item_type.duties)
            for transition in item_type.workflow.transitions:
                yield page, transition.name
                yield from ((page, gate.id) for gate in transition.gates)


def has_entry(page: str, name: str) -> bool:
    """Whether a page has a heading for a name, or a row of a table that is about it."""
    for line in page.splitlines():
        first = line.removeprefix("| ").partition(" |")[0]
        if line.startswith("#") and line.lstrip("# ") == f"`{name}`":
            return True
        if line.startswith("| ") and (first.endswith(f"`{name}`") or line.endswith(f" `{name}` |")):
            return True
    return False


class TestThatNothingIsLeftOut:
    @pytest.mark.parametrize("room", PUBLIC)
    def test_every_public_name_is_described(self, room: str) -> None:
        assert [name for name in import_module(room).__all__ if not described(room, name)] == []

    def test_everything_has_its_entry(self) -> None:
        """Hooks, settings, public names, commands, and all that the tables of a method show."""
        pages = {page: page.read_text() for page, _ in entries()}

        assert [(page.name, name) for page, name in entries() if not has_entry(pages[page], name)] == []

    @pytest.mark.parametrize(
        ("page", "name"),
        [
            (REFERENCE / "hooks.md", "placet_check"),
            (REFERENCE / "settings.md", "PLACET_POOL_SIZE"),
            (REFERENCE / "names.md", "WorkspaceView"),
            (REFERENCE / "commands.md", "placet audit verify"),
            (ITIL, "schedule_standard"),
            (ITIL, "itil.no_freeze"),
            (ITIL, "risk_bands"),
        ],
        ids=lambda part: part if isinstance(part, str) else part.parent.name,
    )
    def test_an_entry_that_is_taken_out_is_missed(self, page: Path, name: str) -> None:
        """A name that is only mentioned elsewhere on the page has no entry."""
        lines = page.read_text().splitlines()

        shortened = [line for line in lines if not has_entry(line, name)]

        assert len(shortened) < len(lines)
        assert not has_entry("\n".join(shortened), name)

    def test_every_entry_says_something(self) -> None:
        """A row has a meaning beside its name."""
        for page in ("settings", "names"):
            rows = [
                line for line in (REFERENCE / f"{page}.md").read_text().splitlines() if line.startswith("| `")
            ]
            assert [row for row in rows if not row.split(" | ")[1].strip(" |")] == []

    def test_every_hook_shows_its_signature_when_it_is_called_and_one_in_use(self) -> None:
        sections = (REFERENCE / "hooks.md").read_text().split("\n## `")[1:]

        assert [section.partition("`")[0] for section in sections] == list(hooks.specifications())
        for section in sections:
            name = section.partition("`")[0]
            assert section.count(f"def {name}(") == 2, name
            assert "- **Called**: " in section, name


class TestThatPagesSayWhatTheCodeDoes:
    @staticmethod
    def check(page: Path) -> subprocess.CompletedProcess[str]:
        command = ["make", "-o", ".venv/.installed", "check-reference"]
        chosen = [f"GENERATED={page}", f"BIN={Path(sys.executable).parent}"]
        return subprocess.run([*command, *chosen], cwd=ROOT, capture_output=True, text=True, check=False)

    def test_a_page_that_does_is_taken(self, tmp_path: Path) -> None:
        page = tmp_path / "settings.md"
        shutil.copy(REFERENCE / "settings.md", page)

        assert self.check(page).returncode == 0

    def test_one_that_does_not_is_refused_with_its_name_and_the_command(self, tmp_path: Path) -> None:
        """Who changed the code reads what to do."""
        page = tmp_path / "settings.md"
        page.write_text((REFERENCE / "settings.md").read_text().replace("| `8192` |", "| `4096` |"))

        refused = self.check(page)

        assert refused.returncode != 0
        assert f"{page}  (changed)" in refused.stdout
        assert "no longer say what the code does: run make reference" in refused.stdout + refused.stderr


def test_the_example_of_hooks_works(tmp_path: Path) -> None:
    """The page's examples of a rule over all methods and of a reaction do what it says."""
    example = import_module("examples.acme")
    import placet_itil_change

    with Desk(tmp_path, registry=Registry.of(placet_itil_change, example)) as desk:
        item = desk.given(
            "itil.configuration_item",
            kind="server",
            criticality=1,
            data_class="internal",
            owner="configuration_manager",
        )
        desk.configure("acme", stocktaking="the year ends", on_call="nina")
        desk.react()

        refused = desk.refused(
            item, "retire_ci", actor="configuration_manager", comment="It is sold to the museum."
        )
        desk.react()

    assert "stock is being taken: the year ends" in refused.messages
    assert [f"nina: {item.key} was refused retire_ci"] == example.PAGED
