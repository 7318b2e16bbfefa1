"""Which hosts, ports and IP addresses we connect to: the public web, and private hosts that the source names.

Links and redirects are untrusted. Without this guard against server-side request forgery, one of them could make us
send requests to a router, a database or a cloud's metadata service in our own network. What counts is the IP address
that a socket is opened to, not the name.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from flows.fetch.fetch_errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["SsrfGuard", "is_public"]

_PORTS = (80, 443)
_LOWEST_PORT = 1024
# Ports below 1024 are those of mail, SSH and other services that must not receive our requests; news sites use 80 and
# 443, sometimes 8080, 8443 or 3000. Browsers block these ports above 1024, too (Fetch Standard, "bad port").
_BAD_PORTS = frozenset(
    (1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, *range(6665, 6670), 6679, 6697, 10080)
)

# The last label is a number, so it is parsed as IPv4 (WHATWG, "ends in a number"): 2130706433, 0x7f.1, 0177.0.0.1.
_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?", re.I | re.S)

_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # all of IPv6 that is allocated (IANA)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # how networks without IPv4 reach it (RFC 6052)
_REFUSED_4 = (
    ipaddress.ip_network("192.0.0.0/24"),  # for protocols (RFC 6890), a cloud's metadata among them
    ipaddress.ip_network("192.88.99.0/24"),  # relays of 6to4, withdrawn (RFC 7526)
    ipaddress.ip_network("168.63.129.16/32"),  # Azure's own services, under a public address
)
_REFUSED_6 = (
    ipaddress.ip_network("2002::/16"),  # 6to4: holds an IPv4 address, which may be private; withdrawn (RFC 7526)
    ipaddress.ip_network("2001::/32"),  # Teredo: the same
    ipaddress.ip_network("3fff::/20"),  # documentation (RFC 9637), which Python 3.11 takes for public
)


def is_public(address: str) -> bool:
    """Whether the literal is a public unicast IP address; False for anything else."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
        # The rest of IPv6 wraps IPv4 (::ffff:127.0.0.1, ::127.0.0.1), is local, or is not in use.
        return found in _GLOBAL_UNICAST and found.is_global and not any(found in wrapped for wrapped in _REFUSED_6)
    return (
        found.is_global
        and not (found.is_multicast or found.is_reserved)
        and not any(found in refused for refused in _REFUSED_4)
    )


class SsrfGuard:
    """The policy of one source. `private_hosts` are names and literal addresses that may be private, at any port."""

    def __init__(self, private_hosts: Iterable[str] = ()) -> None:
        self._private = frozenset(private_hosts)

    def check(self, host: str, port: int) -> None:
        """Raise FetchError for a host or port that is refused whatever its IP addresses. `host` as in the URL."""
        if host in self._private:
            return
        if _NUMBER.fullmatch(host):
            try:
                ipaddress.IPv4Address(host)
            except ValueError:
                raise FetchError("its host is an IPv4 address written in disguise") from None
        if port not in _PORTS and (port < _LOWEST_PORT or port in _BAD_PORTS):
            raise FetchError(f"its port {port} is none of the web")

    def allowed(self, host: str, addresses: Iterable[str]) -> list[str]:
        """The host's IP addresses that we may connect to; raises FetchError if there are none."""
        addresses = list(addresses)
        if host in self._private:
            return addresses
        allowed = [address for address in addresses if is_public(address)]
        if addresses and not allowed:
            raise FetchError("its host has a private address, and limits.private_hosts does not name it")
        return allowed
