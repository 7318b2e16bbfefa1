from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.hostile.certificate import self_signed
from support.hostile.names import Names
from support.hostile.site import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.hostile.site import Site


@pytest.fixture(scope="session")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve(self_signed(tmp_path_factory.mktemp("certificate"))) as site:
        yield site


@pytest.fixture
def site(_site: Site) -> Site:
    """The hostile site, empty at first."""
    _site.clear()
    return _site


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Invented names lead to the site, and no other name leads anywhere."""
    names = Names()
    names.put_in_place(monkeypatch)
    return names
