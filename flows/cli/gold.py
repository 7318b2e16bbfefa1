"""`sito gold`: pages whose lines a person has confirmed, and how far sito is from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.cli.options import add_command
from flows.common.errors import SitoError
from flows.common.escape import one_line

if TYPE_CHECKING:
    import argparse

    from flows.cli.options import Commands

EXAMPLES = """\
  sito gold add town https://town.example/news/1
  sito gold score town

`sito look --edit` marks the lines of a page by a click. The gold of a source is the folder gold/SOURCE beside the
sources file: each page as it was captured, with its gold in a JSON file, in the format of sito's own test sets.
`sito reprocess` says in its report how far the kept text is from it, before and after.
"""
ADD_EXAMPLES = """\
  sito gold add town URL                                the lines as `sito show town URL` has them are right
  sito gold add town URL --drop "Наш Вісник" --keep "Фото: млин узимку"      but for these two
"""
SCORE_EXAMPLES = """\
  sito gold score                        all sources that have gold
  sito gold score town --per-page        with what is left over and what is lost on each page

The pages are cleaned now, by today's rules and corrections. precision, recall: runs of four words of the text;
noise_left: share of the lines that must go and are there; text_lost: share of the paragraphs that are not.
"""


def register(commands: Commands) -> None:
    """Add the command, with its actions, to the parser."""
    summary = "keep pages whose lines are confirmed as a test set of a source, and measure sito on it"
    parser = add_command(commands, "gold", summary, EXAMPLES)
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    add = add_command(actions, "add", "keep a page with its lines as they are, or with changes", ADD_EXAMPLES)
    add.set_defaults(run=run_add)
    add.add_argument("name", metavar="SOURCE", help="a name in the sources file")
    add.add_argument("url", metavar="URL", help="the address of the page, or the last part of it")
    add.add_argument("--keep", action="append", default=[], metavar="TEXT", help="a line that is the article's")
    add.add_argument("--drop", action="append", default=[], metavar="TEXT", help="a line that is not")
    add.add_argument("--author", default="", metavar="NAME", help="who says so")
    score = add_command(actions, "score", "clean its pages now, and print how far they are from it", SCORE_EXAMPLES)
    score.set_defaults(run=run_score)
    score.add_argument("names", nargs="*", metavar="SOURCE", help="names in the sources file (default: all with gold)")
    score.add_argument("--per-page", action="store_true", help="a line for each page, and what is wrong on it")


def run_add(arguments: argparse.Namespace) -> int:
    """Keep the page with its gold."""
    from flows.config.sources import find_source, load_sources
    from flows.gold.gold_set import add_gold, gold_folder, gold_of
    from flows.look.page_view import find_page, view_page

    source = find_source(load_sources(arguments.sources), arguments.name).name
    view = view_page(arguments.data, find_page(arguments.data, source, arguments.url))
    if view.stored is None or view.stored.error:
        raise SitoError(f"the capture is not available: {view.damage}")
    article = {entry.line.index for entry in view.document.ledger if entry.kept is not None}
    places: dict[str, set[int]] = {}
    for entry in view.document.ledger:
        places.setdefault(" ".join(entry.line.text.split()), set()).add(entry.line.index)
    for text in (*arguments.keep, *arguments.drop):
        if " ".join(text.split()) not in places:
            raise SitoError(
                f"the page has no line {one_line(text, 100)!r}; `sito show {source} {arguments.url}` has all"
            )
    for text in arguments.keep:
        article |= places[" ".join(text.split())]
    for text in arguments.drop:
        article -= places[" ".join(text.split())]
    gold = gold_of(view.document, article)
    path = add_gold(gold_folder(arguments.sources, source), view.stored, gold, arguments.author)
    print(f"{path}: {len(gold['paragraphs'])} lines of the article, {len(gold['dropped'])} that must go")
    return 0


def run_score(arguments: argparse.Namespace) -> int:
    """Print the figures of each source that has gold."""
    from flows.cli.output import print_columns
    from flows.config.corrections import load_corrections
    from flows.config.sources import find_source, load_sources
    from flows.gold.figures import SHOWN, GoldTask, scores
    from flows.gold.gold_set import gold_folder
    from flows.gold.scoring import Score, number, summary

    def row(name: str, of: list[Score]) -> list[str]:
        figures = summary(of)
        return [name, str(len(of)), *("–" if (v := figures[each]) is None else number(v) for each in SHOWN)]

    known = load_sources(arguments.sources)
    rows = [["", "pages", *SHOWN]]
    wrong: list[str] = []
    for name in [find_source(known, name).name for name in arguments.names] or known:
        folder = gold_folder(arguments.sources, name)
        task = GoldTask(folder, known[name].language, load_corrections(arguments.sources, name))
        found = scores(task) if any(folder.glob("[!.]*.json")) else {}
        if not found:
            if arguments.names:
                raise SitoError(f"{folder} holds no gold; `sito gold add {name} URL` keeps a page")
            continue
        rows.append(row(name, list(found.values())))
        for page, each in found.items() if arguments.per_page else ():
            rows.append(row(f"  {page}", [each]))
            wrong += [f"{page}: still there: {one_line(text, 200)}" for text in each.left]
            wrong += [f"{page}: lost: {one_line(text, 200)}" for text in each.lost]
    if len(rows) > 1:
        print_columns(rows)
    for line in wrong:
        print(line)
    return 0
