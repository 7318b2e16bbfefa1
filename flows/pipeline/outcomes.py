"""What became of the pages of a run: one outcome for each, whatever happened to it on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.urls.uri import BadAddressError, to_uri

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.common.page_types import Outcome


class Outcomes:
    """One outcome for each page of a run; 250 MB for a million.

    A failure outranks all else, a result of cleaning outranks one of capturing, and of two captures the later counts.
    """

    def __init__(self) -> None:
        self._pages: dict[str, Outcome] = {}

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Add what capturing or cleaning reported; only the latter names the shard."""
        for outcome in outcomes:
            key = _address(outcome.url)
            before = self._pages.get(key)
            if before is None or _rank(outcome) >= _rank(before):
                self._pages[key] = outcome

    def final(self) -> list[Outcome]:
        """The outcomes, once all shards are cleaned: a page that is not in its shard has failed."""
        return [
            replace(outcome, status="failed", reason="was captured, but is not in the shard that should hold it")
            if outcome.status == "new" and outcome.shard is None
            else outcome
            for outcome in self._pages.values()
        ]


def _rank(outcome: Outcome) -> tuple[bool, str]:
    return outcome.status == "failed", outcome.shard or ""


def _address(url: str) -> str:
    try:
        return to_uri(url)  # as in the archive
    except BadAddressError:
        return url
