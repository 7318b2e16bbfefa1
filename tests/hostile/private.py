"""Pages at addresses where no source may lead: private networks, this machine, clouds' metadata, in every disguise."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from support.hostile.answers import ARTICLE, article, whole
from support.hostile.names import PUBLIC
from support.hostile.site import Act

if TYPE_CHECKING:
    from support.hostile.stage import Behaviour, Kept, Stage

__all__ = ["PRIVATE"]

_LITERALS = {
    "loopback": "127.0.0.60",
    "loopback as a number": "2130706492",
    "loopback in hexadecimal": "0x7f00003c",
    "loopback in octal": "0177.0.0.074",
    "loopback, short": "127.60",
    "loopback in letters of full width": "127.0.0.６０",
    "no address at all": "0.0.0.0",
    "IPv6 loopback": "[::1]",
    "IPv4 in IPv6": "[::ffff:127.0.0.60]",
    "NAT64": "[64:ff9b::7f00:3c]",
    "6to4": "[2002:7f00:3c::1]",
    "a home": "192.168.1.1",
    "a company": "10.0.0.1",
    "carrier-grade NAT": "100.64.0.1",
    "link-local": "169.254.1.1",
    "metadata of clouds": "169.254.169.254",
    "metadata of clouds in IPv6": "[fd00:ec2::254]",
    "everybody": "255.255.255.255",
    "a group": "224.0.0.1",
    "a zone": "[fe80::1%25lo]",
}


def _literal(stage: Stage, host: str) -> Kept:
    stage.addresses = [f"http://{host}:{stage.site.port}/secret"]
    stage.public.add(host)
    return {}


def _named(stage: Stage, *answers: list[str]) -> Kept:
    """A name that no setting allows to be private leads there."""
    stage.at("/page", (whole(ARTICLE),))
    stage.names.answers[stage.host] = list(answers)
    stage.public.add(stage.host)
    return {}


def _rebinding(stage: Stage) -> Kept:
    """The name leads to a good address first, and to this machine when it is looked up again."""
    kept = {stage.at("/page", (whole(ARTICLE, 200, "Connection: close"), Act.CUT)): ARTICLE}
    stage.at("/robots.txt", (whole("", 404, "Connection: close"), Act.CUT))
    stage.addresses.append(stage.at("/second", (whole(article("Таємниця")),)))
    stage.names.answers[stage.host] = [[PUBLIC], [PUBLIC], ["127.0.0.60"]]
    stage.public.add(stage.host)
    return kept


PRIVATE: dict[str, Behaviour] = {
    **{f"address of {name}": partial(_literal, host=host) for name, host in _LITERALS.items()},
    "name of loopback": lambda stage: _named(stage, ["127.0.0.60"]),
    "name of loopback and of IPv6 loopback": lambda stage: _named(stage, ["::1", "127.0.0.60"]),
    "name of a public and a private address": lambda stage: _named(stage, ["127.0.0.60", "10.0.0.1"]),
    "name that is bound anew": _rebinding,
}
