"""The forms of an export by name, and the files that each writes for the parts of a split."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from flows.common.errors import SitoError
from flows.export.places import new_file, new_folder, refuse_existing
from flows.export.writers import (
    CsvWriter,
    DatasetWriter,
    JsonlWriter,
    ParquetWriter,
    TextFolderWriter,
    TextWriter,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from flows.export.writers import Writer

__all__ = ["CARD", "FORMS", "form_of", "open_writers", "refuse_existing_output"]

FORMS = ("jsonl", "csv", "txt", "parquet", "hf", "datatrove")
CARD = "README.md"
"""The dataset card in a folder."""
_COMPRESSED = (".gz", ".zst")
_ENDINGS = {"jsonl": "jsonl", "ndjson": "jsonl", "csv": "csv", "txt": "txt", "parquet": "parquet"}


def form_of(name: str | None, output: Path) -> str:
    """The form of that name, else by the ending of the output. Raises SitoError for one that is unknown, or unfit."""
    if name is None:
        ending = _stem_and_ending(output)[1].split(".")
        name = _ENDINGS.get(ending[1]) if len(ending) > 1 else None
        if name is None:
            raise SitoError(f"the name {output.name} tells no format; write --format, one of {', '.join(FORMS)}")
    if name not in FORMS:
        raise SitoError(f"there is no format '{name}'; known: {', '.join(FORMS)}")
    if name in ("parquet", "hf") and output.name.endswith(_COMPRESSED):
        raise SitoError(f"{output.name}: Parquet is compressed inside; leave {output.suffix} out")
    return name


def _stem_and_ending(path: Path) -> tuple[str, str]:
    """`corpus` and `.jsonl.gz`; dots that are no ending of ours stay in the stem."""
    name, ending = path.name, ""
    if name.endswith(_COMPRESSED):
        ending = path.suffix
        name = name.removesuffix(ending)
    stem, dot, last = name.rpartition(".")
    return (stem, f".{last}{ending}") if dot and stem and last in _ENDINGS else (name, ending)


def _is_folder(form: str, output: Path) -> bool:
    return form == "hf" or (form == "txt" and not _stem_and_ending(output)[1])


def _files(form: str, output: Path, parts: Sequence[str]) -> dict[str, Path]:
    """The file of each part; a folder, where the form has one, is of all."""
    if len(parts) == 1 or _is_folder(form, output):
        return dict.fromkeys(parts, output)
    stem, ending = _stem_and_ending(output)
    return {part: output.with_name(f"{stem}-{part}{ending}") for part in parts}


def refuse_existing_output(form: str, output: Path, parts: Sequence[str], *, force: bool) -> None:
    """Raise SitoError where something is there that must not be replaced."""
    for path in set(_files(form, output, parts).values()):
        if path.is_dir() and not _is_folder(form, output):
            raise SitoError(f"{path} is a folder; name a file")
        if path.is_file() and _is_folder(form, output):
            raise SitoError(f"{path} is a file; name a folder")
        refuse_existing(path, force=force)


@contextmanager
def open_writers(
    form: str, output: Path, columns: pa.Schema, parts: Sequence[str]
) -> Iterator[tuple[dict[str, Writer], Path | None]]:
    """A writer for each part, and the folder where the form has one; all is in place when the block has ended well."""
    with ExitStack() as stack:
        folder = stack.enter_context(new_folder(output)) if _is_folder(form, output) else None
        writers: dict[str, Writer] = {}
        for part, path in _files(form, output, parts).items():
            if folder is not None:
                writers[part] = _in_folder(form, folder, part, columns, alone=len(parts) == 1)
            else:
                writers[part] = _of_file(form, stack.enter_context(new_file(path)), path.name, columns)
        try:
            yield writers, folder
        finally:
            for writer in writers.values():
                writer.close()


def _in_folder(form: str, folder: Path, part: str, columns: pa.Schema, *, alone: bool) -> Writer:
    if form == "hf":
        return DatasetWriter(folder, part, columns)
    return TextFolderWriter(folder if alone else folder / part, part, columns)


def _of_file(form: str, path: Path, name: str, columns: pa.Schema) -> Writer:
    match form:
        case "csv":
            return CsvWriter(path, name, columns)
        case "txt":
            return TextWriter(path, name, columns)
        case "parquet":
            return ParquetWriter(path, name, columns)
        case _:
            return JsonlWriter(path, name, columns, datatrove=form == "datatrove")
