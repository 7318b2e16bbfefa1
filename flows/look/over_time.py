"""A source over time, by day of capture or by run, as charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flows.look.charts import Point, line, stacked
from flows.look.queries import by_day
from flows.look.runs import languages_of, struck_by_category
from flows.report.look_paths import run_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flows.look.charts import Chart
    from flows.look.index import Index
    from flows.report.run_record import RunRecord

    Labelled = list[tuple[str, Chart]]

__all__ = ["DAYS", "day_charts", "run_charts", "share_line"]

DAYS = 60
"""Days and runs on a chart."""
_STATUS = ("kept", "new", "changed", "empty", "gone", "failed", "refused", "waiting", "unchanged")
_PIECES = ("kept",)


def day_charts(index: Index, source: str) -> Labelled:
    """What was captured on the last days, as it is cleaned now."""
    rows = by_day(index, source, DAYS)

    def point(row: Mapping[str, Any], **drawn: Any) -> Point:
        day = row["day"].isoformat()
        return Point(day, "/pages?" + urlencode({"source": source, "since": day, "until": day}), **drawn)

    return _charts(
        rows,
        point,
        status=lambda row: row["status"],
        words=lambda row: {"kept": row["kept"], **row["category"]},
        share=lambda row: _part(row["kept"], row["kept"] + row["lost"]),
        median=lambda row: row["median"],
        language=lambda row: row["language"],
    )


def run_charts(index: Index, source: str, runs: Sequence[RunRecord]) -> Labelled:
    """What the last runs did, as they recorded it; what fell by category is as the tables say it now."""
    runs = [run for run in runs if run.handled or run.alarms][-DAYS:]
    categories, languages = struck_by_category(index, source, runs), languages_of(index, source, runs)

    def point(run: RunRecord, **drawn: Any) -> Point:
        label = f"{run.started:%Y-%m-%d %H:%M} {run.kind}"
        return Point(label, run_path(source, run.run), marked=bool(run.alarms), **drawn)

    return _charts(
        runs,
        point,
        status=lambda run: {name: n for name, n in run.outcomes.items() if name not in ("unchanged", "waiting")},
        words=lambda run: {"kept": run.words_kept, **_fitted(categories[run.run], run.words_dropped)},
        share=lambda run: run.kept_share,
        median=lambda run: run.median_words,
        language=lambda run: languages[run.run],
    )


def share_line(runs: Sequence[RunRecord]) -> Chart | None:
    """The share kept in the last runs, for a small line; None where nothing is to be drawn."""
    points = [Point("", "", value=run.kept_share) for run in runs if run.kept_share is not None]
    return line(points) if len(points) > 1 else None


def _charts(
    rows: Sequence[Any],
    point: Callable[..., Point],
    *,
    status: Callable[[Any], Mapping[str, float]],
    words: Callable[[Any], Mapping[str, float]],
    share: Callable[[Any], float | None],
    median: Callable[[Any], float | None],
    language: Callable[[Any], Mapping[str, float]],
) -> Labelled:
    if not rows:
        return []
    longest = max((value for row in rows if (value := median(row)) is not None), default=0) or 1
    return [
        ("Share of words kept", line([point(row, value=share(row)) for row in rows])),
        ("Words kept and dropped", stacked([point(row, values=words(row)) for row in rows], _PIECES)),
        ("Pages by status", stacked([point(row, values=status(row)) for row in rows], _STATUS)),
        ("Median length in words", line([point(row, value=median(row)) for row in rows], ",.0f", longest)),
        ("Pages by language", stacked([point(row, values=language(row)) for row in rows])),
    ]


def _part(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _fitted(categories: Mapping[str, float], dropped: float) -> dict[str, float]:
    """The categories in the tables now, within what the run recorded; what they do not explain is `dropped`.

    The pages may have been judged again since, and other runs may have written into its shards.
    """
    whole = sum(categories.values())
    if whole > dropped:
        return {name: n * dropped / whole for name, n in categories.items()}
    return {**categories, **({"dropped": dropped - whole} if whole < dropped else {})}
