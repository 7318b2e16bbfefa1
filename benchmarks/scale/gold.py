"""All pages of the gold beside the project, or where it is absent the demo pages: each once, by its name."""

from __future__ import annotations

from pathlib import Path

from benchmarks.pages import DEMO
from benchmarks.sets import SHARED
from flows.common.page_files import page_id
from flows.pipeline.clean_file import read_file
from flows.pipeline.clean_files import find_pages

GOLD = SHARED / "gold"


def gold_pages(every: int = 1) -> list[tuple[str, bytes]]:
    """`set/id` and bytes of one of `every` pages."""
    folders = sorted(folder for folder in GOLD.iterdir() if folder.is_dir()) if GOLD.is_dir() else [DEMO]
    found: list[Path] = [path for folder in folders if any(folder.glob("*.html*")) for path in find_pages([folder])]
    pages = [path for path in found if ".txt" not in path.suffixes]
    return [(f"{path.parent.name}/{page_id(path)}", read_file(path)) for path in pages[::every]]
