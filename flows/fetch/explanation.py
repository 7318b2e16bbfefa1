"""Why an address would or would not be fetched now, for people: what `sito fetch URL --explain` shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protego import Protego

from flows.fetch.robots import TOKEN

if TYPE_CHECKING:
    from flows.fetch.robots import RobotsFile

__all__ = ["FetchExplanation", "deciding_rule"]

_FIELDS = ("allow", "disallow")


@dataclass(frozen=True, slots=True)
class FetchExplanation:
    """What would be done about an address, without fetching it; its robots.txt may have been fetched.

    `url` is its canonical form, `problem` why it would not be fetched now ("": it would), with `outcome` as the
    status that a run would give it. `robots` is the file, None if it is not available; `rule` is the line of
    it that decides. `delay` is the pause after each request to the host, `pause` what is left of one now, both in
    seconds. `request` is what would be sent, its first line without a name.
    """

    url: str
    problem: str
    outcome: str
    robots: RobotsFile | None
    rule: str | None
    delay: float
    pause: float
    request: tuple[tuple[str, str], ...]


def deciding_rule(file: RobotsFile, url: str) -> str | None:
    """The line of the file that decides about the address, as "User-agent: sito, Disallow: /a"; None: no rule matches.

    The longest match, an Allow before a Disallow of its length (RFC 9309, 2.2.2), each tried by itself.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    agents: list[str] = []
    open_group = False
    for line in file.text.splitlines():
        name, _, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        name = name.lower()
        if name == "user-agent":
            agents = [*agents, value] if open_group else [value]
            open_group = True
            groups.setdefault(value, [])
        elif name in _FIELDS:
            open_group = False
            if value:
                for agent in agents:
                    groups[agent].append((name, value))
    agent = TOKEN if TOKEN in groups else "*"
    fitting = [(len(value), name == "allow", name, value) for name, value in groups.get(agent, []) if _fits(value, url)]
    if not fitting:
        return None
    *_, name, value = max(fitting)
    return f"User-agent: {agent}, {name.capitalize()}: {value}"


def _fits(value: str, url: str) -> bool:
    return not Protego.parse(f"User-agent: *\nDisallow: {value}").can_fetch(url, TOKEN)
