"""What a block is judged by: its own shape, its place on the page, and what stands around it.

Nothing here knows a language or a site: there are no words among the signs, and no names of classes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import accumulate

from lxml.html import HtmlElement

from cleaners.read.blocks import Block
from cleaners.read.running_text import ends_like_sentence

__all__ = ["FEATURES", "signs"]

FEATURES = (
    *("tag", "words", "link", "bold", "ends", "capitals", "digits", "copies", "hidden"),
    # Its place: share of the page's words before it, blocks since the h1 and from the ends of trafilatura's choice.
    *("place", "after_h1", "after_first", "before_last", "depth", "found", "chosen"),
    *("words_before", "words_after", "link_before", "link_after"),
    # The element around it and the one around that: words, share of them in links, blocks, share of words found.
    *("inner_words", "inner_link", "inner_blocks", "inner_found"),
    *("outer_words", "outer_link", "outer_blocks", "outer_found"),
    # Against the element that holds the body: in it or not, levels below and above the nearest common element.
    *("held", "below", "common_words", "common_found", "above"),
    # Blocks built alike (tags and class): how many, words and link share a block, share of them found.
    *("alike", "alike_words", "alike_link", "alike_found"),
    # From the heading above it to the next: words, level of the heading, link share, blocks since the heading.
    *("section_words", "section_level", "section_link", "section_place"),
    *("page_found", "page_found_words", "page_prose", "page_blocks", "since_prose", "until_prose"),
)
"""The signs in the order of a row. "found" is trafilatura's choice, "chosen" that choice with what was put back."""

FAR = 10_000
"""Words to the nearest prose where there is none."""

_LEVELS = {tag: n for n, tag in enumerate("p h1 h2 h3 h4 h5 h6 li blockquote pre td figcaption".split())}  # noqa: SIM905
_HEADINGS = range(1, 7)

Row = list[float]


def signs(
    blocks: Sequence[Block],
    members: Sequence[int],
    found: Collection[int],
    chosen: Collection[int],
    container: HtmlElement | None,
) -> list[Row]:
    """A row of numbers, in the order of `FEATURES`, for each of the `members`, places of blocks.

    `found` are the places that trafilatura chose, `chosen` those with what was put back, `holder` the element that
    holds them. Linear in the page.
    """
    page = _Page(blocks, found, container)
    return [page.row(i, i in chosen) for i in members]


class _Page:
    """Sums over the page, from which the rows are read."""

    def __init__(self, blocks: Sequence[Block], found: Collection[int], container: HtmlElement | None) -> None:
        self.blocks = blocks
        self.found = [i in found for i in range(len(blocks))]
        self.words = [len(block.words) for block in blocks]
        self.links = [block.link_share for block in blocks]
        self.levels = [_LEVELS.get(block.tag, 0) for block in blocks]
        # Sums up to each block: an element's blocks stand in a row, so that any share is a difference.
        self._words = [0, *accumulate(self.words)]
        self._linked = [0.0, *accumulate(w * link for w, link in zip(self.words, self.links, strict=True))]
        self._found = [0, *accumulate(w * f for w, f in zip(self.words, self.found, strict=True))]
        self.total, self.total_found = self._words[-1] or 1, self._found[-1] or 1
        self._first: dict[HtmlElement, int] = {}
        self._last: dict[HtmlElement, int] = {}
        for i, block in enumerate(blocks):
            for element in block.path:
                self._first.setdefault(element, i)
                self._last[element] = i
        self._elements: dict[HtmlElement, Row] = {}
        self._commons: dict[HtmlElement, Row] = {}
        self._holder = () if container is None else (*reversed(list(container.iterancestors())), container)
        self._on_path = {element: depth for depth, element in enumerate(self._holder)}
        self._copies = Counter(" ".join(block.words) for block in blocks)
        self._read_sections()
        self._read_alike()
        prose = [i for i, block in enumerate(blocks) if block.is_prose]
        self._since = self._gaps(prose, range(len(blocks)))
        self._until = self._gaps(prose, range(len(blocks) - 1, -1, -1))
        self._h1 = next((i for i, level in enumerate(self.levels) if level == 1), None)
        places = [i for i, is_found in enumerate(self.found) if is_found]
        self._span = (places[0], places[-1]) if places else (0, len(blocks) - 1)
        self._all: Row = [
            self._found[-1] / self.total,
            self._found[-1],
            sum(self.words[i] for i in prose),
            len(blocks),
        ]

    def row(self, i: int, is_chosen: bool) -> Row:
        """The signs of block i."""
        block = self.blocks[i]
        text = block.text
        capitals = [word[0].isupper() for word in text.split()]
        copies = self._copies[" ".join(block.words)]
        first, last = self._span
        return [
            *(self.levels[i], self.words[i], self.links[i], block.bold / len(text), ends_like_sentence(text)),
            *(sum(capitals) / (len(capitals) or 1), sum(map(str.isdigit, text)) / len(text)),
            *(copies, block.hidden),
            *(self._words[i] / self.total, -FAR if self._h1 is None else i - self._h1, i - first, last - i),
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
            self._elements[element] = self._over(self._first[element], self._last[element] + 1)
        return self._elements[element]

    def _over(self, start: int, end: int) -> Row:
        words = self._words[end] - self._words[start]
        linked, found = self._linked[end] - self._linked[start], self._found[end] - self._found[start]
        return [words, linked / (words or 1), end - start, found / (words or 1)]

    def _common(self, path: Sequence[HtmlElement]) -> Row:
        if path[-1] not in self._commons:
            below = next((n for n, element in enumerate(reversed(path)) if element in self._on_path), len(path) - 1)
            common = path[-1 - below]
            start, end = self._first[common], self._last[common] + 1
            above = len(self._holder) - 1 - self._on_path.get(common, len(self._holder) - 1)
            self._commons[path[-1]] = [
                bool(self._holder) and above == 0,
                below,
                (self._words[end] - self._words[start]) / self.total,
                (self._found[end] - self._found[start]) / self.total_found,
                above,
            ]
        return self._commons[path[-1]]

    def _read_sections(self) -> None:
        self._sections: list[Row] = []
        starts = [0, *(i for i, level in enumerate(self.levels) if level in _HEADINGS and i), len(self.blocks)]
        for k, start in enumerate(starts[:-1]):
            end = starts[k + 1]
            words, link, size, _ = self._over(start, end)
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
        gap = FAR
        for i in order:
            gaps[i] = min(gap, FAR)
            gap = 0 if i in ends else gap + self.words[i]
        return gaps
