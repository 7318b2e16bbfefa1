"""`sito init`: a sources file to begin with, and the folders beside it."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from flows.cli.options import add_command
from flows.common.errors import SitoError
from flows.common.escape import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from flows.cli.options import Commands

EXAMPLES = """\
  sito init                here
  sito init town           in a folder of its own, which is made

Writes sources.toml, with an example of every kind of source, and makes pages/, raw/ and clean/. Nothing that is there
is overwritten.
"""

TEMPLATE = Path(__file__).with_name("new_sources.toml")


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "init", "write a commented sources file, and make the folders", EXAMPLES)
    parser.set_defaults(run=run)
    parser.add_argument(
        "folder", nargs="?", type=Path, metavar="FOLDER", help="where (default: the places of --sources and --data)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the file and make the folders, and say what to do next; an error if there is a sources file already."""
    folder: Path | None = arguments.folder
    sources: Path = folder / "sources.toml" if folder else arguments.sources
    data: Path = folder or arguments.data
    if os.path.lexists(sources):
        raise SitoError(f"{sources} is there already and stays as it is; `sito sources` lists what it names")
    made = (sources.parent / "pages", data / "raw", data / "clean")
    try:
        for path in made:
            path.mkdir(parents=True, exist_ok=True)
        with sources.open("xb") as file:  # never over a file that came meanwhile
            file.write(TEMPLATE.read_bytes())
    except OSError as error:
        raise SitoError(f"{error.filename} cannot be made: {error.strerror}") from None
    moved = bool(folder) and sources.parent.resolve() != Path.cwd()
    print("\n".join(one_line(said, 500) for said in (*map(str, (sources, *made)), *_next(sources.parent, moved=moved))))
    return 0


def _next(folder: Path, *, moved: bool) -> Iterator[str]:
    yield "what to do next:"
    if moved:
        yield f"- cd {shlex.quote(str(folder))}"
    yield "- put saved pages (.html, .txt) into pages/, then `sito ingest pages`; `sito look` shows what came of them"
    yield "- or take the # away before an example in sources.toml, write your addresses, and check with `sito sources`"
    yield "- before you pull from the web: export SITO_CONTACT=you@example.org, an e-mail address or a page of yours"
