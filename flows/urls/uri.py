"""How is an address written? One spelling (RFC 3986) for WARC headers, indexes and tables, and one hash of it.

Only the spelling is levelled here: whether two spellings lead to one page is for `page_address` to say.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote

from flows.common.errors import SitoError

MAX_URI = 12_000
"""Characters. The address stands twice in a revisit record, and FastWARC reads at most 32 KiB of record headers."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:[A-Za-z0-9%/:?#\[\]@!$&'()*+,;=._~-]*")  # needs no encoding
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class BadAddressError(SitoError, ValueError):
    """An address that no WARC header can carry."""


def to_uri(address: str) -> str:
    """The address in RFC 3986 characters: what is none (spaces, Cyrillic, quotes) percent-encoded as UTF-8.

    Percent signs stay, so the function changes nothing the second time. Undecodable bytes of file names (lone
    surrogates of Python's `surrogateescape`) are encoded as those bytes. Raises `BadAddressError` for an address
    without a scheme, with control characters (a line break would forge WARC headers), other lone surrogates or more
    than `MAX_URI` characters.
    """
    if len(address) <= MAX_URI and _URI.fullmatch(address):
        return address
    if _CONTROL.search(address):
        raise BadAddressError(f"address {address[:200]!r}: holds control characters")
    if not _SCHEME.match(address):
        raise BadAddressError(f"address {address[:200]!r}: has no scheme such as https: or file:")
    try:
        uri = quote(address.encode("utf-8", "surrogateescape"), safe="%/:?#[]@!$&'()*+,;=-._~")
    except UnicodeEncodeError as error:
        raise BadAddressError(f"address {address[:200]!r}: holds half of a surrogate pair") from error
    if len(uri) > MAX_URI:
        raise BadAddressError(f"address {uri[:200]}...: {len(uri)} characters, {MAX_URI} at most")
    return uri


def address_hash(address: str, size: int = 15) -> bytes:
    """`size` bytes of BLAKE2b in place of an address, which is hashed exactly as it is spelled.

    15 bytes, for what lives only as long as a run: a source may name a million pages, and 15 is the longest digest that
    CPython keeps in 48 bytes. What is stored names its own size and must keep it: 16 for the keys of the state
    database, 8 for the order in which site memory samples pages.
    """
    return hashlib.blake2b(address.encode("utf-8", "surrogatepass"), digest_size=size).digest()
