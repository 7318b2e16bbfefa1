"""The command line: a command run, and what its errors mean to people and to scripts."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from flows.cli.arguments import parser
from flows.common.errors import SitoError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

DONE, SOME_FAILED, WRONG_USE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run `sito`; gives the exit code."""
    arguments = parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except SitoError as error:
        print(f"sito: {error}", file=sys.stderr)
        return WRONG_USE
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("sito: stopped; what was kept so far is in place", file=sys.stderr)
        return 130
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        print(
            f"sito: {said} (at {Path(at.filename).name}:{at.lineno}); this is a defect of sito, please report it",
            file=sys.stderr,
        )
        return WRONG_USE


if __name__ == "__main__":
    sys.exit(main())
