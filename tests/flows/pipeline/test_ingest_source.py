"""A source pulled without Prefect: what is new comes in once, failures are counted, what a kill left is recovered."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

import flows.pipeline.ingest_source
import flows.pipeline.page_cleaner
from flows.archive.checked import Checked
from flows.archive.source_archive import Archive
from flows.common.errors import SitoError
from flows.common.page_types import Outcome, Target
from flows.config.kinds import SitemapSource
from flows.config.limits import Limits
from flows.memory.source_memory import Memories
from flows.pipeline.check_source import check_source
from flows.pipeline.cleaning_pool import CleaningPool
from flows.pipeline.cleaning_queue import CleaningQueue
from flows.pipeline.compact_source import compact_source
from flows.pipeline.ingest_result import IngestResult
from flows.pipeline.outcomes import Outcomes
from flows.pipeline.shard_result import ShardResult
from flows.pipeline.steps import PlainSteps
from flows.report.progress import Progress
from flows.tables.shard_tables import ShardTables
from flows.tables.versions import versions_path
from support.in_process import HereSteps
from support.in_process import ingest_folder as ingest
from support.local_site import LOCAL, serve, silence
from support.newspaper import SOURCE, content, job, page
from support.paths import TESTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.server import BaseHTTPRequestHandler

    from flows.config.kinds import Source
    from flows.discover.listing_cache import ListingCache
    from flows.fetch.fetcher import Fetcher
    from flows.pipeline.cleaning_job import CleaningJob
    from support.local_site import Site


LOG = logging.getLogger("test")
CHROME = "Голос нашої громади"
STORY = "Сьогодні вранці на набережній номер {0} відкрили маленьку бібліотеку просто неба, і її полиці вже повні."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for n in range(5):
        (folder / f"{n}.html").write_bytes(page(n))
        os.utime(folder / f"{n}.html", (1_772_000_000 + n, 1_772_000_000 + n))
    return folder


@pytest.fixture
def daily(tmp_path: Path) -> Path:
    """Eight pages of eight days with a line that all of them show; the days go another way than the names."""
    folder = tmp_path / "daily"
    folder.mkdir()
    for n in range(8):
        (folder / f"{n}.html").write_bytes(page(n, f"<p>{STORY.format(n)}</p><p>{CHROME}</p>"))
        at = 1_772_000_000 + 86_400 * (3 * n % 8)
        os.utime(folder / f"{n}.html", (at, at))
    return folder


def counts(result: IngestResult) -> dict[str, int]:
    statuses = [o.status for o in result.outcomes]
    return {status: statuses.count(status) for status in sorted(set(statuses))}


def texts(data: Path) -> dict[str, tuple[str, ...]]:
    table = pq.read_table(data / "clean" / "documents")
    return {
        row["url"]: (row["text"], row["language"], row["title"], row["digest"], row["status"])
        for row in table.to_pylist()
    }


class TestOnce:
    def test_every_page_is_counted_once_and_stands_in_clean(self, folder: Path, tmp_path: Path) -> None:
        result = ingest(folder, tmp_path)
        assert counts(result) == {"new": 5}
        assert len(result.shards) == 3
        assert len(texts(tmp_path)) == 5

    def test_nothing_new_adds_and_changes_no_byte(self, folder: Path, tmp_path: Path) -> None:
        ingest(folder, tmp_path)
        before = content(tmp_path)
        result = ingest(folder, tmp_path)
        assert counts(result) == {"unchanged": 5}
        assert result.shards == []
        assert content(tmp_path) == before

    def test_a_changed_page_is_named_so_and_its_old_row_stays(self, folder: Path, tmp_path: Path) -> None:
        ingest(folder, tmp_path)
        (folder / "3.html").write_bytes(page(33))
        assert counts(ingest(folder, tmp_path)) == {"changed": 1, "unchanged": 4}
        rows = pq.read_table(tmp_path / "clean" / "documents").to_pylist()
        assert sorted(row["url"] for row in rows).count("file:///3.html") == 2
        assert len({row["id"] for row in rows}) == 6
        assert {row["name"] for row in rows} == set("01234")
        found = pq.read_table(versions_path(tmp_path, SOURCE)).to_pylist()
        assert [(row["version"], row["latest"]) for row in found if row["url"] == "file:///3.html"] == [
            (1, False),
            (2, True),
        ]
        assert sum(row["latest"] for row in found) == 5

    def test_empty_and_failed_pages_are_counted_and_stop_nothing(self, folder: Path, tmp_path: Path) -> None:
        (folder / "empty.html").write_bytes(b"")
        (folder / "broken.html.gz").write_bytes(b"\x1f\x8b\x08 broken")
        (folder / "long.html").write_bytes(b" " * 4001)
        result = ingest(folder, tmp_path, limits=Limits(page_bytes=4000))
        assert counts(result) == {"empty": 1, "failed": 2, "new": 5}
        assert all(o.reason for o in result.outcomes if o.status == "failed")

    def test_a_limit_of_pages_is_kept_and_the_rest_comes_next_time(self, folder: Path, tmp_path: Path) -> None:
        first = ingest(folder, tmp_path, limits=Limits(pages_per_run=3))
        assert counts(first) == {"new": 3}
        assert first.notes == ["limits.pages_per_run is reached (3); more may wait"]
        assert counts(ingest(folder, tmp_path, limits=Limits(pages_per_run=3))) == {"new": 2, "unchanged": 3}


class TestRecovery:
    @pytest.mark.parametrize("gone", ["documents", "ledger"])
    def test_a_shard_without_both_tables_is_cleaned(self, folder: Path, tmp_path: Path, gone: str) -> None:
        ingest(folder, tmp_path)
        before = content(tmp_path)
        shard = sorted((tmp_path / "raw" / SOURCE).glob("*.warc.gz"))[1]
        getattr(ShardTables.of(tmp_path, SOURCE, shard.name), gone).unlink()
        result = ingest(folder, tmp_path)
        assert result.shards == [shard.name]
        assert result.notes == ["shards that were not cleaned to their end, and are now: 1"]
        assert counts(result) == {"new": 2, "unchanged": 3}
        assert content(tmp_path) == before

    def test_half_written_tables_are_removed(self, folder: Path, tmp_path: Path) -> None:
        ingest(folder, tmp_path)
        before = content(tmp_path)
        (tmp_path / "clean" / "ledger" / f"source={SOURCE}" / ".x.parquet.1.part").write_bytes(b"PAR1")
        ingest(folder, tmp_path)
        assert content(tmp_path) == before

    def test_shards_of_other_cleaners_are_counted_and_left_alone(
        self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(flows.pipeline.page_cleaner, "cleaners_version", lambda: "earlier")
            ingest(folder, tmp_path)
        before = content(tmp_path)
        (note,) = ingest(folder, tmp_path).notes
        assert "cleaned: 3" in note
        assert "`sito reprocess news`" in note
        assert content(tmp_path) == before


class TestMemory:
    """Site memory: pages are judged by those of earlier days, in whatever runs and order they came in."""

    def test_pages_of_many_days_come_out_the_same_in_one_run_and_in_many(self, daily: Path, tmp_path: Path) -> None:
        assert counts(ingest(daily, tmp_path / "one")) == {"new": 8}
        for _ in range(4):
            ingest(daily, tmp_path / "many", limits=Limits(pages_per_run=2))
        assert [CHROME in text for text, *_ in texts(tmp_path / "one").values()].count(False) == 3
        assert texts(tmp_path / "many") == texts(tmp_path / "one")

    def test_nothing_new_changes_no_byte(self, daily: Path, tmp_path: Path) -> None:
        ingest(daily, tmp_path)
        before = content(tmp_path)
        assert counts(ingest(daily, tmp_path)) == {"unchanged": 8}
        assert content(tmp_path) == before

    def test_a_page_of_an_earlier_day_changes_what_later_ones_are_judged_by(self, daily: Path, tmp_path: Path) -> None:
        late = daily / "7.html"  # of the sixth day
        body = late.read_bytes()
        late.unlink()
        ingest(daily, tmp_path / "late")
        late.write_bytes(body)
        at = 1_772_000_000 + 86_400 * 5
        os.utime(late, (at, at))
        result = ingest(daily, tmp_path / "late")
        assert counts(result) == {"new": 1, "unchanged": 7}
        assert result.notes == ["shards judged again, as pages of earlier days came in: 2"]
        ingest(daily, tmp_path / "whole")
        assert texts(tmp_path / "late") == texts(tmp_path / "whole")

    def test_shards_that_are_no_longer_in_raw_are_remembered_and_judged_again(
        self, daily: Path, tmp_path: Path
    ) -> None:
        ingest(daily, tmp_path / "whole")
        late = daily / "7.html"  # of the sixth day
        late.rename(tmp_path / "7.html")
        ingest(daily, tmp_path / "late")
        for path in [*(tmp_path / "late" / "raw" / SOURCE).glob("*-*"), *daily.iterdir()]:
            path.unlink()
        (tmp_path / "7.html").rename(late)
        ingest(daily, tmp_path / "late")
        assert texts(tmp_path / "late") == texts(tmp_path / "whole")

    def test_shards_of_other_cleaners_are_not_judged_again(
        self, daily: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        late = daily / "7.html"
        late.rename(tmp_path / "7.html")
        with monkeypatch.context() as patch:
            patch.setattr(flows.pipeline.page_cleaner, "cleaners_version", lambda: "earlier")
            ingest(daily, tmp_path)
        before = content(tmp_path / "clean")
        (tmp_path / "7.html").rename(late)
        ingest(daily, tmp_path)
        after = content(tmp_path / "clean")
        tables = [name for name in before if name.startswith(("documents", "ledger"))]
        assert {name: after[name] for name in tables} == {name: before[name] for name in tables}


class TestTrouble:
    def test_a_source_that_breaks_off_leaves_what_it_gave_cleaned(self, folder: Path, tmp_path: Path) -> None:
        class Breaking(HereSteps):
            def discover(
                self, source: Source, fetcher: Fetcher | None, reading: ListingCache | None, note: Callable[[str], None]
            ) -> Iterator[Target]:
                for n, target in enumerate(super().discover(source, fetcher, reading, note)):
                    if n == 3:
                        raise SitoError("the host is gone")
                    yield target

        result = ingest(folder, tmp_path, Breaking())
        assert str(result.problem) == "the host is gone"
        assert counts(result) == {"new": 2}
        assert len(texts(tmp_path)) == 2
        assert counts(ingest(folder, tmp_path)) == {"new": 3, "unchanged": 2}

    def test_two_runs_of_one_source_at_once_are_refused(self, folder: Path, tmp_path: Path) -> None:
        with Archive(tmp_path, SOURCE).lock(), pytest.raises(SitoError, match="another run"):
            ingest(folder, tmp_path)

    def test_clean_that_cannot_be_written_is_an_error_and_the_next_run_mends_it(
        self, folder: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "clean").write_text("in the way")
        with pytest.raises(SitoError, match="clean: cannot be written"):
            ingest(folder, tmp_path)
        (tmp_path / "clean").unlink()
        ingest(folder, tmp_path)
        assert len(texts(tmp_path)) == 5

    def test_no_more_shards_wait_than_allowed(self, tmp_path: Path) -> None:
        begun: list[Path] = []
        finished: list[Path] = []

        class Waiting:
            def __init__(self, job: CleaningJob) -> None:
                begun.append(job.shard)
                assert len(begun) - len(finished) <= 2
                self.shard = job.shard

            def result(self) -> ShardResult:
                finished.append(self.shard)
                return ShardResult(self.shard.name)

        class WaitingSteps(HereSteps):
            def clean(self, job: CleaningJob) -> Any:
                return Waiting(job)

        shards = [Path(str(n)) for n in range(7)]
        queue = CleaningQueue(WaitingSteps(), Memories(tmp_path, SOURCE), in_flight=2)
        results = queue.each(job(tmp_path, shard) for shard in shards)
        assert [result.shard for result in results] == [shard.name for shard in shards]


class TestDiscoveryAside:
    def test_answers_do_not_wait_for_the_sitemaps_that_are_still_to_be_read(self, site: Site, tmp_path: Path) -> None:
        with serve("127.0.0.2") as pages:
            asked = threading.Event()

            def article(request: BaseHTTPRequestHandler) -> None:
                asked.set()
                send(request, page(1))

            def second(request: BaseHTTPRequestHandler) -> None:
                # In one thread with the pages it would be waited for before the first of them is asked for.
                send(request, urlset(pages.page("/2", page(2))) if asked.wait(5) else b"")

            site.page("/1.xml", urlset(pages.answer("/1", article)))
            site.answer("/2.xml", second)
            names = "".join(f"<sitemap><loc>{site.url(f'/{n}.xml')}</loc></sitemap>" for n in (1, 2))
            url = site.page("/index.xml", f"<sitemapindex>{names}</sitemapindex>")
            first, again = (self.pull(url, tmp_path) for _ in range(2))
        assert counts(first) == {"new": 2}
        assert counts(again) == {"unchanged": 2}

    def test_a_limit_of_pages_ends_discovery_too(self, site: Site, tmp_path: Path) -> None:
        with serve("127.0.0.2") as other:
            site.page("/1.xml", urlset(*(other.page(f"/{n}", page(n)) for n in range(3))))
            site.answer("/2.xml", silence)
            names = "".join(f"<sitemap><loc>{site.url(f'/{n}.xml')}</loc></sitemap>" for n in (1, 2))
            url = site.page("/index.xml", f"<sitemapindex>{names}</sitemapindex>")
            result = self.pull(url, tmp_path, pages_per_run=2)
        assert counts(result) == {"new": 2}

    def test_a_sitemap_that_is_not_there_is_the_problem_of_the_run(self, site: Site, tmp_path: Path) -> None:
        result = self.pull(site.url("/none.xml"), tmp_path)
        assert "answered 404" in str(result.problem)

    def test_what_discovery_warns_of_is_in_the_notes(self, site: Site, tmp_path: Path) -> None:
        broken = urlset(site.page("/1", page(1)))[: -len("</url></urlset>")]
        result = self.pull(site.page("/map.xml", broken), tmp_path)
        assert result.notes == [f"{site.url('/map.xml')} is broken XML; 1 entries could be read"]

    @staticmethod
    def pull(url: str, data: Path, **limits: int) -> IngestResult:
        fields = {"name": SOURCE, "kind": "sitemap", "url": url, "limits": LOCAL | {"retries": 0} | limits}
        source = SitemapSource.model_validate(fields)
        return flows.pipeline.ingest_source.ingest_source(source, data, HereSteps(), Progress(SOURCE), LOG)


def urlset(*urls: str) -> bytes:
    return f"<urlset>{''.join(f'<url><loc>{url}</loc></url>' for url in urls)}</urlset>".encode()


def send(request: BaseHTTPRequestHandler, body: bytes) -> None:
    request.send_response(200)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


class TestOutcomes:
    URL = "file:///a.html"

    @pytest.mark.parametrize(
        ("reported", "final"),
        [
            (["new", "new@1"], "new@1"),
            (["new", "empty@1"], "empty@1"),
            (["new", "failed@1"], "failed@1"),
            (["unchanged"], "unchanged"),
            (["empty@1", "unchanged"], "empty@1"),
            (["unchanged", "new@1"], "new@1"),
            (["new@1", "failed"], "failed"),
            (["failed", "new@1"], "failed"),
            (["new@2", "empty@1"], "new@2"),
            (["empty@1", "new@2"], "new@2"),
            (["new"], "failed"),
        ],
    )
    def test_a_page_has_one_outcome(self, reported: list[str], final: str) -> None:
        outcomes = Outcomes()
        for each in reported:
            status, _, shard = each.partition("@")
            outcomes.add([Outcome(self.URL, status, shard=shard or None)])  # type: ignore[arg-type]
        (outcome,) = outcomes.final()
        assert f"{outcome.status}{'@' + outcome.shard if outcome.shard else ''}" == final

    def test_spellings_of_one_address_are_one_page(self) -> None:
        outcomes = Outcomes()
        outcomes.add([Outcome("https://example.org/міст", "new")])
        outcomes.add([Outcome("https://example.org/%D0%BC%D1%96%D1%81%D1%82", "new", shard="1")])
        assert len(outcomes.final()) == 1


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4096])


class TestManifest:
    def test_a_run_opens_no_old_shard_and_no_old_table(
        self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data = tmp_path / "data"
        ingest(folder, data)
        monkeypatch.setattr(Checked, "due", lambda self, shards: [])  # the share of those that are read on purpose
        for path in [*data.glob("raw/*/2*"), *data.glob("clean/documents/*/*"), *data.glob("clean/ledger/*/*")]:
            at = path.stat()
            path.write_bytes(b"\xff" * at.st_size)
            os.utime(path, ns=(at.st_atime_ns, at.st_mtime_ns))
        again = ingest(folder, data)
        assert (counts(again), again.notes, again.shards) == ({"unchanged": 5}, [], [])
        (folder / "5.html").write_bytes(page(5))
        more = ingest(folder, data)
        assert (counts(more), more.notes, len(more.shards)) == ({"unchanged": 5, "new": 1}, [], 1)
        assert pq.read_metadata(versions_path(data, SOURCE)).num_rows == 6
        assert len(Archive(data, SOURCE).captured()) == 6

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda manifest, earlier: None,
            lambda manifest, earlier: manifest.unlink(),
            lambda manifest, earlier: manifest.write_bytes(b"no database"),
            lambda manifest, earlier: _cut(manifest),
            lambda manifest, earlier: shutil.copyfile(earlier, manifest),
            lambda manifest, earlier: manifest.unlink() or manifest.mkdir(),
        ],
        ids=["none", "deleted", "foreign", "cut off", "stale", "in the way"],
    )
    def test_whatever_becomes_of_the_manifest_a_run_does_the_same(
        self, folder: Path, tmp_path: Path, spoil: Callable[[Path, Path], object]
    ) -> None:
        data = tmp_path / "data"
        (late := folder / "0.html").rename(tmp_path / "late.html")
        ingest(folder, data)
        manifest = Archive(data, SOURCE).manifest.path
        earlier = shutil.copyfile(manifest, tmp_path / "earlier")
        (folder / "1.html").write_bytes(page(1, f"<p>{STORY.format(1)}</p>"))
        ingest(folder, data)
        spoil(manifest, earlier)
        (tmp_path / "late.html").rename(late)
        run = ingest(folder, data)
        assert (counts(run), run.notes) == ({"new": 1, "unchanged": 4}, [])
        rows = pq.read_table(versions_path(data, SOURCE), partitioning=None).to_pylist()
        assert sorted((row["url"][-6:], row["version"], row["latest"]) for row in rows) == [
            *[("0.html", 1, True), ("1.html", 1, False), ("1.html", 2, True), ("2.html", 1, True)],
            *[("3.html", 1, True), ("4.html", 1, True)],
        ]
        assert counts(ingest(folder, data)) == {"unchanged": 5}

    def test_shards_that_were_put_together_are_known_as_one(self, folder: Path, tmp_path: Path) -> None:
        data = tmp_path / "data"
        ingest(folder, data)
        assert compact_source(data, SOURCE).shards == 3
        assert counts(ingest(folder, data)) == {"unchanged": 5}
        (folder / "1.html").write_bytes(page(1, f"<p>{STORY.format(1)}</p>"))
        assert counts(ingest(folder, data)) == {"unchanged": 4, "changed": 1}
        rows = pq.read_table(versions_path(data, SOURCE), partitioning=None).to_pylist()
        assert [row["version"] for row in rows] == [1, 1, 1, 1, 1, 2]
        assert check_source(SOURCE, data).damages == []

    def test_a_shard_that_was_moved_away_is_no_longer_held(self, folder: Path, tmp_path: Path) -> None:
        data = tmp_path / "data"
        ingest(folder, data)
        for path in sorted(data.glob("raw/*/2*"))[:2]:  # a shard and its index
            path.unlink()
        run = ingest(folder, data)
        assert counts(run)["new"] == 2
        assert len(Archive(data, SOURCE).captured()) == 5


class TestKilled:
    """SIGKILL of the whole run at moments spread over it, then an undisturbed run."""

    SCRIPT = """
import os, signal, sys
from functools import cache
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import flows.pipeline.stored_pages
from support.in_process import ingest_folder as ingest
flows.pipeline.stored_pages.read_html = cache(flows.pipeline.stored_pages.read_html)  # the same pages each time
folder, data = map(Path, sys.argv[2:4])
names = "pipeline/ingest_source crawl/batches archive/shard_writer "
names += "tables/shard_tables pipeline/clean_shard memory/source_memory "
names += "archive/source_archive tables/summaries tables/versions manifest/manifest"
ours = tuple(f"flows/{name}.py" for name in names.split())

def watched(data, until=None):
    seen = 0
    def trace(frame, event, _):
        nonlocal seen
        if not frame.f_code.co_filename.endswith(ours):
            return None
        if event == "line":
            seen += 1
            if seen == until:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace
    sys.settrace(trace)
    ingest(folder, data)
    sys.settrace(None)
    return seen

ingest(folder, data / "warm")
lines = watched(data / "undisturbed")
for n in range(1, 13):
    if os.fork() == 0:
        watched(data / f"killed{n}", lines * n // 13)
        os._exit(0)
    assert os.WIFSIGNALED(os.wait()[1])
"""

    @pytest.mark.slow
    def test_after_a_kill_the_next_run_gives_what_an_undisturbed_one_gives(self, daily: Path, tmp_path: Path) -> None:
        subprocess.run([sys.executable, "-c", self.SCRIPT, TESTS, daily, tmp_path], check=True)
        undisturbed = texts(tmp_path / "undisturbed")
        assert sorted(CHROME in text for text, *_ in undisturbed.values()) == [False] * 3 + [True] * 5
        left = set()
        for data in sorted(tmp_path.glob("killed*")):
            left.add(len(list(data.glob("clean/documents/*/*.parquet"))))
            ingest(daily, data)
            assert texts(data) == undisturbed
            assert pq.read_table(data / "clean" / "documents").num_rows == 8
            assert not list(data.rglob("*.part"))
            assert counts(ingest(daily, data)) == {"unchanged": 8}
        assert {0, 4} < left  # from before the first tables to after the last

    def test_with_cleaning_processes_all_comes_to_the_same(self, folder: Path, tmp_path: Path) -> None:
        with CleaningPool(2) as pool, ThreadPoolExecutor(2) as threads:
            assert counts(ingest(folder, tmp_path / "a", PlainSteps(pool, threads, LOG))) == {"new": 5}
        ingest(folder, tmp_path / "b")
        assert texts(tmp_path / "a") == texts(tmp_path / "b")
