"""The rules that every method has to keep."""

from __future__ import annotations

from pathlib import Path

from placet.testing import MethodConformance


class TestConformance(MethodConformance):
    method = "itil"
    tables = Path(__file__).parent / "tables"
