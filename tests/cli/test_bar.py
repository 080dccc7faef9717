"""The bar that is shown for what takes long."""

from __future__ import annotations

import pytest

from placet.cli import bar


class TestABar:
    @pytest.mark.parametrize(
        ("patience", "terminal", "shown"), [(0, True, True), (60, True, False), (0, False, False)]
    )
    def test_is_shown_where_it_takes_long_and_somebody_looks(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        patience: float,
        terminal: bool,
        shown: bool,
    ) -> None:
        """On standard error, where it does not mix with the answer."""
        monkeypatch.setattr(bar, "_PATIENCE", patience)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("FORCE_COLOR" if terminal else "NO_COLOR", "1")

        with bar.progress("reading") as report:
            report(0.2)
            report(0.9)

        reported = capsys.readouterr()
        assert ("reading" in reported.err, reported.out) == (shown, "")
