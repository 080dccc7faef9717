"""A plugin's folder is complete: copied elsewhere, its tests pass against an installed core."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("plugin", "names"),
    [
        ("itil_change", ("test_conformance", "test_tables", "test_settings", "test_risk")),
        ("process_mining", ("test_replay", "test_commands")),
        ("channels", ("test_addresses",)),
    ],
)
def test_a_plugin_passes_its_tests_outside_the_repository(
    tmp_path: Path, plugin: str, names: tuple[str, ...]
) -> None:
    """That is what makes a third party's plugin as privileged as ours."""
    folder = tmp_path / plugin
    shutil.copytree(ROOT / "plugins" / plugin, folder, ignore=shutil.ignore_patterns("__pycache__"))
    env = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib"]
    tests = [f"tests/{name}.py" for name in names]

    result = subprocess.run(
        [*command, *tests], cwd=folder, env=env, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    assert "passed" in result.stdout


def test_the_public_names_are_there_and_load_nothing_heavy() -> None:
    """`import placet` brings neither web framework nor database nor server."""
    code = (
        "import sys, placet; missing = [n for n in placet.__all__ if not hasattr(placet, n)]; "
        "heavy = {'fastapi', 'starlette', 'sqlalchemy', 'uvicorn', 'alembic', 'transitions'} & set(sys.modules); "
        "print(missing, sorted(heavy))"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[] []"
