"""Where does an address sort in an index? The key of a CDXJ line is its address as a SURT.

SURT is the Sort-friendly URI Reordering Transform:
`https://www.Example.org:8443/News/?b=2&a=1#top` becomes `org,example:8443)/news?a=1&b=2`: the pages of a host, and the
hosts of a domain, are next to each other. What does not tell pages apart is normalized as CDX servers normalize the
address in a query, so that their look-ups find our lines: scheme, user, `www.`, default port, letter case, needless
slashes and percent signs, order of the query, session ids and fragment go.
"""

from __future__ import annotations

import re
from posixpath import normpath
from urllib.parse import quote_from_bytes, unquote_to_bytes

_AUTHORITY = re.compile(r"//(?:[^/?#]*@)?(\[[^/?#\]]*\]|[^/?#:]*):?([^/?#]*)")  # its host and port
_WWW = re.compile(r"^www\d*\.")
_PORTS = {"http": "80", "https": "443"}
_PLAIN = "".join(map(chr, range(0x21, 0x7F))).translate({ord("#"): None, ord("%"): None})
_ENCODINGS = 5  # how often an address was percent-encoded over again: twice is common, more is not
_SESSION = re.compile(
    r"(?:^|(?<=&))(?:(?:jsessionid|phpsessid|sid)=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24}"
    r"|cfid=[0-9]+&cftoken=[0-9]+)(?:&|$)"
)


def surt(url: str) -> str:
    """The key of any address, in printable ASCII without spaces; never raises.

    An address without a host keeps its scheme: `file:///Pages/a.html` gives `file:/pages/a.html`, and `urn:` or `dns:`
    only lose their capitals.
    """
    scheme, _, rest = url.partition(":")
    scheme = _normalize(scheme)
    authority = _AUTHORITY.match(rest)
    if authority is None:
        return f"{scheme}:{_normalize(rest)}"
    host, port = _WWW.sub("", _normalize(authority[1]).strip(".")), _normalize(authority[2])
    path, _, query = rest[authority.end() :].partition("#")[0].partition("?")
    arguments = _SESSION.sub("", _normalize(query)).split("&")
    query = "&".join(sorted(arguments, key=lambda argument: argument.split("=", 1)))  # by name, then value
    return "".join(
        (
            ",".join(reversed(host.split("."))) if host else scheme,
            f":{port}" if port and port != _PORTS.get(scheme) else "",
            ")" if host else ":",
            normpath("/" + _normalize(path).lstrip("/")),
            f"?{query}" if query else "",
        )
    )


def _normalize(text: str) -> str:
    """In small letters; percent-encoded is what must be, and nothing else."""
    data = text.encode("utf-8", "surrogatepass")
    for _ in range(_ENCODINGS):
        decoded = unquote_to_bytes(data)
        if decoded == data:
            break
        data = decoded
    return quote_from_bytes(data, safe=_PLAIN).lower()
