"""Which blocks are the body: each is classified by what it is, where it is, and what is around it.

A tree ensemble over the features of each block decides on all of them. On most pages it is sure of what it sees there.
Where it is in doubt, trafilatura and the rules choose elements first: inside of these may be teasers, forms and boxes
about the author, and outside of them lists and cards that belong to the text; so another ensemble that knows the choice
decides again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import cache, partial
from itertools import islice

from lxml.html import HtmlElement

from cleaners.read.blocks import Block, Blocks

__all__ = ["ADD_THRESHOLD", "CHOSEN_THRESHOLD", "THRESHOLD", "classify_blocks", "lists_of"]

THRESHOLD = 0.3
"""Likelihood of body from which a sentence is body; below a half, as losing text is worse than keeping noise."""

CHOSEN_THRESHOLD = 0.4
"""The same for a heading, an item or a label that trafilatura or the rules chose: most leftovers are short."""

ADD_THRESHOLD = 0.5
"""The same for one that nothing chose."""

DOUBT = 0.2
"""Likelihood from which a sentence stays where its neighbours do."""

MAX_HIDDEN = 0.5
"""Share of the body's prose up to which hidden blocks are no part of it."""

_LONG = 15
"""Words from which a block is no label."""
_MIN_ITEMS = 3
"""Items built alike, of which some stay and some would go."""
_MIN_ITEMS_KEPT = 0.6
"""Share of such items that must stay for the others to stay with them."""
_MOST_BETWEEN = 2
"""Labels and links to other articles that may stand between two sentences of a text."""
_NEAR = 2
"""Levels from a paragraph outwards of which one holds its neighbour too."""
_MAX_LABEL = 7
"""Words of a label that ends in a colon; longer ones are sentences as often."""
_MAX_LABEL_LINKED = 0.4
"""Share of a label in links up to which it is no teaser's headline."""
_MAX_SIBLINGS = 10
"""Siblings on each side of a box among which others like it are looked for."""
_SURE = 0.7
"""Likelihood from which a label stays where those of other items go."""
_LEVELS = 3
"""Elements from a block outwards of which one is such an item."""


def classify_blocks(blocks: Blocks, chosen: Collection[int], likely: Sequence[float]) -> set[int]:
    """The indices of the body: those that are likely, and what stands or falls with them.

    A heading or a label over text that stays, stays with it; of items built alike that mostly stay, all do. What was
    `chosen` before stays with less likelihood, and with the least in a list of which another item stays.
    """
    chosen = set(chosen)
    body = {i for i, p in enumerate(likely) if p >= _threshold(blocks[i], is_chosen=i in chosen)}
    hidden = {i for i in body if blocks[i].hidden}
    if _prose_words(blocks, hidden) <= MAX_HIDDEN * _prose_words(blocks, body):
        body -= hidden  # else the page shows its article only after a click
    if not _prose_words(blocks, body):
        body |= chosen  # the page is unlike those of the training set
    body |= _between(blocks, body, chosen, likely)
    body |= _going_on(blocks, body, chosen, likely)
    body |= _broken_lists(blocks, body, chosen, likely)
    unsure = {i for i, p in enumerate(likely) if i not in body and (p >= DOUBT or i in chosen) and _is_text(blocks[i])}
    body |= _items(blocks, body, unsure)
    body -= _odd_labels(blocks, body - chosen, body, likely)
    body |= _whole_lists(blocks, body, chosen, likely)
    body |= {i for i in range(len(blocks) - 1) if i not in body and i + 1 in body and _labels(blocks, i)}
    body |= {i for i in chosen if i + 1 in body and _introduces(blocks[i], blocks[i + 1], likely[i])}
    return body - _left_over(blocks, body)


def _left_over(blocks: Sequence[Block], body: Collection[int]) -> set[int]:
    """The last line of the body where it is the label of links that are none of it."""
    last = max(body, default=-1)
    below = next((block for block in blocks[last + 1 :] if not block.hidden), None)
    is_label = last >= 0 and len(blocks[last].words) <= _MAX_LABEL and blocks[last].text.endswith(":")
    return {last} if is_label and below is not None and below.letters_linked > _MAX_LABEL_LINKED else set()


def _introduces(block: Block, following: Block, likely: float) -> bool:
    """Whether a block is the heading of the one below, or a label over a list or a text.

    That is one that ends in a colon, or over a list in its own element, where it is as likely as a sentence has to be.
    """
    over_list = following.tag == "li" and block.element in following.path and likely >= THRESHOLD
    is_label = (block.text.endswith(":") or over_list) and not block.hidden and block.link_share < _MAX_LABEL_LINKED
    return (block.is_heading or is_label) and not following.is_heading


def _threshold(block: Block, *, is_chosen: bool) -> float:
    """From which likelihood a block is body; a long one without a full stop is no label."""
    is_long = len(block.words) >= _LONG and block.link_share < _MAX_LABEL_LINKED
    if block.is_prose or (is_chosen and is_long):
        return THRESHOLD
    return CHOSEN_THRESHOLD if is_chosen else ADD_THRESHOLD


def _prose_words(blocks: Sequence[Block], indices: Collection[int]) -> int:
    return sum(len(blocks[i].words) for i in indices if blocks[i].is_prose)


def _is_text(block: Block) -> bool:
    return (block.is_prose or block.is_heading) and not block.hidden


def _between(
    blocks: Sequence[Block], body: Collection[int], chosen: Collection[int], likely: Sequence[float]
) -> set[int]:
    """What stands between two paragraphs of the body, inside the element around both.

    Sentences, where they are not unlikely, chosen labels without links, where they are as likely as a sentence has to
    be elsewhere, and tables that are children of that element: those are no teasers.
    """
    found: set[int] = set()
    waiting: list[int] = []
    before: Block | None = None
    for i, block in enumerate(blocks):
        is_label = i in chosen and not block.linked and likely[i] >= THRESHOLD
        if block.hidden or not (block.is_prose or block.tag == "td" or is_label):
            continue
        if i not in body or not block.is_prose:
            waiting.append(i)
            continue
        around = None if before is None else _around_both(before, block)
        if around is not None:
            found.update(k for k in waiting if _belongs(blocks[k], around, likely[k]))
        before, waiting = block, []
    return found


def _going_on(
    blocks: Sequence[Block], body: Collection[int], chosen: Collection[int], likely: Sequence[float]
) -> set[int]:
    """The chosen sentences shortly below one of the body, inside the same element, where they are not unlikely.

    The last section of a text is often short, and of a subject of its own. Between lines of one element there is less
    to tell them apart.
    """
    found: set[int] = set()
    last: int | None = None
    for i, block in enumerate(blocks):
        if block.hidden or not block.is_prose:
            continue
        goes_on = last is not None and i - last <= _MOST_BETWEEN + 1 and blocks[last].path[-2:-1] == block.path[-2:-1]
        least = DOUBT / 2 if last is not None and blocks[last].element is block.element else DOUBT
        if i in body or (goes_on and i in chosen and likely[i] >= least):
            found.add(i)
            last = i
        else:
            last = None
    return found


def _broken_lists(blocks: Blocks, body: Collection[int], chosen: Collection[int], likely: Sequence[float]) -> set[int]:
    """The lines right below a sentence of the body in its own element: a list written with line breaks.

    They are chosen, and not unlikely; of an element that is the body's for the most part, as likely as half of that.
    """
    found: set[int] = set()
    run: list[int] = []
    is_mostly = cache(partial(_is_mostly, blocks, body))
    for i, block in enumerate([*blocks, None]):
        above = blocks[i - 1] if i else None
        if block is not None and above is not None and block.element is above.element and i not in body:
            is_line = not (block.linked or block.hidden or block.tag == "pre") and likely[i] >= DOUBT / 2
            if is_line and (run or i - 1 in body):
                is_sure = i in chosen and likely[i] >= DOUBT and (run or above.is_prose)
                if is_sure or is_mostly(block.element):
                    run.append(i)
                    continue
        if len(run) >= _MIN_ITEMS:
            found.update(run)
        run = []
    return found


def _is_mostly(blocks: Blocks, body: Collection[int], element: HtmlElement) -> bool:
    """Whether the body has most words of the lines of an element, and several of them."""
    own = [i for i in blocks.spans[element] if blocks[i].element is element]
    inside = [i for i in own if i in body]
    words = sum(len(blocks[i].words) for i in own)
    return len(inside) >= _MIN_ITEMS and sum(len(blocks[i].words) for i in inside) >= _MIN_ITEMS_KEPT * words


def lists_of(blocks: Sequence[Block]) -> list[list[int]]:
    """The indices of the items of each list that a reader sees."""
    lists: dict[HtmlElement, list[int]] = defaultdict(list)
    for i, block in enumerate(blocks):
        item = next((e for e in reversed(block.path) if e.tag == "li"), None) if block.tag == "li" else None
        around = None if item is None or block.hidden else item.getparent()
        if around is not None:
            lists[around].append(i)
    return list(lists.values())


def _whole_lists(blocks: Sequence[Block], body: set[int], chosen: Collection[int], likely: Sequence[float]) -> set[int]:
    """The chosen items of lists of which one is body, where they are not unlikely."""
    return {
        i
        for items in lists_of(blocks)
        if not body.isdisjoint(items)
        for i in items
        if i in chosen and likely[i] >= DOUBT
    }


def _around_both(one: Block, other: Block) -> HtmlElement | None:
    """The deepest element around two blocks, where it is near to both: their own, if they are lines of one."""
    if one.element is other.element:
        return one.element
    common = [e for e, also in zip(one.path[:-1], other.path[:-1], strict=False) if e is also]
    far = max(len(one.path), len(other.path)) - len(common)
    return common[-1] if common and far <= _NEAR else None


def _labels(blocks: Blocks, i: int) -> bool:
    """Whether a block is the label of a box of two, unlike those beside it: the rules judge both as one."""
    box = next((e for e in reversed(blocks[i + 1].path) if i in blocks.spans[e]), None)
    return (
        box is not None
        and blocks.spans[box] == range(i, i + 2)
        and not blocks[i].hidden
        and blocks[i].link_share < _MAX_LABEL_LINKED
        and not any(
            e.tag == box.tag and e.get("class") == box.get("class")
            for preceding in (False, True)
            for e in islice(box.itersiblings(preceding=preceding), _MAX_SIBLINGS)
        )
    )


def _belongs(block: Block, around: HtmlElement, likely: float) -> bool:
    if around not in block.path:
        return False
    if block.is_prose:
        return likely >= DOUBT
    if block.tag != "td":
        return True
    if block.element is around:
        return likely >= THRESHOLD and not block.linked
    below = block.path.index(around) + 1  # none is below `around` for text of its own
    return below < len(block.path) and str(block.path[below].tag) == "table"


def _items(blocks: Sequence[Block], body: Collection[int], out: Collection[int]) -> set[int]:
    """The text of `out` that is part of an item whose siblings stay: entries of a live page, questions and answers."""
    if not out:
        return set()
    rows: dict[object, dict[HtmlElement, bool]] = defaultdict(dict)
    for i, block in enumerate(blocks):
        if i in out or (i in body and (block.is_prose or block.is_heading)):
            for key, item in _around(block):
                rows[key][item] = rows[key].get(item, False) or i in body
    sizes = Counter(element for block in blocks for element in block.path[-_LEVELS - 1 :])

    def is_alike(row: dict[HtmlElement, bool], item: HtmlElement) -> bool:
        return len(row) >= _MIN_ITEMS and sizes[item] > 1 and sum(row.values()) >= _MIN_ITEMS_KEPT * len(row)

    return {i for i in out if any(is_alike(rows[key], item) for key, item in _around(blocks[i]))}


def _odd_labels(blocks: Sequence[Block], few: Collection[int], body: set[int], likely: Sequence[float]) -> set[int]:
    """Those of a `few` labels whose likes in the items beside their own go: the time of one entry of a live page."""
    few = {i for i in few if likely[i] < _SURE and not blocks[i].is_prose and not blocks[i].is_heading}
    if not few:
        return set()
    kinds: dict[object, list[int]] = defaultdict(list)
    for i, block in enumerate(blocks):
        if not block.is_prose and not block.is_heading and len(block.path) > 2:
            outer, item, own = block.path[-3:]
            kinds[outer, item.tag, item.get("class"), own.tag, own.get("class")].append(i)
    return {
        i
        for alike in kinds.values()
        if len(alike) >= _MIN_ITEMS and 2 * len(body.intersection(alike)) < len(alike)
        for i in few.intersection(alike)
    }


def _around(block: Block) -> Iterator[tuple[object, HtmlElement]]:
    """The elements around the block's own, each with a key that it shares with siblings that are built alike."""
    for outer, item in islice(block.outwards(_LEVELS + 1), 1, None):
        yield (outer, item.tag, item.get("class")), item
