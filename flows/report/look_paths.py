"""Where the pages of `sito look` are, for whatever speaks of pages, rules and runs. Each path begins with a slash."""

from __future__ import annotations

from urllib.parse import quote, urlencode

__all__ = ["changes_path", "page_path", "rule_path", "run_path"]


def page_path(source: str, url: str) -> str:
    """The last version of a page."""
    return "/page?" + urlencode({"source": source, "url": url}, errors="replace")


def rule_path(rule: str) -> str:
    """A rule, and what it struck lately."""
    return f"/rules/{_part(rule)}"


def run_path(source: str, run: str) -> str:
    """A run, beside the run before."""
    return f"/runs/{_part(source)}/{_part(run)}"


def changes_path(source: str, run: str) -> str:
    """What a reprocess changed, or would change, page by page."""
    return f"/changes/{_part(source)}/{_part(run)}"


def _part(name: str) -> str:
    return quote(name, safe="", errors="replace")
