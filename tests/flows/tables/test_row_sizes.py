"""How many bytes rows take does not depend on how Arrow happens to hold them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from flows.tables.row_sizes import row_sizes

PART = pa.struct([("word", pa.string()), ("number", pa.int32())])
ROWS = [
    {
        "text": "слово",
        "words": ["a", None, "їжа"],
        "parts": [{"word": "x", "number": 1}, {"word": None, "number": None}],
    },
    {"text": None, "words": [], "parts": None},
    {"text": "", "words": None, "parts": []},
    {"text": "end", "words": ["long enough"], "parts": [{"word": "yes", "number": 2}]},
]
SCHEMA = pa.schema([("text", pa.string()), ("words", pa.list_(pa.string())), ("parts", pa.list_(PART))])
SIZES = [
    (8 + 10) + (8 + (8 + 1) + 8 + (8 + 6)) + (8 + (8 + 1 + 8) + (8 + 8)),
    8 + 8 + 8,
    8 + 8 + 8,
    (8 + 3) + (8 + (8 + 11)) + (8 + (8 + 3 + 8)),
]


@pytest.mark.parametrize(("begin", "end"), [(0, 4), (1, 3), (3, 4), (2, 2)])
def test_each_row_has_the_bytes_of_its_texts_and_eight_for_each_other_value(begin: int, end: int) -> None:
    made = pa.RecordBatch.from_pylist(ROWS[begin:end], schema=SCHEMA)
    cut = pa.RecordBatch.from_pylist(ROWS, schema=SCHEMA).slice(begin, end - begin)
    assert row_sizes(made).tolist() == row_sizes(cut).tolist() == SIZES[begin:end]
