"""The lease of a scope: a small object that says who is writing, in place of a lock, which object stores do not have.

It keeps others from work that they could not publish; that nothing is lost is the listing's own condition. Clocks that
differ by less than `MARGIN` do no harm to it either.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flows.common.errors import SitoError
from flows.common.escape import one_line
from flows.store.objects import Conflict, Missing

if TYPE_CHECKING:
    from flows.store.objects import Objects, Version

__all__ = ["Lease"]

SECONDS = 120.0
"""How long a lease is good without being renewed; it is renewed four times as often."""
MARGIN = 30.0
_MOST_BYTES = 4096


class Lease:
    """A lease on one scope. `owner` is of this working folder: whoever holds its lock may take up its own lease."""

    def __init__(self, objects: Objects, key: str, owner: str, what: str) -> None:
        self._objects, self._key, self._owner, self._what = objects, key, owner, what
        self._version: Version | None = None
        self._end = threading.Event()
        self._renewing: threading.Thread | None = None
        self.lost = False
        """Whether another run has taken it over."""
        self.is_tidy = True
        """Whether there are no objects of ours that no listing names; whoever comes next removes them otherwise."""

    def take(self) -> bool:
        """Take it; gives whether the one before did not end it, or not well: it may still be about to write.

        Raises SitoError where another one has it.
        """
        try:
            found = self._objects.read(self._key, _MOST_BYTES)
            assert found is not None  # noqa: S101 - no version was given
            told, self._version = _told(found[0]), found[1]
        except Missing:
            told, self._version = {}, None
        holder, until = told.get("owner"), _time(told.get("until"))
        now = datetime.now(UTC)
        if holder not in (None, self._owner) and now < until + timedelta(seconds=MARGIN):
            raise self._held(told, until)
        is_first = self._version is None
        try:
            self._put()
        except Conflict:
            raise self._held({}, now + timedelta(seconds=SECONDS)) from None
        if is_first:
            self._refuse_blind_store()
        self._renewing = threading.Thread(target=self._renew, name="sito lease", daemon=True)
        self._renewing.start()
        return holder is not None or told.get("tidy") is False

    def _refuse_blind_store(self) -> None:
        """Some stores ignore the conditions of a write: in those, updates would be lost without a word."""
        other: Version = {"e_tag": f'"{"0" * 32}"', "version": "1"}
        for before in (None, other):
            with suppress(Conflict):
                self._objects.replace(self._key, b'{"owner": null}\n', before)
                raise SitoError(
                    f"{self._what}: this store writes although the condition of the write does not hold (If-Match, "
                    "If-None-Match); sito cannot keep data there, as two runs would undo each other's work unseen"
                )

    def release(self) -> None:
        """End it, if it is still ours."""
        self._end.set()
        if self._renewing is not None:
            self._renewing.join()
        if not self.lost and self._version is not None:
            ended = {"owner": None, "tidy": self.is_tidy}
            with suppress(Conflict, SitoError):  # then it ends by itself
                self._objects.replace(self._key, json.dumps(ended).encode() + b"\n", self._version)

    def _put(self) -> None:
        until = datetime.now(UTC) + timedelta(seconds=SECONDS)
        holder = f"{socket.gethostname()}, process {os.getpid()}"
        told = {"owner": self._owner, "holder": holder, "until": until.isoformat()}
        self._version = self._objects.replace(self._key, json.dumps(told).encode() + b"\n", self._version)

    def _renew(self) -> None:
        while not self._end.wait(SECONDS / 4):
            try:
                self._put()
            except Conflict:
                self.lost = True
                return
            except SitoError:  # asked again at the next turn; the listing's condition decides in the end
                continue

    def _held(self, told: dict[str, object], until: datetime) -> SitoError:
        who = f" ({one_line(str(told['holder']), 200)})" if told.get("holder") else ""
        return SitoError(
            f"{self._what}: another run{who} is writing there until {until:%H:%M:%S} UTC or longer; wait until it has "
            "finished; one that was killed is passed over then"
        )


def _told(data: bytes) -> dict[str, object]:
    with suppress(ValueError):
        found = json.loads(data)
        if isinstance(found, dict):
            return found
    return {}


def _time(text: object) -> datetime:
    with suppress(ValueError, TypeError):
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    return datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
