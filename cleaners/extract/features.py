"""The features of a block: its own shape, its position on the page, and what is around it.

Nothing here depends on a language or a site: no feature is a word or the name of a class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import accumulate

from lxml.html import HtmlElement

from cleaners.read.blocks import Blocks
from cleaners.read.running_text import ends_like_sentence

__all__ = ["FEATURES", "feature_rows"]

FEATURES = (
    *("tag", "words", "link", "bold", "ends", "capitals", "digits", "copies", "hidden"),
    # Its position: share of the page's words before it, blocks since the h1 and from the ends of trafilatura's choice.
    *("place", "after_h1", "after_first", "before_last", "depth", "found", "chosen"),
    *("words_before", "words_after", "link_before", "link_after"),
    # Its element and the one around that: words, share of them in links, blocks, share of words found.
    *("inner_words", "inner_link", "inner_blocks", "inner_found"),
    *("outer_words", "outer_link", "outer_blocks", "outer_found"),
    # Relative to the element that holds the body: in it or not, levels below and above the nearest common element.
    *("held", "below", "common_words", "common_found", "above"),
    # Blocks built alike (tags and classes): how many, their mean words and link share, share of them found.
    *("alike", "alike_words", "alike_link", "alike_found"),
    # From the heading above it to the next: words, level of the heading, link share, blocks since the heading.
    *("section_words", "section_level", "section_link", "section_place"),
    *("page_found", "page_found_words", "page_prose", "page_blocks", "since_prose", "until_prose"),
)
"""The features in the order of a row. "found" is trafilatura's choice, "chosen" that choice after the rules."""

MAX_DISTANCE = 10_000
"""Words to the nearest prose at most, also where there is none; blocks above an h1 where there is none."""

_LEVELS = {tag: n for n, tag in enumerate("p h1 h2 h3 h4 h5 h6 li blockquote pre td figcaption".split())}  # noqa: SIM905
_HEADINGS = range(1, 7)

Row = list[float]


def feature_rows(
    blocks: Blocks,
    members: Sequence[int],
    found: Collection[int],
    chosen: Collection[int],
    container: HtmlElement | None,
) -> list[Row]:
    """A row of numbers, in the order of `FEATURES`, for each of the blocks with the indices `members`.

    `found` are the indices that trafilatura chose, `chosen` those after the rules, `container` is the element around
    them. Linear in the page.
    """
    page = _Page(blocks, found, container)
    return [page.row(i, i in chosen) for i in members]


class _Page:
    """Sums over the page, from which the rows are computed."""

    def __init__(self, blocks: Blocks, found: Collection[int], container: HtmlElement | None) -> None:
        self.blocks = blocks
        self.found = [i in found for i in range(len(blocks))]
        self.words = [len(block.words) for block in blocks]
        self.links = [block.link_share for block in blocks]
        self.levels = [_LEVELS.get(block.tag, 0) for block in blocks]
        # Sums up to each block: an element's blocks follow one another, so that any share is a difference.
        self._words = [0, *accumulate(self.words)]
        self._linked = [0.0, *accumulate(w * link for w, link in zip(self.words, self.links, strict=True))]
        self._found = [0, *accumulate(w * f for w, f in zip(self.words, self.found, strict=True))]
        self.total, self.total_found = self._words[-1] or 1, self._found[-1] or 1
        self._elements: dict[HtmlElement, Row] = {}
        self._commons: dict[HtmlElement, Row] = {}
        self._holders = () if container is None else (*reversed(list(container.iterancestors())), container)
        self._on_path = {element: depth for depth, element in enumerate(self._holders)}
        self._texts = [" ".join(block.words) for block in blocks]
        self._copies = Counter(self._texts)
        self._read_sections()
        self._read_alike()
        prose = [i for i, block in enumerate(blocks) if block.is_prose]
        self._since = self._gaps(prose, range(len(blocks)))
        self._until = self._gaps(prose, range(len(blocks) - 1, -1, -1))
        self._h1 = next((i for i, level in enumerate(self.levels) if level == 1), None)
        indices = [i for i, is_found in enumerate(self.found) if is_found]
        self._ends = (indices[0], indices[-1]) if indices else (0, len(blocks) - 1)
        self._all: Row = [
            self._found[-1] / self.total,
            self._found[-1],
            sum(self.words[i] for i in prose),
            len(blocks),
        ]

    def row(self, i: int, is_chosen: bool) -> Row:
        """The features of block i."""
        block = self.blocks[i]
        text = block.text
        capitals = [word[0].isupper() for word in text.split()]
        copies = self._copies[self._texts[i]]
        first, last = self._ends
        return [
            *(self.levels[i], self.words[i], self.links[i], block.bold / len(text), ends_like_sentence(text)),
            *(sum(capitals) / (len(capitals) or 1), sum(map(str.isdigit, text)) / len(text)),
            *(copies, block.hidden),
            *(self._words[i] / self.total, -MAX_DISTANCE if self._h1 is None else i - self._h1, i - first, last - i),
            *(len(block.path), self.found[i], is_chosen),
            *(self._beside(self.words, i - 1), self._beside(self.words, i + 1)),
            *(self._beside(self.links, i - 1), self._beside(self.links, i + 1)),
            *self._element(block.path[-1]),
            *self._element(block.path[-2] if len(block.path) > 1 else block.path[0]),
            *self._common(block.path),
            *self._alike[self._built[i]],
            *self._sections[i],
            *(*self._all, self._since[i], self._until[i]),
        ]

    def _beside(self, values: Sequence[float], i: int) -> float:
        return values[i] if 0 <= i < len(values) else -1

    def _element(self, element: HtmlElement) -> Row:
        if element not in self._elements:
            self._elements[element] = self._over(self.blocks.spans[element])
        return self._elements[element]

    def _over(self, span: range) -> Row:
        start, end = span.start, span.stop
        words = self._words[end] - self._words[start]
        linked, found = self._linked[end] - self._linked[start], self._found[end] - self._found[start]
        return [words, linked / (words or 1), end - start, found / (words or 1)]

    def _common(self, path: Sequence[HtmlElement]) -> Row:
        if path[-1] not in self._commons:
            below = next((n for n, element in enumerate(reversed(path)) if element in self._on_path), len(path) - 1)
            common = path[-1 - below]
            span = self.blocks.spans[common]
            above = len(self._holders) - 1 - self._on_path.get(common, len(self._holders) - 1)
            self._commons[path[-1]] = [
                bool(self._holders) and above == 0,
                below,
                (self._words[span.stop] - self._words[span.start]) / self.total,
                (self._found[span.stop] - self._found[span.start]) / self.total_found,
                above,
            ]
        return self._commons[path[-1]]

    def _read_sections(self) -> None:
        self._sections: list[Row] = []
        starts = [0, *(i for i, level in enumerate(self.levels) if level in _HEADINGS and i), len(self.blocks)]
        for k, start in enumerate(starts[:-1]):
            end = starts[k + 1]
            words, link, size, _ = self._over(range(start, end))
            level = self.levels[start] if start < end and self.levels[start] in _HEADINGS else 0
            self._sections += [[words, level, link, at] for at in range(int(size))]

    def _read_alike(self) -> None:
        self._built = [
            (block.tag, tuple(e.tag for e in block.path[-4:]), *(e.get("class") for e in block.path[-2:]))
            for block in self.blocks
        ]
        sums: dict[object, Row] = {}
        for i, built in enumerate(self._built):
            its = sums.setdefault(built, [0, 0, 0, 0])
            for k, value in enumerate((1, self.words[i], self.links[i], self.found[i])):
                its[k] += value
        self._alike = {built: [n, words / n, link / n, found / n] for built, (n, words, link, found) in sums.items()}

    def _gaps(self, prose: Sequence[int], order: range) -> list[int]:
        """Words between each block and the nearest found prose before it in the order."""
        ends = {i for i in prose if self.found[i]}
        gaps = [0] * len(order)
        gap = MAX_DISTANCE
        for i in order:
            gaps[i] = min(gap, MAX_DISTANCE)
            gap = 0 if i in ends else gap + self.words[i]
        return gaps
