"""The sides: each is a command on a folder with the same pages, as WARC and as files, and gives texts by page."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.scale.usage import environment, run
from flows.archive.source_archive import Archive
from flows.common.page_types import Capture

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("datatrove_side.py")
SOURCE = "bench"
HOST = "http://127.0.0.1/"

Prediction = dict[str, Any]
"""What `sito clean` would print of a page, as far as a tool says it."""


class Pages:
    """A folder with pages, by name: `data/raw/bench/*.warc.gz`, and a file each in `html/`."""

    def __init__(self, folder: Path, pages: Mapping[str, bytes]) -> None:
        self.folder, self.names = folder, list(pages)
        self.html, self.data = folder / "html", folder / "data"
        self.html.mkdir(parents=True)
        archive = Archive(self.data, SOURCE)
        with archive.lock(), archive.writer(archive.captured()) as writer:
            for number, (name, payload) in enumerate(pages.items()):
                (self.html / f"{number}.html").write_bytes(payload)
                headers = (("Content-Type", "text/html"),)
                at = datetime.now(UTC)
                writer.add(Capture(f"{HOST}{name}", payload, at, "text/html", status=200, reason="OK", headers=headers))
        self.warcs = archive.folder


class Side(ABC):
    """One tool."""

    name: str

    @abstractmethod
    def cost(self, pages: Pages) -> float:
        """Run it on the pages: CPU seconds."""

    def texts(self, pages: Pages) -> dict[str, Prediction]:
        """What it made of each page, after `cost`; nothing where that is not looked at."""
        return {}


class Sito(Side):
    """`sito reprocess` with one cleaning process; `code` are the packages of which it takes the cleaners."""

    def __init__(self, name: str, origin: str, code: Path) -> None:
        self.name, self._origin, self._code = name, origin, code

    def cost(self, pages: Pages) -> float:
        """From raw, or from the ledger that another version of the cleaners left."""
        sources = pages.folder / "sources.toml"
        sources.write_text(f'[sources.{SOURCE}]\nkind = "folder"\npath = "html"\n')
        own = environment(pages.folder, sources=str(sources), data=str(pages.data), workers="1")
        command = [sys.executable, "-P", "-m", "flows.cli", "reprocess", SOURCE, "--from", self._origin]
        return run(command, own | {"PYTHONPATH": str(self._code)}).cpu

    def texts(self, pages: Pages) -> dict[str, Prediction]:
        """From the documents, whose paragraphs are spans of their text."""
        columns = ["url", "title", "authors", "published", "text", "paragraphs"]
        rows = [
            row
            for path in (pages.data / "clean" / "documents").rglob("*.parquet")
            for row in pq.read_table(path, columns=columns).to_pylist()
        ]
        return {
            row["url"].removeprefix(HOST): row
            | {
                "published": row["published"] and str(row["published"]),
                "paragraphs": [{"text": row["text"][p["start"] : p["end"]]} for p in row["paragraphs"] or ()],
            }
            for row in rows
        }


def other_rules(folder: Path) -> Path:
    """A copy of the packages with one phrase more, which few pages hold."""
    for package in ("cleaners", "flows", "sito"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    phrases = folder / "cleaners" / "vocabulary" / "en" / "phrases.toml"
    text = phrases.read_text("utf-8")
    begin = text.index("phrases = [") + len("phrases = [")
    phrases.write_text(f'{text[:begin]}\n    "read this other story of ours",{text[begin:]}', "utf-8")
    return folder


class Datatrove(Side):
    """datatrove's pipeline, or only its filters on the text that it had extracted; see `datatrove_side`."""

    def __init__(self, name: str, kind: str, python: str) -> None:
        self.name, self._kind, self._python = name, kind, python

    def missing(self) -> str:
        """What its Python lacks, in words; empty where it lacks nothing."""
        asked = [self._python, "-c", "import datatrove_side; print(', '.join(datatrove_side.missing()))"]
        said = subprocess.run(asked, cwd=PROGRAM.parent, capture_output=True, text=True, check=False)
        return said.stdout.strip() if said.returncode == 0 else said.stderr.strip()[-300:]

    def cost(self, pages: Pages) -> float:
        """One task, in the program's process and that in which it has pages extracted."""
        output = pages.folder / "datatrove"
        shutil.rmtree(output / "kept", ignore_errors=True)
        own = environment(pages.folder) | {"DATATROVE_COLORIZE_LOGS": "0"}
        return run([self._python, str(PROGRAM), self._kind, str(pages.warcs), str(output)], own).cpu

    def texts(self, pages: Pages) -> dict[str, Prediction]:
        """The text as it was extracted, before the filters: these drop whole pages."""
        found = {}
        for path in (pages.folder / "datatrove" / "extracted").glob("*.jsonl.gz"):
            with gzip.open(path, "rt", encoding="utf-8") as file:
                for row in map(json.loads, file):
                    lines = [{"text": line} for line in row["text"].split("\n") if line.strip()]
                    found[row["metadata"]["url"].removeprefix(HOST)] = {"paragraphs": lines}
        return found

    def kept(self, pages: Pages) -> int:
        """Pages that the filters left."""
        files = (pages.folder / "datatrove" / "kept").glob("*.jsonl.gz")
        return sum(sum(1 for _ in gzip.open(path)) for path in files)


class Trafilatura(Side):
    """trafilatura's command line on the files, as it reads no WARC: JSON with metadata, no comments, one process."""

    name = "trafilatura CLI, from files"

    def cost(self, pages: Pages) -> float:
        """All files of the folder in one call."""
        for path in pages.html.glob("*.json"):  # with --keep-dirs they come beside the files, under the same names
            path.unlink()
        options = ["--json", "--with-metadata", "--no-comments", "--parallel", "1", "--keep-dirs"]
        command = [
            sys.executable,
            "-m",
            "trafilatura.cli",
            "--input-dir",
            str(pages.html),
            "--output-dir",
            str(pages.html),
        ]
        return run([*command, *options], environment(pages.folder)).cpu

    def texts(self, pages: Pages) -> dict[str, Prediction]:
        """A file for each page."""
        found = {}
        for path in pages.html.glob("*.json"):
            row = json.loads(path.read_text("utf-8"))
            lines = [{"text": line} for line in (row["text"] or "").split("\n") if line.strip()]
            authors = [name for name in (row["author"] or "").split("; ") if name]
            name = pages.names[int(path.name.partition(".")[0])]
            found[name] = {"title": row["title"], "authors": authors, "published": row["date"], "paragraphs": lines}
        return found
