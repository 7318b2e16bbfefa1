"""The two tables of clean/ as Arrow schemas, and the way of a page into their rows and back.

The descriptions here are those of docs/schema.md. Offsets count characters (Unicode code points) of the text they speak
of, half open, and not bytes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from cleaners.document import Fragment, Line, Metadata, Page
from flows.common.usage_rights import usage_rights

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cleaners.document import Cut, Document, LedgerLine
    from flows.archive.shard_reader import StoredPage

Row = dict[str, Any]


def _field(name: str, kind: pa.DataType, description: str, *, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata={"description": description})


_NAME = pa.dictionary(pa.int32(), pa.string())
"""As `source=` in a path is read by pyarrow and pandas; a plain string column of that name would not merge with it."""

_FRAGMENTS = pa.list_(
    pa.struct([("start", pa.int32()), ("end", pa.int32()), ("language", pa.string())]),
)
_PARAGRAPHS = pa.list_(
    pa.struct([("text", pa.string()), ("language", pa.string()), ("tag", pa.string()), ("fragments", _FRAGMENTS)])
)
# Not a map: `datasets` reads no Arrow maps.
_LETTERS = pa.list_(pa.struct([("language", pa.string()), ("letters", pa.int64())]))
_CUTS = pa.list_(
    pa.struct(
        [
            ("start", pa.int32()),
            ("end", pa.int32()),
            ("category", pa.string()),
            ("rule", pa.string()),
            ("evidence", pa.string()),
        ]
    )
)

DOCUMENTS = pa.schema(
    [
        _field("id", pa.string(), "last part of the address without its ending: for people, not unique"),
        _field("url", pa.string(), "address under which the page was captured; relative to the folder for files"),
        _field("source", _NAME, "name in the sources file"),
        _field("status", pa.string(), "kept: has text; empty: no article text; failed: could not be cleaned"),
        _field("reason", pa.string(), "why it failed", nullable=True),
        _field("title", pa.string(), "headline without the site's name", nullable=True),
        _field("authors", pa.list_(pa.string()), "as the page names them"),
        _field("published", pa.string(), "ISO 8601: YYYY-MM-DD, or with time and zone where stated", nullable=True),
        _field("fetched_at", pa.timestamp("us", "UTC"), "time of the capture; modification time for files"),
        _field("site_name", pa.string(), "as the page states it", nullable=True),
        _field("language", pa.string(), "that of most letters, ISO 639-1; und: text has no language"),
        _field("languages", _LETTERS, "kept letters by language, most first"),
        _field("text", pa.string(), "kept paragraphs, a line each"),
        _field("text_uk", pa.string(), "its Ukrainian fragments, a line for each paragraph that holds any"),
        _field("text_en", pa.string(), "its English fragments, likewise"),
        _field("paragraphs", _PARAGRAPHS, "kept paragraphs: text, language, HTML tag, fragments in one language"),
        _field("canonical_url", pa.string(), "address that the page states for itself", nullable=True),
        _field("declared_language", pa.string(), "language that the page declares, ISO 639-1", nullable=True),
        _field("headlines", pa.list_(pa.string()), "every form of the headline that the page gives"),
        _field("section", pa.string(), "the site's name for the page's department", nullable=True),
        _field(
            "paywalled", pa.bool_(), "whether the publisher says that reading on takes a subscription", nullable=True
        ),
        _field(
            "agency", pa.string(), "news agency that the page credits its text to; never the site itself", nullable=True
        ),
        _field(
            "reservations",
            pa.list_(pa.string()),
            "what the site or page says of its use: noindex, TDM reserved; each by header or page",
        ),
        _field("flags", pa.list_(pa.string()), "what a person should look at, such as an unusual loss of words"),
        _field("encoding", pa.string(), "encoding by which the bytes were read", nullable=True),
        _field("shard", pa.string(), "file in raw/<source>/ that holds the raw page"),
        _field("offset", pa.int64(), "byte at which its record begins in the shard"),
        _field("digest", pa.string(), "digest of the raw payload, as in WARC-Payload-Digest"),
        _field("reader", pa.string(), "version of the cleaners that read the lines out of the raw page"),
        _field("cleaners", pa.string(), "version of the cleaners that judged them"),
        _field(
            "memory",
            pa.string(),
            "digest of the source's pages of earlier days by which lines were judged as chrome; null: too few pages",
            nullable=True,
        ),
    ]
)
"""One row for every page that the shard holds, whatever became of it."""

LEDGER = pa.schema(
    [
        _field("url", pa.string(), "address of the page, as in documents"),
        _field("shard", pa.string(), "with offset: which capture of the page, as in documents"),
        _field("offset", pa.int64(), "see shard"),
        _field("place", pa.int32(), "number of the line in the page, from 0"),
        _field("tag", pa.string(), "HTML tag of the block: p, h1 to h6, li, blockquote, pre, td, figcaption"),
        _field("text", pa.string(), "the line as it came to the cleaners"),
        _field("original", pa.string(), "the line before repair, where repair changed it", nullable=True),
        _field("kept", pa.string(), "what remains of it; null: nothing", nullable=True),
        _field("verdict", pa.string(), "kept: whole; cut: a part is gone; dropped: whole"),
        _field("category", pa.string(), "of the cut that took most of the line; null if kept", nullable=True),
        _field("rule", pa.string(), "likewise: stable name of the rule", nullable=True),
        _field("evidence", pa.string(), "likewise: what the rule saw", nullable=True),
        _field("cuts", _CUTS, "every dropped span of text, in order, with category, rule and evidence"),
        _field("language", pa.string(), "language of the line, ISO 639-1 or und"),
        _field("fragments", _FRAGMENTS, "longest runs of text in one language"),
        _field("attributes", pa.string(), "class and id of the element and those around it, nearest first"),
        _field("link_share", pa.float64(), "share of the line's characters inside links, 0 to 1"),
    ]
)
"""Every line of every page of the shard that could be read, once, in the order of the pages and of their lines."""

# A lone surrogate has no UTF-8; one character stands for one, so that offsets hold.
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


def page_row(stored: StoredPage, id: str, source: str, shard: str, version: str) -> Row:  # noqa: A002 - the column's name
    """What a documents row holds before the page is read: which page it is, and by which cleaners."""
    row: Row = dict.fromkeys(DOCUMENTS.names)
    return row | {
        "id": writable(id),
        "url": stored.url,
        "source": source,
        "shard": shard,
        "offset": stored.offset,
        "digest": stored.digest,
        "fetched_at": stored.at,
        "reservations": list(usage_rights(stored.rights, stored.body)),
        "reader": version,
        "cleaners": version,
    }


def failed_row(row: Row, reason: str) -> Row:
    """The documents row of a page that could not be cleaned."""
    nothing = {
        "authors": [],
        "languages": [],
        "paragraphs": [],
        "headlines": [],
        "flags": [],
        "text": "",
        "text_uk": "",
        "text_en": "",
    }
    return row | nothing | {"status": "failed", "reason": writable(reason), "language": "und"}


def document_row(row: Row, document: Document) -> Row:
    """The documents row of a cleaned page."""
    metadata = document.metadata
    found: Row = writable(
        {
            "status": "kept" if document.paragraphs else "empty",
            "title": metadata.title,
            "authors": list(metadata.authors),
            "published": metadata.published,
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
            "text_uk": document.text_in("uk"),
            "text_en": document.text_in("en"),
            "paragraphs": [
                {"text": p.text, "language": p.language, "tag": p.tag, "fragments": _spans(p.fragments)}
                for p in document.paragraphs
            ],
            "encoding": document.encoding,
            "flags": list(document.flags),
        }
    )
    return row | found


def ledger_rows(row: Row, document: Document) -> list[Row]:
    """The ledger of the page with this documents row."""
    where = {key: row[key] for key in ("url", "shard", "offset")}
    return [where | writable(_ledger_row(entry)) for entry in document.ledger]


def _ledger_row(entry: LedgerLine) -> Row:
    line = entry.line
    most: Cut | None = max(entry.cuts, key=lambda cut: cut.end - cut.start, default=None)
    return {
        "place": line.index,
        "tag": line.tag,
        "text": line.text,
        "original": line.original,
        "kept": entry.kept,
        "verdict": entry.verdict,
        "category": most and most.category,
        "rule": most and most.rule,
        "evidence": most and most.evidence,
        "cuts": [
            {"start": c.start, "end": c.end, "category": c.category, "rule": c.rule, "evidence": c.evidence}
            for c in entry.cuts
        ],
        "language": line.language,
        "fragments": _spans(line.fragments),
        "attributes": line.attributes,
        "link_share": line.link_share,
    }


def _spans(fragments: Iterable[Fragment]) -> list[Row]:
    return [{"start": f.start, "end": f.end, "language": f.language} for f in fragments]


def rebuild_page(row: Row, lines: Iterable[Row]) -> Page:
    """The page as it came to the cleaners, from its documents row and its ledger rows."""
    return Page(
        id=row["id"],
        lines=tuple(
            Line(
                index=line["place"],
                text=line["text"],
                tag=line["tag"],
                original=line["original"],
                language=line["language"],
                fragments=tuple(Fragment(f["start"], f["end"], f["language"]) for f in line["fragments"]),
                attributes=line["attributes"],
                link_share=line["link_share"],
            )
            for line in lines
        ),
        metadata=Metadata(
            title=row["title"],
            authors=tuple(row["authors"]),
            published=row["published"],
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
    )
