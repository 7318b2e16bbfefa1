"""The pages of a folder: which files are pages, and under which URL each is known."""

from __future__ import annotations

import os
import re
import stat
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from flows.errors import SitoError
from flows.pages import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.sources import FolderSource

__all__ = ["content_type", "find_files", "open_inside"]

_HTML, _TEXT = (".html", ".htm", ".xhtml"), (".txt",)
_OTHER_KIND = re.compile(r"\.[a-z][a-z0-9]{0,4}")  # feed.xml.gz, pages.warc.gz, dump.tar.gz: packed, but no page
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,256}<[!?a-zA-Z]")
_SNIFFED = 4096


def find_files(source: FolderSource) -> Iterator[Target]:
    """The page files of the folder and of those below it, sorted within each folder.

    Hidden files and everything that is no page by name are left out (a .gz without a known suffix before it is looked
    into). Symbolic links count where they lead to a file inside the folder; linked folders are not walked, since what
    lies inside is found anyway. Raises SitoError where the folder itself cannot be read.
    """
    root = source.path
    if not root.is_dir():
        what = "is no folder" if root.exists() else "does not exist"
        raise SitoError(f"source '{source.name}': the folder {root} {what}; mend path in the sources file")
    root = root.resolve()
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            if folder == root:
                raise SitoError(f"source '{source.name}': the folder {root} cannot be read: {error.strerror}") from None
            yield Target(_url(root, folder) + "/", problem=f"the folder cannot be read: {error.strerror}")
            continue
        below: list[Path] = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                below.append(Path(entry.path))
            elif _is_page(Path(entry.path), root):
                yield _target(root, Path(entry.path))
        folders += reversed(below)


def content_type(path: Path) -> str:
    """`text/html` or `text/plain` by suffix; a bare .gz by its first bytes."""
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(_TEXT):
        return "text/plain"
    if name.endswith(_HTML):
        return "text/html"
    return "text/html" if _MARKUP.match(_head(path)) else "text/plain"


def open_inside(root: Path, path: Path) -> int:
    """A descriptor to read the file from; raises OSError unless it is a regular file inside the folder now."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe must not hold the run
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "no regular file")
        if not path.resolve().is_relative_to(root.resolve()):
            raise OSError(0, "a link that leads out of the folder")
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _is_page(path: Path, root: Path) -> bool:
    name = path.name.lower()
    if path.is_symlink() and not _leads_inside(path, root):
        return False
    inner = name.removesuffix(".gz")
    if inner.endswith(_HTML + _TEXT):
        return True
    return name != inner and not _OTHER_KIND.fullmatch(Path(inner).suffix) and _looks_like_page(path)


def _leads_inside(path: Path, root: Path) -> bool:
    try:
        return path.is_file() and path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a link to itself
        return False


def _looks_like_page(path: Path) -> bool:
    head = _head(path)
    return bool(_MARKUP.match(head)) or (bool(head) and b"\0" not in head)


def _head(path: Path) -> bytes:
    """The first unpacked bytes; none where there are none to be had."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return zlib.decompressobj(wbits=31).decompress(file.read(_SNIFFED), _SNIFFED)
    except (OSError, zlib.error):
        return b""


def _target(root: Path, path: Path) -> Target:
    try:
        modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        modified = None
    return Target(_url(root, path), path=str(path), modified=modified)


def _url(root: Path, path: Path) -> str:
    """`file:///inner/name.html`, percent-encoded to plain ASCII: the same on every machine."""
    return "file:///" + quote(os.fsencode(path.relative_to(root)))
