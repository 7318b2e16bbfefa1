"""The pages of `sito look --edit` that write: a correction is chosen, shown with what it would change, then kept.

Only with `--edit`: the link of `sito look` is passed on to who may read, and reading stays harmless by default. What
writes is a POST with a token that only our own pages hold, beside what the door asks of every request.
"""

from __future__ import annotations

import hmac
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from cleaners.corrections import BY, Action
from flows.common.errors import SitoError
from flows.config.corrections import corrections_path
from flows.corrections.preview import preview
from flows.corrections.suggest import of_line, of_page
from flows.corrections.write import add_entry, as_toml, new_entry
from flows.look import render
from flows.look.page_view import rows_of
from flows.report.look_paths import page_path
from flows.report.run_changes import changes_record
from flows.tables.rows import rebuild_document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request

    from cleaners.document import Document, LedgerLine
    from flows.config.corrections import Entry
    from flows.corrections.suggest import Suggestion
    from flows.look.page_view import Version

__all__ = ["Editor", "Form", "posted"]

MOST_BYTES = 64 * 2**10
"""Bytes of a posted form."""
_FIELDS = 5_000


@dataclass(frozen=True, slots=True)
class Editor:
    """Where corrections are kept, and the token that a form must bring."""

    sources: Path
    token: str

    @classmethod
    def of(cls, sources: Path, key: str) -> Editor:
        """The editor beside this sources file, its token made from the key of the pages."""
        return cls(sources, hmac.new(key.encode(), b"edit", "sha256").hexdigest())


Form = dict[str, list[str]]


async def posted(request: Request, editor: Editor) -> Form:
    """The fields of a form of ours. Raises HTTPException for one that is too large, or of somebody else."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "the form is too large")
    form: Form = {}
    try:
        for name, value in parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_FIELDS):
            form.setdefault(name, []).append(value)
    except ValueError:
        raise HTTPException(400, "the form cannot be read") from None
    if not hmac.compare_digest(one(form, "token").encode(), editor.token.encode()):
        raise HTTPException(403, "the form is not one of this server; load the page again")
    return form


def one(form: Form, name: str) -> str:
    """The last value of a field, empty where there is none."""
    return form.get(name, [""])[-1].strip()


class Corrections:
    """The pages under /correct."""

    def __init__(
        self,
        data: Path,
        editor: Editor,
        version_of: Callable[[Any], Version],
        page: Callable[..., Response],
    ) -> None:
        self._data, self._editor, self._version_of, self._page = data, editor, version_of, page
        self._trying = threading.Lock()

    def choose(self, request: Request) -> Response:
        """The form for one line, or for the page."""
        version = self._version_of(request.query_params)
        document = self._document(version)
        line = _line(document, request.query_params.get("line", ""))
        return self._form(request, version, document, line)

    async def say(self, request: Request) -> Response:
        """What is chosen: shown with what it would change, or kept."""
        form = await posted(request, self._editor)
        version = self._version_of({name: values[-1] for name, values in form.items()})
        return await run_in_threadpool(self._say, request, form, version)

    def _say(self, request: Request, form: Form, version: Version) -> Response:
        document = self._document(version)
        line = _line(document, one(form, "line"))
        if one(form, "step") == "change":
            return self._form(request, version, document, line, given=form)
        try:
            entry = _entry(form, version, _suggestions(document, line, version))
            if one(form, "step") == "keep":
                add_entry(corrections_path(self._editor.sources, version.source), entry)
                there = f"{page_path(version.source, version.url)}&said={entry.correction.name}"
                return RedirectResponse(there, 303, render.HEADERS)
            with self._trying:
                tried = preview(self._editor.sources, self._data, version.source, entry)
        except SitoError as error:
            return self._form(request, version, document, line, said=str(error), given=form)
        hit = tried.hits.get(entry.correction.name)
        return self._page(
            request,
            *("correct_preview.html",),
            at=version,
            line=line,
            token=self._editor.token,
            entry=entry,
            toml=as_toml(entry),
            file=corrections_path(self._editor.sources, version.source),
            tried=tried,
            hit=hit,
            of=changes_record(tried.changes),
        )

    def _form(
        self,
        request: Request,
        version: Version,
        document: Document,
        line: LedgerLine | None,
        said: str = "",
        given: Form | None = None,
    ) -> Response:
        given = given or {}
        return self._page(
            request,
            *("correct.html", 400 if said else 200),
            at=version,
            line=line,
            token=self._editor.token,
            said=said,
            ways=BY,
            suggestions=_suggestions(document, line, version),
            given={name: one(given, name) for name in ("choice", "action", "by", "value", "on", "note", "author")},
        )

    def _document(self, version: Version) -> Document:
        row, lines = rows_of(self._data, version)
        return rebuild_document(row, lines)


def _suggestions(document: Document, line: LedgerLine | None, version: Version) -> list[Suggestion]:
    return of_page(document, version.url) if line is None else of_line(line)


def _line(document: Document, place: str) -> LedgerLine | None:
    if not place:
        return None
    found = next((entry for entry in document.ledger if str(entry.line.index) == place), None)
    if found is None:
        raise HTTPException(404, "the page has no such line")
    return found


def _entry(form: Form, version: Version, suggestions: list[Suggestion]) -> Entry:
    """The entry that a form says: one of the suggestions, or in the person's own words. Raises SitoError."""
    said = {"note": one(form, "note"), "author": one(form, "author"), "on": one(form, "on"), "page": version.url}
    choice = one(form, "choice")
    if choice.isascii() and choice.isdigit() and len(choice) < 4 and int(choice) < len(suggestions):
        action, by, value = suggestions[int(choice)]
        return new_entry(action, **said, **{by: value})
    own, by_own = one(form, "action"), one(form, "by")
    ways = {name: allowed for name, allowed in BY.items() if name == own}
    action_own: Action | None = next(iter(ways), None)
    if action_own is None or by_own not in ways[action_own]:
        wanted = f"one of {', '.join(ways[action_own])}" if action_own else f"one of {', '.join(BY)}"
        raise SitoError(f"{own or 'nothing'} is said by {wanted}" if action_own else f"choose what is said: {wanted}")
    return new_entry(own, **said, **{by_own: one(form, "value")})
