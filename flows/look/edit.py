"""The pages of `sito look --edit` that write: a correction is chosen, shown with what it would change, then kept.

Only with `--edit`: the link of `sito look` is passed on to who may read, and reading stays harmless by default. What
writes is a POST with a token that only our own pages hold, beside what the door asks of every request.
"""

from __future__ import annotations

import hmac
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from cleaners.corrections import BY, Action
from flows.common.errors import SitoError
from flows.config.corrections import corrections_path, load_entries
from flows.corrections.in_place import find_entry
from flows.corrections.preview import preview
from flows.corrections.suggest import of_line, of_page
from flows.corrections.write import add_entry, as_toml, change_entry, new_entry, remove_entry
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
_LISTED = 100
"""Corrections of a source that its form lists."""


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
        path, step, instead = (
            corrections_path(self._editor.sources, version.source),
            one(form, "step"),
            one(form, "instead"),
        )
        if step == "change":
            return self._form(request, version, document, line, given=form)
        try:
            old = find_entry(path, load_entries(path), instead) if instead else None
            if old and step == "other":
                return self._form(request, version, document, line, given=_as_form(old))
            if old and step == "remove":
                remove_entry(path, instead)
                return _done(version, instead, removed="1")
            if old and step == "unsay":
                return self._preview(request, version, line, None, old)
            entry = _entry(form, version, _suggestions(document, line, version), old)
            if step == "keep":
                change_entry(path, instead, entry) if old else add_entry(path, entry)
                return _done(version, entry.correction.name)
            return self._preview(request, version, line, entry, old)
        except SitoError as error:
            return self._form(request, version, document, line, said=str(error), given=form)

    def _preview(
        self, request: Request, version: Version, line: LedgerLine | None, entry: Entry | None, old: Entry | None
    ) -> Response:
        """What `entry` would change, None: the end of `old`, in whose place it comes."""
        instead = old.correction.name if old else ""
        with self._trying:
            tried = preview(self._editor.sources, self._data, version.source, entry, instead=instead)
        return self._page(
            request,
            *("correct_preview.html",),
            at=version,
            line=line,
            token=self._editor.token,
            entry=entry,
            instead=instead,
            toml=as_toml(entry) if entry else "",
            old=as_toml(old) if old else "",
            file=corrections_path(self._editor.sources, version.source),
            tried=tried,
            hit=tried.hits.get(entry.correction.name) if entry else None,
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
        kept, more = self._kept(version, line)
        return self._page(
            request,
            *("correct.html", 400 if said else 200),
            at=version,
            line=line,
            token=self._editor.token,
            said=said,
            ways=BY,
            suggestions=_suggestions(document, line, version),
            given={
                name: one(given, name)
                for name in ("choice", "action", "by", "value", "on", "note", "author", "instead")
            },
            kept=kept,
            more=more,
        )

    def _kept(self, version: Version, line: LedgerLine | None) -> tuple[list[Entry], int]:
        """What was said of the source, those of the line first, then the youngest; and how many more there are."""
        with suppress(SitoError):  # a faulty file is said when something is to be kept
            entries = load_entries(corrections_path(self._editor.sources, version.source))
            own = {cut.rule for cut in line.cuts} | ({line.kept_by.rule} if line.kept_by else set()) if line else set()
            entries.sort(key=lambda entry: (entry.correction.name in own, entry.date), reverse=True)
            return entries[:_LISTED], max(0, len(entries) - _LISTED)
        return [], 0

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


def _done(version: Version, name: str, **more: str) -> Response:
    return RedirectResponse(
        f"{page_path(version.source, version.url)}&{urlencode({'said': name} | more)}", 303, render.HEADERS
    )


def _as_form(entry: Entry) -> Form:
    """The fields of the form that say this entry."""
    said = {"choice": "own", "action": entry.action, "by": entry.by, "value": entry.value, "note": entry.note}
    said |= {"on": entry.on or "", "author": entry.author or "", "instead": entry.correction.name}
    return {name: [value] for name, value in said.items()}


def _entry(form: Form, version: Version, suggestions: list[Suggestion], old: Entry | None) -> Entry:
    """The entry that a form says: one of the suggestions, or in the person's own words. Raises SitoError.

    One in the place of `old` keeps the page that this came from, and its category.
    """
    said = {"note": one(form, "note"), "author": one(form, "author"), "on": one(form, "on"), "page": version.url}
    if old:
        said["page"] = old.page
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
    if old and "category" in old.model_fields_set and own == "drop":
        said["category"] = old.category
    return new_entry(own, **said, **{by_own: one(form, "value")})
