"""A plugin that gets every event, as a third party's plugin does: it does some work for each, and returns nothing."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from placet import Method, hookimpl

METHOD = "desk_listener"
_ENTRY_POINT = f"[placet]\n{METHOD} = {__name__}\n"
_heard: Counter[str] = Counter()


@hookimpl
def placet_method() -> Method:
    return Method(METHOD, "Listener of the desk")


@hookimpl
def placet_event(event: dict[str, Any]) -> None:
    """Read the whole event, and remember its kind."""
    orjson.dumps(event)
    _heard[event["kind"]] += 1


@contextmanager
def found() -> Iterator[None]:
    """Whatever is discovered meanwhile in this process has it too, of the same version as in the servers."""
    with installed() as path:
        folder = path.partition(":")[0]
        sys.path.insert(0, folder)
        try:
            yield
        finally:
            sys.path.remove(folder)


@contextmanager
def installed() -> Iterator[str]:
    """A search path on which the plugin is found by its entry point, as if pip had installed it."""
    with TemporaryDirectory() as folder:
        reported = Path(folder) / f"{METHOD}-1.dist-info"
        reported.mkdir()
        (reported / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {METHOD}\nVersion: 1\n")
        (reported / "entry_points.txt").write_text(_ENTRY_POINT)
        yield ":".join(
            [folder, str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
        )
