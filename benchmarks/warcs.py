"""WARC files imported: records a second and peak memory, beside FastWARC's bare iteration over the same file.

    python benchmarks/warcs.py [--records 5000 20000] [--ways bare bodies ...] [--folder DIR]

The records are invented pages of Ukrainian words, 50 to 200 KB each. Every figure comes from a process of its own, so
that its peak memory is its own:

    bare        FastWARC's iterator, and nothing else
    bodies      the same, every body read: what any import must do at least
    discover    the pages that the source names, one by one, and each of them read
    indexed     the same records by a CDXJ list, each by its own place in the file
    import      discovered, read and kept in raw/, in batches as a run has them, without the cleaning
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import random
import resource
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from itertools import islice
from pathlib import Path

from fastwarc.warc import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.archive.source_archive import Archive
from flows.config.kinds import CdxSource, WarcSource
from flows.crawl.batches import capture_records
from flows.discover import discover
from flows.discover.warc_files import read_record

LETTERS = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
WAYS = ("bare", "bodies", "discover", "indexed", "import")
BATCH = 256
LIMIT = 2**24
LOG = logging.getLogger("warcs")


def make(path: Path, count: int) -> None:
    """A WARC file of so many pages, with its CDXJ list beside it."""
    rng = random.Random(1)
    words = ["".join(rng.choices(LETTERS, k=rng.randint(2, 11))) for _ in range(5000)]
    paragraphs = [f"<p class=text>{' '.join(rng.choices(words, k=60))}.</p><a href=/{n}>x</a>" for n in range(3000)]
    with path.open("wb") as file, path.with_suffix(".cdxj").open("w") as index:
        for number in range(count):
            url, offset = f"https://example.org/news/{number}.html", file.tell()
            body = f"<html lang=uk><title>{number}</title>{''.join(rng.choices(paragraphs, k=rng.randint(60, 240)))}"
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            plain = BytesIO()
            writer = WARCWriter(plain, gzip=False)
            writer.write_record(
                writer.create_warc_record(url, "response", payload=BytesIO(body.encode()), http_headers=head)
            )
            file.write(gzip.compress(plain.getvalue(), 1))  # quicker to make than the writer's own 9
            row = {"url": url, "mime": "text/html", "status": "200", "filename": path.name}
            row |= {"offset": str(offset), "length": str(file.tell() - offset)}
            index.write(f"org,example)/news/{number}.html 20260301000000 {json.dumps(row)}\n")


def go(way: str, path: Path) -> int:
    """Go over the file once; gives the number of records."""
    source = WarcSource(name="warcs", kind="warc", paths=(str(path),))
    match way:
        case "bare":
            with path.open("rb") as file:
                return sum(1 for _ in ArchiveIterator(file))
        case "bodies":
            with path.open("rb") as file:
                return sum(1 for record in ArchiveIterator(file) if record.reader.read())
        case "discover":
            return sum(1 for target in discover(source, None, LOG) if read_record(target, LIMIT))
        case "indexed":
            listed = CdxSource(
                name="warcs", kind="cdx", paths=(str(path.with_suffix(".cdxj")),), warcs=str(path.parent)
            )
            return sum(1 for target in discover(listed, None, LOG) if read_record(target, LIMIT))
    count = 0
    with tempfile.TemporaryDirectory(dir=path.parent) as data:
        archive = Archive(Path(data), source.name)
        with archive.lock():
            captured = archive.captured()
            targets = discover(source, None, LOG)
            while part := list(islice(targets, BATCH)):
                done = capture_records(source, part, archive, captured)
                count += sum(outcome.status == "new" for outcome in done.outcomes)
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, nargs="+", default=[5000, 20_000])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--folder", type=Path, help="where the files are made; without it a temporary one")
    parser.add_argument("--go", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.go:
        started = time.perf_counter()
        count = go(options.go[0], Path(options.go[1]))
        seconds = time.perf_counter() - started
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps([count, seconds, memory]))
        return 0
    print("records  way        records/s      MB/s   peak MB")
    for records in options.records:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            path = Path(folder) / "pages.warc.gz"
            make(path, records)
            for way in options.ways:
                run = [sys.executable, __file__, "--go", way, str(path)]
                count, seconds, memory = json.loads(subprocess.run(run, check=True, capture_output=True).stdout)
                if count != records:
                    raise SystemExit(f"{way}: {count} of {records} records")
                size = path.stat().st_size / 1e6
                print(f"{records:7}  {way:9} {count / seconds:10,.0f} {size / seconds:9.1f} {memory:9.0f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
