"""What a replay from the ledger costs, beside one from raw: nothing changed, a phrase, one cleaner's code, everything.

    python -m benchmarks.replay [FOLDER ...] [--every N] [--rounds N]

FOLDER holds HTML pages (default: the pages and news beside the project; where they are absent, the demo pages); one of
`--every` N is taken. All are kept in one shard, cleaned, and cleaned again in this process. Prints CPU milliseconds a
page, the least of the rounds, and how many pages were judged anew. A change is told to the replay, not made: every page
comes out as before, and the tables are compared with those of a replay of all pages, byte for byte.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.pages import DEMO, GOLD, cleaned, each, read, write_shards
from cleaners.parts import Change, parts
from cleaners.rules.phrase import Phrase
from flows.pipeline import clean_shard, page_cleaner, replay_shard
from flows.pipeline.cleaning_job import CleaningJob
from flows.tables import judges

SELDOM, COMMON = "поширити допис у своєму телеграмі", "share this"


def changes() -> dict[str, Change | None]:
    """What may change between two runs."""
    known, names = frozenset(parts().with_phrases), [name for name, _ in parts().cleaners]

    def phrase(text: str) -> Change:
        return Change(frozenset(), (Phrase("test.phrase", "share", text, "line", expanded=text),), known)

    one = {f"code: {name.rpartition('.')[2]}": Change(frozenset({n}), (), known) for n, name in enumerate(names)}
    return {
        "nothing": Change(frozenset(), (), known),
        "a phrase that no page holds": phrase(SELDOM),
        "a phrase that many hold": phrase(COMMON),
        **one,
        "code: all cleaners": Change(frozenset(range(len(names))), (), known),
        "what all pages depend on": None,
    }


@contextmanager
def told(change: Change | None, version: str) -> Iterator[list[int]]:
    """Tell the replay of a change, and of a version of the cleaners; gives how many pages each run judged anew."""
    anew: list[int] = []
    old = replay_shard.change_between, replay_shard.copy_pages, page_cleaner.cleaners_version

    def copy(tables: Any, plan: Any, *rest: Any) -> Any:
        anew.append(len(plan.anew))
        return old[1](tables, plan, *rest)

    modules: tuple[Any, ...] = (page_cleaner, replay_shard, judges)
    replay_shard.change_between, replay_shard.copy_pages = lambda *_: change, copy
    for module in modules:
        module.cleaners_version = lambda: version
    try:
        yield anew
    finally:
        replay_shard.change_between, replay_shard.copy_pages = old[:2]
        for module in modules:
            module.cleaners_version = old[2]


def cost(job: CleaningJob, rounds: int, change: Change | None) -> tuple[float, int]:
    """Least CPU seconds, and the pages that were judged anew; each round has a new version of the cleaners."""
    least, judged = float("inf"), 0
    for number in range(rounds):
        with told(change, f"0.0.0+{number:012}") as anew:
            judges.save_judge(job.data)
            started = time.process_time()
            clean_shard.clean_shard(job)
            least, judged = min(least, time.process_time() - started), anew[-1] if anew else -1
    return least, judged


def tables(data: Path) -> list[bytes]:
    """The content of all tables."""
    return [path.read_bytes() for path in sorted((data / "clean").rglob("*.parquet"))]


def main() -> None:
    """Measure, and print a line for each change."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[f for f in GOLD if f.is_dir()] or [DEMO])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    payloads = read(given.folders)[:: given.every]
    each(cleaned, read([DEMO]))
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        (shard,) = write_shards(data, [payloads])
        raw = CleaningJob(shard, data, "bench", None)
        ledger = replace(raw, origin="ledger")
        started = time.process_time()
        clean_shard.clean_shard(raw)
        base = time.process_time() - started
        print(f"{len(payloads)} pages; from raw {1000 * base / len(payloads):.1f} ms a page\n")
        print(f"{'what changed':32}{'ms a page':>10}{'from raw / it':>15}{'judged anew':>13}")
        whole, replay_shard_real = None, clean_shard.replay_shard
        clean_shard.replay_shard = lambda *_: None
        least, _ = cost(ledger, given.rounds, None)
        whole = tables(data)
        clean_shard.replay_shard = replay_shard_real
        print(f"{'(all pages judged)':32}{1000 * least / len(payloads):10.2f}{base / least:15.1f}{len(payloads):13}")
        for name, change in changes().items():
            least, judged = cost(ledger, given.rounds, change)
            same = "" if tables(data) == whole else "  DIFFERS"
            print(f"{name:32}{1000 * least / len(payloads):10.2f}{base / least:15.1f}{judged:13}{same}", flush=True)


if __name__ == "__main__":
    main()
