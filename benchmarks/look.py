"""How long the pages of `sito look` take over many pages: `python -m benchmarks.look [--pages 100000]`.

The documents are those of the demo source, over and over under other addresses, in four sources and shards of 2,000.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from starlette.testclient import TestClient

from flows.cli.main import main as sito
from flows.look.index import Index
from flows.look.site import application

SHARD = 2000
SOURCES = ("alpha", "beta", "gamma", "delta")
ASKED = (
    *("/", "/source/alpha", "/source/alpha?by=day", "/pages", "/pages?source=alpha", "/pages?page=2000"),
    *("/pages?q=міст", "/pages?rule=uk.also-read&order=lost", "/pages?flag=any&language=uk&lost=20"),
    *("/pages?order=share", "/rules", "/rules/uk.also-read", "/page?source=alpha&url=https://alpha.example/1"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=100_000)
    wanted = parser.parse_args().pages
    with tempfile.TemporaryDirectory() as folder:
        seed, data = Path(folder, "seed"), Path(folder, "data")
        sito(["--data", str(seed), "ingest", "demo"])
        made = _many(seed, data, wanted)
        start = time.perf_counter()
        index = Index(data)
        index.refresh()
        print(f"index of {made:,} pages made in {time.perf_counter() - start:.1f} s")
        index.close()
        start = time.perf_counter()
        index = Index(data)
        index.refresh()
        print(f"opened again in {time.perf_counter() - start:.2f} s")
        client = TestClient(application(data, index))
        for address in ASKED:
            times = []
            for _ in range(5):
                start = time.perf_counter()
                assert client.get(address).status_code == 200, address
                times.append(time.perf_counter() - start)
            print(f"{sorted(times)[2] * 1000:6.0f} ms  {address}")
        index.close()


def _many(seed: Path, data: Path, wanted: int) -> int:
    documents, ledger = (
        pq.ParquetFile(next(seed.glob(f"clean/{name}/*/*.parquet"))) for name in ("documents", "ledger")
    )
    pages = documents.read().to_pylist()
    lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for line in ledger.read().to_pylist():
        lines[line["offset"]].append(line)
    chosen, made, day = random.Random(1), 0, datetime(2026, 1, 1, tzinfo=UTC)
    while made < wanted:
        for source in SOURCES:
            rows: list[dict[str, Any]] = []
            own: list[dict[str, Any]] = []
            name = f"{day:%Y%m%dT%H%M%SZ}-{made:06}"
            for n in range(SHARD):
                page, made = chosen.choice(pages), made + 1
                place = {"shard": f"{name}.warc.gz", "offset": n, "url": f"https://{source}.example/{made}"}
                title = f"{page['title']} {made}"
                rows.append(page | place | {"source": source, "title": title, "fetched_at": day + timedelta(seconds=n)})
                own += [line | place for line in lines[page["offset"]]]
            for what, file, of in (("documents", documents, rows), ("ledger", ledger, own)):
                path = data / "clean" / what / f"source={source}" / f"{name}.parquet"
                path.parent.mkdir(parents=True, exist_ok=True)
                pq.write_table(pa.Table.from_pylist(of, file.schema_arrow), path, compression="zstd")
        day += timedelta(days=1)
    return made


if __name__ == "__main__":
    main()
