"""The words of the command line: commands, options and what `--help` says of them."""

from __future__ import annotations

import argparse
import os
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from flows.cli import dispatch

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = """\
examples:
  sito clean page.html > page.json         clean one page, without any set-up
  sito clean --explain page.html           see what was dropped, and why
  sito clean --together saved/ > out.jsonl clean many pages of one site
  sito ingest demo                         pull, keep and clean a source of sources.toml
  sito reprocess demo --dry-run            what would today's rules change?
  sito fetch URL --explain                 may it be asked for, and what comes back?
  sito serve                               schedules, forms and runs in the Prefect UI

exit codes: 0 done; 1 done, but some pages failed (they are listed); 2 wrong use or configuration; 130 stopped
"""


def parser() -> argparse.ArgumentParser:
    """The parser of `sito`; what it gives has `run`, the function of the command."""
    whole = argparse.ArgumentParser(
        prog="sito",
        description="Pull news pages, keep every byte, take the article out, tell Ukrainian from English, and say why "
        "each line was dropped.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"sito {version('sito')}")
    _add_places(whole, default=True)
    commands = whole.add_subparsers(metavar="COMMAND", required=True)

    def command(
        name: str, run: Callable[[argparse.Namespace], int], summary: str, epilog: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog="examples:\n" + epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(run=run)
        _add_places(sub, default=False)
        return sub

    clean = command(
        "clean",
        dispatch.clean,
        "clean files: one JSON document a line",
        "  sito clean a.html b.html.gz notes.txt > documents.jsonl\n"
        "  sito clean --together --jobs 4 saved/ | jq -r .title\n"
        "  sito clean --explain page.html | less -R\n",
    )
    clean.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="HTML (.html, .htm, also .gz) or plain text (.txt); folders are searched",
    )
    clean.add_argument(
        "--explain",
        action="store_true",
        help="print every line for people, kept or struck, with the rule that struck it",
    )
    clean.add_argument(
        "--together", action="store_true", help="the pages are of one source: what recurs on many of them is chrome"
    )
    clean.add_argument(
        "--jobs", type=_count, metavar="N", help="processes (default: one for every 20 pages, at most the processors)"
    )

    languages = command(
        "languages",
        dispatch.languages,
        "tell the languages of paragraphs and of the fragments inside them",
        '  echo \'{"id": 1, "paragraphs": ["Київ — столиця.", "He said “yes”."]}\' | sito languages -\n'
        "  sito languages pages.jsonl > languages.jsonl\n",
    )
    languages.add_argument(
        "file", metavar="FILE.jsonl", help='{"id": .., "paragraphs": ["text", ..]} a line; - is standard input'
    )

    ingest = command(
        "ingest",
        dispatch.ingest,
        "pull the new pages of sources, keep them, clean them, report",
        "  sito ingest demo\n  sito ingest pravda texty\n  sito ingest --all --data /srv/corpus\n"
        '  sito ingest reading-list < pages.txt     a source with file = "-"\n'
        "  SITO_CONTACT=you@example.org sito ingest pravda\n\n"
        "SITO_CONTACT, an e-mail address or a page of yours, stands in every request. A run that was stopped or\n"
        "killed is taken up by the next one.\n",
    )
    ingest.add_argument("names", nargs="*", metavar="SOURCE", help="names in the sources file")
    ingest.add_argument("--all", action="store_true", help="every source")

    reprocess = command(
        "reprocess",
        dispatch.reprocess,
        "clean kept pages again with today's rules; nothing is fetched",
        "  sito reprocess demo --dry-run\n"
        "  sito reprocess pravda --since 2026-01-01 --until 2026-03-31\n"
        "  sito reprocess pravda --from ledger\n",
    )
    reprocess.add_argument("name", metavar="SOURCE", help="a name in the sources file")
    reprocess.add_argument(
        "--since", type=_day, metavar="DATE", help="only pages captured on or after this day (YYYY-MM-DD, UTC)"
    )
    reprocess.add_argument("--until", type=_day, metavar="DATE", help="only pages captured on or before this day")
    reprocess.add_argument(
        "--from",
        dest="origin",
        choices=("raw", "ledger"),
        default="raw",
        help="read the raw pages again (default), or only judge the ledger's lines again: quicker, for changed rules",
    )
    reprocess.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")

    fetch = command(
        "fetch",
        dispatch.fetch,
        "ask for one page as a run would, without keeping it, and print it",
        "  sito fetch https://news.example/1 > page.html\n"
        "  sito fetch https://news.example/1 --explain    robots.txt, state, what is kept, what comes back\n"
        "  sito fetch https://news.example/1 --explain --source pravda\n",
    )
    fetch.add_argument("url", metavar="URL", help="the address of the page")
    fetch.add_argument("--explain", action="store_true", help="print all that is known of it and what came back")
    fetch.add_argument(
        "--source", metavar="SOURCE", help="whose limits hold (default: the source that knows the address)"
    )

    command(
        "sources",
        dispatch.sources,
        "list the sources: kind, schedule, last run, pages held",
        "  sito sources\n  sito sources --sources other.toml\n",
    )
    _add_state(
        command(
            "state",
            dispatch.state,
            "show what is remembered of pages and hosts between runs, or make it anew from raw/",
            "  sito state show\n  sito state show pravda\n  sito state rebuild pravda\n"
            "  SITO_STATE=postgresql://sito@db.example/sito sito state show\n",
        )
    )
    command(
        "serve",
        dispatch.serve,
        "run the schedules and the forms of the Prefect UI; starts a local server when none is configured",
        "  sito serve\n  PREFECT_API_URL=http://127.0.0.1:4200/api sito serve\n",
    )
    return whole


def _add_state(parser: argparse.ArgumentParser) -> None:
    """`sito state` has commands of its own."""
    parser.description = f"""{parser.description}

sito remembers of each page when it was asked for, what came, and when to ask again; of each feed and host how to ask
politely. That lies in SITO_STATE, a database: by default the file state.sqlite in the data folder. The pages
themselves lie in raw/ and stay."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for name, summary, epilog in (
        (
            "show",
            "pages by outcome, how many are due, the first and last capture, hosts that are put aside",
            "  sito state show\n  sito state show pravda texty\n",
        ),
        (
            "rebuild",
            "forget the pages of the sources and read raw/ again; nothing is fetched, nothing in raw/ changes",
            "  sito state rebuild             after state.sqlite was lost or damaged\n"
            "  sito state rebuild pravda      after shards were put back into raw/pravda\n\n"
            "What raw/ does not tell is lost: failures, and pages that were named but never captured. The next run\n"
            "finds and tries them again. No run of the source may be going on.\n",
        ),
    ):
        sub = actions.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog="examples:\n" + epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.add_argument("names", nargs="*", metavar="SOURCE", help="names in the sources file (default: all)")
        sub.set_defaults(action=name)
        _add_places(sub, default=False)


def _add_places(parser: argparse.ArgumentParser, *, default: bool) -> None:
    """`--sources` and `--data` stand before or after the command; only the first parser sets defaults."""
    places = (
        ("--sources", "FILE", "SITO_SOURCES", "sources.toml", "the sources file"),
        ("--data", "DIR", "SITO_DATA", ".", "the folder that holds raw/ and clean/"),
    )
    for flag, metavar, variable, otherwise, what in places:
        parser.add_argument(
            flag,
            metavar=metavar,
            type=Path,
            default=Path(os.environ.get(variable) or otherwise) if default else argparse.SUPPRESS,
            help=f"{what} (default: {variable}, else {otherwise})",
        )


def _count(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= 1024:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1024")
    return number


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write it as 2026-01-31") from None
