"""`sito correct`: what a person says of a source, tried on its last pages and then kept."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from flows.cli.options import add_command, count
from flows.common.escape import one_line

if TYPE_CHECKING:
    import argparse

    from flows.cli.options import Commands

EXAMPLES = """\
  sito correct town drop --text "Наш Вісник — голос громади" --page URL --note "slogan in every footer"
  sito correct town keep --selector ".photo-report figcaption" --page URL --note "the captions are the article"
  sito correct town off --rule uk.prompt.follow --page URL --note "the site writes about Telegram"
  sito correct town body --selector "article .text" --page URL --note "template of October"
  sito correct town no_article --address "https://town.example/afisha/*" --page URL --note "lists of events"

keep, drop: lines, by --text (the whole line), --prefix, --pattern (a regular expression), --selector (CSS);
            keep also by --rule: the lines at which it strikes stay
off:        a rule (--rule ID, or caption.* for a topic) says nothing on this source
body, title, author, date: where they are on its pages, by --selector
article, no_article: which pages are (not) articles, by --address

It says what would change on the last pages, then asks; --yes asks nothing. The entry goes into corrections/SOURCE.toml
beside the sources file, and counts from the next run on; `sito reprocess SOURCE` applies it to what is kept.
`sito corrections remove SOURCE NAME` takes one back.
"""
ACTIONS = ("keep", "drop", "off", "body", "title", "author", "date", "article", "no_article")
"""Those of `cleaners.corrections`, which help does not wait for."""
_TEXTS = (
    ("text", "the whole line, in any case and with any quotes"),
    ("prefix", "how the line begins"),
    ("pattern", "a regular expression that is found in the line"),
    ("selector", "a CSS selector: tags, .classes, #ids, [attributes], blanks, > and commas"),
    ("rule", "a rule, as `sito show` and `sito rules` name it"),
    ("address", "a page, or the beginning of addresses and a *"),
    ("category", "of a dropped line (default: chrome)"),
    ("on", "only on this page, or pages whose addresses begin so (with a * at its end)"),
    ("author", "who says so"),
)


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    summary = "say what is right on a source: keep or drop lines, switch a rule off, select the body"
    parser = add_command(commands, "correct", summary, EXAMPLES)
    parser.set_defaults(run=run)
    parser.add_argument("name", metavar="SOURCE", help="a name in the sources file")
    parser.add_argument("action", metavar="ACTION", choices=ACTIONS, help=", ".join(ACTIONS))
    for name, what in _TEXTS:
        parser.add_argument(f"--{name}", metavar=name.upper(), help=what)
    parser.add_argument(
        "--page", required=True, metavar="URL", help="the page that it came from, by which it is tested"
    )
    parser.add_argument("--note", required=True, metavar="NOTE", help="why, in a line: the evidence in the ledger")
    parser.add_argument(
        "--instead-of",
        default="",
        metavar="NAME",
        help="in the place of this correction, as `sito corrections list` names it",
    )
    parser.add_argument("--pages", type=count, default=50, metavar="N", help="tried on the last N pages (default: 50)")
    parser.add_argument("--yes", action="store_true", help="keep it without asking")


def run(arguments: argparse.Namespace) -> int:
    """Print what the correction would change, and keep it if the person says so."""
    from flows.config.corrections import corrections_path
    from flows.config.sources import find_source, load_sources
    from flows.corrections.preview import preview
    from flows.corrections.write import add_entry, change_entry, new_entry
    from flows.report.terminal import print_changes

    source = find_source(load_sources(arguments.sources), arguments.name)
    fields = {name: getattr(arguments, name) for name in (*(name for name, _ in _TEXTS), "page", "note")}
    entry = new_entry(arguments.action, **fields)
    tried = preview(
        *(arguments.sources, arguments.data, source.name, entry),
        instead=arguments.instead_of,
        language=source.language,
        last=arguments.pages,
    )
    print_changes(tried.changes)
    hit = tried.hits.get(entry.correction.name)
    print(f"{entry.correction.name}: means something on {hit.pages if hit else 0} of {tried.pages} pages")
    if tried.unread:
        print(f"sito: pages that could not be read again: {tried.unread}", file=sys.stderr)
    path = corrections_path(arguments.sources, source.name)
    if not arguments.yes and not agreed(f"keep it in {one_line(str(path), 300)}?"):
        print("sito: nothing is kept; --yes keeps it without asking", file=sys.stderr)
        return 0
    if arguments.instead_of:
        change_entry(path, arguments.instead_of, entry)
    else:
        add_entry(path, entry)
    print(f"kept in {path}; `sito reprocess {source.name}` applies it to what is kept")
    return 0


def agreed(question: str) -> bool:
    """Whether the person at the terminal says yes; nobody is there: no."""
    if not sys.stdin.isatty():
        return False
    print(f"{question} [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes", "т", "так")
