"""The statistics of documents as a chart: words by month, once by source and once by language; a drawing in SVG."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING

from flows.common.errors import SitoError
from flows.common.escape import one_line
from flows.look.charts import HEIGHT, WIDTH, Point, stacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from flows.look.charts import Chart

__all__ = ["chart_bytes", "draw_statistics", "to_png"]

# Told apart by people who confuse red and green (Okabe and Ito 2008); the last is for all that have none of their own.
_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999")
_OTHERS = "others"
# By name, too: what draws the PNG takes Arial for sans-serif, which many machines do not have.
_FONTS = "Arial, Helvetica, DejaVu Sans, Liberation Sans, Noto Sans, sans-serif"
_LEFT, _RIGHT, _TOP, _PANEL = 90, 210, 60, HEIGHT + 110
_NAME = 24


def draw_statistics(rows: Sequence[Mapping[str, str]]) -> str:
    """An SVG image of rows by the headings of `sito stats`. Names come from outside: they are escaped."""
    panels = [("Words by month and source", "source"), ("Words by month and language", "language")]
    size = f'width="{WIDTH + _LEFT + _RIGHT:.0f}" height="{_PANEL * len(panels) + 20:.0f}"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{_FONTS}" font-size="14">']
    parts.append('<rect width="100%" height="100%" fill="white"/>')
    for n, (title, key) in enumerate(panels):
        parts.append(f'<g transform="translate({_LEFT} {_TOP + n * _PANEL:.0f})">')
        parts += _panel(title, stacked(_points(rows, key)))
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def to_png(svg: str) -> bytes:
    """The image as PNG. Raises SitoError where the renderer is not installed."""
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise SitoError("PNG needs a renderer: `pip install resvg-py`, or write the chart as .svg") from None
    return bytes(svg_to_bytes(svg_string=svg))


def chart_bytes(rows: Sequence[Mapping[str, str]], path: Path) -> bytes:
    """The chart as the ending of its file says. Raises SitoError for another than .svg and .png."""
    if path.suffix not in (".svg", ".png"):
        raise SitoError(f"{path}: the name of a chart ends in .svg or .png")
    svg = draw_statistics(rows)
    return to_png(svg) if path.suffix == ".png" else svg.encode()


def _points(rows: Sequence[Mapping[str, str]], key: str) -> list[Point]:
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        sums[row[key]] += int(row["words"])
    # A colour for each of the largest; the rest is one part.
    own = sorted(sums, key=lambda name: (-sums[name], name))
    if len(own) > len(_COLOURS):
        own = own[: len(_COLOURS) - 1]
    months: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        months[row["month"]][row[key] if row[key] in own else _OTHERS] += int(row["words"])
    return [Point(month, "", values) for month, values in sorted(months.items())]


def _panel(title: str, chart: Chart) -> Iterator[str]:
    colour = dict(zip(chart.names, _COLOURS, strict=False))
    yield f'<text y="-20" font-size="18">{escape(title)}</text>'
    yield f'<text x="-8" y="12" text-anchor="end">{escape(chart.top)}</text>'
    yield f'<text x="-8" y="{HEIGHT:.0f}" text-anchor="end">0</text>'
    yield f'<path d="M0 0H{WIDTH:.0f}M0 {HEIGHT:.0f}H{WIDTH:.0f}" stroke="#ccc" fill="none"/>'
    for column in chart.columns:
        yield f"<g><title>{escape(f'{column.label}: {one_line(column.said, 500)}')}</title>"
        for part in column.parts:
            box = f'x="{column.x}" y="{part.y}" width="{column.width}" height="{part.height}"'
            yield f'<rect {box} fill="{colour[part.name]}"/>'
        yield "</g>"
        if column.is_tick:
            middle = column.x + column.width / 2
            yield f'<text x="{middle:.1f}" y="{HEIGHT + 20:.0f}" text-anchor="middle">{escape(column.label)}</text>'
    for n, name in enumerate(chart.names):
        y = n * 22
        yield f'<rect x="{WIDTH + 20:.0f}" y="{y}" width="14" height="14" fill="{colour[name]}"/>'
        yield f'<text x="{WIDTH + 42:.0f}" y="{y + 12}">{escape(one_line(name, _NAME))}</text>'
