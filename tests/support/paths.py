"""Where things lie, for tests that read files or start programs."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""

TESTS = ROOT / "tests"
"""On the path of programs that tests start, so that they find `support`."""

SHARED = ROOT.parent / "shared"
"""Real pages and their gold, beside the checkout where they are available; never part of it."""
