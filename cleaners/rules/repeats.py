"""Paragraphs that the page has more than once.

Where a page has a run of paragraphs twice and something was inserted into one of the copies, the copy with the
insertion shows the true order, and the other one is dropped.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence

from cleaners.document import Drop, Line, Page
from cleaners.rules.position import AS_IT_IS
from cleaners.rules.rule import Rule

_LONG = 60
"""Characters from which a line in a run of copies is no refrain: "Glory to Ukraine!" may come twice."""
_ALONE = 120
"""Characters from which a paragraph that stands again among others is a copy: no question, no refrain, no step."""
_STEP = 3
"""Lines between two copies of a run at most: a box may have been put between them."""
_ALIKE = 50
"""Characters at the beginning by which the full text of a teaser is looked up."""
_MOST_ALIKE = 20
_QUOTE = 30
_NAME = 60
"""Characters of the class names, nearest first, in which a quote is called a pull quote."""
_MARKS = " \t\u00a0.,:;…\"'“”„«»’‘"
_ELLIPSIS = re.compile(r"(?:…|\.\.\.)\W{0,3}$")

PARAGRAPH = Rule(
    "repeat.paragraph",
    "repeat",
    summary=(
        "A run of paragraphs that the page carries twice, or a long paragraph alone; of two runs of copies, the one"
        " that breaks the order goes. Short lines that recur among other neighbours stay, and so does a page of one"
        " paragraph that is repeated."
    ),
    example=(
        "Міська рада ухвалила бюджет на наступний рік після довгої суперечки, яка тривала до ранку, бо депутати не"
        " погоджувалися на витрати на міст через річку."
    ),
    counterexample="А що скажете про міст через річку, який будують уже дванадцятий рік поспіль?",
)
QUOTE = Rule(
    "repeat.quote",
    "repeat",
    summary="A pull quote: words set apart that are part of a paragraph as well.",
    example="<blockquote>Найбільше грошей піде на ремонт мосту</blockquote>",
    counterexample="<blockquote>Грошей на міст не було двадцять років.</blockquote>",
)
TEASER = Rule(
    "repeat.teaser",
    "repeat",
    summary="A line cut short with an ellipsis, where the whole of it is on the page as well.",
    example="Найбільше грошей піде на ремонт мосту через річку, а решту поділять…",
    counterexample="Найбільше грошей просять лікарі, яким обіцяли нову будівлю ще торік…",
)


def repeats(page: Page) -> Iterator[Drop]:
    """Drop the copies that break the order or come later; lines that are not long only within a run of copies."""
    lines = page.lines
    texts = [line.text.casefold().strip(_MARKS) for line in lines]
    for first, second in _runs(lines, texts):
        inserted = second[-1] - second[0] + 1 - len(second)
        own = first[-1] - first[0] + 1 - len(first)
        # What is between the copies belongs behind the first one, unless there is nothing.
        between = second[0] - first[-1] - 1
        losing = first if inserted > own + between else second
        kept = second if losing is first else first
        for index, duplicate in zip(losing, kept, strict=True):
            yield PARAGRAPH.drop(lines[index], f"stands again as line {lines[duplicate].index + 1}")
    for index, whole in _pull_quotes(lines, texts):
        yield QUOTE.drop(lines[index], f"stands inside line {lines[whole].index + 1}")
    for index, whole in _teasers(lines, texts):
        yield TEASER.drop(lines[index], f"the beginning of line {lines[whole].index + 1}")


def _runs(lines: Sequence[Line], texts: Sequence[str]) -> Iterator[tuple[list[int], list[int]]]:
    """Pairs of runs of indexes, those of the first copies and those of the second ones, both in rising order.

    In a run each copy follows the one before it closely, in both places: what recurs with other neighbours each time
    (the question of an interview, a step, a row, a signature) is in no run.
    """
    if _is_filler(lines, texts):
        return
    last: dict[str, int] = {}
    pairs: list[tuple[int, int]] = []
    for index, text in enumerate(texts):
        if lines[index].tag in AS_IT_IS:
            continue
        if text in last:
            pairs.append((last[text], index))
        if text:
            last[text] = index
    waiting = deque(pairs)
    while waiting:
        run = [waiting.popleft()]
        while waiting and _follows(waiting[0], run[-1]) and run[0][1] > waiting[0][0]:
            run.append(waiting.popleft())
        alone = len(run) == 1 and run[0][1] - run[0][0] > 1
        long = sum(len(texts[second]) >= (_ALONE if alone else _LONG) for _, second in run)
        if long and (len(run) == 1 or long > 1 or _adjoin(run)):
            yield [a for a, _ in run], [b for _, b in run]


def _is_filler(lines: Sequence[Line], texts: Sequence[str]) -> bool:
    """Whether all paragraphs of the page are one, in elements of one name: none of them is the copy of another."""
    long = [
        (text, line.tag, line.attributes)
        for text, line in zip(texts, lines, strict=True)
        if len(text) >= _LONG and line.tag[0] != "h"
    ]
    return len(long) > 1 and len(set(long)) == 1


def _follows(pair: tuple[int, int], before: tuple[int, int]) -> bool:
    return 0 < pair[0] - before[0] <= _STEP and pair[1] - before[1] <= _STEP


def _adjoin(run: Sequence[tuple[int, int]]) -> bool:
    """Whether nothing stands between the copies of a run, in one of its two places at least."""
    return run[-1][0] - run[0][0] == len(run) - 1 or run[-1][1] - run[0][1] == len(run) - 1


def _pull_quotes(lines: Sequence[Line], texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pull quotes with the paragraph that holds the same words; the line that says whose a quote is goes with it."""
    quotes = [i for i, line in enumerate(lines) if line.tag == "blockquote" or "pull" in line.attributes[:_NAME]]
    for index in quotes[:_MOST_ALIKE]:
        text = texts[index]
        if len(text) < _QUOTE:
            continue
        whole = next((i for i, other in enumerate(texts) if len(other) > len(text) and text in other), None)
        if whole is None:
            continue
        yield index, whole
        after = index + 1
        if after < len(lines) and lines[after].text[0] in "—–-" and lines[after].tag == lines[index].tag:
            yield after, whole


def _teasers(lines: Sequence[Line], texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Lines cut short with an ellipsis, with the line that has the full text."""
    cut = [i for i, line in enumerate(lines) if len(line.text) >= _LONG and _ELLIPSIS.search(line.text[-6:])]
    if not cut:
        return
    alike: dict[str, list[int]] = {}
    for index, text in enumerate(texts):
        alike.setdefault(text[:_ALIKE], []).append(index)
    for index in cut:
        for other in alike[texts[index][:_ALIKE]][:_MOST_ALIKE]:
            if len(texts[other]) > len(texts[index]) and texts[other].startswith(texts[index]):
                yield index, other
                break
