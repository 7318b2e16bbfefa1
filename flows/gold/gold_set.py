"""`gold/<source>/` beside the sources file: pages as captured, each with what a person says is its article.

`ID.json` has the format of the project's scorer (see `flows.gold.scoring`), with where the page came from besides;
`ID.html` (or `.txt`) is the capture. So `sito clean gold/<source>` and any scorer of that format can use the folder.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from cleaners.errors import PageError
from cleaners.pipeline import clean_html, clean_text
from flows.common.errors import SitoError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from cleaners.corrections import Corrections
    from cleaners.document import Document
    from flows.archive.shard_reader import StoredPage

__all__ = ["add_gold", "clean_gold", "gold_folder", "gold_of", "read_gold"]

MOST_BYTES = 16 * 2**20
_UNSAFE = re.compile(r"[^\w-]+", re.ASCII)


def gold_folder(sources_file: Path, source: str) -> Path:
    """Where the gold of a source is."""
    return sources_file.absolute().parent / "gold" / source


def gold_of(document: Document, article: Collection[int]) -> dict[str, Any]:
    """The gold of a page: the lines with these places are its article, all others that came to the rules must go.

    A line of which a rule cut a part, and that a person leaves as it is, counts with what is left of it.
    """
    paragraphs, dropped = [], []
    for entry in document.ledger:
        line = entry.line
        if line.index in article:
            text = entry.kept if entry.kept is not None else line.text
            paragraphs.append({"text": text, "language": line.language})
        elif entry.left_out is None:
            category = entry.cuts[0].category if entry.cuts else "chrome"
            dropped.append({"text": line.text, "category": category, "language": line.language})
    metadata = document.metadata
    return {
        "title": metadata.title,
        "authors": list(metadata.authors),
        "published": metadata.published,
        "paragraphs": paragraphs,
        "dropped": dropped,
    }


def add_gold(folder: Path, stored: StoredPage, gold: dict[str, Any], author: str = "") -> Path:
    """Keep a page with its gold, in the place of an earlier one of the same address; gives the gold's file.

    Raises SitoError where nothing is an article, or the folder cannot be written.
    """
    if not gold["paragraphs"]:
        raise SitoError("gold without any line of the article measures nothing; choose at least one line")
    name = _UNSAFE.sub("-", stored.url.rstrip("/").rpartition("/")[2])[:60].strip("-")
    digest = hashlib.blake2b(stored.url.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    stem = f"{name}-{digest}" if name else digest
    told = {
        "id": stem,
        "url": stored.url,
        **gold,
        "optional": [],
        "author": author or None,
        "confirmed": date.today().isoformat(),
        "captured": stored.at.isoformat(),
        "content_type": stored.content_type,
    }
    is_text = (stored.content_type or "").partition(";")[0].strip().lower() == "text/plain"
    page = folder / f"{stem}{'.txt' if is_text else '.html'}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in (
            (page, stored.body),
            (
                folder / f"{stem}.json",
                json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n",
            ),
        ):
            part = path.with_name(f".{path.name}.part")
            part.write_bytes(content)
            part.replace(path)
    except OSError as error:
        raise SitoError(f"{folder}: cannot be written ({error.strerror})") from error
    return folder / f"{stem}.json"


def read_gold(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every page with its gold, by name; none where there is no folder. Raises SitoError for one that is no gold."""
    for path in sorted(folder.glob("[!.]*.json")):
        page = next((p for end in (".html", ".txt") if (p := path.with_suffix(end)).is_file()), None)
        try:
            if page is None:
                raise ValueError("its page is not beside it")
            if path.stat().st_size > MOST_BYTES:
                raise ValueError(f"it has over {MOST_BYTES // 2**20} MiB")
            gold = json.loads(path.read_bytes())
            texts = [*gold["paragraphs"], *gold["dropped"], *gold.get("optional", ())]
            if not all(isinstance(each["text"], str) for each in texts) or not isinstance(gold["authors"], list):
                raise ValueError("a text is none")
            yield page, gold | {name: gold.get(name) for name in ("title", "published", "url", "captured")}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise SitoError(f"{path} is no gold ({error}); `sito gold add` writes it anew, or delete it") from None


def clean_gold(page: Path, gold: dict[str, Any], language: str | None, corrections: Corrections) -> dict[str, Any]:
    """The document that today's cleaners and these corrections make of the page, as `sito clean` prints it."""
    captured = gold["captured"] and datetime.fromisoformat(gold["captured"])
    try:
        if page.suffix == ".txt":
            document = clean_text(
                page.read_bytes(), url=gold["url"], fetched_at=captured, language=language, corrections=corrections
            )
        else:
            document = clean_html(
                page.read_bytes(),
                url=gold["url"],
                content_type=gold.get("content_type"),
                fetched_at=captured,
                language=language,
                corrections=corrections,
            )
    except PageError:
        return {"title": None, "authors": [], "published": None, "paragraphs": []}
    return document.to_json()
