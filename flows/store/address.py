"""The address of a store, and the folder of this machine in which its data is worked on.

The folder says itself whose it is, in a small file: whoever is given it, also in another process, finds the store.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from flows.common.errors import SitoError

__all__ = ["StoreAddress", "data_folder", "store_of"]

_ADDRESS = re.compile(r"(s3|gs|az)://[A-Za-z0-9][A-Za-z0-9.-]{1,62}(?:/[\w.=+-]+)*/?", re.ASCII)
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_MARK = ".store.json"
_FOLDER = "folder"
"""In the mark: the inode of the folder for which it was made. A copy of the folder would write under the same lease,
and whoever hands somebody a folder of data could name a store in it, to which that data would go."""


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """Where the data is: the address, and the endpoint of a store that is not Amazon's, None: the usual one.

    `owner` tells this working folder from those of other machines.
    """

    address: str
    endpoint: str | None
    owner: str

    @property
    def is_open(self) -> bool:
        """Whether it is asked without TLS: only on this machine itself."""
        return self.endpoint is not None and self.endpoint.startswith("http://")


def data_folder(text: str | os.PathLike[str]) -> Path:
    """The folder to work in: the one that is named, or that of the store at an address, which is made.

    Raises ValueError, with a sentence for people, where the address is none that can be used.
    """
    given = os.fspath(text)
    if "://" not in given:
        return Path(given)
    if not _ADDRESS.fullmatch(given) or "/../" in f"{given}/" or "/./" in f"{given}/":
        shown = given.partition("://")[0]  # what follows may hold a password
        raise ValueError(
            f"{shown}:// ... is no address of a store; write s3://BUCKET/FOLDER (or gs://, az://), without user names, "
            "passwords and parameters: credentials come from the environment"
        )
    address = given.rstrip("/")
    endpoint = _endpoint() if address.startswith("s3://") else None
    known = hashlib.blake2b(f"{address} {endpoint}".encode(), digest_size=8).hexdigest()
    base = Path(os.environ.get("SITO_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "sito")
    folder = base.expanduser().absolute() / f"{address.split('/')[2]}-{known}"
    _mark(folder, StoreAddress(address, endpoint, secrets.token_hex(8)))
    return folder


def _endpoint() -> str | None:
    found = next((value.rstrip("/") for name in _ENDPOINTS if (value := os.environ.get(name))), None)
    if found is None:
        return None
    parts = urlsplit(found)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("AWS_ENDPOINT_URL is no address such as https://store.example")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("AWS_ENDPOINT_URL: http:// would send the data unprotected; write https://")
    return found


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _mark(folder: Path, store: StoreAddress) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        if store_of(folder) is None:
            part = folder / f"{_MARK}.{store.owner}"
            part.write_text(json.dumps(asdict(store) | {_FOLDER: folder.stat().st_ino}) + "\n", "utf-8")
            try:
                os.link(part, folder / _MARK)  # of two first runs at once, one is first
            except FileExistsError:
                pass
            finally:
                part.unlink()
            store_of.cache_clear()
    except SitoError as error:
        raise ValueError(str(error)) from error
    except OSError as error:
        raise ValueError(f"{folder}: cannot be made ({error.strerror}); SITO_CACHE names another place") from error


@lru_cache(maxsize=64)
def store_of(data: Path) -> StoreAddress | None:
    """The store whose working folder this is; None: it is a folder of its own.

    Raises SitoError for a mark that is damaged, or was made for another folder.
    """
    path = data / _MARK
    try:
        told = json.loads(path.read_text("utf-8"))
        if told.pop(_FOLDER, None) == data.stat().st_ino:
            return StoreAddress(**told)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SitoError(f"{path}: cannot be read ({error}); what was published is safe: remove {data}") from error
    raise SitoError(
        f"{path}: was made for another folder, of which this one is a copy; to use the data here as it is, remove that "
        "file"
    )
