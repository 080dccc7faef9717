"""The rules that every method has to keep."""

from __future__ import annotations

from placet.testing import MethodConformance


class TestConformance(MethodConformance):
    method = "itil"
