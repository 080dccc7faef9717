"""The manual at /manual/: the READMEs and guides of the server's source tree, as pages.

Paths are those of the tree, so that links between the pages work. An installation from wheels has no such tree, and no
pages.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from pathlib import Path, PurePosixPath

from markdown_it import MarkdownIt
from starlette.responses import HTMLResponse, PlainTextResponse, Response

import placet
from placet.api.documentation import POLICY, STYLE
from placet.errors import NotFoundError

PREFIX = "/manual"
#: In the order of the list.
_PAGES = ("README.md", "docs/**/*.md", "docs/images/*.svg", "plugins/*/README.md", "CHANGELOG.md", "LICENSE")


@lru_cache(maxsize=1)
def files() -> dict[str, Path]:
    """All files of the manual, by their paths in the tree. No other file is served."""
    root = Path(placet.__file__).resolve().parents[2]
    if not (root / "core" / "placet").is_dir() or not (root / "README.md").is_file():
        return {}
    found = [path for pattern in _PAGES for path in sorted(root.glob(pattern))]
    return {path.relative_to(root).as_posix(): path for path in found}


@lru_cache(maxsize=64)
def title_of(path: str) -> str:
    """The first heading of a page."""
    first = files()[path].read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("#").strip()


def page(path: str) -> Response:
    """A page, a picture, or the list of a folder. Raises `NotFoundError`."""
    known = files()
    if path in known:
        text = known[path].read_text(encoding="utf-8")
        match PurePosixPath(path).suffix:
            case ".md":
                return _html(title_of(path), _rendered(text))
            case ".svg":
                # A picture contains its style, and may do nothing else.
                policy = "default-src 'none'; style-src 'unsafe-inline'"
                return Response(text, media_type="image/svg+xml", headers={"Content-Security-Policy": policy})
            case _:
                return PlainTextResponse(text)
    folder = f"{path.rstrip('/')}/" if path else ""
    within = [each for each in known if each.startswith(folder) and each.endswith(".md")]
    if not within:
        raise NotFoundError("page of the manual", path[:200], known)
    return _html(folder or "Manual", f"<h1>{escape(folder or 'Manual')}</h1>{links(within)}")


def links(paths: list[str]) -> str:
    """A list of pages."""
    rows = "".join(
        f"<li><a href='{PREFIX}/{escape(path)}'>{escape(title_of(path))}</a> <code>{escape(path)}</code>"
        for path in paths
    )
    return f"<ul>{rows}</ul>"


def _rendered(text: str) -> str:
    rendered: str = MarkdownIt("commonmark").enable("table").render(text)
    return rendered


def _html(title: str, body: str) -> Response:
    html = (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{escape(title)}</title>"
        f"<meta name=viewport content='width=device-width'><style>{STYLE}</style></head><body>"
        f"<p><a href='/'>Where to begin</a></p>{body}</body></html>"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": f"{POLICY}; img-src 'self'"})
