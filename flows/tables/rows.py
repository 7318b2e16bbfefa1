"""The rows of a page in the two tables: from a cleaned document into them, and from them back to a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cleaners.document import (
    NO_ARTICLE,
    STOOD_IN,
    Cut,
    Document,
    Fragment,
    Kept,
    LedgerLine,
    LeftOut,
    Line,
    Metadata,
    Page,
    Paragraph,
)
from cleaners.read.decode import BYTES
from cleaners.training_text import training_spans
from flows.tables.schema import DOCUMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cleaners.training_text import Quotations
    from flows.archive.shard_reader import StoredPage

DocumentRow = dict[str, Any]
"""A row of the documents table, by the columns of `DOCUMENTS`."""
LedgerRow = dict[str, Any]
"""A row of the ledger, by the columns of `LEDGER`."""
PageRows = tuple[DocumentRow, list[LedgerRow]]
"""The documents row of a page and its ledger rows."""

# A lone surrogate has no UTF-8; one character replaces one, so that offsets stay valid.
_SURROGATE = re.compile("[\ud800-\udfff]")


def writable(value: Any) -> Any:
    """A row, or a part of one, with every lone surrogate replaced by U+FFFD."""
    match value:
        case str():
            return _SURROGATE.sub("\ufffd", value)
        case dict():
            return {key: writable(part) for key, part in value.items()}
        case list():
            return [writable(part) for part in value]
        case _:
            return value


def document_id(source: str, row: Mapping[str, Any]) -> str:
    """`source/shard/offset`: unique, and names the record of the raw page."""
    return f"{source}/{row['shard'].removesuffix('.warc.gz')}/{row['offset']}"


def with_names(source: str, row: DocumentRow) -> DocumentRow:
    """The row with `id` and `name`; an earlier release had the name as its id."""
    return row | {"id": document_id(source, row), "name": row["id"] if row["name"] is None else row["name"]}


def page_row(
    stored: StoredPage,
    name: str,
    source: str,
    shard: str,
    version: str,
    reservations: Sequence[str] = (),
    corrections: str | None = None,
) -> DocumentRow:
    """What a documents row holds before the page is read: which page it is, by which cleaners and corrections."""
    row: DocumentRow = dict.fromkeys(DOCUMENTS.names)
    row |= {
        "name": writable(name),
        "url": stored.url,
        "source": source,
        "shard": shard,
        "offset": stored.offset,
        "digest": stored.digest,
        "fetched_at": stored.at,
        "reservations": list(reservations),
        "reader": version,
        "cleaners": version,
        "corrections": corrections,
    }
    return row | {"id": document_id(source, row)}


def failed_row(row: DocumentRow, reason: str) -> DocumentRow:
    """The documents row of a page that could not be cleaned."""
    empty = {
        "authors": [],
        "languages": [],
        "paragraphs": [],
        "headlines": [],
        "flags": [],
        "text": "",
        "spans_uk": [],
        "spans_en": [],
    }
    return row | empty | {"status": "failed", "reason": writable(reason), "language": "und"}


def document_row(row: DocumentRow, document: Document, quotations: Quotations = "keep") -> DocumentRow:
    """The documents row of a cleaned page; `quotations` is the source's setting for `spans_uk` and `spans_en`."""
    metadata = document.metadata
    found: DocumentRow = writable(
        {
            "status": "kept" if document.paragraphs else "empty",
            "title": metadata.title,
            "authors": list(metadata.authors),
            "published": metadata.published,
            "published_by": metadata.published_by,
            "site_name": metadata.site_name,
            "canonical_url": metadata.url,
            "declared_language": metadata.language,
            "headlines": list(metadata.headlines),
            "section": metadata.section,
            "paywalled": metadata.paywalled,
            "agency": metadata.agency,
            "language": document.language,
            "languages": [{"language": name, "letters": n} for name, n in document.languages.items()],
            "text": document.text,
            "paragraphs": paragraph_spans(document.paragraphs),
            "spans_uk": _in_language(document, "uk", quotations),
            "spans_en": _in_language(document, "en", quotations),
            "encoding": document.encoding,
            "flags": list(document.flags),
        }
    )
    return row | found


def ledger_rows(row: DocumentRow, document: Document) -> list[LedgerRow]:
    """The ledger of the page with this documents row."""
    page = {key: row[key] for key in ("url", "shard", "offset")}
    return [page | writable(_ledger_row(entry)) for entry in document.ledger]


def _ledger_row(entry: LedgerLine) -> LedgerRow:
    line = entry.line
    most: Cut | LeftOut | None = max(entry.cuts, key=lambda cut: cut.end - cut.start, default=entry.left_out)
    said = most or entry.kept_by
    return {
        "place": line.index,
        "tag": line.tag,
        "text": line.text,
        "original": line.original,
        "verdict": entry.verdict,
        "remains": entry.kept if entry.verdict == "cut" else None,
        "category": most.category if isinstance(most, Cut) else None,
        "rule": said and said.rule,
        "evidence": said and (said.evidence or None),
        "cuts": [
            {"start": c.start, "end": c.end, "category": c.category, "rule": c.rule, "evidence": c.evidence}
            for c in entry.cuts
        ],
        "steps": [c.step for c in entry.cuts if c.step is not None],
        "language": line.language,
        "fragments": _spans(line.fragments),
        "attributes": line.attributes,
        "link_share": line.link_share,
        "links": list(line.links),
    }


def paragraph_spans(paragraphs: Iterable[Paragraph]) -> list[dict[str, Any]]:
    """Paragraphs and their fragments as spans of their texts, a line each: the column `paragraphs`."""
    spans: list[dict[str, Any]] = []
    at = 0
    for paragraph in paragraphs:
        end = at + len(paragraph.text)
        span = {"start": at, "end": end, "language": paragraph.language, "tag": paragraph.tag}
        spans.append(span | {"fragments": _spans(paragraph.fragments, at)})
        at = end + 1  # the line break
    return spans


def _in_language(document: Document, language: str, quotations: Quotations) -> list[dict[str, Any]]:
    spans = training_spans(document.paragraphs, language, quotations)
    return [{"start": start, "end": end} for start, end in spans]


def _spans(fragments: Iterable[Fragment], at: int = 0) -> list[dict[str, Any]]:
    return [{"start": at + f.start, "end": at + f.end, "language": f.language} for f in fragments]


def rebuild_page(row: DocumentRow, lines: Iterable[LedgerRow]) -> Page:
    """The page as it came to the cleaners, from its documents row and its ledger rows."""
    judged: list[Line] = []
    outside: list[LeftOut] = []
    for each in lines:
        if (other := _left_out(each)) is not None:
            outside.append(other)
        else:
            judged.append(_line(each))
    return Page(
        id=row["id"] if row["name"] is None else row["name"],
        lines=tuple(judged),
        metadata=Metadata(
            title=row["title"],
            authors=tuple(row["authors"]),
            published=row["published"],
            published_by=row.get("published_by"),
            site_name=row["site_name"],
            url=row["canonical_url"],
            language=row["declared_language"],
            headlines=tuple(row["headlines"]),
            section=row["section"],
            paywalled=row["paywalled"],
            agency=row.get("agency"),
        ),
        url=row["url"],
        fetched_at=row["fetched_at"],
        encoding=row["encoding"],
        left_out=tuple(outside),
        flags=tuple(flag for flag in row["flags"] if flag.startswith((BYTES, NO_ARTICLE, STOOD_IN))),
    )


def rebuild_document(row: DocumentRow, lines: Iterable[LedgerRow]) -> Document:
    """The document as it was written into its documents row and its ledger rows; that of a failed page is empty."""
    kept = rebuild_page(row, ())
    return Document(
        id=row["id"] if row["name"] is None else row["name"],
        url=row["canonical_url"] or row["url"],
        metadata=kept.metadata,
        language=row["language"],
        languages={each["language"]: each["letters"] for each in row["languages"]},
        paragraphs=paragraphs_of(row),
        ledger=tuple(
            LedgerLine(
                _line(each), kept_text(each), tuple(Cut(**cut) for cut in each["cuts"]), _left_out(each), _kept_by(each)
            )
            for each in lines
        ),
        encoding=row["encoding"],
        flags=tuple(row["flags"]),
    )


def paragraphs_of(row: DocumentRow) -> tuple[Paragraph, ...]:
    """The paragraphs of a documents row, of which its columns `text` and `paragraphs` are needed."""
    return tuple(
        Paragraph(row["text"][p["start"] : p["end"]], p["language"], p["tag"], _fragments(p["fragments"], p["start"]))
        for p in row["paragraphs"]
    )


def kept_text(row: LedgerRow) -> str | None:
    """What remains of a ledger row's line; None: nothing."""
    text: str | None = row["text"] if row["verdict"] == "kept" else row["remains"]
    return text


def _left_out(row: LedgerRow) -> LeftOut | None:
    if row["verdict"] != "left out":
        return None
    return LeftOut(_line(row), row["rule"].removeprefix("body."), row["evidence"] or "")


def _kept_by(row: LedgerRow) -> Kept | None:
    return Kept(row["rule"], row["evidence"] or "") if row["verdict"] == "kept" and row["rule"] else None


def _fragments(rows: Iterable[dict[str, Any]], at: int = 0) -> tuple[Fragment, ...]:
    return tuple(Fragment(f["start"] - at, f["end"] - at, f["language"]) for f in rows)


def _line(row: LedgerRow) -> Line:
    return Line(
        index=row["place"],
        text=row["text"],
        tag=row["tag"],
        original=row["original"],
        language=row["language"],
        fragments=_fragments(row["fragments"]),
        attributes=row["attributes"],
        link_share=row["link_share"],
        links=tuple(row["links"]),
    )
