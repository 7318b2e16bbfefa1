"""Answers as bytes: whole and right ones here, from which behaviours.py makes the wrong ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.hostile.site import Act

if TYPE_CHECKING:
    from support.hostile.site import Answer, Request, Step

__all__ = [
    "ARTICLE",
    "article",
    "chunked",
    "conditional",
    "cut",
    "feed",
    "head",
    "page",
    "redirect",
    "silent",
    "sitemap",
    "whole",
]

_REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 404: "Not Found", 503: "Busy"}


def article(title: str = "Міст відкрили") -> bytes:
    """A page with text that cleaning keeps."""
    said = "".join(
        f"<p>{title}: зранку першими на берег вийшли {n} рибалки, бо хотіли побачити, як судно зайде під опору.</p>"
        for n in ("два", "три", "чотири")
    )
    return (
        f"<!doctype html><html lang=uk><head><meta charset=utf-8><title>{title}</title></head>"
        f"<body><article><h1>{title}</h1>{said}</article></body></html>"
    ).encode()


ARTICLE = article()


def head(status: int = 200, *lines: str, kind: str | None = "text/html; charset=utf-8", reason: str = "") -> bytes:
    """The head of an answer; `lines` are header lines as they go over the wire."""
    kinds = (f"Content-Type: {kind}",) if kind else ()
    first = f"HTTP/1.1 {status} {reason or _REASONS.get(status, 'Whatever')}"
    return "\r\n".join((first, *kinds, *lines, "", "")).encode()


def whole(body: bytes | str, status: int = 200, *lines: str, kind: str | None = "text/html; charset=utf-8") -> bytes:
    """A whole answer with its right length."""
    payload = body.encode() if isinstance(body, str) else body
    return head(status, *lines, f"Content-Length: {len(payload)}", kind=kind) + payload


def page(
    body: bytes | str = ARTICLE, status: int = 200, *lines: str, kind: str | None = "text/html; charset=utf-8"
) -> tuple[Step, ...]:
    """An answer that is what it says."""
    return (whole(body, status, *lines, kind=kind),)


def redirect(status: int, location: str | None) -> tuple[Step, ...]:
    """A redirect, without Location where that is None."""
    lines = () if location is None else (f"Location: {location}",)
    return page("elsewhere", status, *lines)


def chunked(body: bytes, *lines: str, size: int = 100) -> bytes:
    """A whole answer in chunks."""
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    coded = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head(200, *lines, "Transfer-Encoding: chunked") + coded + b"0\r\n\r\n"


def conditional(body: bytes, tag: str) -> Answer:
    """A page with an ETag that answers 304 where that comes back."""

    def answer(request: Request) -> tuple[Step, ...]:
        if request.headers.get("if-none-match") == tag:
            return (f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode(),)
        return page(body, 200, f"ETag: {tag}")

    return answer


def cut(sent: bytes) -> tuple[Step, ...]:
    """These bytes, then the end of the connection."""
    return (sent, Act.CUT)


def silent(sent: bytes) -> tuple[Step, ...]:
    """These bytes, then nothing more."""
    return (sent, Act.SILENCE)


def feed(*links: str) -> str:
    """An RSS feed."""
    items = "".join(f"<item><title>Новина</title><link>{link}</link></item>" for link in links)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Новини</title>{items}</channel></rss>'


def sitemap(*links: str, index: bool = False) -> str:
    """A sitemap, or an index of sitemaps."""
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    entries = "".join(f"<{inner}><loc>{link}</loc></{inner}>" for link in links)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?><{outer} xmlns="{space}">{entries}</{outer}>'
