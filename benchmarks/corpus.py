"""All pages of the gold as a corpus: pulled, stories found, exported in each form, and opened in five tools.

    python -m benchmarks.corpus FOLDER [SET ...]

FOLDER keeps the data: what was pulled before is not cleaned again. Prints what each tool finds; they must agree. The
tools are those of the development environment. What is exported does not leave this machine: the texts belong to their
publishers.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.sets import SHARED

SETS = ("pages", "modern", "news", "world", "readability", "el", "pl", "ru", "en", "web", "segments")
"""The folders of gold that have pages; the others are texts."""

Count = tuple[str, int, int]
"""Version of a tool, documents, words."""


def sito(folder: Path, *arguments: str) -> None:
    """Run our command line; its failed pages are no failure here."""
    options = ["--data", str(folder), "--sources", str(folder / "sources.toml")]
    code = subprocess.run([sys.executable, "-m", "sito", *arguments, *options]).returncode
    if code > 1:
        sys.exit(code)


def make(folder: Path, sets: list[str]) -> Path:
    """Pull, find stories, export; gives the folder of the exports."""
    folder.mkdir(parents=True, exist_ok=True)
    about = [f'[sources.{name}]\nkind = "folder"\npath = "{(SHARED / "gold" / name).resolve()}"\n' for name in sets]
    (folder / "sources.toml").write_text("".join(about), "utf-8")
    sito(folder, "ingest", *sets)
    sito(folder, "stories")
    exports = folder / "exports"
    shutil.rmtree(exports, ignore_errors=True)
    exports.mkdir()
    for name in ("all.jsonl", "all.csv", "all.parquet"):
        sito(folder, "export", *sets, "--output", str(exports / name))
    sito(folder, "export", *sets, "--format", "hf", "--split", "train=90,test=10", "--output", str(exports / "hf"))
    sito(folder, "export", *sets, "--format", "datatrove", "--output", str(exports / "datatrove.jsonl.gz"))
    return exports


def in_duckdb(exports: Path) -> Count:
    """JSONL."""
    import duckdb

    ((documents, words),) = duckdb.sql(f"SELECT count(*), sum(words) FROM '{exports / 'all.jsonl'}'").fetchall()
    return duckdb.__version__, int(documents), int(words)


def in_pandas(exports: Path) -> Count:
    """CSV."""
    import pandas

    found = pandas.read_csv(exports / "all.csv")
    return pandas.__version__, len(found), int(found["words"].sum())


def in_polars(exports: Path) -> Count:
    """Parquet."""
    import polars

    found = polars.read_parquet(exports / "all.parquet")
    return polars.__version__, len(found), int(found["words"].sum())


def in_datasets(exports: Path) -> Count:
    """A Hugging Face dataset folder, all its parts."""
    import datasets

    parts = datasets.load_dataset(str(exports / "hf"), cache_dir=str(exports / "cache")).values()
    return datasets.__version__, sum(map(len, parts)), sum(sum(part["words"]) for part in parts)


def in_datatrove(exports: Path) -> Count:
    """Its own shape of JSONL, compressed."""
    from importlib.metadata import version

    from datatrove.pipeline.readers import JsonlReader

    found = [each.metadata["words"] for each in JsonlReader(str(exports), glob_pattern="datatrove.jsonl.gz")()]
    return version("datatrove"), len(found), sum(found)


TOOLS: tuple[Callable[[Path], Count], ...] = (in_duckdb, in_pandas, in_polars, in_datasets, in_datatrove)


def main(folder: Path, sets: list[str]) -> None:
    exports = make(folder, sets)
    counts = set()
    for tool in TOOLS:
        version, documents, words = tool(exports)
        counts.add((documents, words))
        print(
            f"{tool.__name__.removeprefix('in_')} {version}, {tool.__doc__}".ljust(70), f"{documents:,}", f"{words:,}"
        )
    sys.exit("they do not agree" if len(counts) > 1 else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or list(SETS))
