"""The page of `sito look --edit` on which a person marks the lines of an article, to keep the page as gold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from flows.common.errors import SitoError
from flows.gold.gold_set import add_gold, gold_folder, gold_of
from flows.look import render
from flows.look.edit import one, posted
from flows.look.line_views import MOST
from flows.look.page_view import read_capture, rows_of
from flows.report.look_paths import page_path
from flows.tables.rows import rebuild_document

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from starlette.requests import Request

    from cleaners.document import Document
    from flows.look.edit import Editor, Form
    from flows.look.page_view import Version

__all__ = ["Gold"]


class Gold:
    """The page under /gold."""

    def __init__(
        self, data: Path, editor: Editor, version_of: Callable[[Any], Version], page: Callable[..., Response]
    ) -> None:
        self._data, self._editor, self._version_of, self._page = data, editor, version_of, page

    def mark(self, request: Request) -> Response:
        """The lines as they are now, to be confirmed or changed."""
        version = self._version_of(request.query_params)
        document = self._document(version)
        article = {entry.line.index for entry in document.ledger if entry.kept is not None}
        metadata = document.metadata
        given = {
            "title": metadata.title or "",
            "authors": "; ".join(metadata.authors),
            "published": metadata.published or "",
            "author": "",
        }
        return self._form(request, version, document, article, given)

    async def keep(self, request: Request) -> Response:
        """Keep what is marked."""
        form = await posted(request, self._editor)
        version = self._version_of({name: values[-1] for name, values in form.items()})
        return await run_in_threadpool(self._keep, request, form, version)

    def _keep(self, request: Request, form: Form, version: Version) -> Response:
        document = self._document(version)
        places = {int(place) for place in form.get("article", ()) if place.isascii() and place.isdigit()}
        given = {name: one(form, name) for name in ("title", "authors", "published", "author")}
        stored, damage = read_capture(self._data, version)
        try:
            if stored is None or damage:
                raise SitoError(f"the capture is not available: {damage}")
            gold = gold_of(document, places) | {
                "title": given["title"] or None,
                "authors": [name.strip() for name in given["authors"].split(";") if name.strip()],
                "published": given["published"] or None,
            }
            path = add_gold(gold_folder(self._editor.sources, version.source), stored, gold, given["author"])
        except SitoError as error:
            return self._form(request, version, document, places, given, str(error))
        there = f"{page_path(version.source, version.url)}&said=gold/{version.source}/{path.stem}"
        return RedirectResponse(there, 303, render.HEADERS)

    def _document(self, version: Version) -> Document:
        row, lines = rows_of(self._data, version)
        if len(lines) > MOST:
            raise HTTPException(404, "the page has too many lines to be marked")
        return rebuild_document(row, lines)

    def _form(
        self,
        request: Request,
        version: Version,
        document: Document,
        article: Collection[int],
        given: dict[str, str],
        said: str = "",
    ) -> Response:
        return self._page(
            request,
            *("gold.html", 400 if said else 200),
            at=version,
            token=self._editor.token,
            lines=document.ledger,
            article=article,
            given=given,
            said=said,
        )
