"""JSON Pointers (RFC 6901): the place of a value in a document, as a text."""

from __future__ import annotations

from collections.abc import Iterable


def pointer_of(path: Iterable[object]) -> str:
    """The pointer of a path, such as `/fields/cis/0`."""
    return "".join(["/" + step for step in map(escaped, path)])


def escaped(step: object) -> str:
    """A step of a path as pointers write it."""
    return str(step).replace("~", "~0").replace("/", "~1")


def steps(pointer: str) -> list[str]:
    """The path of a pointer; places in lists are texts too."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
