"""The figures of every set, with bare trafilatura's (of HTML) or the raw text's (of plain text) beside ours.

    python -m benchmarks.quality [--sets SET ...] [--jobs N] [--pages]
    python -m benchmarks.quality --ablation [--sets SET ...] [--jobs N]
    python -m benchmarks.quality --held-out [--sets SET ...] [--jobs N]
    python -m benchmarks.quality --write [--ablation | --held-out]

Prints a Markdown table, for all sets after about a minute and a half with four processes. `--pages` prints instead what
is left, lost and wrong on each page, `--ablation` what each part of the cleaners brings, `--held-out` how much of the
figures hangs on phrases that only the page's own site has taught. `--write` puts the tables into docs/quality.md, with
the day and the versions.

Both sides are measured in the same run on the same pages. The raw text is the file's lines; trafilatura runs as
`bare_extraction(payload, include_comments=False, with_metadata=True)`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trafilatura

from benchmarks.ablation import body_table, metadata_table
from benchmarks.heldout import held_out_table
from benchmarks.sets import NO_DOCUMENT, ROOT, SETS, UNSEEN, GoldSet
from cleaners import cleaners_version
from flows.common.page_files import content_type
from flows.gold.scoring import FIGURES, Score, number, score, share, summary
from flows.pipeline.clean_file import read_file

USUAL = [name for name in SETS if not name.endswith("-sample")]
USUAL_TRIALS = [name for name in SETS if name not in ("web", *UNSEEN) and not name.endswith("-together")]
USUAL_HELD_OUT = [name for name in USUAL_TRIALS if name != "demo"]  # we wrote the demo after the real ones
DOCS = ROOT / "docs" / "quality.md"

METADATA = ("title", "authors", "published")


def bare(gold: dict[str, Any], path: Path) -> tuple[str, Score]:
    """The page as it is had without sito, and by whom."""
    if content_type(path) == "text/plain":
        lines = read_file(path).decode("utf-8", "replace").splitlines()
        return "raw text", score(gold, NO_DOCUMENT | {"paragraphs": _paragraphs(lines)})
    found = trafilatura.bare_extraction(read_file(path), include_comments=False, with_metadata=True)
    if found is None or isinstance(found, dict):
        return "trafilatura", score(gold, NO_DOCUMENT)
    return "trafilatura", score(
        gold,
        {
            "title": found.title,
            "authors": (found.author or "").split("; ") if found.author else [],
            "published": found.date,
            "paragraphs": _paragraphs((found.text or "").split("\n")),
        },
    )


def _paragraphs(lines: Iterable[str]) -> list[dict[str, Any]]:
    return [{"text": line.strip(), "language": None} for line in lines if line.strip()]


def figures_table(sets: Sequence[GoldSet], jobs: int) -> Iterator[str]:
    """The lines of the table, each set as soon as it is measured."""
    yield "| set | pages | by | F of P, R | " + " | ".join(name.replace("_", " ") for name in FIGURES) + " |"
    yield "|---|--:|---|" + "--:|" * (1 + len(FIGURES))
    for gold_set in sets:
        ours = gold_set.scores(gold_set.documents(jobs))
        yield _row(f"| {gold_set.name} | {len(ours)} | **sito** |", ours, FIGURES)
        if not gold_set.together:
            with ProcessPoolExecutor(jobs) as pool:
                others = list(pool.map(bare, gold_set.golds, gold_set.paths, chunksize=4))
            # The demo holds pages of both kinds.
            for by in dict.fromkeys(name for name, _ in others):
                scores = [found for name, found in others if name == by]
                known = [f for f in FIGURES if f != "language" and (by != "raw text" or f not in METADATA)]
                yield _row(f"| | {len(scores)} | {by} |", scores, known)


def _row(head: str, scores: Sequence[Score], known: Iterable[str]) -> str:
    """One row; a dash where the figure is not known. First the harmonic mean of the means of precision and recall."""
    figures = summary(scores)
    precision, recall = figures["precision"] or 0.0, figures["recall"] or 0.0
    values: list[float | None] = [share(2 * precision * recall, precision + recall, 0.0)]
    values += [figures[name] if name in known else None for name in FIGURES]
    return head + "".join(f" {'–' if value is None else number(value)} |" for value in values)


def what_is_wrong(gold_set: GoldSet, jobs: int) -> Iterator[str]:
    """For each page that is not exact: what is left and lost; and wrong metadata with those of gold."""
    documents = gold_set.documents(jobs)
    scores = gold_set.scores(documents)
    for gold, document, found in zip(gold_set.golds, documents, scores, strict=True):
        wrong = [name for name in METADATA if getattr(found, name) is False]
        if found.exact and not wrong:
            continue
        yield f"{gold_set.name}: {gold['id']}  precision {number(found.precision)}  recall {number(found.recall)}"
        yield from (f"    left  {text[:150]}" for text in found.left)
        yield from (f"    lost  {text[:150]}" for text in found.lost)
        yield from (f"    {name}  {document[name]}  instead of  {gold[name]}" for name in wrong)


def write(section: str, lines: Iterable[str]) -> None:
    """Put the lines between the section's two marks in docs/quality.md."""
    text = DOCS.read_text("utf-8")
    begin, end = f"<!-- {section}: begin -->\n", f"<!-- {section}: end -->"
    head, found_begin, rest = text.partition(begin)
    _, found_end, tail = rest.partition(end)
    if not found_begin or not found_end:
        sys.exit(f"{DOCS}: put back the lines {begin.strip()} and {end}")
    versions = f"trafilatura {trafilatura.__version__}, cleaners {cleaners_version()}"
    said = f"Measured on {datetime.now(UTC):%Y-%m-%d} with {versions}."
    DOCS.write_text("\n".join([head + begin, said, "", *lines, "", end + tail]), "utf-8")
    print(f"{DOCS.relative_to(ROOT)}: {section} written")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", choices=SETS, metavar="SET", help="of " + ", ".join(SETS))
    parser.add_argument("--jobs", type=int, default=4)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--pages", action="store_true", help="print what is wrong on each page")
    what.add_argument("--ablation", action="store_true", help="print what each part brings")
    what.add_argument("--held-out", action="store_true", help="print the figures without phrases of the own site")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/quality.md")
    arguments = parser.parse_args()
    usual = USUAL_TRIALS if arguments.ablation else USUAL_HELD_OUT if arguments.held_out else USUAL
    chosen = [SETS[name] for name in arguments.sets or usual]
    absent = [gold_set.name for gold_set in chosen if not gold_set.is_there]
    if absent:
        print(f"left out, as ../shared is not there: {', '.join(absent)}", file=sys.stderr)
    sets = [gold_set for gold_set in chosen if gold_set.is_there]
    if arguments.pages:
        for gold_set in sets:
            print(*what_is_wrong(gold_set, arguments.jobs), sep="\n")
        return
    tables: dict[str, Callable[[Sequence[GoldSet], int], Iterable[str]]] = {"figures": figures_table}
    if arguments.ablation:
        tables = {"ablation": body_table, "metadata": metadata_table}
    elif arguments.held_out:
        tables = {"held-out": held_out_table}
    for section, table in tables.items():
        if arguments.write:
            write(section, table(sets, arguments.jobs))
            continue
        for line in table(sets, arguments.jobs):
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main()
