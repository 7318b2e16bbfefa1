"""The trained tables and the profiles: size, shape, and langdetect's own format."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

import cleaners.languages.langdetect_fallback as fallback
from cleaners.languages.langdetect_fallback import PROFILES, detect
from cleaners.languages.states import CYRILLIC, LATIN
from cleaners.languages.table import GRAMS, WORDS, Packed, Table, dump, grams, words

DATA = Path(fallback.__file__).parent / "data"


def test_everything_stays_under_three_and_a_half_megabytes() -> None:
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 3_500_000


@pytest.mark.parametrize(("script", "states"), [("Cyrl", CYRILLIC), ("Latn", LATIN)])
def test_the_model_and_the_tables_speak_of_the_same_states(script: str, states: tuple[str, ...]) -> None:
    for name in (WORDS[script], GRAMS[script]):
        data = (DATA / name).read_bytes()
        keys = zlib.decompress(data[4 : 4 + int.from_bytes(data[:4], "little")])
        assert json.loads(keys.split(b"\n")[0])["states"] == list(states)


def test_tables_are_read_as_they_were_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    states, unlisted = ("uk", "ru"), (3, 4)
    (tmp_path / GRAMS["Cyrl"]).write_bytes(dump(Table(states, {"а": bytes([1, 2]), "^а": bytes([255, 0])}, unlisted)))
    (tmp_path / WORDS["Cyrl"]).write_bytes(dump(Table(states, {"так": bytes([0, 9]), "а": bytes([7, 0])}, unlisted)))
    monkeypatch.setattr("cleaners.languages.table._DATA", tmp_path)
    letters = grams.__wrapped__("Cyrl")
    assert rows(letters) == {"а": bytes([1, 0, 2, 0]), "^а": bytes([255, 0, 0, 0])}
    assert letters.unknown_cost == 3 | 4 << 16
    assert rows(words.__wrapped__("Cyrl")) == {"так": bytes([0, 0, 9, 0]), "а": bytes([7, 0, 0, 0])}


def rows(table: Packed) -> dict[str, bytes]:
    return {key: bytes(table.rows[offset : offset + table.width]) for key, offset in table.offsets.items()}


def test_the_belarusian_profile_is_one_of_langdetect() -> None:
    profile = json.loads((DATA / "be").read_text("utf-8"))
    assert set(profile) == {"freq", "n_words", "name"}
    assert profile["name"] == "be"
    assert len(profile["n_words"]) == 3
    assert {len(gram) for gram in profile["freq"]} == {1, 2, 3}


def test_langdetect_with_our_profile_knows_belarusian() -> None:
    assert detect("Учора ў горадзе адкрылі новую бібліятэку для дзяцей", "Cyrl") == "be"
    assert detect("Вчера в городе открыли новую библиотеку для детей", "Cyrl") == "ru"


def test_langdetect_is_seeded_and_passes_over_what_is_excluded() -> None:
    text = "Gestern wurde in der Stadt eine neue Bibliothek"
    assert {detect(text, "Latn") for _ in range(5)} == {"de"}
    assert detect(text, "Latn", ("de",)) != "de"


@pytest.mark.parametrize("text", ["", "12 34", "!!!", "\ud800"])
def test_langdetect_finds_nothing_where_nothing_is(text: str) -> None:
    assert detect(text, "Latn") == "und"
    assert detect(text, "Zzzz") == "und"


def test_every_profile_that_langdetect_brings_has_its_place() -> None:
    from langdetect.detector_factory import PROFILES_DIRECTORY

    placed = {name for names in PROFILES.values() for name in names}
    alone = {"el", "he", "bn", "pa", "gu", "ta", "te", "kn", "ml", "th", "ko"}  # known by their script
    assert {path.name for path in Path(PROFILES_DIRECTORY).iterdir()} <= placed | alone
