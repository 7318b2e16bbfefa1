"""What the cleaners did, counted page by page: what was dropped by which rule, and in which languages text is."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flows.common.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.tables.rows import DocumentRow, LedgerRow

EXAMPLE_LENGTH = 80
DISTINCT = 20_000
"""Different examples of one rule that are counted; further ones are new to us, thus rare, and only add to `times`."""
SHARD_EXAMPLES = 20
"""Examples of one rule that a shard reports, the most frequent: a report shows three, and what is frequent in a source
is frequent in its shards."""


@dataclass(slots=True)
class Dropped:
    """What one rule dropped: how often, how many words, and the texts with their counts and the page of each."""

    times: int = 0
    words: int = 0
    examples: Counter[str] = field(default_factory=Counter)
    pages: dict[str, str] = field(default_factory=dict)

    def add(self, text: str, url: str) -> None:
        """Count one dropped text of the page with this address."""
        self.times += 1
        self.words += len(text.split())
        self._count(one_line(text, EXAMPLE_LENGTH), 1, url)

    def merge(self, other: Dropped) -> None:
        """Add the counts of other pages."""
        self.times += other.times
        self.words += other.words
        for example, times in other.examples.items():
            self._count(example, times, other.pages[example])

    def frequent(self, count: int) -> list[tuple[str, int]]:
        """The most frequent examples; equal counts in order of the text, so that a report can be repeated."""
        return heapq.nsmallest(count, self.examples.items(), key=lambda item: (-item[1], item[0]))

    def trimmed(self, count: int) -> Dropped:
        """The same with only the most frequent examples."""
        examples = dict(self.frequent(count))
        return Dropped(self.times, self.words, Counter(examples), {text: self.pages[text] for text in examples})

    def _count(self, example: str, times: int, url: str) -> None:
        if example in self.examples or len(self.examples) < DISTINCT:
            self.examples[example] += times
            self.pages.setdefault(example, url)


@dataclass(frozen=True, slots=True)
class Tally:
    """`dropped` by (category, rule); `letters` by language in kept text; `pages` by their main language."""

    dropped: dict[tuple[str, str], Dropped] = field(default_factory=dict)
    letters: Counter[str] = field(default_factory=Counter)
    pages: Counter[str] = field(default_factory=Counter)

    def add(self, document: DocumentRow, ledger: Iterable[LedgerRow]) -> None:
        """Count one page by its rows."""
        for line in ledger:
            for cut in line["cuts"]:
                dropped = self.dropped.setdefault((cut["category"], cut["rule"]), Dropped())
                dropped.add(line["text"][cut["start"] : cut["end"]], document["url"])
        if letters := {each["language"]: each["letters"] for each in document["languages"]}:
            self.letters.update(letters)
            self.pages[document["language"]] += 1

    def merge(self, other: Tally) -> None:
        """Add the counts of other pages."""
        for key, dropped in other.dropped.items():
            self.dropped.setdefault(key, Dropped()).merge(dropped)
        self.letters.update(other.letters)
        self.pages.update(other.pages)

    def trimmed(self, examples: int = SHARD_EXAMPLES) -> Tally:
        """The same counts with only the most frequent examples of every rule, to be sent to another process."""
        dropped = {key: each.trimmed(examples) for key, each in self.dropped.items()}
        return Tally(dropped, self.letters, self.pages)

    def by_category(self) -> Counter[str]:
        """How often each category was dropped."""
        times: Counter[str] = Counter()
        for (category, _), dropped in self.dropped.items():
            times[category] += dropped.times
        return times


def merged(tallies: Iterable[Tally]) -> Tally:
    """The counts of all together."""
    whole = Tally()
    for tally in tallies:
        whole.merge(tally)
    return whole
