"""Broken, odd and hostile pages made by chance, through the cleaners and through shards with their tables.

    python -m benchmarks.fuzz [--pages 2500] [--seed 1] [--show N]

Each page is one of the demo or of the kinds in tests/pages, changed by one to four of the ways below. Checked: the
cleaners raise nothing but PageError, every word of the tree is in the ledger, each page has one row in the tables of
its shard, only pages that the cleaners refused are failed rows, and `sito check` finds nothing. Prints what the pages
cost, the slowest of them, and each that broke something; `--show N` writes page N to standard output. Exits with 1
where anything broke.
"""

from __future__ import annotations

import argparse
import gzip
import random
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow.parquet as pq

from cleaners.errors import PageError
from cleaners.judgement import judge
from cleaners.pipeline import read_html
from cleaners.read.blocks import read_blocks
from cleaners.read.decode import decode
from cleaners.read.tree import parse
from cleaners.read.words import words
from flows.archive.source_archive import Archive
from flows.common.page_types import Capture
from flows.pipeline.check_source import check_source
from flows.pipeline.clean_shard import clean_shard
from flows.pipeline.cleaning_job import CleaningJob
from flows.tables.shard_tables import ShardTables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "fuzz"
PER_SHARD = 250
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)

TAGS = """
    a b i p h1 h2 h3 ul ol li dl dt dd table tr td th thead tbody caption div span section article aside nav header
    footer main figure figcaption blockquote pre code br hr img picture video audio source iframe noscript template
    svg math foreignObject textarea select option button form input label details summary time ruby rt wbr q
    script style title head body html frameset frame noframes object embed map area center font marquee xmp
    plaintext listing dialog slot custom-tag amp-img o:p
    """.split()  # noqa: SIM905 - a list would be three times as long
ATTRIBUTES = (
    "class",
    "id",
    "style",
    "hidden",
    "aria-hidden",
    "href",
    "datetime",
    "itemprop",
    "role",
    "data-x",
    "content",
)
ODD = (
    "\0", "\x01", "\x0b", "\x0c", "\x1b[31m", "\x7f", "\x85", "\u00a0", "\u00ad", "\u034f", "\u061c", "\u115f",
    "\u200b",
    "\u200d", "\u200f", "\u202e", "\u2028", "\u2066", "\u2800", "\u3164", "\ufeff", "\ufff9", "\ufffd", "\uffff",
    "\U000e0041",
    "e\u0301", "и\u0306", "ї\u0301\u0323\u0301", "👩‍👩‍👧", "🇺🇦", "ﷺ", "ß", "İ", "ŉ", "\ud800", "\udfff", "𝔗", "ﬁ", "Å",
)  # fmt: skip
ENTITIES = (
    "&amp", "&amp;amp;", "&", "&#", "&#x", "&#0;", "&#xD800;", "&#x110000;", "&#99999999999;", "&nosuch;", "&lt;p&gt;",
    "&nbsp;" * 30, "&#128;", "&shy;", "&zwj;", "&NotEqualTilde;", "&lt", "&quot;&apos;", "&#10;", "&#8238;",
)  # fmt: skip
FRAGMENTS = (
    "<!--", "-->", "<!-- -- -->", "<![CDATA[", "]]>", "<!DOCTYPE", "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "<?xml version='1.0'?>", "<?php echo 1 ?>", "</", "<", ">", "<>", "</>", "< p>", "<p", "<p class='",
    "<p a=b a=c a>", "</p></p>", "<script>",
    "</script>", "<script>'</scr'+'ipt>'", "<style>", "<title>", "<textarea>", "<base href='//x'>",
    "<meta charset=utf-16>",
    "<meta http-equiv=refresh content='0;url=/x'>",
    "<meta http-equiv=content-type content='text/html; charset=cp1251'>",
    '<script type="application/ld+json">{"@type":"NewsArticle","articleBody":"',
    '<script type="application/ld+json">[[[[{}]]]]</script>',
    "<link rel=canonical href='http://[::1'>", "<time datetime='0000-13-99'>", "<plaintext>", "<table><td><table><td>",
)  # fmt: skip


def seeds() -> list[bytes]:
    """The pages that all others are made of."""
    paths = [*sorted((ROOT / "raw" / "demo").glob("*.*")), *sorted((ROOT / "tests" / "pages" / "kinds").glob("*.html"))]
    return [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in paths]


def bits(page: bytes, by: random.Random) -> bytes:
    """Some bits flipped."""
    changed = bytearray(page)
    for _ in range(by.choice([1, 5, 50, 500])):
        changed[by.randrange(len(changed))] ^= 1 << by.randrange(8)
    return bytes(changed)


def noise(page: bytes, by: random.Random) -> bytes:
    """Bytes of no meaning somewhere."""
    at = by.randrange(len(page))
    return page[:at] + by.randbytes(by.choice([1, 10, 300, 5_000])) + page[at:]


def cut(page: bytes, by: random.Random) -> bytes:
    """Only the beginning, or only the end."""
    at = by.randrange(1, len(page))
    return by.choice([page[:at], page[at:]])


def moved(page: bytes, by: random.Random) -> bytes:
    """A part of the page stands elsewhere, perhaps many times over."""
    start, at = by.randrange(len(page)), by.randrange(len(page))
    return page[:at] + page[start : start + by.choice([20, 500, 5_000])] * by.choice([1, 2, 40]) + page[at:]


def encoded(page: bytes, by: random.Random) -> bytes:
    """In another encoding than it says, or in one after the other."""
    text = page.decode("utf-8", "replace")
    names = [
        "cp1251",
        "koi8-u",
        "utf-16",
        "utf-16-be",
        "utf-32",
        "latin-1",
        "cp866",
        "iso-8859-5",
        "mac-cyrillic",
        "utf-7",
    ]
    once = text.encode(by.choice(names), "xmlcharrefreplace")
    return once.decode("latin-1").encode("utf-8") if by.random() < 0.3 else once


def strewn(things: tuple[str, ...]) -> Callable[[bytes, random.Random], bytes]:
    """A way that strews some of these all over."""

    def strew(page: bytes, by: random.Random) -> bytes:
        parts, at = [], 0
        for place in sorted(by.randrange(len(page)) for _ in range(by.choice([1, 5, 60, 600]))):
            parts += [page[at:place], (by.choice(things) * by.choice([1, 1, 1, 30])).encode("utf-8", "surrogatepass")]
            at = place
        return b"".join(parts) + page[at:]

    return strew


def tagged(page: bytes, by: random.Random) -> bytes:
    """Tags opened and closed at random, some with odd attributes."""
    made = []
    for _ in range(by.choice([10, 100, 2_000])):
        tag, value = by.choice(TAGS), by.choice(["x", "", "a b " * 40, "display:none", "http://[", "\u202e", "9" * 300])
        made.append(
            by.choice([f"<{tag}>", f"</{tag}>", f"<{tag} {by.choice(ATTRIBUTES)}='{value}'>", "слово ", "Words, "])
        )
    at = by.randrange(len(page))
    return page[:at] + "".join(made).encode() + page[at:]


def deep(page: bytes, by: random.Random) -> bytes:
    """Nested far beyond any page."""
    tag, times = by.choice(TAGS), by.choice([100, 500, 3_000, 20_000])
    at = by.randrange(len(page))
    return page[:at] + f"<{tag}>".encode() * times + page[at:] + f"</{tag}>".encode() * by.choice([0, times])


def many(page: bytes, by: random.Random) -> bytes:
    """One thing very often: cells, lines, links, marks, entities, attributes, comments, metas."""
    times = by.choice([20, 100, 500, 2_000, 10_000])
    thing = by.choice(
        ["<td>7", "<p>Той самий рядок.</p>", "<a href=/a>Ще новина</a>", "\u0301\u0323", "&amp;", " a=1", "<!---->",
         "<br>", "<meta name=author content='Олена'>", "<li>• ", "слово", " \u00a0", "<time>1 травня 2026</time>",
         "«", "<h2>О</h2>",
         "\n"]
    )  # fmt: skip
    at = by.randrange(len(page))
    return page[:at] + (thing * times).encode() + page[at:]


WAYS = (
    bits, noise, cut, moved, encoded, tagged, deep, many, strewn(ODD), strewn(ENTITIES), strewn(FRAGMENTS),
    strewn(tuple(f"<{tag}>" for tag in TAGS)),
)  # fmt: skip


def page(seed: int, number: int, of: list[bytes]) -> bytes:
    """The page of that number: always the same for the same seed."""
    by = random.Random(f"{seed}/{number}")
    made = by.choice(of)
    for _ in range(by.randint(1, 4)):
        made = by.choice(WAYS)(made, by)[:2_000_000] or b" "
    return made


class Tried(NamedTuple):
    """What came of one page in the cleaners alone."""

    number: int
    bytes: int
    seconds: float
    refused: bool
    problem: str


def clean_one(number: int, payload: bytes) -> Tried:
    """Clean one page, and compare the words of its ledger with those of its tree."""
    began = time.perf_counter()
    problem, refused = "", False
    try:
        lines = [entry.line for entry in judge(read_html(payload)).ledger]
        seconds = time.perf_counter() - began
        tree = parse(decode(payload, None).text)
        want = Counter(word for block in read_blocks(tree) for word in block.words) if tree is not None else Counter()
        got = Counter(word for line in lines for word in words(line.original or line.text))
        if lost := want - got:
            problem = f"{lost.total()} words are not in the ledger, such as {list(lost)[:5]}"
    except PageError:
        seconds, refused = time.perf_counter() - began, True
    except Exception:
        seconds, problem = time.perf_counter() - began, traceback.format_exc(limit=-2)
    return Tried(number, len(payload), seconds, refused, problem)


def clean_some(seed: int, numbers: range) -> tuple[list[Tried], float]:
    """Clean pages one after the other; also gives the peak memory of this process in MiB."""
    of = seeds()
    return [clean_one(n, page(seed, n, of)) for n in numbers], peak()


def clean_shard_of(data: Path, shard: Path) -> float:
    """Clean one shard; gives the peak memory of this process in MiB."""
    clean_shard(CleaningJob(shard, data, SOURCE, None))
    return peak()


def peak() -> float:
    """The peak memory of this process in MiB (Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def keep(data: Path, seed: int, pages: int) -> list[Path]:
    """Write the pages into shards."""
    of = seeds()
    archive = Archive(data, SOURCE)
    with archive.lock():
        for start in range(0, pages, PER_SHARD):
            with archive.writer(archive.captured()) as writer:
                for n in range(start, min(start + PER_SHARD, pages)):
                    writer.add(Capture(f"file:///{n}.html", page(seed, n, of), AT, "text/html"))
    return archive.shards()


def problems(data: Path, shards: list[Path], tried: list[Tried]) -> Iterator[str]:
    """What is wrong with the tables of the shards."""
    refused = {f"file:///{one.number}.html" for one in tried if one.refused}
    rows: list[dict[str, str]] = []
    for shard in shards:
        tables = ShardTables.of(data, SOURCE, shard.name)
        rows += pq.ParquetFile(tables.documents).read(columns=["url", "status", "reason"]).to_pylist()
    count = Counter(row["url"] for row in rows)
    yield from (f"{url}: {times} rows" for url, times in count.items() if times != 1)
    yield from (f"file:///{one.number}.html: no row" for one in tried if f"file:///{one.number}.html" not in count)
    for row in rows:
        if (row["status"] == "failed") != (row["url"] in refused):
            yield f"{row['url']}: {row['status']}, {row['reason']}"
    yield from map(str, check_source(SOURCE, data).damages)


def main() -> int:
    """Make the pages, clean them twice, print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2_500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, metavar="N")
    given = parser.parse_args()
    if given.show is not None:
        sys.stdout.buffer.write(page(given.seed, given.show, seeds()))
        return 0

    def alone() -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, mp_context=get_context("spawn"))

    with tempfile.TemporaryDirectory() as name:
        with alone() as process:
            tried, memory = process.submit(clean_some, given.seed, range(given.pages)).result()
        shards = keep(Path(name), given.seed, given.pages)
        with alone() as process:
            memories = [process.submit(clean_shard_of, Path(name), shard).result() for shard in shards]
        found = [f"page {one.number}: {one.problem}" for one in tried if one.problem]
        found += problems(Path(name), shards, tried)
    seconds = sorted(one.seconds for one in tried)
    slowest = max(tried, key=lambda one: one.seconds)
    size = sum(one.bytes for one in tried) / 2**20
    print(f"{given.pages} pages of seed {given.seed}, {size:.0f} MiB in {len(shards)} shards")
    print(f"refused with a reason: {sum(one.refused for one in tried)}")
    print(
        f"seconds a page: median {seconds[len(seconds) // 2]:.3f}, 99% {seconds[len(seconds) * 99 // 100]:.2f}",
        end=", ",
    )
    print(f"slowest {slowest.seconds:.2f} (page {slowest.number}, {slowest.bytes:,} bytes)")
    print(
        f"peak memory: {memory:.0f} MiB of the cleaners, {max(memories):.0f} MiB of a cleaning process with its tables"
    )
    print(*found, f"{len(found)} problems", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
