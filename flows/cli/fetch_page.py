"""One page requested as a run would, and what is known of it: the work of `sito fetch`."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.archive.cdxj import find_entries
from flows.archive.payload import open_payload
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.common.escape import one_line
from flows.common.page_types import Validators
from flows.common.usage_rights import usage_rights
from flows.config.limits import WebLimits
from flows.config.settings import load_settings
from flows.config.sources import find_source, load_sources
from flows.fetch.fetcher import Fetcher, FetchError
from flows.fetch.politeness import Politeness
from flows.state import State
from flows.urls.canonical import stated_address
from flows.urls.page_address import page_address
from flows.urls.uri import to_uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flows.common.page_types import Capture
    from flows.config.kinds import Source
    from flows.fetch.explanation import FetchExplanation
    from flows.state import PageState

Row = tuple[str, str]

HEADERS = 30
"""How many headers of an answer are shown."""
CAPTURES = 10
"""How many captures of a page are shown, the latest ones."""


def fetch_page(sources_file: Path, data: Path, url: str, *, name: str | None, explain: bool) -> int:
    """Print the page itself, or with `explain` all that is known of it and the answer; 1 if there is no page.

    `name` is the source whose limits apply (None: the one that knows the address, else the defaults). Nothing is kept.
    """
    try:
        address = page_address(url)
    except ValueError as error:
        raise SitoError(f"the address {error}") from None
    with State.open(load_settings(data=data).state) as state:
        source, page = _source(sources_file, name, address, state)
        limits = source.limits if source is not None and isinstance(source.limits, WebLimits) else WebLimits()
        # The host's rules and pauses apply to people as well.
        with Fetcher(limits, Politeness(state.hosts, limits.delay_seconds)) as fetcher:
            if not explain:
                return _print_page(fetcher, address)
            _print_rows(_before(url, address, source, page, data))
            explanation = fetcher.explain(address, _validators(page))
            _print_rows(_rules(explanation))
            return _request(fetcher, explanation, page)


def _print_page(fetcher: Fetcher, address: str) -> int:
    try:
        answer = fetcher.get(address)
    except FetchError as error:
        print(f"sito: {one_line(address, 500)}: {error.outcome}: {error}", file=sys.stderr)
        return 1
    sys.stdout.buffer.write(open_payload(answer.body, answer.header("content-encoding")))
    return 0


def _source(sources_file: Path, name: str | None, address: str, state: State) -> tuple[Source | None, PageState | None]:
    known = load_sources(sources_file)
    if name is not None:
        source = find_source(known, name)
        if not source.is_of_web:
            raise SitoError(f"source '{name}' is of the kind {source.kind}: it has no pages to fetch")
        return source, state.pages.get(name, [address]).get(address)
    for source in known.values():
        if source.is_of_web and (page := state.pages.get(source.name, [address]).get(address)):
            return source, page
    return None, None


def _validators(page: PageState | None) -> Validators | None:
    if page is None or page.first_captured is None or not (page.etag or page.last_modified):
        return None
    return Validators(page.etag, page.last_modified)


def _before(url: str, address: str, source: Source | None, page: PageState | None, data: Path) -> Iterator[Row]:
    if url != address:
        yield "address", url
    yield "canonical", address
    yield "source", "none knows it; the default limits apply" if source is None else f"{source.name} ({source.kind})"
    yield from _remembered(page)
    yield from _kept(source, address, data)


def _remembered(page: PageState | None) -> Iterator[Row]:
    if page is None:
        yield "state", "not known yet"
        return
    yield "state", f"first seen {_moment(page.first_seen)}"
    if page.asked_at is not None:
        status = f" ({page.status})" if page.status else ""
        yield "", f"last requested {_moment(page.asked_at)}: {page.outcome}{status} {page.reason}".rstrip()
    if page.failures > 1:
        yield "", f"{page.outcome} {page.failures} times in a row"
    if page.changed_at is not None and page.captured_at is not None:
        yield "", f"changed last {_moment(page.changed_at)}, confirmed last {_moment(page.captured_at)}"
    if page.canonical:
        yield "", f"is another form of {page.canonical}"
    yield "", "is not requested again" if page.next_try is None else f"next try {_moment(page.next_try)}"


def _kept(source: Source | None, address: str, data: Path) -> Iterator[Row]:
    if source is None:
        return
    found = [
        (shard, entry)
        for shard in Archive(data, source.name).shards()
        for entry in find_entries(shard, to_uri(address))
    ]
    if not found:
        yield "kept", "no capture in raw/"
    for number, (shard, entry) in enumerate(found[-CAPTURES:]):
        what = "confirmed" if entry.revisit else "page" if entry.status is None else f"page ({entry.status})"
        yield (
            "" if number else "kept",
            f"{_moment(entry.at)} {what}: raw/{source.name}/{shard.name} at {entry.offset:,}, {entry.digest}",
        )
    if len(found) > CAPTURES:
        yield "", f"and {len(found) - CAPTURES:,} earlier captures"


def _rules(explanation: FetchExplanation) -> Iterator[Row]:
    file = explanation.robots
    if file is None:
        yield "robots.txt", "not available"
    else:
        answered = f"answered {file.status}" if file.status else "gave no answer"
        yield "robots.txt", f"{file.url} {answered}, {_moment(file.at)}"
        if file.problem is None:
            yield "", explanation.rule or "no rule of it applies to this address"
    paused = f", paused for {explanation.pause:.1f} s more" if explanation.pause > 0 else ""
    yield "host", f"{explanation.delay:g} s between an answer and the next request{paused}"
    problem = explanation.problem
    yield "verdict", f"{explanation.outcome}: {problem}" if problem else "may be requested now"
    for number, (field, value) in enumerate(explanation.request):
        yield "" if number else "request", f"{field}: {value}" if field else value


def _request(fetcher: Fetcher, explanation: FetchExplanation, page: PageState | None) -> int:
    if explanation.problem:
        _print_rows([("answer", "not requested")])
        return 1
    began = time.monotonic()
    try:
        answer = fetcher.get(explanation.url, validators=_validators(page))
    except FetchError as error:
        _print_rows([("answer", f"{error.outcome}: {error}")])
        return 1
    _print_rows(_answer(answer, time.monotonic() - began))
    return 0


def _answer(answer: Capture, seconds: float) -> Iterator[Row]:
    for hop in answer.redirects:
        yield "redirect", f"{hop.status} {hop.url}"
    status = f"{answer.status} {one_line(answer.reason)}".rstrip()
    yield "answer", f"{status} from {answer.url}, {len(answer.body):,} bytes in {seconds:.2f} s"
    for name, value in answer.headers[:HEADERS]:
        yield "", f"{name}: {one_line(value, 200)}"
    body = open_payload(answer.body, answer.header("content-encoding"))
    for each in usage_rights(answer.headers, body):
        yield "reserved", each
    if (own := stated_address(body, answer.headers, answer.url)) is not None:
        yield "own address", own if own != answer.url else "the same"
    yield "keeps", "nothing: only runs keep pages"


def _print_rows(rows: Iterable[Row]) -> None:
    for name, text in rows:
        print(f"{name:12}{one_line(text, 2000)}", flush=True)  # at once: an answer may take its time


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
