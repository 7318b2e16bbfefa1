"""Tables with invented documents, written as a run writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cleaners.document import Fragment, Paragraph
from flows.tables.rows import failed_row, paragraph_spans, writable
from flows.tables.schema import DOCUMENTS
from flows.tables.shard_tables import ShardTables
from flows.tables.tables_writer import TablesWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOSTILE = 'Сказав: "так", а потім;\t=1+1\n@SUM(A1) \\n \r <b>\0 \u2028 \x85 \ud800 кінець'


def paragraph(text: str, language: str = "uk", *, foreign: str = "") -> Paragraph:
    fragments = [Fragment(0, len(text), language)]
    if foreign:
        fragments.append(Fragment(len(text), len(text) + len(foreign), "en"))
    return Paragraph(text + foreign, language, "p", tuple(fragments))


def document(number: int, text: str = "", **columns: Any) -> dict[str, Any]:
    paragraphs = columns.pop("paragraphs", None) or [paragraph(text or f"Новина номер {number} про подвір’я.")]
    row = dict.fromkeys(DOCUMENTS.names) | {"url": f"https://news.example/{number}", "fetched_at": START}
    row = failed_row(row, "") | {"id": str(number), "status": "kept", "reason": None, "language": "uk"}
    row |= {"text": "\n".join(p.text for p in paragraphs), "paragraphs": paragraph_spans(paragraphs)}
    row |= {"reservations": []}
    row |= {
        "offset": number * 100,
        "digest": f"sha1:{number}",
        "reader": "1",
        "cleaners": "1",
        "title": f"Новина {number}",
    }
    row["fetched_at"] = START + timedelta(days=number)
    return row | columns


def write(data: Path, source: str, *rows: dict[str, Any], shard: str = "a.warc.gz") -> ShardTables:
    tables = ShardTables.of(data, source, shard)
    with TablesWriter(tables) as writer:
        for row in rows:
            writer.add(writable(row | {"source": source, "shard": shard}), [ledger_line(row, shard)])
    return tables


def ledger_line(row: dict[str, Any], shard: str) -> dict[str, Any]:
    text = "Підпишіться на наш канал"
    cut = {"start": 0, "end": len(text), "category": "subscribe", "rule": "uk.x", "evidence": ""}
    line = {"url": row["url"], "shard": shard, "offset": row["offset"], "place": 0, "tag": "p", "text": text}
    line |= {"original": None, "remains": None, "verdict": "dropped", "category": "subscribe", "rule": "uk.x"}
    line |= {
        "evidence": None,
        "cuts": [cut],
        "steps": [],
        "language": "uk",
        "fragments": [],
        "attributes": "",
        "link_share": 0.0,
    }
    return line | {"links": []}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Six documents of two sources; one hostile, one reserved, one without text, one in English."""
    folder = tmp_path / "data"
    write(
        folder,
        "alpha",
        document(1, HOSTILE, title='"=2+3", заголовок', authors=["О’Генрі, старший"], published="2026-02-10"),
        document(
            2,
            paragraphs=[
                paragraph("Перший абзац."),
                paragraph("An English one.", "en"),
                paragraph("Так: ", foreign="all of this is English"),
            ],
        ),
        document(3, reservations=["noindex (page)"]),
        document(4, status="empty", text="", paragraphs=[]) | {"text": "", "paragraphs": []},
    )
    english = document(5, paragraphs=[paragraph("English text here.", "en")], language="en")
    write(folder, "beta", english, document(6, "Слово " * 30, flags=["odd"]))
    return folder


@pytest.fixture
def sito(data: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    from flows.cli.main import main

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["--data", str(data), "--sources", str(data / "none.toml"), *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
