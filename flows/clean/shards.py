"""One shard in, its two Parquet twins out. Plain Python for a process of its own: neither Prefect nor the network."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

from cleaners.errors import PageError
from cleaners.pipeline import judge, read_html, read_text
from cleaners.version import cleaners_version
from flows.clean.changes import Changes
from flows.clean.tables import Row, document_row, failed_row, ledger_rows, page_row, rebuild_page
from flows.clean.twins import DamagedTwins, Twins, TwinWriter
from flows.errors import page_reason
from flows.pagefiles import page_id
from flows.pages import Outcome
from flows.raw.shard import DamagedShard, read_shard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cleaners.document import Page
    from flows.raw.shard import StoredPage

Origin = Literal["raw", "ledger"]
PageRows = tuple[Row, list[Row]]
"""The documents row of a page and its ledger rows."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days of capture in UTC, both included; None is open."""

    since: date | None = None
    until: date | None = None

    def __contains__(self, at: datetime) -> bool:
        day = at.astimezone(UTC).date()
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class ShardResult:
    """What became of the pages of one shard, and what that changed against the twins that stood there before."""

    shard: str
    outcomes: list[Outcome]
    changes: Changes


def clean_shard(
    shard: Path,
    data: Path,
    source: str,
    language: str | None,
    *,
    origin: Origin = "raw",
    period: Period = Period(),
    write: bool = True,
    deadly: Mapping[int, str] | None = None,
    mark: Callable[[int], None] = lambda offset: None,
) -> ShardResult:
    """Clean the pages of a shard that were captured in `period`; the rows of the others stay as they are.

    From the `ledger` the stored lines are judged again without reading raw pages; where there are no whole twins, all
    pages come from raw. With `write` off nothing is written. `mark` is told the offset of each page before work on it
    begins; `deadly` holds those that ended an earlier process, and why, by offset: they are not tried again.

    Whatever a page holds, it gets its row; one whose stored lines cannot be judged again keeps its old rows. Only a
    folder that cannot be written, and a shard that is gone, are a SitoError.
    """
    twins = Twins.of(data, source, shard.name)
    whole = twins.versions() is not None
    pages = (
        _judge_again(twins, period, mark, deadly or {})
        if whole and origin == "ledger"
        else _read_again(shard, twins if whole else None, source, language, period, mark, deadly or {})
    )
    result = ShardResult(shard.name, [], Changes())
    if not write:
        for page in pages:
            _enter(result, page)
        return result
    with TwinWriter(twins) as writer:
        for page in pages:
            _enter(result, page)
            if page.after is not None:
                writer.add(*page.after)
    return result


@dataclass(frozen=True, slots=True)
class _Cleaned:
    """One page: its rows before and after, and its outcome unless it was not touched."""

    before: PageRows | None
    after: PageRows | None
    outcome: Outcome | None


def _enter(result: ShardResult, page: _Cleaned) -> None:
    outcome = page.outcome
    if outcome is None:
        return
    if page.before is None and page.after is not None:
        result.changes.uncompared += 1
    elif page.before is not None and page.after is not None:
        changed = result.changes.compare(page.before, page.after)
        if not changed and outcome.status != "failed":
            outcome = replace(outcome, status="unchanged")
    result.outcomes.append(outcome)


def _read_again(
    shard: Path,
    twins: Twins | None,
    source: str,
    language: str | None,
    period: Period,
    mark: Callable[[int], None],
    deadly: Mapping[int, str],
) -> Iterator[_Cleaned]:
    before = _readable(twins)
    held = next(before, None)
    try:
        for stored in read_shard(shard):
            while held is not None and held[0]["offset"] < stored.offset:
                held = next(before, None)
            own = None
            if held is not None and held[0]["offset"] == stored.offset:
                own, held = held, next(before, None)
            if own is not None and stored.at not in period:
                yield _Cleaned(own, own, None)
                continue
            row = page_row(stored, _id(stored.url), source, shard.name, cleaners_version())
            mark(stored.offset)
            yield _clean(row, partial(_read, stored, row["id"], language), own, deadly.get(stored.offset))
    except DamagedShard as damage:
        yield _Cleaned(None, None, Outcome(shard.name, "failed", str(damage), shard.name))
        while held is not None:  # what was read before the damage came is all that is left of these pages
            yield _Cleaned(held, held, None)
            held = next(before, None)


def _readable(twins: Twins | None) -> Iterator[PageRows]:
    """What can be read of the old rows: they are made anew, so that damage to them does not matter."""
    with suppress(DamagedTwins):
        yield from () if twins is None else twins.pages()


def _judge_again(
    twins: Twins, period: Period, mark: Callable[[int], None], deadly: Mapping[int, str]
) -> Iterator[_Cleaned]:
    for before in twins.pages():
        row, lines = before
        if row["status"] == "failed" or row["fetched_at"] not in period:
            outcome = (
                None if row["fetched_at"] not in period else Outcome(row["url"], "failed", row["reason"], row["shard"])
            )
            yield _Cleaned(before, before, outcome)
            continue
        mark(row["offset"])
        judged = row | {"cleaners": cleaners_version()}
        page = _clean(judged, partial(rebuild_page, row, lines), before, deadly.get(row["offset"]))
        if page.outcome is not None and page.outcome.status == "failed":
            page = replace(page, after=before)  # its lines stay: they may be all that is left of it
        yield page


def _clean(row: Row, read: Callable[[], Page], before: PageRows | None, death: str | None) -> _Cleaned:
    started = time.perf_counter()
    try:
        if death is not None:
            raise PageError(death)
        document = judge(read())
        after = document_row(row, document), ledger_rows(row, document)
    except Exception as error:  # one page never ends a run; the reason stands in its row
        failed = failed_row(row, page_reason(error))
        outcome = Outcome(row["url"], "failed", failed["reason"], row["shard"])
        return _Cleaned(before, (failed, []), outcome)
    kept = sum(len(p.text.split()) for p in document.paragraphs)
    outcome = Outcome(
        url=row["url"],
        status="new" if document.paragraphs else "empty",
        shard=row["shard"],
        words_kept=kept,
        words_dropped=sum(
            len(entry.line.text[c.start : c.end].split()) for entry in document.ledger for c in entry.cuts
        ),
        milliseconds=(time.perf_counter() - started) * 1000,
    )
    return _Cleaned(before, after, outcome)


def _read(stored: StoredPage, name: str, language: str | None) -> Page:
    if stored.error is not None:
        raise PageError(stored.error)
    if _is_text(stored):
        return read_text(stored.body, id=name, url=stored.url, fetched_at=stored.at, language=language)
    return read_html(
        stored.body,
        id=name,
        url=stored.url,
        content_type=stored.content_type,
        fetched_at=stored.at,
        language=language,
    )


def _is_text(stored: StoredPage) -> bool:
    return (stored.content_type or "").partition(";")[0].strip().lower() == "text/plain"


def _id(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:  # http://[wrong/ stands in some old WARC file
        return url
    name = PurePosixPath(unquote(parts.path)).name
    return page_id(Path(name)) if name else parts.netloc or url
