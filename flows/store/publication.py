"""Publishing what changed in the working folder: one step for everybody who reads.

New objects first, each written once and never over another; then the listing, on the condition that it is the one that
is known here; then what no listing names goes. A kill at any moment leaves one whole state, and objects that nobody
names: whoever takes the lease next removes them (`take_over`).
"""

from __future__ import annotations

import hashlib
import re
from functools import partial
from typing import TYPE_CHECKING

from flows.common.errors import SitoError
from flows.manifest.file_states import file_state, state_of
from flows.store.known_tables import read_known
from flows.store.listing import Listing, Published, new_token, object_key
from flows.store.mirror import at_once
from flows.store.objects import Conflict
from flows.store.record import Known
from flows.store.scope import SHARED, in_order, is_lazy, shard_stem, work_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flows.store.mirror import Mirror

__all__ = ["as_published", "publish", "strays", "take_over"]

_TOKEN = re.compile(r"(?<=[^/])\.[0-9a-f]{8}(?=\.[^/]*$|$)")


def publish(mirror: Mirror) -> bool:
    """Publish what changed; gives whether anything did. The caller holds the lease.

    Raises SitoError where another one published meanwhile, or the store fails: what is here stays for the next run.
    """
    before = mirror.record.files(mirror.scope.name)
    here = dict(mirror.scope.files(mirror.data))
    states = {name: state_of(stat) for name, stat in here.items()}
    changed = in_order(name for name in here if _is_changed(mirror, name, before.get(name), states[name]))
    gone = before.keys() - here.keys()
    if not changed and not gone:
        return False
    _refuse_groundless(mirror, changed, before, states)
    try:
        sent = dict(zip(changed, at_once(partial(_send, mirror, before), changed), strict=True))
    except OSError as error:
        raise SitoError(f"{mirror.data}: cannot be read ({error.strerror or error})") from error
    files = {name: sent.get(name) or before[name].of for name in here}
    known = {name: Known(of, states[name], False) if name in sent else before[name] for name, of in files.items()}
    _commit(mirror, files, known)
    mirror.objects.remove(_keys({name: of.of for name, of in before.items()}) - _keys(files))
    return True


def as_published(mirror: Mirror, names: Iterable[str]) -> dict[str, Published] | None:
    """What is published of those of these files that are here; None: one of them is not as it was published, or new."""
    found = {}
    for name in names:
        state = file_state(mirror.data / name)
        known = mirror.record.file(mirror.scope.name, name)
        if state is not None and (known is None or _is_changed(mirror, name, known, state)):
            return None
        if state is not None and known is not None:
            found[name] = known.of
    return found


def _is_changed(mirror: Mirror, name: str, before: Known | None, state: str | None) -> bool:
    if before is None:
        return True
    if before.state == state or before.stands_in(state):
        return False
    path = mirror.data / name
    return is_lazy(name) or path.stat().st_size != before.of.size or _digest(path.read_bytes()) != before.of.sha256


def _refuse_groundless(
    mirror: Mirror, changed: Iterable[str], before: Mapping[str, Known], states: Mapping[str, str | None]
) -> None:
    """Nothing may be published that was drawn from a stand-in: that would put damage in place of what is good."""
    for name in changed:
        stem, own = shard_stem(name), before.get(name)
        shard = f"raw/{mirror.scope.name}/{stem}.warc.gz"
        known = before.get(shard) if stem else None
        if known is None or not known.stands_in(states.get(shard)):
            continue
        if own is not None and (own.absent or name.endswith(".cdxj")):
            raise SitoError(
                f"{mirror.data / name}: was changed, though the shard that it belongs to is not here; it is not "
                "published. This is a defect of sito, please report it; remove the file, and run again"
            )


def _send(mirror: Mirror, before: Mapping[str, Known], name: str) -> Published:
    path = mirror.data / name
    stat, data = path.stat(), path.read_bytes()
    if name.endswith(".warc.gz") and name in before and _digest(data) != before[name].of.sha256:
        raise SitoError(f"{path}: was changed, and shards never are; remove it here, and it is fetched again")
    token = new_token() if name in before else ""
    for each in (token, new_token()):  # at the usual key may be what a killed run left
        if mirror.objects.create(object_key(name, each), data):
            return Published(len(data), _digest(data), stat.st_mtime_ns, each)
    raise SitoError(f"{mirror.at.address}/{name}: cannot be written, as there are objects at all keys that were tried")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _commit(mirror: Mirror, files: Mapping[str, Published], known: Mapping[str, Known]) -> None:
    version, number = mirror.record.version(mirror.scope.name)
    listing = Listing(number + 1, dict(files), read_known(mirror.data, mirror.scope.name))
    try:
        written = mirror.objects.replace(mirror.scope.listing, listing.to_bytes(), version)
    except Conflict:
        raise SitoError(
            f"{mirror.where}: another run has published since this one began, so this one does not; what it made stays "
            f"in {mirror.data}, and the next run publishes it"
        ) from None
    mirror.record.save(mirror.scope.name, written, listing, known)


def take_over(mirror: Mirror) -> None:
    """Keep a run that was killed or is paused from publishing any more, and remove what it wrote and no listing names.

    The caller has taken its lease, and pulled. The first half is the listing, published once more.
    """
    found = mirror.listing()
    _commit(mirror, found[0].files if found else {}, mirror.record.files(mirror.scope.name))
    mirror.objects.remove(strays(mirror)[1])


def strays(mirror: Mirror) -> tuple[dict[str, str], list[str]]:
    """What is wrong with the objects that the listing names, by key; and the keys of those that it does not name."""
    found = mirror.listing()
    named = {object_key(name, of.token): of.size for name, of in (found[0].files if found else {}).items()}
    there = {key: size for folder in mirror.scope.folders for key, size in mirror.objects.sizes(folder).items()}
    if any(name.startswith(SHARED) for name in named):
        there |= {key: size for key, size in mirror.objects.sizes(SHARED).items() if key in named}
    wrong = {
        key: "is gone" if key not in there else f"has {there[key]:,} bytes instead of {size:,}"
        for key, size in sorted(named.items())
        if there.get(key) != size
    }
    form = mirror.scope.form
    ours = {key for key in there if form.fullmatch(key) or form.fullmatch(_TOKEN.sub("", key, count=1))}
    ours |= {key for key in there if key.startswith(f"{work_folder(mirror.scope.name)}/")}
    return wrong, sorted(ours - named.keys())


def _keys(files: Mapping[str, Published]) -> set[str]:
    return {object_key(name, of.token) for name, of in files.items() if not name.startswith(SHARED)}
