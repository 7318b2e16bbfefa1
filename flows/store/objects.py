"""The objects of a store: read, written where nothing or a certain version is there, listed and removed.

Every write says what must be there before, so an answer that was lost on the way is no riddle: what is there now is
compared with what was to be written.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from flows.common.errors import SitoError
from flows.common.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from obstore.store import ObjectStore

    from flows.store.address import StoreAddress

__all__ = ["Conflict", "Missing", "Objects", "Version"]

Version = dict[str, str | None]
"""What tells an object from what was at its key before: `e_tag`, and `version` where the store has such."""

READ_SECONDS = 30
"""How long nothing may come before a request counts as lost; a large shard over a slow line takes longer as a whole."""
_WHOLE_SECONDS = 900
RETRY_SECONDS = 90
"""How long a store that answers 5xx, or not at all, is asked again."""
TRIES = 3
"""Of what the library does not repeat by itself: writes of which the answer was lost, bodies that broke off."""
_PIECE = 2**20
_TIMES = re.compile(r" in [\d.]+\S{0,2}s(?:, after \d+ retries[^-]*)? - ")
_ROLES = "http://169.254.169.254/"
"""Where a machine of Amazon's asks for the credentials of its role; the library does where there are no others."""
_SECRETS = ("KEY", "SECRET", "TOKEN", "PASSWORD", "CREDENTIAL")


class Missing(Exception):  # noqa: N818 - a state of the store
    """There is no such object."""


class Conflict(Exception):  # noqa: N818 - a state of the store
    """What is there is not what should be."""


class Objects:
    """The objects below an address. Raises SitoError where the store cannot be reached, or refuses."""

    def __init__(self, at: StoreAddress) -> None:
        self._at = at
        self._store = _open(at)

    def read(self, key: str, most: int, known: Version | None = None) -> tuple[bytes, Version] | None:
        """A small object and its version; None: it is still the known one.

        Raises Missing, and SitoError where it has more than `most` bytes.
        """
        import obstore
        from obstore.exceptions import NotModifiedError

        tag = known.get("e_tag") if known else None
        for last in _tries():
            with self._refusals(key, last):
                try:
                    got = obstore.get(self._store, key, options={"if_none_match": tag} if tag else None)
                except NotModifiedError:
                    return None
                if got.meta["size"] > most:
                    raise SitoError(f"{self._at.address}/{key}: is larger than anything that sito writes there")
                version: Version = {"e_tag": got.meta["e_tag"], "version": got.meta["version"]}
                return bytes(got.bytes()), version
        raise AssertionError("the last try ends it")

    def download(self, key: str, size: int, sha256: str, file: BinaryIO) -> None:
        """Write an object into a file, from its beginning. Raises Missing, and Conflict where it is another one."""
        import obstore

        for last in _tries():
            with self._refusals(key, last):
                got = obstore.get(self._store, key)
                if got.meta["size"] != size:
                    raise Conflict(key)
                file.seek(0)
                digest = hashlib.sha256()
                for piece in got.stream(min_chunk_size=_PIECE):
                    digest.update(piece)
                    file.write(piece)
                if digest.hexdigest() == sha256 and file.tell() == size:
                    return
                if last:
                    raise Conflict(key)

    def beginning(self, key: str, most: int) -> bytes:
        """The first bytes of an object, at most so many. Raises Missing."""
        import obstore

        for last in _tries():
            with self._refusals(key, last):
                return bytes(obstore.get_range(self._store, key, start=0, end=most))
        raise AssertionError("the last try ends it")

    def create(self, key: str, data: bytes) -> bool:
        """Write an object where none is; False: another one is there."""
        try:
            self.replace(key, data, None)
        except Conflict:
            return False
        return True

    def replace(self, key: str, data: bytes, before: Version | None) -> Version:
        """Write an object in place of that version, None: of nothing. Raises Conflict where something else is there."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

        mode: Any = "create" if before is None else {name: value for name, value in before.items() if value}
        for last in _tries():
            try:
                return cast("Version", dict(obstore.put(self._store, key, data, mode=mode)))
            except (AlreadyExistsError, PreconditionError) as error:
                if (written := self._is_written(key, data)) is not None:
                    return written
                raise Conflict(key) from error
            except BaseError as error:
                if (written := self._is_written(key, data)) is not None:
                    return written
                if last:
                    raise self._refusal(key, error) from error
            except FileNotFoundError as error:
                raise self._refusal(key, error) from error
        raise AssertionError("the last try ends it")

    def _is_written(self, key: str, data: bytes) -> Version | None:
        """The version of the object that is there, if it is this one: an earlier try wrote it, and was not heard."""
        import obstore

        try:
            with self._refusals(key):
                got = obstore.get(self._store, key)
                if got.meta["size"] == len(data) and bytes(got.bytes()) == data:
                    return {"e_tag": got.meta["e_tag"], "version": got.meta["version"]}
        except Missing:
            pass
        return None

    def remove(self, keys: Iterable[str]) -> None:
        """Remove objects; one that is not there is none the less removed."""
        import obstore

        wanted = sorted(keys)
        for last in _tries():
            with self._refusals("", last):
                if wanted:
                    obstore.delete(self._store, wanted)
                return

    def sizes(self, prefix: str) -> dict[str, int]:
        """The sizes of all objects below a prefix, by key."""
        import obstore

        for last in _tries():
            with self._refusals(prefix, last):
                found = obstore.list(self._store, prefix, chunk_size=1000)
                return {each["path"]: each["size"] for part in found for each in part}
        raise AssertionError("the last try ends it")

    def folders(self, prefix: str) -> list[str]:
        """The names directly below a prefix that have objects below them."""
        import obstore

        for last in _tries():
            with self._refusals(prefix, last):
                found = obstore.list_with_delimiter(self._store, prefix)
                return sorted(each.rstrip("/").rpartition("/")[2] for each in found["common_prefixes"])
        raise AssertionError("the last try ends it")

    @contextmanager
    def _refusals(self, key: str, last: bool = True) -> Iterator[None]:
        """What the library raises, as what it means; where it is not the `last` try, a passing fault is passed over."""
        from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

        try:
            yield
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise self._refusal(key, error) from error
            raise Missing(key) from error
        except (BaseError, OSError) as error:
            if last or isinstance(error, PermissionDeniedError | UnauthenticatedError):
                raise self._refusal(key, error) from error

    def _refusal(self, key: str, error: Exception) -> SitoError:
        from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

        said = _without_secrets(str(error))
        where = f"{self._at.address}/{key}".rstrip("/")
        if "NoSuchBucket" in said:
            return SitoError(f"{self._at.address}: there is no such bucket; make it first")
        if _ROLES in said:
            return SitoError(
                f"{where}: there are no credentials in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, "
                "AWS_REGION), and this machine has no role of its own"
            )
        if isinstance(error, PermissionDeniedError | UnauthenticatedError):
            return SitoError(
                f"{where}: the store refuses ({one_line(said, 200)}); are the credentials in the environment "
                "(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and so on), and may they do this?"
            )
        return SitoError(
            f"{where}: the store cannot be used ({one_line(said, 200)}); what is not published yet stays in the "
            "working folder, and the next run publishes it"
        )


def _tries() -> Iterator[bool]:
    """True with the last; a pause before each but the first."""
    for count in range(1, TRIES + 1):
        yield count == TRIES
        time.sleep(0.2 * count)


def _open(at: StoreAddress) -> ObjectStore:
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ModuleNotFoundError:
        raise SitoError(f"{at.address}: a store needs one package more: pip install 'sito[store]'") from None
    config: Any = {"endpoint": at.endpoint} if at.endpoint else {}
    client = {"timeout": f"{_WHOLE_SECONDS}s", "read_timeout": f"{READ_SECONDS}s", "allow_http": at.is_open}
    retry = {
        "max_retries": 8,
        "retry_timeout": timedelta(seconds=RETRY_SECONDS),
        "backoff": {"init_backoff": timedelta(milliseconds=200), "max_backoff": timedelta(seconds=10), "base": 2},
    }
    try:
        found: ObjectStore = cast("Any", from_url)(at.address, client_options=client, retry_config=retry, **config)
        return found
    except (BaseError, ValueError) as error:
        said = one_line(_without_secrets(str(error)), 300)
        raise SitoError(f"{at.address}: cannot be opened ({said}); what is in the environment of it?") from error


def _without_secrets(text: str) -> str:
    """The first line of what the library says, without anything that the environment keeps as a secret."""
    said = _TIMES.sub(": ", text.partition("\n\nDebug source")[0])
    for name, value in os.environ.items():
        if len(value) >= 4 and any(word in name for word in _SECRETS) and value in said:
            said = said.replace(value, "***")
    return said
