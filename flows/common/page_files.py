"""Files that contain pages: which files of a folder, of which content type, under which id."""

from __future__ import annotations

import os
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SUFFIXES", "FolderError", "content_type", "page_id", "walk"]

_HTML, _TEXT = (".html", ".htm", ".xhtml"), (".txt",)
SUFFIXES = _HTML + _TEXT
_OTHER_KIND = re.compile(r"\.[a-z][a-z0-9]{0,4}")  # feed.xml.gz, pages.warc.gz, dump.tar.gz: compressed, but not a page
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,256}<[!?a-zA-Z]")
_SNIFFED = 4096


class FolderError(Exception):
    """A folder that cannot be read; `folder` is its path, the message why."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(reason)
        self.folder = folder


def walk(root: Path) -> Iterator[Path | FolderError]:
    """The page files of a folder and of those below it, sorted within each; unreadable folders as errors.

    Hidden files and files whose name is not that of a page are left out (a .gz without a known inner suffix is opened
    to decide). Symbolic links count if they lead to a file inside the folder; linked folders are not walked, since
    those inside the folder are found anyway.
    """
    inside = root.resolve()
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield FolderError(folder, error.strerror or str(error))
            continue
        below: list[Path] = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                below.append(Path(entry.path))
            elif _is_page(Path(entry.path), inside):
                yield Path(entry.path)
        folders += reversed(below)


def page_id(path: Path) -> str:
    """The file's name without .gz and without .html, .htm, .xhtml or .txt."""
    name = path.name
    for suffix in (".gz", *SUFFIXES):
        if name.lower().endswith(suffix):
            name = name[: -len(suffix)]
            if suffix != ".gz":
                break
    return name or path.name


def content_type(path: Path, payload: bytes | None = None) -> str:
    """`text/html` or `text/plain` by suffix; files with another suffix by their first bytes, or those of `payload`."""
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(_TEXT):
        return "text/plain"
    if name.endswith(_HTML):
        return "text/html"
    return "text/html" if _MARKUP.match(_head(path) if payload is None else payload[:_SNIFFED]) else "text/plain"


def _is_page(path: Path, root: Path) -> bool:
    name = path.name.lower()
    if path.is_symlink() and not _leads_inside(path, root):
        return False
    inner = name.removesuffix(".gz")
    if inner.endswith(SUFFIXES):
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
    """The first uncompressed bytes; empty if the file cannot be read."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            head = file.read(_SNIFFED)
        return zlib.decompressobj(wbits=31).decompress(head, _SNIFFED) if head.startswith(b"\x1f\x8b") else head
    except (OSError, zlib.error):
        return b""
