"""Charts as geometry: the templates draw it as SVG. Neither a library nor a script is needed for bars and a line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Chart", "Column", "line", "stacked"]

WIDTH, HEIGHT = 1000.0, 160.0
"""Of the plot, in units of the drawing."""
_GAP = 0.2
_WIDEST = 60.0
_TICKS = 8


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a column, from the top of it down: its name, its value, and where it stands."""

    name: str
    value: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """A day or a run: what stands under it, where a click leads, and its parts."""

    label: str
    href: str
    x: float
    width: float
    said: str
    parts: tuple[Part, ...] = ()
    point: float | None = None
    is_tick: bool = False
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """All columns from left to right; `names` is the legend, `top` the value of the upper edge."""

    columns: tuple[Column, ...]
    names: tuple[str, ...] = ()
    top: str = ""
    path: str = ""
    width: float = field(default=WIDTH)
    height: float = field(default=HEIGHT)


@dataclass(frozen=True, slots=True)
class Point:
    """What is to be drawn of a day or a run: its values by name, or one value; `marked` has an alarm."""

    label: str
    href: str
    values: Mapping[str, float] = field(default_factory=dict)
    value: float | None = None
    marked: bool = False


def stacked(points: Sequence[Point], order: Sequence[str] = ()) -> Chart:
    """Columns of parts on one another; `order` says which come first, the others follow by their sums."""
    sums: Counter[str] = Counter()
    for point in points:
        sums.update(point.values)
    names = [
        *(name for name in order if sums[name]),
        *(name for name, n in sums.most_common() if n and name not in order),
    ]
    top = max((sum(point.values.values()) for point in points), default=0) or 1
    columns = []
    for n, point in enumerate(points):
        parts, y = [], HEIGHT
        for name in names:
            if value := point.values.get(name, 0):
                height = value / top * HEIGHT
                y -= height
                parts.append(Part(name, value, round(y, 2), round(height, 2)))
        said = ", ".join(f"{name} {value:,.0f}" for name in names if (value := point.values.get(name, 0)))
        columns.append(_column(n, len(points), point, said or "0", parts=tuple(parts)))
    return Chart(tuple(columns), tuple(names), f"{top:,.0f}")


def line(points: Sequence[Point], form: str = ".1%", top: float = 1.0) -> Chart:
    """A line through the values, from 0 to `top`; where there is none, it breaks."""
    columns, path, drawn = [], [], False
    for n, point in enumerate(points):
        y = None if point.value is None else round(HEIGHT - min(point.value / top, 1) * HEIGHT, 2)
        column = _column(n, len(points), point, "" if point.value is None else format(point.value, form), y=y)
        columns.append(column)
        if y is not None:
            path.append(f"{'L' if drawn else 'M'}{column.x + column.width / 2:.1f} {y}")
        drawn = y is not None
    return Chart(tuple(columns), top=format(top, form.replace(".1", ".0")), path=" ".join(path))


def _column(
    n: int, of: int, point: Point, said: str, *, parts: tuple[Part, ...] = (), y: float | None = None
) -> Column:
    step = WIDTH / max(of, 1)
    width = min(step * (1 - _GAP), _WIDEST)
    every = max(1, -(-of // _TICKS))
    return Column(
        point.label,
        point.href,
        round(n * step + (step - width) / 2, 2),
        round(width, 2),
        said,
        parts,
        y,
        n % every == 0,
        point.marked,
    )
