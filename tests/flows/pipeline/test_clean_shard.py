"""One shard in, its tables out: every page one row, every line once, whatever a page holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flows.pipeline.clean_shard
import flows.pipeline.page_cleaner
import flows.pipeline.stored_pages
from cleaners.document import Cut, Document, Fragment, LedgerLine, Line, Metadata, Page
from cleaners.errors import PageError
from cleaners.judgement import judge
from flows.archive.shard_reader import StoredPage, read_shard
from flows.common.errors import SitoError
from flows.pipeline.clean_shard import clean_shard
from flows.pipeline.cleaning_job import CleaningJob, Origin, Period
from flows.tables.rows import document_row, kept_text, ledger_rows, page_row, paragraphs_of, rebuild_page
from flows.tables.shard_tables import ShardTables
from support.captures import keep, response
from support.newspaper import BODY, FIRST_DAY, SOURCE, cleaned, content, documents, job, ledger, page, shard_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleaners.rules.site_memory import SiteMemory

PAGES = st.lists(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: page(1, f"<p>{text}</p>")),
        st.just(page(2)),
        st.just(b""),
    ),
    max_size=5,
)


class TestConservation:
    @given(PAGES)
    @settings(max_examples=25, deadline=None)
    def test_every_stored_page_has_one_row_and_every_line_stands_once_in_the_ledger(self, bodies: list[bytes]) -> None:
        with TemporaryDirectory() as folder:
            shard = shard_of(Path(folder), *bodies) if bodies else None
            if shard is None:
                return
            result = clean_shard(CleaningJob(shard, Path(folder), SOURCE, None))
            tables = ShardTables.of(Path(folder), SOURCE, shard.name)
            stored = [(p.url, p.offset, p.digest) for p in read_shard(shard)]
            rows = documents(tables)
            assert [(r["url"], r["offset"], r["digest"]) for r in rows] == stored
            assert [o.url for o in result.outcomes] == [url for url, _, _ in stored]
            lines = ledger(tables)
            assert [(x["offset"], x["place"]) for x in lines] == sorted({(x["offset"], x["place"]) for x in lines})
            for line in lines:
                if line["verdict"] == "left out":
                    assert (line["remains"], line["cuts"], line["rule"][:5]) == (None, [], "body.")
                    continue
                cut = {i for c in line["cuts"] for i in range(c["start"], c["end"])}
                assert "".join(ch for i, ch in enumerate(line["text"]) if i not in cut) == (kept_text(line) or "")
            for row in rows:
                own = [x for x in lines if x["offset"] == row["offset"]]
                assert [p.text for p in paragraphs_of(row)] == list(filter(None, map(kept_text, own)))

    def test_the_ledger_holds_the_lines_that_were_read(self, tmp_path: Path) -> None:
        hidden = "<div style='display: none'><p>Прихований абзац про інше місто, якого читач не бачить.</p></div>"
        shard = shard_of(tmp_path, page(0), page(1, BODY + hidden))
        read = [flows.pipeline.stored_pages.read_stored(p, "", "uk") for p in read_shard(shard)]
        rows = ledger(cleaned(tmp_path, shard))
        judged = [line["text"] for line in rows if line["verdict"] != "left out"]
        assert judged == [x.text for p in read for x in p.lines]
        assert len(rows) - len(judged) == sum(len(p.left_out) for p in read) > 0


class TestStatus:
    def test_a_page_with_text_is_kept_one_without_is_empty(self, tmp_path: Path) -> None:
        rows = documents(cleaned(tmp_path, shard_of(tmp_path, page(0), b"<html><body></body></html>")))
        assert [row["status"] for row in rows] == ["kept", "empty"]
        assert rows[0]["text"].startswith("Сьогодні вранці") or rows[0]["text"].startswith("Новина")
        for column, words in (("spans_uk", "Сьогодні"), ("spans_en", "The shelves")):
            assert words in "".join(rows[0]["text"][span["start"] : span["end"]] for span in rows[0][column])
        assert rows[1]["text"] == ""
        assert rows[1]["paragraphs"] == []

    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            (ValueError("bad\nthing"), "ValueError: bad thing"),
            (RecursionError(), "RecursionError"),
            (MemoryError(), "MemoryError"),
            (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"), "UnicodeEncodeError: "),
        ],
    )
    def test_a_page_whose_cleaning_raises_is_a_failed_row_and_the_others_are_cleaned(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
    ) -> None:
        def judge_or_fail(read: Page, memory: SiteMemory | None = None, _: object = None) -> Document:
            if read.url == "file:///1.html":
                raise error
            return judge(read, memory)

        monkeypatch.setattr(flows.pipeline.page_cleaner, "judge", judge_or_fail)
        shard = shard_of(tmp_path, page(0), page(1), page(2))
        result = clean_shard(CleaningJob(shard, tmp_path, SOURCE, None))
        rows = documents(ShardTables.of(tmp_path, SOURCE, shard.name))
        assert [row["status"] for row in rows] == ["kept", "failed", "kept"]
        assert rows[1]["reason"].startswith(reason)
        assert [o.status for o in result.outcomes] == ["new", "failed", "new"]
        assert result.outcomes[1].reason == rows[1]["reason"]

    def test_a_page_that_killed_an_earlier_process_is_not_tried_again(self, tmp_path: Path) -> None:
        shard = shard_of(tmp_path, page(0), page(1))
        offset = [p.offset for p in read_shard(shard)][1]
        rows = documents(cleaned(tmp_path, shard, poison_pages={offset: "ended its process"}))
        assert [(row["status"], row["reason"]) for row in rows] == [("kept", None), ("failed", "ended its process")]

    def test_broken_gzip_is_a_failed_row_with_the_reason(self, tmp_path: Path) -> None:
        (row,) = documents(cleaned(tmp_path, shard_of(tmp_path, b"\x1f\x8b\x08 not gzip at all")))
        assert row["status"] == "failed"
        assert row["reason"]

    def test_a_damaged_shard_gives_its_good_pages_and_a_failure_that_names_it(self, tmp_path: Path) -> None:
        shard = shard_of(tmp_path, *(page(n) for n in range(3)))
        last = [p.offset for p in read_shard(shard)][2]
        shard.write_bytes(shard.read_bytes()[: last + 60])
        result = clean_shard(CleaningJob(shard, tmp_path, SOURCE, None))
        assert [o.status for o in result.outcomes] == ["new", "new", "failed"]
        assert str(last) in result.outcomes[2].reason
        assert len(documents(ShardTables.of(tmp_path, SOURCE, shard.name))) == 2

    def test_a_shard_that_is_damaged_later_loses_no_row(self, tmp_path: Path) -> None:
        shard = shard_of(tmp_path, *(page(n) for n in range(3)))
        before = content(tmp_path / "clean") if cleaned(tmp_path, shard) else {}
        last = [p.offset for p in read_shard(shard)][2]
        shard.write_bytes(shard.read_bytes()[: last + 60])
        cleaned(tmp_path, shard)
        assert content(tmp_path / "clean") == before

    def test_a_shard_that_is_gone_is_an_error_and_the_tables_stay(self, tmp_path: Path) -> None:
        shard = shard_of(tmp_path, page(0))
        cleaned(tmp_path, shard)
        before = content(tmp_path / "clean")
        shard.unlink()
        with pytest.raises(SitoError, match="cannot be read"):
            cleaned(tmp_path, shard)
        assert content(tmp_path / "clean") == before


class TestRepeated:
    def test_cleaning_twice_gives_the_same_bytes(self, tmp_path: Path) -> None:
        shard = shard_of(tmp_path, page(0), b"", page(1))
        cleaned(tmp_path, shard)
        before = content(tmp_path / "clean")
        cleaned(tmp_path, shard)
        assert content(tmp_path / "clean") == before

    def test_from_the_ledger_the_same_bytes_come_as_from_raw(self, tmp_path: Path) -> None:
        shard = shard_of(tmp_path, page(0), b"", b"\x1f\x8bno", page(1, BODY.replace("Сьогодні", "Учора")))
        cleaned(tmp_path, shard)
        before = content(tmp_path / "clean")
        shard.unlink()  # the ledger is enough
        cleaned(tmp_path, shard, origin="ledger")
        assert content(tmp_path / "clean") == before

    def test_a_page_that_cannot_be_judged_again_keeps_its_lines(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(read: Page, memory: SiteMemory | None = None, _: object = None) -> Document:
            raise PageError("a new rule is wrong")

        shard = shard_of(tmp_path, page(0))
        cleaned(tmp_path, shard)
        before = content(tmp_path / "clean")
        shard.unlink()
        monkeypatch.setattr(flows.pipeline.page_cleaner, "judge", fail)
        monkeypatch.setattr(flows.pipeline.clean_shard, "replay_shard", lambda *_: None)
        (outcome,) = clean_shard(job(tmp_path, shard, origin="ledger")).outcomes
        assert (outcome.status, outcome.reason) == ("failed", "a new rule is wrong")
        assert content(tmp_path / "clean") == before

    def test_without_whole_tables_the_ledger_is_made_from_raw(self, tmp_path: Path) -> None:
        shard = shard_of(tmp_path, page(0))
        tables = cleaned(tmp_path, shard)
        before = content(tmp_path / "clean")
        tables.documents.unlink()
        cleaned(tmp_path, shard, origin="ledger")
        assert content(tmp_path / "clean") == before

    @pytest.mark.parametrize("cut", [0, 0.5, 0.9])
    def test_damaged_tables_are_rebuilt_from_raw(self, tmp_path: Path, cut: float) -> None:
        shard = shard_of(tmp_path, page(0), page(1))
        tables = cleaned(tmp_path, shard)
        before = content(tmp_path / "clean")
        whole = tables.ledger.read_bytes()
        at = int(len(whole) * cut)
        tables.ledger.write_bytes(whole[:at] + bytes(8) + whole[at + 8 :])
        cleaned(tmp_path, shard)
        assert content(tmp_path / "clean") == before


class TestRules:
    """What happens when the rules change between two cleanings."""

    @pytest.fixture
    def _stricter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def stricter(read: Page, memory: SiteMemory | None = None, _: object = None) -> Document:
            document = judge(read, memory)
            entries = tuple(
                replace(entry, kept=None, cuts=(Cut(0, len(entry.line.text), "notice", "test.library", "seen"),))
                if "бібліотеку" in entry.line.text
                else entry
                for entry in document.ledger
            )
            paragraphs = tuple(p for p in document.paragraphs if "бібліотеку" not in p.text)
            return replace(document, ledger=entries, paragraphs=paragraphs)

        monkeypatch.setattr(flows.pipeline.page_cleaner, "judge", stricter)
        monkeypatch.setattr(flows.pipeline.clean_shard, "replay_shard", lambda *_: None)
        monkeypatch.setattr(flows.pipeline.page_cleaner, "cleaners_version", lambda: "later")

    @pytest.fixture
    def shard(self, tmp_path: Path) -> Path:
        shard = shard_of(tmp_path, page(0), page(1), page(2))
        cleaned(tmp_path, shard)
        return shard

    @pytest.mark.parametrize("origin", ["raw", "ledger"])
    @pytest.mark.usefixtures("shard", "_stricter")
    def test_a_dry_run_says_what_would_be_dropped_and_writes_nothing(
        self, tmp_path: Path, shard: Path, origin: Origin
    ) -> None:
        before = content(tmp_path)
        changes = clean_shard(job(tmp_path, shard, origin=origin, write=False)).changes
        assert content(tmp_path) == before
        assert (changes.pages, changes.changed) == (3, 3)
        assert changes.dropped["notice", "test.library"].times == 3
        assert "бібліотеку" in changes.dropped["notice", "test.library"].texts[0]
        assert not changes.kept

    def test_what_is_kept_again_is_told_by_the_rule_that_dropped_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shard = shard_of(tmp_path, page(0))
        with monkeypatch.context() as patch:
            patch.setattr(flows.pipeline.page_cleaner, "judge", self.drop_all)
            cleaned(tmp_path, shard)
        changes = clean_shard(job(tmp_path, shard)).changes
        assert changes.kept["debris", "test.all"].times >= 3
        assert not changes.dropped

    @staticmethod
    def drop_all(read: Page, memory: SiteMemory | None = None, _: object = None) -> Document:
        whole = tuple(LedgerLine(x, None, (Cut(0, len(x.text), "debris", "test.all", ""),)) for x in read.lines)
        return Document(read.id, read.url, read.metadata, "und", {}, (), whole)

    @pytest.mark.parametrize(
        ("period", "changed"),
        [
            (Period(), [0, 1, 2]),
            (Period(since=date(2026, 3, 2)), [1, 2]),
            (Period(until=date(2026, 3, 2)), [0, 1]),
            (Period(date(2026, 3, 2), date(2026, 3, 2)), [1]),
            (Period(since=date(2026, 4, 1)), []),
        ],
    )
    @pytest.mark.parametrize("origin", ["raw", "ledger"])
    @pytest.mark.usefixtures("shard", "_stricter")
    def test_only_pages_of_the_period_are_touched(
        self, tmp_path: Path, shard: Path, origin: Origin, period: Period, changed: list[int]
    ) -> None:
        tables = ShardTables.of(tmp_path, SOURCE, shard.name)
        before = documents(tables)
        result = clean_shard(job(tmp_path, shard, origin=origin, period=period))
        after = documents(tables)
        assert [n for n in range(3) if after[n] != before[n]] == changed
        assert [row["cleaners"] == "later" for row in after] == [n in changed for n in range(3)]
        assert len(result.outcomes) == len(changed)

    @pytest.mark.usefixtures("shard", "_stricter")
    def test_from_the_ledger_the_version_that_read_the_lines_stays(self, tmp_path: Path, shard: Path) -> None:
        tables = ShardTables.of(tmp_path, SOURCE, shard.name)
        reader = documents(tables)[0]["reader"]
        cleaned(tmp_path, shard, origin="ledger")
        assert {(row["reader"], row["cleaners"]) for row in documents(tables)} == {(reader, "later")}

    def test_unchanged_pages_are_told_from_changed_ones(self, tmp_path: Path, shard: Path) -> None:
        assert {o.status for o in clean_shard(job(tmp_path, shard)).outcomes} == {"unchanged"}


class TestRows:
    def test_what_a_page_and_its_site_say_of_its_use_is_in_its_row(self, tmp_path: Path) -> None:
        reserved = b"<head><meta name=robots content=noindex></head>" + page(1)
        headers = (("Content-Type", "text/html"), ("TDM-Reservation", "1"))
        archive, _, _ = keep(
            tmp_path,
            [response("https://a.example/1", reserved, headers=headers), response("https://a.example/2", page(2))],
        )
        rows = documents(cleaned(tmp_path, archive.shards()[0]))
        assert [row["reservations"] for row in rows] == [["TDM reserved (header)", "noindex (page)"], []]

    @pytest.mark.parametrize(
        ("url", "content_type", "text"),
        [
            ("file:///a.txt.gz", "text/plain", True),
            ("file:///a.gz", "text/plain", True),
            ("file:///a.html.gz", "text/html", False),
            ("https://example.org/a.txt", "text/html", False),
            ("https://example.org/a", "Text/Plain; charset=koi8-u", True),
            ("https://example.org/a", None, False),
        ],
    )
    def test_plain_text_is_known_by_its_media_type(
        self, tmp_path: Path, url: str, content_type: str | None, text: bool
    ) -> None:
        (stored,) = read_shard(shard_of(tmp_path, page(0)))
        assert flows.pipeline.stored_pages.is_plain_text(replace(stored, url=url, content_type=content_type)) is text

    @pytest.mark.parametrize(
        ("url", "name"),
        [
            ("file:///deep/bridge.html.gz", "bridge"),
            ("file:///%D0%BC%D1%96%D1%81%D1%82.txt", "міст"),
            ("https://example.org/news/12345/", "12345"),
            ("https://example.org/", "example.org"),
            ("https://example.org/a.html?x=/y", "a"),
            ("http://[wrong/a.html", "http://[wrong/a.html"),
        ],
    )
    def test_a_page_is_named_after_the_last_part_of_its_address(self, url: str, name: str) -> None:
        assert flows.pipeline.stored_pages.page_name(url) == name

    @given(st.data())
    @settings(max_examples=50)
    def test_a_page_comes_back_whole_from_its_rows(self, data: st.DataObject) -> None:
        text = st.text(max_size=20).filter(lambda s: not any("\ud800" <= c <= "\udfff" for c in s))
        read = data.draw(pages(text))
        stored = StoredPage("file:///0.html", b"", "text/html", FIRST_DAY, None, 0, "sha1:A", None)
        document = judge(read)
        row = document_row(page_row(stored, read.id, SOURCE, "s.warc.gz", "1"), document)
        rows = ledger_rows(row, document)
        again = rebuild_page(row, rows)
        assert replace(again, url=None, fetched_at=None) == replace(read, url=None, fetched_at=None)


@st.composite
def pages(draw: Callable[..., object], text: st.SearchStrategy[str]) -> Page:
    optional = st.none() | text
    lines = draw(st.lists(text.filter(bool), max_size=4))
    return Page(
        id=draw(text),
        lines=tuple(
            Line(
                place,
                body,
                tag=draw(st.sampled_from(["p", "h2", "li"])),
                original=draw(optional),
                language=draw(st.sampled_from(["uk", "en", "und"])),
                fragments=(Fragment(0, len(body), "uk"),),
                attributes=draw(text),
                link_share=draw(st.floats(0, 1)),
            )
            for place, body in enumerate(lines)
        ),
        metadata=Metadata(
            **{
                name: draw(optional)
                for name in ("title", "published", "site_name", "url", "language", "section", "agency")
            },
            authors=tuple(draw(st.lists(text, max_size=2))),
            headlines=tuple(draw(st.lists(text, max_size=2))),
            paywalled=draw(st.none() | st.booleans()),
        ),
        encoding=draw(optional),
    )
