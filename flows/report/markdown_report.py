"""A run told to people: a report in Markdown and the rows of the table of pages. Pure, and safe with hostile pages.

The report must read well in the Prefect UI, whose Markdown knows headings, lists and tables, but nothing that folds.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import unquote

from flows.common.escape import link, markdown, one_line
from flows.report.look_paths import changes_path, page_path, rule_path, run_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flows.common.page_types import Outcome
    from flows.report.run_record import RunRecord
    from flows.report.tally import Dropped, Tally
    from flows.tables.changes import Changes

EXAMPLES = 3
FAILED = 50
REASONS = 20
SLOWEST = 5
ROWS = 1000
UNCHANGED = 50
"""Rows of the table of pages, and how many of them for unchanged and waiting pages: the server keeps the table of every
run, and a feed that is asked twice an hour would otherwise fill its database with pages that have no news."""
ORDER = {"failed": 0, "refused": 1, "gone": 2, "empty": 3, "new": 4, "changed": 5, "waiting": 6, "unchanged": 7}


def report(record: RunRecord, outcomes: Sequence[Outcome], tally: Tally, look: str | None = None) -> str:
    """The whole run as Markdown; every text that comes from pages, addresses or errors is escaped.

    `look` is where the pages of `sito look` are: rules, examples and the run itself link there.
    """
    parts = [
        _alarms(record),
        _notes(record),
        _pages(record),
        _reasons(record),
        _failed(record),
        _flags(record, look),
        _words(record),
        _languages(tally),
        _dropped(tally, record.source, look),
        _slowest(outcomes),
    ]
    head = f"# {record.kind} {markdown(record.source)}"
    when = f"{record.started:%Y-%m-%d %H:%M:%S} UTC, {seconds(record.seconds)}, {_shards(record)}"
    if look:
        when += f", [more of it]({look}{run_path(record.source, record.run)})"
    return "\n\n".join([head, when, *(part for part in parts if part)]) + "\n"


def summary(record: RunRecord) -> str:
    """The run in a few words: `12 pages, 10 new, 2 failed`."""
    counts = [f"{count:,} {status}" for status, count in record.outcomes.items() if count]
    alarmed = [f"{_plural(len(record.alarms), 'alarm')}"] if record.alarms else []
    return ", ".join([_plural(record.pages, "page"), *counts, *alarmed])


def headline(record: RunRecord) -> str:
    """The same with the share of words kept, for the state of a run and the description of its report."""
    kept = [] if record.kept_share is None else [f"{record.kept_share:.1%} of words kept"]
    return ", ".join([summary(record), *kept])


def history(records: Sequence[RunRecord]) -> str:
    """The runs of a source as a Markdown table, the last first: also those that no server saw."""
    rows = (
        (
            f"{record.started:%Y-%m-%d %H:%M:%S}",
            record.kind,
            "terminal" if record.in_terminal else f"flow run {record.run}",
            seconds(record.seconds),
            summary(record),
            "; ".join(markdown(said, 200) for said in (*record.alarms, *record.notes)),
        )
        for record in reversed(records)
    )
    return _table(("started (UTC)", "what", "where", "took", "pages", "alarms and notes"), rows)


def page_rows(outcomes: Iterable[Outcome], source: str = "", look: str | None = None) -> list[dict[str, str | int]]:
    """A row a page for a searchable table: failed first, then in the `ORDER`.

    `kept` and `dropped` count words, `ms` is the time of cleaning. What is not listed is counted, in
    a row for each status. With `look`, where the pages of `sito look` are, the status of a page that is kept leads to
    its lines. The UI reads the cells as Markdown: addresses of the web are links, all else is escaped.
    """
    ordered = sorted(outcomes, key=lambda o: ORDER[o.status])
    active = [o for o in ordered if o.status not in ("unchanged", "waiting")]
    listed = active[:ROWS] + ordered[len(active) :][:UNCHANGED]
    rows: list[dict[str, str | int]] = [
        {
            "status": f"[{o.status}]({look}{page_path(source, o.url)})" if look and o.shard else o.status,
            "page": _page(o.url),
            "reason": markdown(
                "; ".join(filter(None, [o.reason, *o.flags])), 300
            ),  # before the numbers: the UI cuts off what is too wide
            "kept": o.words_kept,
            "dropped": o.words_dropped,
            "ms": round(o.milliseconds),
        }
        for o in listed
    ]
    left = Counter(o.status for o in ordered) - Counter(o.status for o in listed)
    rows += [{"status": status, "page": f"and {count:,} more pages"} for status, count in left.items()]
    return rows


def address(url: str, limit: int) -> str:
    """A URL as people read it: letters in place of their percent codes, on one line."""
    return one_line(unquote(url[: limit * 8], errors="replace"), limit)


def seconds(duration: float) -> str:
    """`0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if duration < 10:
        return f"{duration:.1f} s"
    minutes, rest = divmod(round(duration), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def share(part: float, whole: float) -> str:
    """`81.2%`; a dash where the whole is 0."""
    return f"{part / whole:.1%}" if whole else "-"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _shards(record: RunRecord) -> str:
    return (
        f"{_plural(len(record.shards), 'shard')} written"
        if record.kind == "ingest"
        else (f"{_plural(len(record.shards), 'shard')} cleaned again")
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns whose heading starts with a space are numbers, aligned right."""
    rule = ["---:" if name.startswith(" ") else "---" for name in head]
    lines = [[name.strip() for name in head], rule, *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _list(items: Iterable[str]) -> str:
    """For what is long: the UI breaks the lines of a list, but cuts a wide table off."""
    return "\n".join(f"- {item}" for item in items)


def _page(url: str) -> str:
    return link(address(url, 120), url, 120)


def _notes(record: RunRecord) -> str:
    return "## Notes\n\n" + _list(markdown(note, 500) for note in record.notes) if record.notes else ""


def _alarms(record: RunRecord) -> str:
    if not record.alarms:
        return ""
    return "## Alarms\n\n" + _list(f"**{markdown(alarm, 500)}**" for alarm in record.alarms)


def _pages(record: RunRecord) -> str:
    rows = [
        (status, f"{count:,}", share(count, record.pages))
        for status, count in record.outcomes.items()
        if count or status not in ("changed", "gone", "refused", "waiting")
    ]
    return "## Pages\n\n" + _table(["Status", " Pages", " Share"], rows)


def _reasons(record: RunRecord) -> str:
    rows = [(f"{row['pages']:,}", row["status"], markdown(row["reason"], 200)) for row in record.reasons[:REASONS]]
    return "## Reasons\n\n" + _table([" Pages", "Status", "Reason"], rows) if rows else ""


def _failed(record: RunRecord) -> str:
    if not record.failed:
        return ""
    pages = [f"{_page(page['url'])}: {markdown(page['reason'], 200)}" for page in record.failed[:FAILED]]
    more = [f"and {len(record.failed) - FAILED:,} more, in the table of pages"] if len(record.failed) > FAILED else []
    return "## Failed pages\n\n" + _list(pages + more)


def _flags(record: RunRecord, look: str | None) -> str:
    if not record.flags:
        return ""
    items = [
        f"{_plural(row['pages'], 'page')}: {markdown(row['flag'], 200)}, such as "
        + _led(address(row["url"], 80), look, page_path(record.source, row["url"]))
        for row in record.flags
    ]
    return "## Worth a look\n\n" + _list(items)


def _words(record: RunRecord) -> str:
    whole = record.words_kept + record.words_dropped
    if not whole:
        return ""
    rows = [
        ("kept", f"{record.words_kept:,}", share(record.words_kept, whole)),
        ("dropped", f"{record.words_dropped:,}", share(record.words_dropped, whole)),
    ]
    middle = "" if record.median_words is None else f"\n\nThe median text has {record.median_words:,.0f} words."
    return "## Words\n\n" + _table(["", " Words", " Share"], rows) + middle


def _dropped(tally: Tally, source: str, look: str | None) -> str:
    if not tally.dropped:
        return ""
    times = tally.by_category()
    words: Counter[str] = Counter()
    for (category, _), dropped in tally.dropped.items():
        words[category] += dropped.words
    categories = sorted(times, key=lambda category: (-times[category], category))
    table = _table(
        ["Category", " Times", " Words"],
        [(markdown(each), f"{times[each]:,}", f"{words[each]:,}") for each in categories],
    )
    rules = sorted(tally.dropped.items(), key=lambda item: (categories.index(item[0][0]), -item[1].times, item[0]))
    items = [
        f"**{markdown(category)}** {_led(rule, look, rule_path(rule))}, {_plural(dropped.times, 'time')}: "
        + _examples(dropped, source, look)
        for (category, rule), dropped in rules
    ]
    return f"## Dropped\n\n{table}\n\n### By rule, with the most frequent\n\n{_list(items)}"


def _examples(dropped: Dropped, source: str, look: str | None) -> str:
    return " · ".join(
        _led(text, look, page_path(source, dropped.pages[text])) + (f" ×{times:,}" if times > 1 else "")
        for text, times in dropped.frequent(EXAMPLES)
    )


def changes_report(changes: Changes, look: str | None = None) -> str:
    """What cleaning again changed, or would change, as Markdown; with `look`, examples lead to their pages."""
    if not look:
        return changes.report()
    text = changes.report(lambda text, url: link(text, look + page_path(changes.source, url)))
    if not changes.by_page:
        return text
    return f"{text}\n[Page by page]({look}{changes_path(changes.source, changes.run)})\n"


def _led(text: str, look: str | None, path: str) -> str:
    """The text as a link to a page of `sito look`, if there is such."""
    return link(text, look + path, 80) if look else markdown(text, 80)


def _languages(tally: Tally) -> str:
    if not tally.letters:
        return ""
    whole = tally.letters.total()
    rows = [
        (markdown(language), f"{letters:,}", share(letters, whole), f"{tally.pages[language]:,}")
        for language, letters in sorted(tally.letters.items(), key=lambda item: (-item[1], item[0]))
    ]
    return "## Languages\n\n" + _table(["Language", " Letters", " Share", " Pages mostly in it"], rows)


def _slowest(outcomes: Iterable[Outcome]) -> str:
    slowest = sorted((o for o in outcomes if o.milliseconds), key=lambda o: (-o.milliseconds, o.url))[:SLOWEST]
    if not slowest:
        return ""
    return "## Slowest pages\n\n" + _list(f"{o.milliseconds:,.0f} ms: {_page(o.url)}" for o in slowest)
