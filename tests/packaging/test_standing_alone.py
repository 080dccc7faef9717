"""Published wheels work by themselves: in an empty environment, with nothing of this repository beside them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from processes import environment

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "plugins" / "governance"


def run(*command: str | Path, folder: Path) -> str:
    """The standard output of a command."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout[-5000:]}\n{done.stderr[-5000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def uv() -> str:
    """The one that made this environment."""
    own = Path(sys.executable).parent / "uv"
    found = shutil.which("uv") or (str(own) if own.exists() else None)
    assert found is not None, "there is no uv: run make install"
    return found


@pytest.fixture(scope="module")
def python(uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That of an environment with the core's wheel, a plugin's wheel, and what they depend on as it is locked."""
    folder = tmp_path_factory.mktemp("alone")
    wheels, locked, python = folder / "wheels", folder / "locked.txt", folder / "env" / "bin" / "python"
    for distribution in (ROOT / "core", PLUGIN):
        run(uv, "build", "--quiet", "--wheel", "--out-dir", wheels, distribution, folder=folder)
    run(
        uv, "export", "--quiet", "--project", ROOT, "--frozen", "--package", f"placet-{PLUGIN.name}",
        "--no-emit-workspace", "--output-file", locked, folder=folder,
    )  # fmt: skip
    run(uv, "venv", "--quiet", "--python", sys.executable, folder / "env", folder=folder)
    install = (uv, "pip", "install", "--quiet", "--python", python)
    run(*install, "--requirements", locked, folder=folder)
    run(*install, "--no-deps", *wheels.glob("*.whl"), folder=folder)
    return python


@pytest.mark.first
def test_a_plugin_passes_all_its_tests_from_wheels(python: Path, tmp_path: Path) -> None:
    """The plugin's folder of tests alone, beside nothing else of this repository.

    That is what makes a third party's plugin as privileged as ours.
    """
    tests = tmp_path / PLUGIN.name / "tests"
    shutil.copytree(PLUGIN / "tests", tests, ignore=shutil.ignore_patterns("__pycache__"))

    reported = run(
        python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", "tests",
        folder=tests.parent,
    )  # fmt: skip

    where = run(python, "-c", f"import placet_{PLUGIN.name} as it; print(it.__file__)", folder=tmp_path)
    assert Path(where.strip()).is_relative_to(python.parents[1])
    assert " passed" in reported
    assert "skipped" not in reported


@pytest.mark.first
def test_a_new_plugin_is_made_installed_and_passes_its_tests(uv: str, python: Path, tmp_path: Path) -> None:
    """The wheel has the templates in it, and an installer takes what is made of them."""
    placet = python.with_name("placet")
    run(placet, "plugins", "new", "acme", "--extends", PLUGIN.name, folder=tmp_path)
    run(
        uv, "pip", "install", "--quiet", "--python", python, "--no-deps", "--editable", "./placet-acme",
        folder=tmp_path,
    )  # fmt: skip

    found = run(placet, "plugins", "check", "acme", "--json", folder=tmp_path)
    reported = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "placet-acme", folder=tmp_path)

    assert found.strip() == "[]"
    assert " passed" in reported
    assert "skipped" not in reported


def test_the_public_names_are_there_and_load_nothing_heavy() -> None:
    """`import placet` brings neither web framework nor database nor server."""
    code = (
        "import sys, placet; missing = [n for n in placet.__all__ if not hasattr(placet, n)]; "
        "heavy = {'fastapi', 'starlette', 'sqlalchemy', 'uvicorn', 'alembic', 'transitions'} & set(sys.modules); "
        "print(missing, sorted(heavy))"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[] []"
