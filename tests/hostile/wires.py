"""Answers that are no whole HTTP, or take for ever: what the protocol's reader has to bear."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from support.hostile.answers import ARTICLE, article, chunked, cut, head, page, silent, whole
from support.hostile.site import Act, Drip, Flood
from support.hostile.stage import fails, keeps

if TYPE_CHECKING:
    from support.hostile.site import Step
    from support.hostile.stage import Behaviour, Kept, Stage

__all__ = ["WIRES"]

_LENGTH = f"Content-Length: {len(ARTICLE)}"
_MANY = tuple(f"X-Header-{n}: {n}" for n in range(10_000))
_FORGED = whole(article("Підроблена сторінка"))


def _two(stage: Stage, first: tuple[Step, ...], body: bytes = ARTICLE) -> Kept:
    """Two pages of one host, one after the other: what the first leaves behind must not be taken for the second."""
    kept = {stage.at("/page", first): body} | stage.article("/second", article("Друга сторінка"))
    stage.addresses = list(kept)
    return kept


def _refused(stage: Stage) -> Kept:
    stage.addresses = [f"http://{stage.host}:{stage.site.closed_port}/page"]
    return {}


def _tls(stage: Stage, port: int) -> Kept:
    stage.addresses = [f"https://{stage.host}:{port}/page"]
    stage.names.answers[stage.host] = [["127.0.0.2"]]
    stage.at("/page", page())
    return {}


def _unknown(stage: Stage) -> Kept:
    stage.addresses = ["http://nobody-knows.invalid/page"]
    return {}


WIRES: dict[str, Behaviour] = {
    "silence": fails((Act.SILENCE,)),
    "silence in the head": fails(silent(b"HTTP/1.1 200 OK\r\nContent-Type: te")),
    "silence in the body": fails(silent(head(200, _LENGTH) + ARTICLE[:100])),
    "silence once": fails((Act.SILENCE,), page()),
    "head that never ends": fails((b"HTTP/1.1 200 OK\r\n", Drip(b"X-More: 1\r\n"))),
    "head that floods": fails((b"HTTP/1.1 200 OK\r\n", Flood(b"X-More: 1\r\n" * 1000))),
    "head line that floods": fails((b"HTTP/1.1 200 OK\r\nX-More: ", Flood(b"a" * 10_000))),
    "head that trickles": fails((b"HTTP/1.1 200 OK\r\nX-Slow: ", Drip(b"a"))),
    "header of 300 KB": fails(page(ARTICLE, 200, "X-Big: " + "b" * 300_000)),
    "headers, 10,000 of them": fails(page(ARTICLE, 200, *_MANY)),
    "body that trickles": fails((head(200, _LENGTH), Drip(b"t"))),
    "body without end": fails((head(200), Flood(b"<p>more</p>" * 1000))),
    "chunks without end": fails((head(200, "Transfer-Encoding: chunked"), Flood(b"400\r\n" + b"c" * 1024 + b"\r\n"))),
    "length too small": partial(_two, first=(head(200, "Content-Length: 300") + ARTICLE,), body=ARTICLE[:300]),
    "length too great": fails(cut(head(200, f"Content-Length: {len(ARTICLE) + 50}") + ARTICLE)),
    "length of all that fits": fails(silent(head(200, "Content-Length: 999999999999999") + ARTICLE)),
    "length below zero": fails(cut(head(200, "Content-Length: -5") + ARTICLE)),
    "length that is no number": fails(cut(head(200, "Content-Length: many") + ARTICLE)),
    "two lengths": fails(cut(head(200, _LENGTH, "Content-Length: 20") + ARTICLE)),
    "chunks": keeps((chunked(ARTICLE),)),
    "chunks with a trailer": keeps((chunked(ARTICLE)[:-2] + b"X-Trailer: 1\r\n\r\n",)),
    "chunk size that is no number": fails(cut(head(200, "Transfer-Encoding: chunked") + b"zz\r\nabc\r\n0\r\n\r\n")),
    "chunk of another size": fails(cut(head(200, "Transfer-Encoding: chunked") + b"3\r\nabcdef\r\n0\r\n\r\n")),
    "chunks that end early": fails(cut(chunked(ARTICLE)[:-40])),
    "chunks and a length": keeps((chunked(ARTICLE, "Content-Length: 20"), Act.CUT)),
    "encoding of transfer unknown": fails(cut(head(200, "Transfer-Encoding: rot13") + ARTICLE)),
    "refused": _refused,
    "cut at once": fails((Act.CUT,)),
    "cut in the head": fails(cut(head(200, _LENGTH)[:40])),
    "cut in the body": fails(cut(whole(ARTICLE)[:-100])),
    "cut once": keeps(cut(whole(ARTICLE)[:-100]), page()),
    "reset": fails((Act.RESET,)),
    "reset in the body": fails((whole(ARTICLE)[:-100], Act.RESET)),
    "cut between pages": partial(_two, first=(whole(ARTICLE), Act.CUT)),
    "HTTP/0.9": fails(cut(ARTICLE)),
    "HTTP/1.0 to the end of the connection": keeps(
        cut(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + ARTICLE)
    ),
    "HTTP/1.0 that keeps alive": partial(
        _two, first=(whole(ARTICLE, 200, "Connection: keep-alive").replace(b"1.1", b"1.0", 1),)
    ),
    "HTTP/2 unasked": fails(cut(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\x00" * 18)),
    "SSH": fails(cut(b"SSH-2.0-OpenSSH_9.6\r\n")),
    "100 Continue before the answer": keeps((b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + whole(ARTICLE),)),
    "103 Early Hints before the answer": keeps((b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + whole(ARTICLE),)),
    # In drips: what floods until the time is over leaves none for the others of its run.
    "100 Continue for ever": fails((Drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 100),)),
    "answer twice": partial(_two, first=(whole(ARTICLE) + _FORGED,)),
    "garbage after the body": partial(_two, first=(whole(ARTICLE) + b"\x00garbage\r\n\r\n",)),
    "no reason": keeps((whole(ARTICLE).replace(b" OK", b"", 1),)),
    "bare line feeds": keeps((whole(ARTICLE).replace(b"\r\n", b"\n", 6),)),
    "folded header": keeps(page(ARTICLE, 200, "X-Long: one\r\n two")),
    "header without a colon": fails(cut(head(200, _LENGTH, "no colon here") + ARTICLE)),
    "header with NUL": fails(cut(head(200, _LENGTH, "X-Odd: a\0b") + ARTICLE)),
    "TLS with a certificate of its own making": lambda stage: _tls(stage, stage.site.tls_port),
    "TLS to who speaks none": lambda stage: _tls(stage, stage.site.port),
    "name that is not known": _unknown,
}
