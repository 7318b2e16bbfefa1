"""One file cleaned without stores, and what a process of `sito clean` does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaners.errors import PageError
from cleaners.explain import explain
from cleaners.judgement import judge
from cleaners.pipeline import read_html, read_text
from flows.archive.payload import PAGE_BYTES, PayloadError, open_payload
from flows.common.errors import page_reason
from flows.common.json_line import json_line
from flows.common.page_files import content_type, page_id
from flows.pipeline.clean_files import Failure, Prepare, Printed

if TYPE_CHECKING:
    from pathlib import Path

    from cleaners.corrections import Corrections
    from cleaners.document import Document, Page
    from cleaners.rules.site_memory import SiteMemory
    from cleaners.training_text import Quotations
    from flows.pipeline.clean_files import Form, Task


def read_file(path: Path, content: bytes | None = None) -> bytes:
    """The file's bytes, gunzipped where they are gzip. Raises PageError where it cannot be read or unpacked.

    `content` is given where it was read already.
    """
    try:
        if content is None:
            with path.open("rb") as file:
                content = file.read(PAGE_BYTES + 1)
        return open_payload(content)
    except PayloadError as error:
        raise PageError(str(error)) from error
    except OSError as error:
        raise PageError(f"cannot be read: {error.strerror or error}") from error


def read_page(path: Path, content: bytes | None = None, corrections: Corrections | None = None) -> Page | Failure:
    """Read one file up to judgement.

    When the page was fetched is not known: the file's own time may be that of a copy. So relative dates ("yesterday")
    give none.
    """
    try:
        payload = read_file(path, content)
        if content_type(path, None if path.is_file() else payload) == "text/plain":
            return read_text(payload, id=page_id(path))
        return read_html(payload, id=page_id(path), corrections=corrections)
    except Exception as error:  # one bad file never ends the run
        return Failure(path, page_reason(error))


def judge_page(
    path: Path, page: Page | Failure, memory: SiteMemory | None = None, corrections: Corrections | None = None
) -> Document | Failure:
    """The document of a page that was read; a failure stays one."""
    if isinstance(page, Failure):
        return page
    try:
        return judge(page, memory, corrections)
    except Exception as error:
        return Failure(path, page_reason(error))


def clean_file(path: Path) -> Document | Failure:
    """Clean one file by itself."""
    return judge_page(path, read_page(path))


_by = Prepare(None)  # what this process judges by


def work(task: Task | Prepare, say: object) -> Page | Document | Printed | Failure | None:
    """Do a task of `clean_files`; the answer is the last word, nothing is said before it."""
    global _by
    if isinstance(task, Prepare):
        _by = task
        return None
    page = task.page or read_page(task.path, task.content, _by.corrections)
    if task.form is None:
        return page
    document = judge_page(task.path, page, _by.memory, _by.corrections)
    if isinstance(document, Failure) or task.form == "document":
        return document
    try:
        return printed(document, task.form, task.quotations)
    except Exception as error:
        return Failure(task.path, page_reason(error))


def printed(document: Document, form: Form, quotations: Quotations) -> Printed:
    """The document in a form that is text."""
    if form == "json":
        text = json_line(document.to_json(quotations))
    else:
        text = (explain(document, color=form == "colored explanation") + "\n").encode("utf-8", "backslashreplace")
    return Printed(text, not document.paragraphs, any(entry.cuts for entry in document.ledger))
