"""The Python calls that something costs: unlike its time, they do not depend on the machine."""

from __future__ import annotations

import asyncio
import gc
import sys
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Self

import pytest

#: Seconds after which code of a plugin is logged as slow.
_SLOW = "placet.engine.act.plugin_calls._SLOW"
#: The event loop.
_LOOP = str(Path(asyncio.__file__).parent)


class Calls:
    """Counts the calls of Python functions meanwhile.

    Neither those count that belong to what is collected as garbage, nor those by which a busy machine is complained of,
    nor the turns of an event loop, of which there are more the longer something else keeps the processor.
    """

    def __init__(self) -> None:
        self.number = 0
        self._until_over = ExitStack()

    def __enter__(self) -> Self:
        patched = self._until_over.enter_context(pytest.MonkeyPatch.context())
        patched.setattr(_SLOW, float("inf"))
        if gc.isenabled():
            gc.disable()
            self._until_over.callback(gc.enable)
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        self._until_over.close()

    def _note(self, frame: FrameType, event: str, arg: object) -> None:
        self.number += event == "call" and not frame.f_code.co_filename.startswith(_LOOP)
