"""Pages that no editor meant: hostile, broken or odd. Small ones as they are, large ones made when asked for."""

from __future__ import annotations

from collections.abc import Callable

BODY = "Міст через річку знову відкрито, і першим ним пройшов листоноша з повною торбою святкових листівок."
ARTICLE = (
    f"<html><head><title>Міст</title></head><body><article><p>{BODY}</p><p>{BODY[::-1]}</p></article></body></html>"
)


def around(inside: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>Міст</title>{head}</head><body>{inside}</body></html>"


SMALL: dict[str, bytes] = {
    "empty": b"",
    "white space": b" \n\t\r\n ",
    "NUL bytes": ARTICLE.replace("через", "че\0рез").encode(),
    "lone surrogates as references": around(f"<p>{BODY} &#xD800; &#xDFFF; &#0; &#x110000;</p>").encode(),
    "lone surrogates as bytes": ARTICLE.encode().replace("річку".encode(), b"\xed\xa0\x80"),
    "cut inside a letter": ARTICLE.encode()[:150],
    "cut inside a tag": around(f"<article><p>{BODY}</p><p class='").encode(),
    "no text": around("<script>let a = '<p>not text</p>'</script><style>p{}</style><img src=x>").encode(),
    "comment never closed": around(f"<p>{BODY}</p><!-- <p>{BODY}</p>").encode(),
    "script never closed": around(f"<p>{BODY}</p><script>var x = 1;").encode(),
    "frames": b"<html><frameset><frame src='a'><noframes>Your browser shows no frames.</noframes></frameset></html>",
    "text without any tag": BODY.encode(),
    "XML": f'<?xml version="1.0" encoding="utf-8"?><rss><channel><title>{BODY}</title></channel></rss>'.encode(),
    "an entity that wants a file": (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><html><body><p>&f;</p></body></html>'
    ),
    "entities that multiply": (
        b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><html><p>&c;</p></html>'
    ),
    "no such charset": ARTICLE.replace("<head>", '<head><meta charset="x-no-such">').encode(),
    "a charset that is no text codec": ARTICLE.replace("<head>", '<head><meta charset="base64">').encode(),
    "UTF-16 with its mark": ARTICLE.encode("utf-16"),
    "UTF-16 by declaration only": ARTICLE.replace("<head>", '<head><meta charset="utf-16">').encode(),
    "UTF-8 mark above windows-1251 meta": b"\xef\xbb\xbf"
    + ARTICLE.replace("<head>", '<head><meta charset="windows-1251">').encode(),
    "JSON-LD that is no JSON": around(
        f"<article><p>{BODY}</p></article>", '<script type="application/ld+json">{"@type": "NewsArticle", </script>'
    ).encode(),
    "JSON-LD of the wrong shapes": around(
        f"<article><p>{BODY}</p></article>",
        '<script type="application/ld+json">[{"@type": ["NewsArticle"], "author": [null, 7, {"name": [{}]}], '
        '"headline": {"a": 1}, "datePublished": [2024], "publisher": "x"}, 5, null, "text", [[[]]]]</script>',
    ).encode(),
    "JSON-LD nested deep": around(
        f"<article><p>{BODY}</p></article>",
        f'<script type="application/ld+json">{"[" * 5000}{"]" * 5000}</script>',
    ).encode(),
    "dates that are no dates": around(
        f"<article><time datetime='9999-99-99T99:99'>32 березня 20240</time><p>{BODY}</p></article>",
        '<meta property="article:published_time" content="0000-00-00T00:00:00+99:99">',
    ).encode(),
    "right to left and invisible": around(f"<p>{BODY}\u202e\u200b\u200f\u00ad\ufeff\u2066</p>").encode(),
    "an emoji heap": around("<p>" + "👩‍👩‍👧‍👦🏳️‍🌈" * 200 + f"</p><p>{BODY}</p>").encode(),
    "letters under many marks": around(f"<p>{'е' + chr(0x301) * 500} {BODY}</p>").encode(),
}

NO_PAGES: dict[str, bytes] = {
    "binary": bytes(range(256)) * 8,
    "a picture under the name of a page": b"\x89PNG\r\n\x1a\n" + bytes(range(255, 0, -1)) * 4,
    "nothing but NUL bytes": b"\0" * 4096,
}
"""Payloads that hold no text in any encoding."""

MARKS = "\U0001d165\u0323\u302a"

LARGE: dict[str, Callable[[], bytes]] = {
    "10,000 elements deep": lambda: ("<div>" * 10_000 + f"<p>{BODY}</p>" + "</div>" * 10_000).encode(),
    "10,000 inline elements deep": lambda: (f"<p>{'<b>' * 10_000}{BODY}{'</b>' * 10_000}</p>").encode(),
    "a paragraph of 200,000 letters": lambda: around(f"<p>{'а' * 200_000}</p>").encode(),
    "90,000 marks of music and of Chinese on a letter": lambda: around("<p>а" + MARKS * 30_000).encode(),
    "a word of 100,000 letters in a Ukrainian paragraph": lambda: around(f"<p>Міст {'a' * 100_000}</p>").encode(),
    "a paragraph of a million spaces": lambda: around(f"<p>Фото:{' ' * 1_000_000}.</p>").encode(),
    "500 prompts in one line": lambda: around(f"<p>{'Читайте також: ' * 500}</p>").encode(),
    "1,000 equal lines": lambda: around(f"<p>{BODY}</p>" * 1_000).encode(),
    "1,000 line breaks in a paragraph": lambda: around(f"<p>{'Автор: <br>' * 1_000}</p>").encode(),
    "200,000 opening brackets": lambda: b"<" * 200_000,
    "200,000 ampersands": lambda: around(f"<p>{'&' * 200_000}</p>").encode(),
    "200,000 quotes and dashes": lambda: around(f"<p>{'«—' * 100_000}</p>").encode(),
    "100,000 attributes of a tag": lambda: around(
        f"<p {' '.join(f'a{n}=1' for n in range(100_000))}>{BODY}</p>"
    ).encode(),
    "100,000 attributes of a tag without end": lambda: (f"<p {' '.join(f'a{n}' for n in range(100_000))}").encode(),
    "100,000 tags without end": lambda: b"<a b=1 " * 100_000,
    "an attribute of 200,000 letters": lambda: around(f"<p class='{'x ' * 100_000}'>{BODY}</p>").encode(),
}
