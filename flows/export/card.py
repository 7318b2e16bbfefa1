"""The dataset card of an export: what is in it, where from, what was left out, and what may be done with it."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING

from flows.common.escape import markdown, one_line
from flows.export.columns import chosen_columns
from flows.export.contacts import EMAIL, PHONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from flows.export.facts import Facts
    from flows.export.question import Export
    from flows.export.selection import Selection

__all__ = ["write_card"]

_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))
_MANY = "n>10M"
_UNKNOWN = "not stated in the sources file; ask the outlet"


def write_card(path: Path, wanted: Export, selection: Selection, facts: Facts) -> None:
    """Write the card as Markdown with the metadata that Hugging Face reads. Raises OSError."""
    parts = [
        *(_metadata(wanted, facts), _summary(wanted, selection, facts), _sources(wanted, facts), _languages(facts)),
        *(_choice(wanted, selection, facts), _repeats(selection, facts), _dropped(facts), _contacts(wanted, facts)),
        *(_use(facts), _columns(wanted)),
        _citation(facts),
    ]
    path.write_text("\n\n".join(parts) + "\n", "utf-8")


def _metadata(wanted: Export, facts: Facts) -> str:
    size = next((name for limit, name in _SIZES if facts.documents < limit), _MANY)
    languages = sorted(set(facts.languages) - {"und"})
    lines = ["---", f"pretty_name: {json.dumps(_title(facts), ensure_ascii=False)}"]
    if languages:
        # Quoted, as `no` is a language and, for YAML, a word for false.
        lines += ["language:", *(f'- "{name}"' for name in languages)]
    lines += ["license: other", "license_name: terms-of-each-source", "license_link: README.md"]
    lines += ["task_categories:", "- text-generation", "size_categories:", f"- {size}", "tags:", "- news", "- sito"]
    if wanted.form == "hf":
        lines += ["configs:", "- config_name: default", "  data_files:"]
        for name in wanted.split.names:
            lines += [f"  - split: {name}", f"    path: data/{name}-*.parquet"]
    return "\n".join([*lines, "---"])


def _title(facts: Facts) -> str:
    names = sorted(facts.sources)
    return f"News of {', '.join(names[:5])}{f' and {len(names) - 5} more sources' if len(names) > 5 else ''}"


def _summary(wanted: Export, selection: Selection, facts: Facts) -> str:
    first = min(source.first for source in facts.sources.values())
    last = max(source.last for source in facts.sources.values())
    said = (
        f"# {markdown(_title(facts), 300)}\n\n"
        f"{facts.documents:,} articles with {facts.words:,} words from {_count(len(facts.sources), 'source')}, of "
        f"{first} to {last} (days of publication, else of capture), captured up to {facts.last_capture:%Y-%m-%d}. The "
        "article was taken out of each page, and lines that are no part of it were dropped by rules, each with a "
        "reason, by sito."
    )
    if len(wanted.split.names) > 1:
        rows = [(name, f"{facts.parts[name]:,}") for name in wanted.split.names]
        by = "text" if selection.without_story == selection.taken else "story"
        said += (
            f"\n\n{_table(('split', 'documents'), rows)}\n\nSplits are chosen by a hash of the {by}: none is in two."
        )
    return said


def _sources(wanted: Export, facts: Facts) -> str:
    licences = wanted.licences or {}
    rows = [
        (
            markdown(name),
            f"{of.documents:,}",
            f"{of.words:,}",
            f"{of.first} to {of.last}",
            markdown(licences.get(name, _UNKNOWN), 300),
        )
        for name, of in sorted(facts.sources.items())
    ]
    return "## Sources\n\n" + _table(("source", "documents", "words", "dates", "licence"), rows)


def _languages(facts: Facts) -> str:
    rows = [(markdown(name), f"{count:,}") for name, count in _most(facts.languages)]
    return "## Languages\n\nOf most letters of a document.\n\n" + _table(("language", "documents"), rows)


def _choice(wanted: Export, selection: Selection, facts: Facts) -> str:
    said = "## What was chosen\n\n" + "\n".join(f"- {one_line(line, 300)}" for line in wanted.question.describe())
    said += f"\n\nOf {selection.seen:,} captures that were looked at, {selection.taken:,} are here."
    if selection.left_out:
        rows = [(markdown(reason), f"{count:,}") for reason, count in _most(selection.left_out)]
        said += "\n\n" + _table(("left out for", "captures"), rows)
    if selection.stories and selection.without_story:
        said += f"\n\nOf {selection.without_story:,} documents the story is not known: they came after `sito stories`."
    return said


def _repeats(selection: Selection, facts: Facts) -> str:
    said = "## Repeats\n\n"
    if not selection.stories:
        return said + "Which documents tell the same story was not looked for: the same text may stand here many times."
    said += (
        "Documents that tell the same story, across sources and days, have the same `story`. One of each stands for "
        "it; the others say in `repeat` how they are like it."
    )
    rows = [(name, f"{count:,}") for name, count in _most(facts.repeats)]
    if not rows:
        return said + " No document here repeats another."
    return said + f" {facts.repeats.total():,} documents here do.\n\n" + _table(("repeat", "documents"), rows)


def _dropped(facts: Facts) -> str:
    whole = facts.dropped.total() + facts.characters
    rows = [(markdown(name), f"{count:,}", f"{count / whole:.1%}") for name, count in _most(facts.dropped) if count]
    said = "## What was dropped from these pages\n\n"
    if not rows:
        return said + "No line of any article body."
    said += (
        "Characters of lines inside the articles' bodies that the rules dropped, by category, and their share of "
        "the bodies. Menus and other text outside the bodies are not counted.\n\n"
    )
    return said + _table(("category", "characters", "share"), rows)


def _contacts(wanted: Export, facts: Facts) -> str:
    said = "## Personal data\n\nThe articles name people, as news do. "
    if not wanted.mask:
        return said + "E-mail addresses and phone numbers are not masked."
    return said + (
        "E-mail addresses and phone numbers in texts, titles and names of authors are replaced: "
        f"{facts.masked[EMAIL]:,} by `{EMAIL}`, {facts.masked[PHONE]:,} by `{PHONE}`. What no pattern recognizes is "
        "still there."
    )


def _use(facts: Facts) -> str:
    said = (
        "## Licences and reservations\n\nThe texts belong to their publishers, and the licence of a source, where one "
        "is stated above, is what its publisher grants. sito gives no right to them. "
    )
    if not facts.reservations:
        return said + "No document here reserves its use by noindex or a reservation of text and data mining (TDM)."
    rows = [(markdown(name), f"{count:,}") for name, count in _most(facts.reservations)]
    return said + "Documents here whose use the publisher reserves:\n\n" + _table(("reservation", "documents"), rows)


def _columns(wanted: Export) -> str:
    if wanted.form == "txt":
        return "## Form\n\nPlain text in UTF-8, a paragraph a line."
    rows = [
        (
            f"`{column.name}`",
            _kind(str(column.type)) + (" or null" if column.nullable else ""),
            column.metadata[b"description"].decode(),
        )
        for column in chosen_columns(wanted.columns)
    ]
    said = "## Columns\n\n"
    if wanted.form == "hf":
        said += "`datasets.load_dataset(FOLDER)` reads this folder, and any reader of Parquet the files in `data/`.\n\n"
    return said + _table(("column", "type", "what"), rows)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _kind(kind: str) -> str:
    return "list of string" if kind.startswith("list") else kind.replace("timestamp[us, tz=UTC]", "timestamp, UTC")


def _citation(facts: Facts) -> str:
    year = f"{facts.last_capture:%Y}"
    by = ", ".join(f"{markdown(name)} ({count:,})" for name, count in _most(facts.cleaners))
    made = f"sito {version('sito')}"
    return (
        f"## How to cite\n\nMade by {made}; versions of the cleaners, with documents: {by}.\n\n"
        f"```bibtex\n@misc{{sito_corpus_{year},\n  title = {{{_title(facts)}: a corpus made with {made}}},\n"
        f"  year = {{{year}}},\n"
        f"  note = {{{facts.documents} documents, captured up to {facts.last_capture:%Y-%m-%d}}}\n}}\n```"
    )


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    numbers = {"documents", "words", "captures", "characters", "share"}
    lines = [heads, ["---:" if head in numbers else "---" for head in heads], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
