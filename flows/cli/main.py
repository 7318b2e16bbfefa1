"""The root of the command line: its parser, and what errors mean to people and to scripts."""

from __future__ import annotations

import argparse
import os
import re
import sys
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from flows.cli import (
    check,
    clean,
    compact,
    correct,
    corrections,
    export,
    fetch,
    gold,
    ingest,
    init,
    languages,
    look,
    prune,
    reprocess,
    rules,
    serve,
    show,
    sources,
    state,
    stats,
    stories,
)
from flows.cli.options import add_places
from flows.cli.parser import Parser
from flows.cli.stored_data import prepare
from flows.common.errors import SitoError
from flows.common.escape import lines, one_line
from flows.common.stopping import STOPPED, stoppable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DONE, WRONG_USE = 0, 2
"""Exit codes; a command itself gives 1 when it is done, but some pages failed."""

COMMANDS = (
    clean,
    languages,
    rules,
    init,
    ingest,
    reprocess,
    show,
    look,
    correct,
    corrections,
    gold,
    stories,
    export,
    stats,
    fetch,
    sources,
    state,
    check,
    prune,
    compact,
    serve,
)
"""In the order of `sito --help`."""

EXAMPLES = """\
examples:
  sito clean page.html > page.json         clean one page, without any set-up
  sito clean --explain page.html           see what was dropped, and why
  sito clean --together saved/ > out.jsonl clean many pages of one site
  sito rules uk.prompt.line                what does this rule look for?
  sito init town                           a commented sources file to begin with, and its folders
  sito ingest demo                         pull, keep and clean a source of sources.toml
  sito reprocess demo --dry-run            what would today's rules change?
  sito show demo URL                       a kept page: its lines, each with its reason
  sito look                                the same and more in a browser: sources over time, pages, rules
  sito correct demo drop --text TEXT ...   say what is right on a source, and see what it changes before it is kept
  sito corrections check                   does what was said still mean anything?
  sito stories                             which pages tell the same story?
  sito export --output corpus.jsonl.gz     the clean documents as a corpus
  sito fetch URL --explain                 may it be requested, and what is the answer?
  sito check                               is all that is stored whole?
  sito prune                               what does nobody need any more?
  sito serve                               schedules, forms and runs in the Prefect UI

exit codes: 0 done; 1 done, but some pages failed (they are listed); 2 wrong use or configuration; 130 stopped
"""


def parser() -> Parser:
    """The parser of `sito`; the namespace that it returns has `run`, the function of the command."""
    root = Parser(
        prog="sito",
        description="Pull news pages, keep every byte, take the article out, tell Ukrainian from English, and say why "
        "each line was dropped.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action="version", version=f"sito {version('sito')}")
    add_places(root, default=True)
    commands = root.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.register(commands)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run `sito`; returns the exit code."""
    arguments = parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        _set_umask()
        with stoppable():
            prepare(arguments)
            return run(arguments)
    except SitoError as error:
        print(f"sito: {lines(str(error))}", file=sys.stderr)
        return WRONG_USE
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("sito: stopped; what was kept so far is in place", file=sys.stderr)
        return STOPPED
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("flows", "cleaners"):
            raise
        print(
            f"sito: this command needs more than cleaning does ({error.name}): pip install 'sito[run]'", file=sys.stderr
        )
        return WRONG_USE
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        said = one_line(f"{type(error).__name__}: {error}".splitlines()[0], 500)
        print(
            f"sito: {said} (at {Path(at.filename).name}:{at.lineno}); this is a defect of sito, please report it",
            file=sys.stderr,
        )
        return WRONG_USE


def _set_umask() -> None:
    """Let only this user read what is written here, in this process and those that it starts, unless SITO_UMASK is set.

    State, pages and Prefect's database may hold what others on the machine should not see.
    """
    text = os.environ.get("SITO_UMASK") or "077"
    if not re.fullmatch(r"0?[0-7]{3}", text):
        raise SitoError(f"SITO_UMASK={text}: write three octal digits, such as 022 for files that all users may read")
    os.umask(int(text, 8))


if __name__ == "__main__":
    sys.exit(main())
