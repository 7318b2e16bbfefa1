"""Gold of one's own: kept with its page, scored now, and by what the tables hold."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

import flows.gold.figures
from cleaners.corrections import NO_CORRECTIONS, Correction, Corrections
from flows.cli.main import main
from flows.common.errors import SitoError
from flows.config.settings import load_settings
from flows.config.sources import load_sources
from flows.gold.figures import GoldTask, kept_scores, said, work
from flows.gold.gold_set import gold_folder, read_gold
from flows.gold.scoring import Score
from flows.pipeline.cleaning_job import Scope
from flows.pipeline.source_run import run_reprocess
from flows.report.progress import Progress
from support.in_process import LOG, HereSteps, reprocess_archived
from support.newspaper import BODY, SOURCE, page, shard_of

if TYPE_CHECKING:
    from pathlib import Path

SLOGAN = "Наш Вісник — голос громади"
TEASER = "Читайте також: Як доглядати за старими книжками"


def in_process(task: GoldTask) -> dict[str, Score]:
    return work(task, lambda _: None)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    shard_of(tmp_path, *(page(n, f"{BODY}<p>{SLOGAN}</p>") for n in range(2)))
    reprocess_archived(tmp_path)
    (tmp_path / "sources.toml").write_text(f'[sources.{SOURCE}]\nkind = "folder"\npath = "."\n')
    return tmp_path


def sito(town: Path, *words: str) -> int:
    return main(["--sources", str(town / "sources.toml"), "--data", str(town), *words])


def test_a_page_is_kept_with_its_lines_in_the_scorers_format(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sito(town, "gold", "add", SOURCE, "1", "--drop", SLOGAN, "--keep", TEASER) == 0
    assert "4 lines of the article, " in capsys.readouterr().out
    ((captured, gold),) = read_gold(gold_folder(town / "sources.toml", SOURCE))
    assert captured.read_bytes() == page(1, f"{BODY}<p>{SLOGAN}</p>")
    assert gold["id"] == captured.stem
    assert TEASER in [each["text"] for each in gold["paragraphs"]]
    assert {"text": SLOGAN, "category": "chrome", "language": "uk"} in gold["dropped"]
    assert (gold["url"], gold["title"], gold["optional"]) == ("file:///1.html", "Новина 1", [])
    assert sito(town, "gold", "add", SOURCE, "1", "--drop", SLOGAN) == 0
    assert len(list(gold_folder(town / "sources.toml", SOURCE).glob("*.json"))) == 1, "in the place of the earlier one"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["1", "--drop", "Нема такого"], "the page has no line 'Нема такого'"),
        (["7"], "holds no page '7'"),
    ],
)
def test_what_cannot_be_gold_is_said(
    town: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert sito(town, "gold", "add", SOURCE, *words) == 2
    assert told in capsys.readouterr().err
    assert not gold_folder(town / "sources.toml", SOURCE).exists()


def test_it_is_scored_by_todays_cleaners_and_corrections(
    town: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sito(town, "gold", "add", SOURCE, "1", "--drop", SLOGAN)
    folder = gold_folder(town / "sources.toml", SOURCE)
    (before,) = in_process(GoldTask(folder, "uk", NO_CORRECTIONS)).values()
    assert before.left == (SLOGAN,)
    drop = Corrections((Correction("drop", "text", SLOGAN, "slogan"),))
    (after,) = in_process(GoldTask(folder, "uk", drop)).values()
    assert (after.precision, after.recall, after.left) == (1, 1, ())
    monkeypatch.setattr(flows.gold.figures, "scores", in_process)
    capsys.readouterr()
    assert sito(town, "gold", "score", "--per-page") == 0
    shown = capsys.readouterr().out
    assert "precision" in shown
    assert f"still there: {SLOGAN}" in shown
    assert sito(town, "gold", "score", SOURCE) == 0


def test_a_reprocess_says_what_it_did_to_the_gold(town: Path) -> None:
    sito(town, "gold", "add", SOURCE, "1", "--drop", SLOGAN)
    sources = town / "sources.toml"
    (town / "corrections").mkdir()
    (town / "corrections" / f"{SOURCE}.toml").write_text(
        f'[[drop]]\ntext = "{SLOGAN}"\nnote = "n"\ndate = 2026-03-01\npage = "file:///1.html"\n', "utf-8"
    )
    settings = load_settings(sources=sources, data=town, workers=1)
    source = load_sources(sources)[SOURCE]
    _, ended = run_reprocess(source, settings, "run-1", Scope(), HereSteps(), Progress(SOURCE), LOG)
    assert ended is not None
    (note,) = ended.result.record.notes
    assert re.match(r"gold \(1 pages\): precision \.8\d\d → 1, recall 1 → 1, noise_left \.\d+ → 0,", note)
    assert kept_scores(town / "none", town, SOURCE) == {}
    assert said({}, {}) == ""


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "Expecting property name"),
        ("[]", "list indices"),
        ('{"paragraphs": [{"text": 1}], "dropped": [], "authors": []}', "a text is none"),
        ("[" * 100_000, "maximum recursion"),
    ],
)
def test_a_faulty_file_is_named(town: Path, content: str, told: str) -> None:
    sito(town, "gold", "add", SOURCE, "1")
    folder = gold_folder(town / "sources.toml", SOURCE)
    (path,) = folder.glob("*.json")
    path.write_text(content)
    with pytest.raises(SitoError, match=f"is no gold .*{told}"):
        list(read_gold(folder))
    path.write_text(json.dumps({"paragraphs": [], "dropped": [], "authors": []}))
    path.with_suffix(".html").unlink()
    with pytest.raises(SitoError, match="its page is not beside it"):
        list(read_gold(folder))
