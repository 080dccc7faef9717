"""The rules that every method has to keep."""

from __future__ import annotations

from pathlib import Path

from placet.testing import MethodConformance


class TestConformance(MethodConformance):
    method = "prince2"
    tables = Path(__file__).parent / "tables"
