"""When does a run leave its source's own history? Pure: records in, sentences out.

A source is compared with nothing but itself, by median and median absolute deviation: one bad run in the history moves
neither. A template that changed shows first as a jump of the share of kept words, in the length of the pages, or in
pages without text.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flows.runs import RunRecord

ENOUGH_RUNS = 8
"""Runs that can be compared, before the first alarm: below this the deviation is itself a guess."""
ENOUGH_PAGES = 5
"""Pages that a run must have handled to be measured; most runs of a feed find one or two new ones, and these scatter."""
WINDOW = 30
"""Runs looked back on, so that after a lasting change (a new template, new rules) the alarm falls silent by itself."""
FAR = 5.0
"""Deviations from the median that are far. With normal scatter that is one run in two million; real histories have
heavier tails, and an alarm that is usually false is soon not read."""


@dataclass(frozen=True, slots=True)
class _Measure:
    name: str
    value: Callable[[RunRecord], float | None]
    is_share: bool
    floor: Callable[[float], float]  # the least deviation that matters, from the median: histories can be constant
    below: str | None  # what to look at when it is far below, or far above; None: good news, no alarm
    above: str | None


def _of_handled(status: str) -> Callable[[RunRecord], float | None]:
    return lambda run: run.outcomes[status] / run.handled  # type: ignore[index]


MEASURES = (
    _Measure(
        "share of kept words",
        lambda run: run.kept_share,
        is_share=True,
        floor=lambda _: 0.02,
        below="text may be dropped: look at the examples of dropped lines, and whether the template changed",
        above="page chrome may be kept: look at a few texts, and whether the template changed",
    ),
    _Measure(
        "median length of a text",
        lambda run: run.median_words,
        is_share=False,
        floor=lambda usual: max(0.08 * usual, 5.0),
        below="texts may be cut short: look at a few, and whether the template changed or a paywall came",
        above="page chrome may be kept: look at a few texts, and whether the template changed",
    ),
    _Measure(
        "share of failed pages",
        _of_handled("failed"),
        is_share=True,
        floor=lambda _: 0.02,
        below=None,
        above="look at the reasons: the site may be down, or may turn us away",
    ),
    _Measure(
        "share of pages without text",
        _of_handled("empty"),
        is_share=True,
        floor=lambda _: 0.02,
        below=None,
        above="look at one of them: the template may have changed, or the text may come by script",
    ),
)


def alarms(record: RunRecord, history: Sequence[RunRecord]) -> list[str]:
    """A sentence for every measure of `record` that lies far outside `history` (earlier runs, oldest first).

    Only ingest runs count as history: a dry or partial reprocess says nothing of the site. Too little history, or too
    small a run, gives no alarm.
    """
    usable = [run for run in history if run.kind == "ingest" and run.handled >= ENOUGH_PAGES and run.run != record.run]
    if record.handled < ENOUGH_PAGES:
        return []
    return [said for measure in MEASURES if (said := _alarm(measure, record, usable[-WINDOW:]))]


def _alarm(measure: _Measure, record: RunRecord, history: Sequence[RunRecord]) -> str | None:
    value = measure.value(record)
    past = [(run, then) for run in history if (then := measure.value(run)) is not None]
    if value is None or len(past) < ENOUGH_RUNS:
        return None
    values = [then for _, then in past]
    usual = median(values)
    deviation = 1.4826 * median(abs(then - usual) for then in values)  # of a normal distribution, from its MAD

    def far(then: float, run: RunRecord) -> int:
        scatter = max(deviation, measure.floor(usual))
        if measure.is_share:  # a share among few pages scatters by chance alone
            scatter = max(scatter, math.sqrt(max(usual * (1 - usual), 0.01) / run.handled) / 2)
        distance = then - usual
        return (distance > 0) - (distance < 0) if abs(distance) > FAR * scatter else 0

    side = far(value, record)
    hint = {-1: measure.below, 0: None, 1: measure.above}[side]
    if hint is None:
        return None
    since, runs = record, 1
    for run, then in reversed(past):
        if far(then, run) != side:
            break
        since, runs = run, runs + 1
    show = (lambda x: f"{x:.1%}") if measure.is_share else (lambda x: f"{x:,.0f} words")
    where = "far below" if side < 0 else "far above"
    when = f"; so for {runs} runs, since {since.started:%Y-%m-%d}" if runs > 1 else ""
    return (
        f"{measure.name} is {show(value)}, {where} the usual {show(usual)} "
        f"({show(min(values))} to {show(max(values))} in {len(past)} runs since {past[0][0].started:%Y-%m-%d}){when}. "
        f"{hint[0].upper()}{hint[1:]}."
    )
