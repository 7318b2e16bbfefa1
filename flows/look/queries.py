"""What the views ask of the index, as rows."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flows.look.page_view import Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flows.look.index import Index

    Row = dict[str, Any]

__all__ = [
    *("ORDERS", "PAGE_SIZE", "Filter", "all_rules", "by_day", "choices", "has_source", "pages"),
    *("last_pages", "rule_by_source", "rule_pages", "sources", "top_rules", "versions"),
]

PAGE_SIZE = 50
"""Rows of a list on one screen."""
LATELY = 30
"""Pages that are shown for a rule."""

_ORDERS = {
    "newest": "captured DESC, shard DESC, record DESC",
    "oldest": "captured, shard, record",
    "lost": "lost DESC, url",
    "share": "lost / greatest(kept + lost, 1) DESC, lost DESC, url",
    "shortest": "kept, url",
    "longest": "kept DESC, url",
    "address": "url, captured",
}
ORDERS = tuple(_ORDERS)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which pages are wanted, as it stands in an address; what is empty does not choose.

    `q` is looked for in titles and addresses, `lost` is the least number of words lost, `shards` names those of a run.
    """

    source: str = ""
    q: str = ""
    status: str = ""
    flag: str = ""
    rule: str = ""
    category: str = ""
    language: str = ""
    since: str = ""
    until: str = ""
    lost: str = ""
    run: str = ""
    order: str = "newest"
    page: str = "1"
    shards: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filter:
        """What an address asks for; values that cannot be meant are left out."""
        known = {each.name for each in fields(cls)} - {"shards"}
        given: dict[str, Any] = {name: value.strip()[:500] for name, value in query.items() if name in known}
        given = {name: value for name, value in given.items() if name not in ("since", "until") or _is_day(value)}
        given = {name: value for name, value in given.items() if name not in ("lost", "page") or _is_number(value)}
        if given.get("order") not in _ORDERS:
            given.pop("order", None)
        return cls(**given)

    def query(self, **other: Any) -> str:
        """The filter as the query of an address, with other values for some of its parts."""
        others: dict[str, Any] = {"page": "1"} | {name: str(value) for name, value in other.items()}
        changed = replace(self, **others)
        default = Filter()
        return urlencode(
            {
                each.name: getattr(changed, each.name)
                for each in fields(self)
                if each.name != "shards" and getattr(changed, each.name) != getattr(default, each.name)
            }
        )

    def of_shards(self, shards: Iterable[str]) -> Filter:
        """The same with the shards of its run."""
        return replace(self, shards=tuple(shards))

    @property
    def number(self) -> int:
        """The screen that is wanted, from 1."""
        return max(1, int(self.page))

    def where(self) -> tuple[str, list[Any]]:
        """The condition in SQL, and its values."""
        parts, values = ["true"], []
        for column in ("source", "status", "language"):
            if value := getattr(self, column):
                parts.append(f"{column} = ?")
                values.append(value)
        if self.q:
            parts.append("contains(search, lower(?))")
            values.append(self.q)
        if self.flag == "any":
            parts.append("len(flags) > 0")
        elif self.flag:
            parts.append("list_bool_or(list_transform(flags, lambda f: contains(f, ?)))")
            values.append(self.flag)
        for column in ("rule", "category"):
            if value := getattr(self, column):
                struck = f"SELECT (source, shard, record) FROM struck WHERE {column} = ?"  # noqa: S608
                parts.append(f"(source, shard, record) IN ({struck})")
                values.append(value)
        if self.since:
            parts.append("captured >= ?::DATE")
            values.append(self.since)
        if self.until:
            parts.append("captured < ?::DATE + 1")
            values.append(self.until)
        if self.lost:
            parts.append("lost >= ?")
            values.append(int(self.lost))
        if self.run:
            parts.append("origin IN ?")
            values.append(list(self.shards))
        return " AND ".join(parts), values


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9


def pages(index: Index, wanted: Filter) -> tuple[list[Row], int]:
    """The rows of one screen, and how many there are on all."""
    where, values = wanted.where()
    (count,) = index.rows(f"SELECT count(*) AS n FROM pages WHERE {where}", *values)  # noqa: S608
    found = index.rows(
        f"SELECT * FROM pages WHERE {where} ORDER BY {_ORDERS[wanted.order]} LIMIT ? OFFSET ?",  # noqa: S608
        *values,
        PAGE_SIZE,
        PAGE_SIZE * (wanted.number - 1),
    )
    return found, count["n"]


_FLAGS = """SELECT regexp_replace(flag, ':.*|[0-9].*', '') AS value
FROM (SELECT unnest(flags) AS flag FROM pages WHERE {where}) GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 30"""
"""Flags up to where they speak of their page."""


def choices(index: Index, source: str = "") -> dict[str, list[str]]:
    """What can be chosen in the filter: languages, flags (their beginnings), categories and rules, most first."""
    where, values = ("source = ?", [source]) if source else ("true", [])
    return {
        name: [row["value"] for row in index.rows(question.format(where=where), *values * question.count("{where}"))]
        for name, question in (
            ("source", "SELECT DISTINCT source AS value FROM pages ORDER BY 1"),
            ("language", "SELECT language AS value FROM pages WHERE {where} GROUP BY 1 ORDER BY count(*) DESC, 1"),
            ("category", "SELECT category AS value FROM struck WHERE {where} GROUP BY 1 ORDER BY sum(times) DESC, 1"),
            ("rule", "SELECT rule AS value FROM struck WHERE {where} GROUP BY 1 ORDER BY 1"),
            ("flag", _FLAGS),
        )
    }


def sources(index: Index) -> list[Row]:
    """Every source with its pages, words, flagged pages, and its last capture, by name."""
    return index.rows(
        """SELECT source, count(*) AS pages, sum(kept) AS kept, sum(lost) AS lost, max(captured) AS last,
        count(*) FILTER (len(flags) > 0) AS flagged, count(*) FILTER (status = 'failed') AS failed
        FROM pages GROUP BY source ORDER BY source"""
    )


def has_source(index: Index, source: str) -> bool:
    """Whether anything of the source is in the index."""
    return bool(index.rows("SELECT 1 FROM pages WHERE source = ? LIMIT 1", source))


def versions(index: Index, source: str, url: str) -> list[Version]:
    """The captures of a page that have rows, oldest first."""
    found = index.rows("SELECT * FROM pages WHERE source = ? AND url = ? ORDER BY captured, shard, record", source, url)
    return [
        Version(row["source"], row["url"], row["shard"], row["record"], row["captured"], row["status"]) for row in found
    ]


def moved_to(index: Index, source: str, url: str, shard: str) -> tuple[str, int] | None:
    """Where the last capture of a page lies now that was in this shard before it was rewritten; None: there is none."""
    found = index.rows(
        """SELECT shard, record FROM pages WHERE source = ? AND url = ? AND origin IN ? AND shard <> origin
        ORDER BY captured DESC, record DESC LIMIT 1""",
        source,
        url,
        index.origins(source, [shard]),
    )
    return (found[0]["shard"], found[0]["record"]) if found else None


def top_rules(index: Index, source: str) -> list[Row]:
    """The rules that took most words of a source."""
    return index.rows(
        """SELECT category, rule, count(*) AS pages, sum(times) AS times, sum(words) AS words
        FROM struck WHERE source = ? GROUP BY ALL ORDER BY words DESC, rule LIMIT ?""",
        source,
        LATELY,
    )


def all_rules(index: Index) -> dict[str, Row]:
    """What every rule took over all sources, by its id."""
    found = index.rows(
        """SELECT rule, count(*) AS pages, sum(times) AS times, sum(words) AS words, count(DISTINCT source) AS sources
        FROM struck GROUP BY rule"""
    )
    return {row["rule"]: row for row in found}


def by_day(index: Index, source: str, days: int) -> list[Row]:
    """The last days with captures, oldest first.

    Each has its pages by status, words kept, words lost by category, pages by language, and the median length.
    """
    found = index.rows(
        """SELECT captured::DATE AS day, count(*) AS pages, sum(kept) AS kept, sum(lost) AS lost,
        median(kept) FILTER (status = 'kept') AS median,
        list(DISTINCT shard) AS shards
        FROM pages WHERE source = ? GROUP BY day ORDER BY day DESC LIMIT ?""",
        source,
        days,
    )[::-1]
    if not found:
        return []
    of_day = {row["day"]: row | {"status": {}, "category": {}, "language": {}} for row in found}
    for column in ("status", "language"):
        for row in index.rows(
            f"SELECT captured::DATE AS day, {column} AS name, count(*) AS n FROM pages "  # noqa: S608
            "WHERE source = ? AND captured >= ?::DATE GROUP BY ALL ORDER BY n DESC, name",
            source,
            found[0]["day"],
        ):
            of_day[row["day"]][column][row["name"]] = row["n"]
    for row in index.rows(
        """SELECT p.captured::DATE AS day, s.category AS name, sum(s.words) AS n
        FROM struck AS s JOIN pages AS p USING (source, shard, record)
        WHERE s.source = ? AND p.captured >= ?::DATE GROUP BY ALL ORDER BY n DESC, name""",
        source,
        found[0]["day"],
    ):
        of_day[row["day"]]["category"][row["name"]] = row["n"]
    return list(of_day.values())


def rule_by_source(index: Index, rule: str) -> list[Row]:
    """How often the rule struck, for each source: pages, passages, words, and the day of the last."""
    return index.rows(
        """SELECT s.source, count(*) AS pages, sum(s.times) AS times, sum(s.words) AS words, max(p.captured) AS last
        FROM struck AS s JOIN pages AS p USING (source, shard, record)
        WHERE s.rule = ? GROUP BY s.source ORDER BY times DESC, s.source""",
        rule,
    )


def rule_pages(index: Index, rule: str) -> list[Row]:
    """The pages of the last captures in which the rule struck, newest first."""
    return index.rows(
        """SELECT p.* FROM struck AS s JOIN pages AS p USING (source, shard, record)
        WHERE s.rule = ? ORDER BY p.captured DESC, p.shard DESC, p.record LIMIT ?""",
        rule,
        LATELY,
    )


def last_pages(index: Index) -> list[Row]:
    """The last captures, newest first."""
    return index.rows("SELECT * FROM pages ORDER BY captured DESC, shard DESC, record LIMIT ?", LATELY)
