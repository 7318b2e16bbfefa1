"""What sito costs on one machine and on many; what is wanted of each figure is printed beside it.

    python -m benchmarks.scale [PART ...]

  growth   what a run costs by how much is held: 10, 100, 1,000 and 4,000 shards
  stages   what each stage of cleaning costs a page, beside bare trafilatura
  peers    sito beside datatrove and trafilatura's command line; the same as `python -m benchmarks.peers`
  dask     the same work for each of 1, 2 and 4 workers; what Dask costs a shard; a killed worker
  memory   a cleaning process over all pages of the gold; a run where a million pages are held
  formats  the tables beside the same columns as JSON Lines in zstd

Without a part, all of them, for some hours. `--every N` takes one of N pages of the gold, for a first look; a part that
lacks a package says which, and is left out. Compare sides and columns of one run only: they take turns, and a busy
machine makes all of them dearer. What the figures mean: docs/performance.md.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def growth(given: argparse.Namespace) -> None:
    from benchmarks.scale.growth import measure

    measure(given.shards, 10)


def stages(given: argparse.Namespace) -> None:
    command = [sys.executable, "-m", "benchmarks.stages", "--rounds", str(given.rounds), "--every", str(given.every)]
    subprocess.run(command, check=True)


def peers(given: argparse.Namespace) -> None:
    from benchmarks.peers.__main__ import measure

    measure(given.every, given.rounds, given.datatrove)


def dask(given: argparse.Namespace) -> None:
    from benchmarks.scale.dask_runs import measure

    measure(max(given.every, 10), [1, 2, 4], 4, given.rounds)


def memory(given: argparse.Namespace) -> None:
    from benchmarks.scale.memory import measure_cleaning, measure_runs

    measure_cleaning(given.every)
    measure_runs(given.history, max(given.shards), 250)


def formats(given: argparse.Namespace) -> None:
    from benchmarks.scale.formats import measure

    measure(given.every)


PARTS: dict[str, Callable[[argparse.Namespace], None]] = {
    part.__name__: part for part in (growth, stages, peers, dask, memory, formats)
}


def main() -> None:
    """Run the parts."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks.scale", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one of N pages of the gold")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--shards", nargs="+", type=int, default=[10, 100, 1000, 4000], metavar="N", help="for growth")
    parser.add_argument(
        "--datatrove", default=sys.executable, metavar="PYTHON", help="for peers: one that has datatrove"
    )
    parser.add_argument("--history", type=Path, metavar="FOLDER", help="for memory: keep the million pages here")
    given = parser.parse_args()
    if unknown := [part for part in given.parts if part not in PARTS]:
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    for part in given.parts or PARTS:
        print(f"# {part}\n", flush=True)
        PARTS[part](given)
        print(flush=True)


if __name__ == "__main__":
    main()
