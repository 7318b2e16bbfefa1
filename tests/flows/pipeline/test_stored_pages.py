"""What a feed says of a page comes to the cleaners, at the first cleaning and at every later one."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from cleaners.document import STOOD_IN, Given
from flows.config.kinds import FeedSource
from flows.pipeline.cleaning_job import Origin, Scope
from flows.pipeline.ingest_source import ingest_source
from flows.pipeline.reprocess_source import reprocess_source
from flows.pipeline.stored_pages import given_by
from flows.report.progress import Progress
from support.in_process import HereSteps
from support.local_site import LOCAL

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from support.local_site import Site

LOG = logging.getLogger("test")


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (None, None),
        ("", None),
        ("{broken", None),
        ("[" * 100_000, None),
        ("[1]", None),
        ("{}", Given()),
        ('{"title": 5, "authors": "Олена", "published": [], "content": " "}', Given()),
        (
            '{"title": "Паром", "authors": ["Олена", 5], "published": "2026-03-02", "summary": "Коротко"}',
            Given("Паром", ("Олена",), "2026-03-02", "Коротко"),
        ),
        ('{"summary": "Коротко", "content": "<p>Усе"}', Given(text="<p>Усе")),
    ],
)
def test_an_entry_is_what_it_says_or_nothing(evidence: str | None, expected: Given | None) -> None:
    assert given_by(evidence) == expected


def test_a_feeds_title_date_and_author_are_those_of_a_page_that_states_none(site: Site, tmp_path: Path) -> None:
    sentence = "Сьогодні вранці на набережній відкрили маленьку бібліотеку просто неба, і її полиці вже повні."
    link = site.page("/1", f"<html><body><article>{f'<p>{sentence}</p>' * 3}</article></body></html>")
    item = (
        f"<item><title>Бібліотека просто неба</title><link>{link}</link><author>Олена Тиха</author>"
        "<pubDate>Пн, 02 бер 2026 10:00:00 +0200</pubDate></item>"
    )
    url = site.page("/rss", f"<rss version='2.0'><channel>{item}</channel></rss>")
    source = FeedSource.model_validate({"name": "s", "kind": "feed", "url": url, "limits": LOCAL})

    def row() -> dict[str, Any]:
        (row,) = pq.read_table(tmp_path / "clean" / "documents").to_pylist()
        return {name: row[name] for name in ("title", "authors", "published")}

    ingest_source(source, tmp_path, HereSteps(), Progress("s"), LOG)
    first = row()
    assert first["title"] == "Бібліотека просто неба"
    assert first["authors"] == ["Олена Тиха"]
    assert first["published"].startswith("2026-03-02")
    for file in (tmp_path / "clean").rglob("*.parquet"):
        file.unlink()
    reprocess_source(source, tmp_path, Scope(), HereSteps(), Progress("s"), LOG)
    assert row() == first


@pytest.mark.parametrize("way", ["raw", "ledger"])
def test_a_feeds_full_text_stands_in_at_every_later_cleaning_too(site: Site, tmp_path: Path, way: Origin) -> None:
    sentence = (
        "Сьогодні вранці на набережній відкрили маленьку бібліотеку просто неба, і її полиці №{} вже повні книжок."
    )
    text = "".join(f"&lt;p&gt;{sentence.format(n)}&lt;/p&gt;" for n in range(5))
    link = site.page("/1", "<html><body><div id='app'>Зачекайте…</div></body></html>")
    item = f"<item><title>Бібліотека</title><link>{link}</link><description>{text}</description></item>"
    url = site.page("/rss", f"<rss version='2.0'><channel>{item}</channel></rss>")
    source = FeedSource.model_validate({"name": "s", "kind": "feed", "url": url, "limits": LOCAL})

    def tables() -> list[list[dict[str, Any]]]:
        own = {"cleaned_at", "run", "reprocessed_from"}
        return [
            [
                {k: v for k, v in row.items() if k not in own}
                for row in pq.read_table(tmp_path / "clean" / kind).to_pylist()
            ]
            for kind in ("documents", "ledger")
        ]

    ingest_source(source, tmp_path, HereSteps(), Progress("s"), LOG)
    first = tables()
    assert first[0][0]["text"].count("набережній") == 5
    assert STOOD_IN in first[0][0]["flags"]
    assert {line["attributes"] for line in first[1] if line["verdict"] == "kept"} == {"from-listing"}
    reprocess_source(source, tmp_path, Scope(origin=way), HereSteps(), Progress("s"), LOG)
    assert tables() == first
