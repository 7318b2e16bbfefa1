"""The page of a page: what its template shows, on the site of `sito look` or as a file of its own."""

from __future__ import annotations

import shlex
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from flows.common.errors import SitoError
from flows.look import render
from flows.look.capture import harmless
from flows.look.line_views import LONGEST, MOST, differences, grouped
from flows.look.page_view import rows_of
from flows.look.record_view import record_view
from flows.tables.rows import paragraphs_of

if TYPE_CHECKING:
    from pathlib import Path

    from flows.look.line_views import Difference
    from flows.look.page_view import PageView, Version
    from flows.look.record_view import RecordView

__all__ = ["page_file", "page_values"]


def page_values(data: Path, view: PageView) -> dict[str, Any]:
    """What the template `page.html` shows of a view."""
    here = view.versions.index(view.version)
    command = f"sito show {shlex.quote(view.version.source)} {shlex.quote(view.version.url)}"
    cuts = [entry.line.text[cut.start : cut.end] for entry in view.document.ledger for cut in entry.cuts]
    return {
        "view": view,
        "here": here,
        "kept": len(view.document.text.split()),
        "lost": sum(len(text.split()) for text in cuts),
        "groups": grouped(view.document),
        "record": _record(data, view),
        "facts": view.facts(origins=False),
        "changes": _changes(data, view.versions[here - 1], view) if here else None,
        "command": command if here == view.now else f"{command} --version {here + 1}",
        "most": MOST,
        "longest": LONGEST,
    }


def _record(data: Path, view: PageView) -> RecordView | None:
    with suppress(SitoError):
        return None if view.stored is None else record_view(data, view.version, view.stored)
    return None


def page_file(data: Path, view: PageView, language: str) -> str:
    """The same as one HTML file, which needs no server and fetches nothing; `language` is as in LANG."""
    stored = view.stored
    own: dict[str, Any] = {
        "style": Markup(render.style()),  # noqa: S704 - ours
        "capture": "" if stored is None else harmless(stored),
        "path": None,
        "damaged": [],
        "editing": False,
        "kept_now": "",
        "taken_back": False,
    }
    return render.render("page.html", {}, language, **page_values(data, view), **own)


def _changes(data: Path, earlier: Version, view: PageView) -> list[Difference] | None:
    """The differences from an earlier version; None where that cannot be read."""
    try:
        row, _ = rows_of(data, earlier)
    except SitoError:
        return None
    return differences(
        [paragraph.text for paragraph in paragraphs_of(row)], [paragraph.text for paragraph in view.document.paragraphs]
    )
