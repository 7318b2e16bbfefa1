"""When does a run leave its source's own history? Pure: records in, sentences out.

A source is compared with nothing but itself, by median and median absolute deviation: one bad run in the history moves
neither. A template that changed shows first as a jump of the share of kept words, in the length of the pages, or in
pages without text.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import median, quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flows.common.page_types import Status
    from flows.report.run_record import RunRecord

ENOUGH_RUNS = 8
"""Runs that can be compared, before the first alarm: below this the deviation is itself a guess."""
ENOUGH_PAGES = 5
"""Pages that a run must have handled to be measured; fewer scatter too much, and count together with runs before."""
HISTORY = 300
"""Records to load for that, as there are small and other runs between."""
WINDOW = 30
"""Runs (or stretches of small ones) looked back on, so that after a lasting change (a new template, new rules) the
alarm falls silent by itself."""
FAR = 5.0
"""Deviations from the median that are far. With normal scatter that is one run in two million; real histories have
heavier tails, and an alarm that is usually false is soon not read."""


@dataclass(frozen=True, slots=True)
class _Measure:
    name: str
    value: Callable[[RunRecord], float | None]
    show: Callable[[float], str]
    least: Callable[[float], float]  # from the median: a deviation too small to matter, where the history is constant
    of_page: Callable[[float], float]  # from the median: how far one page scatters, so what few pages do by chance
    below: str | None  # what to look at when it is far below, or far above; None: good news, no alarm
    above: str | None


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _words(count: float) -> str:
    return f"{count:,.0f} words"


def _of_handled(status: Status) -> Callable[[RunRecord], float]:
    def share(run: RunRecord) -> float:
        return run.outcomes[status] / run.handled

    return share


def _binomial(share: float) -> float:
    return math.sqrt(max(share * (1 - share), 0.02))


MEASURES = (
    _Measure(
        name="share of kept words",
        value=lambda run: run.kept_share,
        show=_percent,
        least=lambda _: 0.02,
        of_page=lambda _: 0.1,
        below="text may be dropped: look at the examples of dropped lines, and whether the template changed",
        above="page chrome may be kept: look at a few texts, and whether the template changed",
    ),
    _Measure(
        name="median length of a text",
        value=lambda run: run.median_words,
        show=_words,
        least=lambda usual: max(0.08 * usual, 5.0),
        of_page=lambda usual: 0.6 * usual,  # lengths of articles scatter by more than half of their mean
        below="texts may be cut short: look at a few, and whether the template changed or a paywall came",
        above="page chrome may be kept: look at a few texts, and whether the template changed",
    ),
    _Measure(
        name="share of failed pages",
        value=_of_handled("failed"),
        show=_percent,
        least=lambda _: 0.02,
        of_page=_binomial,
        below=None,
        above="look at the reasons: the site may be down, or may turn us away",
    ),
    _Measure(
        name="share of pages that are gone",
        value=lambda run: run.outcomes["gone"] / (run.outcomes["gone"] + run.handled),
        show=_percent,
        least=lambda _: 0.02,
        of_page=_binomial,
        below=None,
        above="look at a few of them: the site may have new addresses, or turn us away with an error",
    ),
    _Measure(
        name="share of pages without text",
        value=_of_handled("empty"),
        show=_percent,
        least=lambda _: 0.02,
        of_page=_binomial,
        below=None,
        above="look at one of them: the template may have changed, or the text may come by script",
    ),
)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Runs in a row as one record: a feed that is fetched every half hour has few new pages in each."""

    record: RunRecord
    runs: int


def alarms(record: RunRecord, history: Sequence[RunRecord]) -> list[str]:
    """A sentence for every measure of `record` that lies far outside `history` (earlier runs, oldest first).

    Runs of few pages are taken together with those before them. Only ingest runs count as history: a dry or partial
    reprocess says nothing of the site. Too little history, or too few pages, gives no alarm.
    """
    if not record.handled:
        return []
    earlier = [run for run in history if run.kind == "ingest" and run.handled and run.run != record.run]
    *past, now = _stretches([*earlier, record])
    if now.record.handled < ENOUGH_PAGES:
        return []
    return [said for measure in MEASURES if (said := _alarm(measure, now, past[-WINDOW:]))]


def _stretches(runs: Sequence[RunRecord]) -> list[_Stretch]:
    """The runs in stretches of enough pages each, oldest first; pages too few for one at the beginning are left out."""
    found: list[_Stretch] = []
    members: list[RunRecord] = []
    for run in reversed(runs):
        members.append(run)
        if sum(member.handled for member in members) >= ENOUGH_PAGES:
            found.append(_stretch(members))
            members = []
    if members and not found:
        found.append(_stretch(members))
    return found[::-1]


def _stretch(newest_first: Sequence[RunRecord]) -> _Stretch:
    newest, oldest = newest_first[0], newest_first[-1]
    if newest is oldest:
        return _Stretch(newest, 1)
    kept = sum(run.words_kept for run in newest_first)
    words = kept + sum(run.words_dropped for run in newest_first)
    lengths = [
        run.median_words
        for run in newest_first
        for _ in range(run.outcomes["new"] + run.outcomes["changed"])
        if run.median_words is not None
    ]
    merged = replace(
        newest,
        started=oldest.started,
        pages=sum(run.pages for run in newest_first),
        outcomes={status: sum(run.outcomes[status] for run in newest_first) for status in newest.outcomes},
        kept_share=kept / words if words else None,
        median_words=median(lengths) if lengths else None,
    )
    return _Stretch(merged, len(newest_first))


def _alarm(measure: _Measure, now: _Stretch, history: Sequence[_Stretch]) -> str | None:
    value = measure.value(now.record)
    past = [(stretch, then) for stretch in history if (then := measure.value(stretch.record)) is not None]
    if value is None or len(past) < ENOUGH_RUNS:
        return None
    values = [then for _, then in past]
    usual = median(values)
    deviation = 1.4826 * median(abs(then - usual) for then in values)  # of a normal distribution, from its MAD

    def side(then: float, run: RunRecord) -> int:
        scatter = max(deviation, measure.least(usual), measure.of_page(usual) / math.sqrt(run.handled))
        if abs(then - usual) <= FAR * scatter:
            return 0
        return 1 if then > usual else -1

    found = side(value, now.record)
    hint = {-1: measure.below, 0: None, 1: measure.above}[found]
    if hint is None:
        return None
    in_a_row = [now]
    for stretch, then in reversed(past):
        if side(then, stretch.record) != found:
            break
        in_a_row.append(stretch)
    low, *_, high = quantiles(values, n=10, method="inclusive")
    runs = sum(stretch.runs for stretch in in_a_row)
    when = f", so for {runs} runs since {in_a_row[-1].record.started:%Y-%m-%d}" if runs > 1 else ""
    return (
        f"{measure.name} is {measure.show(value)}, far {'below' if found < 0 else 'above'} the usual "
        f"{measure.show(usual)} (mostly {measure.show(low)} to {measure.show(high)} in the last "
        f"{sum(stretch.runs for stretch, _ in past)} runs, since {past[0][0].record.started:%Y-%m-%d}){when}: {hint}"
    )
