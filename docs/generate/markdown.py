"""Pieces of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def code(text: str) -> str:
    """As it is typed."""
    return f"`{text}`" if text else ""


def cell(text: str) -> str:
    """A text that stays in its cell of a table."""
    return text.replace("|", "\\|").replace("\n", "<br>").strip()


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table without the columns in which no row has anything; nothing if there are no rows."""
    found = [[cell(text) for text in row] for row in rows]
    kept = [n for n in range(len(heads)) if any(row[n] for row in found)]
    lines = [[heads[n] for n in kept], ["---"] * len(kept), *([row[n] for n in kept] for row in found)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) if found else ""


def block(text: str, language: str = "python") -> str:
    """Code that is shown and not run."""
    skip = "<!-- skip: next -->\n" if language == "python" else ""
    return f"{skip}```{language}\n{text.rstrip()}\n```\n"


def sentence(text: str) -> str:
    """With a full stop."""
    return text if not text or text.endswith((".", "?", "!")) else f"{text}."


def listed(words: Iterable[str]) -> str:
    """`a, b and c`."""
    found = list(words)
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)
