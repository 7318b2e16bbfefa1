"""Pages that send elsewhere: rightly, in circles, and to where nobody may be sent."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from support.hostile.answers import page, redirect
from support.hostile.stage import fails

if TYPE_CHECKING:
    from support.hostile.site import Request, Step
    from support.hostile.stage import Behaviour, Kept, Stage

__all__ = ["REDIRECTS"]


def _to(location: str, status: int = 302) -> Behaviour:
    return fails(redirect(status, location))


def _moved(stage: Stage, status: int, location: str = "/target") -> Kept:
    stage.at("/page", redirect(status, location))
    return stage.article("/target")


def _circle(stage: Stage) -> Kept:
    stage.at("/page", redirect(302, "/back"))
    stage.at("/back", redirect(302, "/page"))
    return {}


def _chain(stage: Stage, length: int) -> Kept:
    for n in range(length):
        stage.at(f"/{n}" if n else "/page", redirect(302, f"/{n + 1}"))
    return stage.article(f"/{length}")


def _endless(stage: Stage) -> Kept:
    stage.at("/page", redirect(302, "/1"))
    for n in range(1, 30):
        stage.at(f"/{n}", redirect(302, f"/{n + 1}"))
    return {}


def _across(stage: Stage) -> Kept:
    stage.at("/page", redirect(301, stage.url("/target", stage.other)))
    return stage.article("/target", host=stage.other)


def _across_to(stage: Stage, answer: tuple[Step, ...], robots: str | None = None) -> Kept:
    stage.at("/page", redirect(302, stage.url("/target", stage.other)))
    stage.at("/target", answer, host=stage.other)
    if robots is not None:
        stage.at("/robots.txt", page(robots, kind="text/plain"), host=stage.other)
    return {}


def _private(stage: Stage, host: str) -> Kept:
    """To the site's own port at an address that is named nowhere: were it asked, it would answer."""
    stage.site.at(host, "/secret", page())
    stage.at("/page", redirect(302, stage.site.url(host, "/secret")))
    stage.public.add(host)
    return {}


def _private_name(stage: Stage) -> Kept:
    return _private(stage, stage.other)


def _closed(stage: Stage) -> Kept:
    stage.at("/page", redirect(302, f"http://{stage.host}:{stage.site.closed_port}/"))
    return {}


def _cookie(request: Request) -> tuple[Step, ...]:
    if "cookie" in request.headers:
        return page()
    return page("one moment", 302, "Set-Cookie: seen=1; Path=/", "Location: /page")


def _utf8(stage: Stage) -> Kept:
    stage.at("/page", redirect(302, "/міст?ї=1"))
    return stage.article("/%D0%BC%D1%96%D1%81%D1%82?%D1%97=1")


def _refresh(location: str) -> bytes:
    return f'<html><head><meta http-equiv="refresh" content="0;url={location}"></head></html>'.encode()


def _refreshed(stage: Stage) -> Kept:
    return _refreshed_to(stage, "/target") | stage.article("/target")


def _refreshed_across(stage: Stage) -> Kept:
    there = stage.article("/target", host=stage.other)
    return _refreshed_to(stage, *there) | there


def _refreshed_on(stage: Stage) -> Kept:
    """Only once: the second page is kept, and not left for a third one."""
    pages = {"/page": _refresh("/second"), "/second": _refresh("/third")}
    for path, body in pages.items():
        stage.at(path, page(body))
    stage.article("/third")
    return {stage.url(path): body for path, body in pages.items()}


def _refreshed_in_a_circle(stage: Stage) -> Kept:
    pages = {"/page": _refresh("/back"), "/back": _refresh("/page")}
    for path, body in pages.items():
        stage.at(path, page(body))
    return {stage.url(path): body for path, body in pages.items()}


def _refreshed_to(stage: Stage, location: str) -> Kept:
    stage.at("/page", page(_refresh(location)))
    return {stage.url("/page"): _refresh(location)}


def _refreshed_private(stage: Stage) -> Kept:
    _private(stage, stage.other)
    return _refreshed_to(stage, stage.site.url(stage.other, "/secret"))


def _refreshed_forbidden(stage: Stage) -> Kept:
    stage.at("/robots.txt", page("User-agent: *\nDisallow: /target\n", kind="text/plain"))
    stage.article("/target")
    return _refreshed_to(stage, "/target")


def _teaser(stage: Stage) -> Kept:
    teaser = b'<html><head><link rel="canonical" href="/target"></head><body></body></html>'
    stage.at("/page", page(teaser))
    return {stage.url("/page"): teaser} | stage.article("/target")


REDIRECTS: dict[str, Behaviour] = {
    "redirect 301": partial(_moved, status=301),
    "redirect 302": partial(_moved, status=302),
    "redirect 303": partial(_moved, status=303),
    "redirect 307": partial(_moved, status=307),
    "redirect 308": partial(_moved, status=308),
    "redirect relative": partial(_moved, status=302, location="deeper/../target#part"),
    "redirect by scheme-relative address": lambda stage: _moved(stage, 302, f"//{stage.host}:{stage.site.port}/target"),
    "redirect to letters": _utf8,
    "redirect 300": fails(redirect(300, "/target")),
    "redirect 305 to a proxy": fails(redirect(305, "http://127.0.0.9:3128/")),
    "redirect without Location": fails(redirect(302, None)),
    "redirect with empty Location": _to(""),
    "redirect to itself": _to("/page"),
    "redirect to itself for a cookie": fails(_cookie),
    "redirect in a circle": _circle,
    "redirect five times": partial(_chain, length=5),
    "redirect six times": lambda stage: _chain(stage, 6) and {},
    "redirect without end": _endless,
    "redirect to another host": _across,
    "redirect to a page that is gone": partial(_across_to, answer=page("gone", 404)),
    "redirect to a host that forbids": partial(_across_to, answer=page(), robots="User-agent: *\nDisallow: /target\n"),
    "redirect to a closed port": _closed,
    "redirect to a private address": partial(_private, host="127.0.0.60"),
    "redirect to a private name": _private_name,
    "redirect to a name of this machine": partial(_private, host="localhost"),
    "redirect to a metadata address": _to("http://169.254.169.254/latest/meta-data/"),
    "redirect to IPv6 loopback": _to("http://[::1]/"),
    "redirect to file:": _to("file:///etc/passwd"),
    "redirect to javascript:": _to("javascript:alert(1)"),
    "redirect to data:": _to("data:text/html,<p>here</p>"),
    "redirect to ftp:": _to("ftp://example.org/"),
    "redirect with a password": _to("http://tom:hunter2@example.org/"),
    "redirect to a very long address": _to("/" + "a" * 9000),
    "redirect to no address": _to("http://1.2.3.400:x/"),
    "refresh to a page": _refreshed,
    "refresh to a page on another host": _refreshed_across,
    "refresh to a page that is left again": _refreshed_on,
    "refresh in a circle": _refreshed_in_a_circle,
    "refresh to a private name": _refreshed_private,
    "refresh to a metadata address": partial(_refreshed_to, location="http://169.254.169.254/latest/meta-data/"),
    "refresh to a page that robots.txt forbids": _refreshed_forbidden,
    "refresh to the front page": partial(_refreshed_to, location="/"),
    "refresh to file:": partial(_refreshed_to, location="file:///etc/passwd"),
    "refresh to javascript:": partial(_refreshed_to, location="javascript:alert(1)"),
    "page of no text that names another as its own": _teaser,
}
