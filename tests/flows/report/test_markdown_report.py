from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from markdown_it import MarkdownIt

from flows.common.page_types import Outcome
from flows.report.markdown_report import FAILED, ROWS, UNCHANGED, address, page_rows, report, seconds, share, summary
from flows.report.run_record import record_run
from flows.report.tally import Dropped, Tally

STARTED = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVIL = "<img src=x> ![x](http://evil.example/x.png) [y](http://evil.example) | **z** `c`\n\n# h"
OUTCOMES = [
    Outcome("https://a.example/new", "new", "", "s", 300, 80, 12.0),
    Outcome("https://a.example/slow", "new", "", "s", 100, 20, 900.0),
    Outcome("https://a.example/held", "unchanged"),
    Outcome("https://a.example/empty", "empty", "", "s", 0, 10, 3.0),
    Outcome("https://a.example/gone", "failed", "HTTP 404"),
]


def record(outcomes: list[Outcome] = OUTCOMES, alarms: tuple[str, ...] = ()):  # type: ignore[no-untyped-def]
    made = record_run("news", "ingest", "r", STARTED, outcomes, ["s.warc.gz"])
    return replace(made, finished=STARTED.replace(minute=3, second=20), alarms=list(alarms))


def tally(*texts: str) -> Tally:
    dropped = Dropped()
    for text in texts:
        dropped.add(text, "https://a.example/new")
    return Tally({("related", "uk.also-read"): dropped}, Counter(uk=900, en=100), Counter(uk=2))


def test_the_report_says_it_all() -> None:
    text = report(
        record(alarms=("share of kept words is low",)), OUTCOMES, tally("Читайте також", "Читайте також", "Ще")
    )
    for said in (
        "# ingest news",
        "2026-03-01 12:00:00 UTC, 3 min 20 s, 1 shard written",
        "**share of kept words is low**",
        "| new | 2 | 40.0% |",
        "| unchanged | 1 | 20.0% |",
        "| empty | 1 | 20.0% |",
        "| failed | 1 | 20.0% |",
        "HTTP 404",
        "| kept | 400 | 78.4% |",
        "| dropped | 110 | 21.6% |",
        "The median text has 200 words.",
        "| uk | 900 | 90.0% | 2 |",
        "| en | 100 | 10.0% | 0 |",
        "| related | 3 | 5 |",
        "uk.also-read, 3 times: Читайте також ×2 · Ще",
    ):
        assert said in text
    assert text.index("Alarms") < text.index("Pages") < text.index("900 ms") < text.index("12 ms")


def test_the_report_leads_to_the_pages_of_sito_look() -> None:
    look = "http://127.0.0.1:4201"
    text = report(record(), OUTCOMES, tally("Ще"), look)
    for said in (
        f"[more of it]({look}/runs/news/r)",
        f"[uk.also-read]({look}/rules/uk.also-read), 1 time: "
        f"[Ще]({look}/page?source=news&amp;url=https%3A%2F%2Fa.example%2Fnew)",
    ):
        assert said in text
    assert [row["status"] for row in page_rows(OUTCOMES, "news", look)][:2] == [
        "failed",
        f"[empty]({look}/page?source=news&url=https%3A%2F%2Fa.example%2Fempty)",
    ]


@pytest.mark.parametrize("look", [None, "http://127.0.0.1:4201"])
def test_a_run_without_pages_has_a_short_report(look: str | None) -> None:
    text = report(record([]), [], Tally(), look)
    assert "| new | 0 | - |" in text
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## Pages"]


@pytest.mark.parametrize("look", [None, "http://127.0.0.1:4201"])
def test_nothing_hostile_gets_into_the_report(look: str | None) -> None:
    outcomes = [
        Outcome("https://a.example/" + EVIL, "failed", EVIL),
        Outcome("https://b.example/" + EVIL, "new", "", "s", 1, 1, 5.0),
    ]
    text = report(record(outcomes, alarms=(EVIL,)), outcomes, tally(EVIL), look)
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = reader.parse(text)
    inside = [child for token in tokens for child in token.children or ()]
    assert not {"image", "html_inline", "code_inline"} & {child.type for child in inside}
    assert not {"html_block", "fence", "code_block", "blockquote_open"} & {token.type for token in tokens}
    links = {str(child.attrs["href"]).split("/")[2] for child in inside if child.type == "link_open"}
    assert links == {"a.example", "b.example", *([look.partition("//")[2]] if look else [])}
    assert len([token for token in tokens if token.type == "heading_open" and token.tag == "h1"]) == 1


def test_failed_pages_beyond_the_limit_are_counted() -> None:
    outcomes = [Outcome(f"https://a.example/{n}", "failed", "HTTP 500") for n in range(FAILED + 7)]
    text = report(record(outcomes), outcomes, Tally())
    assert text.count("): HTTP 500") == FAILED
    assert f"| {FAILED + 7} | failed | HTTP 500 |" in text
    assert "and 7 more" in text


def test_rows_come_with_the_troubles_first() -> None:
    assert [row["status"] for row in page_rows(OUTCOMES)] == ["failed", "empty", "new", "new", "unchanged"]


def test_every_page_is_in_a_row_or_counted_in_one() -> None:
    held = [Outcome(f"file:///{n}", "unchanged") for n in range(UNCHANGED + 10)]
    new = [Outcome(f"file:///new/{n}", "new", "", "s", 5) for n in range(ROWS + 20)]
    rows = page_rows(held + new + OUTCOMES)
    assert rows[-2:] == [
        {"status": "new", "page": "and 24 more pages"},
        {"status": "unchanged", "page": "and 11 more pages"},
    ]
    assert [row["status"] for row in rows[:3]] == ["failed", "empty", "new"]
    assert len(rows) - 2 + 24 + 11 == len(held + new + OUTCOMES)


@pytest.mark.parametrize("column", ["page", "reason"])
def test_cells_are_safe_as_markdown(column: str) -> None:
    (row,) = page_rows([Outcome("https://a.example/" + EVIL, "failed", EVIL)])
    children = [each for token in MarkdownIt("commonmark").parse(str(row[column])) for each in token.children or ()]
    assert {child.type for child in children} <= {"text", "text_special", "link_open", "link_close"}
    assert all(str(child.attrs["href"]).startswith("https://a.example/") for child in children if child.attrs)


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        (0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (12.4, "12 s"),
        (60, "1 min 0 s"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
    ],
)
def test_seconds(duration: float, said: str) -> None:
    assert seconds(duration) == said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://a.example/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8", "https://a.example/новини"),
        ("https://a.example/%FF%0A%00", "https://a.example/�"),
        ("https://a.example/%1B[2J", "https://a.example/ [2J"),
        ("file:///%D0%B0.html", "file:///а.html"),
    ],
)
def test_addresses_are_shown_as_people_read_them(url: str, said: str) -> None:
    assert address(url, 100) == said


def test_shares_and_summaries() -> None:
    assert share(1, 3) == "33.3%"
    assert share(0, 0) == "-"
    assert summary(record()) == "5 pages, 2 new, 1 unchanged, 1 empty, 1 failed"
    assert summary(record([OUTCOMES[0]], alarms=("a", "b"))) == "1 page, 1 new, 2 alarms"
