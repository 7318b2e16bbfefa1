"""The tables of clean/ as Arrow schemas.

The descriptions here are those of docs/schema.md. Offsets count characters (Unicode code points) of the text they refer
to, half open, and not bytes.
"""

from __future__ import annotations

import pyarrow as pa


def _field(name: str, kind: pa.DataType, description: str, *, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata={"description": description})


_NAME = pa.dictionary(pa.int32(), pa.string())
"""As `source=` in a path is read by pyarrow and pandas; a plain string column of that name would not merge with it."""

_FRAGMENTS = pa.list_(
    pa.struct([("start", pa.int32()), ("end", pa.int32()), ("language", pa.string())]),
)
_PARAGRAPHS = pa.list_(
    pa.struct(
        [
            ("start", pa.int32()),
            ("end", pa.int32()),
            ("language", pa.string()),
            ("tag", pa.string()),
            ("fragments", _FRAGMENTS),
        ]
    )
)
_SPANS = pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32())]))
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
        _field("id", pa.string(), "unique: source/shard/offset, which name the record of the raw page; as in exports"),
        _field("name", pa.string(), "last part of the address without its ending: for people", nullable=True),
        _field("url", pa.string(), "address under which the page was captured; relative to the folder for files"),
        _field("source", _NAME, "name in the sources file"),
        _field("status", pa.string(), "kept: has text; empty: no article text; failed: could not be cleaned"),
        _field("reason", pa.string(), "why it failed, or where an empty page sends its readers", nullable=True),
        _field("title", pa.string(), "headline without the site's name", nullable=True),
        _field("authors", pa.list_(pa.string()), "as the page names them"),
        _field("published", pa.string(), "ISO 8601: YYYY-MM-DD, or with time and zone where stated", nullable=True),
        _field(
            "published_by",
            pa.string(),
            "where that date stands on the page, or that a listing gave it; modified: it is that of the last change",
            nullable=True,
        ),
        _field("fetched_at", pa.timestamp("us", "UTC"), "time of the capture; modification time for files"),
        _field("site_name", pa.string(), "as the page states it", nullable=True),
        _field("language", pa.string(), "that of most letters outside quotations, ISO 639-1; und: no language"),
        _field("languages", _LETTERS, "kept letters by language, most first"),
        _field("text", pa.string(), "kept paragraphs, a line each"),
        _field(
            "paragraphs", _PARAGRAPHS, "spans of `text`: each paragraph, its language, tag, fragments in one language"
        ),
        _field("spans_uk", _SPANS, "spans of `text` in Ukrainian: whole paragraphs and long runs of whole sentences"),
        _field("spans_en", _SPANS, "spans of `text` in English, likewise"),
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
        _field(
            "corrections",
            pa.string(),
            "digests of the source's corrections: those that act on reading, a dot, all of them; null: there are none",
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
        _field("tag", pa.string(), "HTML tag: p, h1 to h6, li, blockquote, pre, td, figcaption; tr: a row of data"),
        _field("text", pa.string(), "the line as it came to the cleaners"),
        _field("original", pa.string(), "the line before repair, where repair changed it", nullable=True),
        _field("verdict", pa.string(), "kept: whole; cut: a part is gone; dropped: whole; left out: not in the body"),
        _field(
            "remains",
            pa.string(),
            "what is left of a line that is cut; null: it is kept or gone as a whole",
            nullable=True,
        ),
        _field(
            "category", pa.string(), "of the cut that took most of the line; null if kept or left out", nullable=True
        ),
        _field(
            "rule",
            pa.string(),
            "name of the rule, of the stage that left the block out, or of the correction that keeps it",
            nullable=True,
        ),
        _field("evidence", pa.string(), "what the rule or stage saw, or the correction's note", nullable=True),
        _field("cuts", _CUTS, "every dropped span of text, in order, with category, rule and evidence"),
        _field(
            "steps",
            pa.list_(pa.int32()),
            "of each cut, the call of a cleaner that made it, from 0; empty: no cuts, or the loss guard took over",
        ),
        _field("language", pa.string(), "language of the line, ISO 639-1 or und"),
        _field("fragments", _FRAGMENTS, "longest runs of text in one language"),
        _field(
            "attributes",
            pa.string(),
            "class and id of the element and those around it, nearest first; from-listing: of a feed's text; "
            "before them the names of corrections that select it, and from-outside: it was left out of the body",
        ),
        _field("link_share", pa.float64(), "share of the line's characters inside links, 0 to 1"),
        _field("links", pa.list_(pa.string()), "hosts that its links lead to, each once; empty: the page's own site"),
    ]
)
"""Every block of every page of the shard that could be read, once, in the order of the pages and of their blocks."""

VERSIONS = pa.schema(
    [
        _field("url", pa.string(), "as in documents"),
        _field("shard", pa.string(), "with offset: which capture of the page, as in documents"),
        _field("offset", pa.int64(), "see shard"),
        _field("version", pa.int32(), "1 for the first text under this address that is kept in clean/, 2 for the next"),
        _field(
            "latest",
            pa.bool_(),
            "true for one capture of each address: what its site gave last among those that have text, else the last; "
            "others may follow, as a page that changes back to what it was has no new row",
        ),
        _field(
            "gone_at",
            pa.timestamp("us", "UTC"),
            "when its site first answered that the page is gone (404, 410), and has not given it since",
            nullable=True,
        ),
    ]
)
"""One row for every row of documents."""

STORIES = pa.schema(
    [
        _field("source", _NAME, "as in documents"),
        _field("url", pa.string(), "as in documents"),
        _field("shard", pa.string(), "with offset: which capture of the page, as in documents"),
        _field("offset", pa.int64(), "see shard"),
        _field("day", pa.date32(), "day of publication, else of capture (UTC)"),
        _field("story", pa.string(), "the same for all documents of a story, 16 hexadecimal digits"),
        _field(
            "representative", pa.bool_(), "true for one document of each story: the earliest day, then an agency's own"
        ),
        _field(
            "kind",
            pa.string(),
            "against the representative: same text; edited; excerpt: shorter, inside it; extended: holds it; version: "
            "an earlier capture of a page, whose last capture was compared; null: it is the representative",
            nullable=True,
        ),
        _field("similarity", pa.float64(), "share of word shingles in both of those in either, 0 to 1", nullable=True),
        _field("containment", pa.float64(), "share of the shorter text's shingles that the longer has", nullable=True),
        _field("representative_source", pa.string(), "source of the representative"),
        _field("representative_url", pa.string(), "its address"),
        _field("documents", pa.int32(), "pages in the story"),
        _field("sources", pa.int32(), "sources in the story"),
        _field("first_seen", pa.date32(), "first day of the story"),
        _field("last_seen", pa.date32(), "its last day"),
    ]
)
"""One row for every documents row that has text."""
