"""Invented host names that lead to the hostile site: what stands in for DNS, and for the wire, in tests."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from support.hostile.site import ADDRESSES

if TYPE_CHECKING:
    import pytest

__all__ = ["PUBLIC", "Names"]

PUBLIC = "93.184.0.7"
"""An address that looks like any in the world. Connections to it are led to the site; nothing leaves the machine."""

_real_getaddrinfo = socket.getaddrinfo
_real_connect = socket.socket.connect


class Names:
    """Every name under .test has an address of the site, dealt out in the order in which they are asked for.

    `answers` holds names with answers of their own: a list of addresses for each time that the name is looked up, the
    last for all later times. `lookups` are the names asked for. Whatever is neither under .test nor an address is not
    known, so that no test can reach the network.
    """

    def __init__(self) -> None:
        self.answers: dict[str, list[Sequence[str]]] = {"localhost": [["::1", "127.0.0.1"]]}
        self.lookups: list[str] = []
        self.connected: list[str] = []
        self._dealt: dict[str, str] = {}

    def put_in_place(self, patch: pytest.MonkeyPatch) -> None:
        """Until the patch is undone, all of this process asks here."""
        patch.setattr(socket, "getaddrinfo", self.getaddrinfo)
        patch.setattr(socket.socket, "connect", lambda sock, address: self.connect(sock, address))

    def of(self, name: str) -> str:
        """The address of a name."""
        return self._dealt.setdefault(name, ADDRESSES[len(self._dealt) % len(ADDRESSES)])

    def getaddrinfo(
        self,
        host: Any,
        port: Any,
        family: int = 0,
        type: int = 0,  # noqa: A002 - named as the original names it
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """In place of socket.getaddrinfo."""
        name = host.decode() if isinstance(host, bytes) else str(host)
        try:
            ipaddress.ip_address(name)
        except ValueError:
            pass
        else:
            return _real_getaddrinfo(host, port, family, type, proto, flags)
        self.lookups.append(name)
        if name in self.answers:
            turns = self.answers[name]
            found: Sequence[str] = turns.pop(0) if len(turns) > 1 else turns[0]
        elif name.endswith(".test"):
            found = [self.of(name)]
        else:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [
            entry for address in found for entry in _real_getaddrinfo(address, port, family, type or socket.SOCK_STREAM)
        ]

    def connect(self, sock: socket.socket, address: Any) -> None:
        """In place of socket.socket.connect: notes the address, and keeps the public one on this machine."""
        if not isinstance(address, tuple):  # a socket of the file system
            return _real_connect(sock, address)
        host = str(address[0])
        self.connected.append(host)
        if host == PUBLIC:
            address = (ADDRESSES[0], *address[1:])
        elif not ipaddress.ip_address(host).is_loopback:
            raise OSError("tests connect to nothing but this machine")
        return _real_connect(sock, address)
