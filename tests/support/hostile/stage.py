"""Where one behaviour plays: hosts of its own on the site, and the addresses that a run is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from support.hostile.answers import ARTICLE, page

if TYPE_CHECKING:
    from support.hostile.names import Names
    from support.hostile.site import Answer, Site

__all__ = ["Behaviour", "Kept", "Stage", "fails", "keeps"]

Kept = dict[str, bytes]
"""What raw/ must hold after the run: address -> body as received."""


@dataclass
class Stage:
    """`addresses` are what the source names; `public` are hosts that no setting allows to lie in a private network."""

    site: Site
    names: Names
    host: str
    addresses: list[str] = field(default_factory=list)
    public: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.addresses = [self.url("/page")]

    @property
    def other(self) -> str:
        """A second host."""
        return f"other-{self.host}"

    def url(self, path: str, host: str | None = None) -> str:
        return self.site.url(host or self.host, path)

    def at(self, path: str, *answers: Answer, host: str | None = None) -> str:
        return self.site.at(host or self.host, path, *answers)

    def article(self, path: str, body: bytes = ARTICLE, host: str | None = None) -> Kept:
        """A page that is as it should be."""
        return {self.at(path, page(body), host=host): body}


Behaviour = Callable[[Stage], Kept]
"""Sets the stage, and says what is right to keep of it."""


def fails(*answers: Answer) -> Behaviour:
    """The page answers so, and there is nothing to keep."""

    def play(stage: Stage) -> Kept:
        stage.at("/page", *answers)
        return {}

    return play


def keeps(*answers: Answer, body: bytes = ARTICLE) -> Behaviour:
    """The page answers so, and this is kept of it."""

    def play(stage: Stage) -> Kept:
        return {stage.at("/page", *answers): body}

    return play
