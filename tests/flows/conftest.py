from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server import Site


@pytest.fixture
def site() -> Iterator[Site]:
    """A site on 127.0.0.1, empty at first."""
    with serve() as site:
        yield site
