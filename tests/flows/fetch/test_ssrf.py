from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.config.limits import WebLimits
from flows.fetch.fetch_errors import FetchError
from flows.fetch.fetcher import Fetcher
from flows.fetch.ssrf import SsrfGuard, is_public
from support.local_site import LOCAL

if TYPE_CHECKING:
    from support.local_site import Site

PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "192.31.195.1", "2606:4700::1111", "2a00:1450:4001::200e"]
PUBLIC += ["64:ff9b::808:808"]  # 8.8.8.8 as a network without IPv4 reaches it
PRIVATE = {
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "unspecified": ["0.0.0.0", "0.1.2.3", "::"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fd12::1", "fc00::1", "fec0::1"],
    "link-local": ["169.254.1.1", "fe80::1", "fe80::1%eth0"],
    "metadata of clouds": ["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16"],
    "carrier-grade NAT": ["100.64.0.1", "100.127.255.255"],
    "many receivers": ["224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1", "ff0e::1"],
    "documentation and tests": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "2001:db8::1", "3fff::1"],
    "reserved": ["240.0.0.1", "192.88.99.1", "4000::1", "100::1", "5f00::1"],
    "IPv4 inside IPv6": ["::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::ffff:0:127.0.0.1"],
    "NAT64": ["64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808"],
    "6to4 and Teredo": ["2002:7f00:1::1", "2002:808:808::1", "2001:0:808:808::1"],
    "no address": ["", "localhost", "127.1", "0x7f000001", "2130706433", "1.2.3.4.5", "::g"],
}


@pytest.mark.parametrize(
    "port",
    [
        *(0, 22, 79, 81, 442, 444, 1023),
        *(1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, *range(6665, 6670), 6679, 6697, 10080),
    ],
)
def test_ports_of_other_services_are_refused(port: int) -> None:
    with pytest.raises(FetchError, match=f"^its port {port} is none of the web$"):
        SsrfGuard(()).check("visti.example", port)
    SsrfGuard(("visti.example",)).check("visti.example", port)


@pytest.mark.parametrize("port", [80, 443, 1024, 3000, 6664, 6670, 8080, 8443, 65535])
def test_other_ports_are_of_the_web(port: int) -> None:
    SsrfGuard(()).check("visti.example", port)


@pytest.mark.parametrize("address", PUBLIC)
def test_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", [address for addresses in PRIVATE.values() for address in addresses])
def test_all_else_is_not(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses())
def test_no_address_passes_that_is_not_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(str(address)):
        assert address.is_global
        kinds = (address.is_multicast, address.is_private, address.is_loopback, address.is_link_local)
        assert not any(kinds)


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:{}", "::{}", "64:ff9b::{}", "64:ff9b:1::{}", "2002:{hex}::1"]))
@example(ipaddress.IPv4Address("169.254.169.254"), "64:ff9b::{}")
def test_wrapping_makes_no_address_public(address: ipaddress.IPv4Address, wrapping: str) -> None:
    number = int(address)
    wrapped = wrapping.format(address, hex=f"{number >> 16:x}:{number & 0xFFFF:x}")
    assert is_public(str(ipaddress.IPv6Address(wrapped))) <= is_public(str(address))


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "1.2.3.4.5", "0x", "a.0x7f", "256.1.1.1"]
)
def test_disguised_addresses_are_refused(host: str) -> None:
    with pytest.raises(FetchError, match="in disguise"):
        SsrfGuard().check(host, 80)


@pytest.mark.parametrize("host", ["example.org", "1.1.1.1", "2606:4700::1111", "0x7f.example", "7.example", "123abc"])
def test_names_and_plain_addresses_are_not_disguised(host: str) -> None:
    SsrfGuard().check(host, 443)


@pytest.mark.parametrize(
    ("port", "asked"),
    [(80, True), (443, True), (8080, True), (8443, True), (3000, True), (65535, True)]
    + [(port, False) for port in (0, 21, 22, 25, 81, 445, 1023, 2049, 6000, 6667, 10080)],
)
def test_ports(port: int, asked: bool) -> None:
    SsrfGuard(["example.org"]).check("example.org", port)
    if asked:
        SsrfGuard().check("example.org", port)
    else:
        with pytest.raises(FetchError, match=f"port {port} is none of the web"):
            SsrfGuard().check("example.org", port)


def test_only_public_addresses_of_a_host_are_left() -> None:
    assert SsrfGuard().allowed("a.example", ["10.0.0.1", "8.8.8.8", "::1"]) == ["8.8.8.8"]
    assert SsrfGuard(["a.example"]).allowed("a.example", ["10.0.0.1"]) == ["10.0.0.1"]
    with pytest.raises(FetchError, match="private address"):
        SsrfGuard(["b.example", "10.0.0.1"]).allowed("a.example", ["10.0.0.1"])


def test_a_name_that_changes_its_address_is_looked_at_when_the_socket_opens(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([["127.0.0.1"], ["93.184.216.34"]])
    connected: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *more: Any, **kind: Any) -> list[Any]:
        if host != "rebound.example":
            connected.append(host)
            return real(host, port, *more, **kind)
        return [found for address in next(answers) for found in real(address, port, *more, **kind)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = site.page("/a", "x").replace("127.0.0.1", "rebound.example")
    with Fetcher(WebLimits(**LOCAL | {"retries": 0})) as fetcher, pytest.raises(FetchError, match="private address"):
        fetcher.get(url)
    assert (site.asked, site.robots, connected) == ([], 0, [])


@pytest.mark.parametrize(
    "address", ["http://127.0.0.9/", "http://[::1]/", "http://169.254.169.254/latest", "http://localhost/"]
)
def test_a_redirect_leads_to_no_private_address(site: Site, address: str) -> None:
    with Fetcher(WebLimits(**LOCAL)) as fetcher, pytest.raises(FetchError, match="private address") as caught:
        fetcher.get(site.redirect("/a", address))
    assert (caught.value.outcome, caught.value.retryable, site.asked) == ("failed", False, ["/a"])


def test_hosts_are_named_in_the_form_of_addresses() -> None:
    named = WebLimits(private_hosts=("Intranet.Example", "[::1]", "10.0.0.7", "їжак.укр", "a_b"))
    assert named.private_hosts == ("intranet.example", "::1", "10.0.0.7", "xn--80aln7i.xn--j1amh", "a_b")
    for wrong in ("http://a", "a:80", "a/b", "", "a..b", "10.0.0.0/8"):
        with pytest.raises(ValueError, match="is no host"):
            WebLimits(private_hosts=(wrong,))
