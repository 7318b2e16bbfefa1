"""`sito export`: the cleaned documents as a corpus, in one command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flows.cli.options import add_command, day
from flows.common.errors import SitoError

if TYPE_CHECKING:
    import argparse

    from flows.cli.options import Commands

EXAMPLES = """\
  sito export --output corpus.jsonl.gz
  sito export --format hf --output corpus/ --language uk --only uk --min-words 50
  sito export pravda texty --format csv --output spring.csv --since 2026-03-01 --until 2026-05-31
  sito export --output corpus.parquet --columns id,published,text --stories representative
  sito export --format hf --output corpus/ --split train=90,test=10 --mask contacts

Formats: jsonl and csv (also .gz, .zst), txt (a file, or a folder with a file for each document), parquet, hf (a Hugging
Face dataset folder with a card), datatrove (JSON Lines as datatrove and NeMo Curator read them). The same tables, the
same options and the same version give the same bytes. docs/export.md describes the columns.
"""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    summary = "write cleaned documents as JSON Lines, CSV, text, Parquet or a Hugging Face dataset"
    parser = add_command(commands, "export", summary, EXAMPLES)
    parser.set_defaults(run=run)
    parser.add_argument("names", nargs="*", metavar="SOURCE", help="names of sources (default: all that are cleaned)")
    parser.add_argument("--output", type=Path, required=True, metavar="PATH", help="a file, or for hf a folder")
    parser.add_argument("--format", metavar="NAME", help="see below (default: by the ending of PATH)")
    parser.add_argument("--force", action="store_true", help="replace an export that is at PATH")
    parser.add_argument("--columns", metavar="NAME,..", help="these columns in this order (default: all)")
    which = parser.add_argument_group("which documents")
    which.add_argument("--since", type=day, metavar="DAY", help="published, else captured, on that day or later")
    which.add_argument("--until", type=day, metavar="DAY", help="likewise, on that day or earlier")
    which.add_argument("--language", metavar="uk,..", help="documents whose main language is one of these")
    which.add_argument("--only", metavar="uk", help="of each text the whole paragraphs in that language alone")
    which.add_argument("--min-words", type=int, default=0, metavar="N", help="documents with so many words at least")
    which.add_argument("--unflagged", action="store_true", help="no documents with quality flags")
    which.add_argument("--reserved", action="store_true", help="also documents whose use is reserved (noindex, TDM)")
    which.add_argument("--versions", choices=("last", "all"), default="last", help="of a page (default: last)")
    which.add_argument(
        "--stories", choices=("all", "representative"), default="all", help="all documents, or one of each story"
    )
    how = parser.add_argument_group("how they are written")
    how.add_argument("--split", metavar="train=90,test=10", help="parts by percent; a story is in one of them whole")
    how.add_argument("--mask", choices=("contacts",), help="replace e-mail addresses and phone numbers (default: not)")
    how.add_argument("--card", type=Path, metavar="FILE", help="write the dataset card there, too")


def run(arguments: argparse.Namespace) -> int:
    """Write the export; the last line on standard error says what is in it."""
    from flows.cli.progress import progress
    from flows.export.export import export
    from flows.export.forms import form_of
    from flows.export.question import Export, Question
    from flows.export.split import parse_split

    question = Question(
        sources=tuple(arguments.names),
        since=arguments.since,
        until=arguments.until,
        languages=_names(arguments.language),
        only=arguments.only,
        min_words=arguments.min_words,
        unflagged=arguments.unflagged,
        reserved=arguments.reserved,
        stories=arguments.stories,
        versions=arguments.versions,
    )
    wanted = Export(
        question,
        form_of(arguments.format, arguments.output),
        arguments.output,
        parse_split(arguments.split, by_address=arguments.versions == "all"),
        _names(arguments.columns),
        mask=arguments.mask == "contacts",
        force=arguments.force,
        card=arguments.card,
        licences=_licences(arguments.sources),
    )
    with progress() as tell:
        selection, facts = export(arguments.data, wanted, tell)
    if arguments.split and selection.without_story:
        said = f"the story of {selection.without_story:,} documents is not known: a hash of their text chose the part"
        print(f"sito: {said}; `sito stories` finds near copies", file=sys.stderr)
    left_out = "".join(f", {count:,} left out ({reason})" for reason, count in selection.left_out.most_common())
    masked = "".join(f", {count:,} {name}" for name, count in sorted(facts.masked.items()) if count)
    held = f"{facts.documents:,} documents, {facts.words:,} words"
    print(f"{arguments.output}: {held}{left_out}{masked}", file=sys.stderr)
    return 0


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip()) if text else ()


def _licences(path: Path) -> dict[str, str]:
    """Of the sources file, where there is one: an export needs only the tables."""
    from flows.config.sources import load_sources

    if not path.exists():
        return {}
    try:
        return {name: source.licence for name, source in load_sources(path).items() if source.licence}
    except SitoError as error:
        raise SitoError(f"{error}\n(the sources file says the licences; --sources FILE names another)") from None
