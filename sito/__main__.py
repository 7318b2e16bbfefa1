"""`python -m sito` and the command `sito`: the command line of `flows.cli`, if that is ours."""

import os
import sys

from sito import check_place


def main() -> int:
    """Run the command line; 2 if another distribution's packages stand in the place of ours."""
    try:
        for name in ("cleaners", "flows"):
            check_place(name)
    except ImportError as error:
        print(f"sito: {error}", file=sys.stderr)
        return 2
    from flows.cli.main import main as run
    from flows.common.allowance import thrifty

    os.environ.update(thrifty())  # before pyarrow is imported, which commands do when they need it
    return run()


if __name__ == "__main__":
    sys.exit(main())
