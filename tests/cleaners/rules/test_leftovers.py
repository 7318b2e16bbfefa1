"""Lines and spans that sites put around an article, as data: what goes, and what stays though it is near."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from cleaners import clean_text
from cleaners.document import LedgerLine, Line, Metadata, Page
from cleaners.judgement import run_cleaners
from cleaners.rules.ledger import LedgerBuilder
from cleaners.rules.registry import CLEANERS

HERE = Path(__file__).parent / "leftovers"
LEFTOVERS: dict[str, dict[str, Any]] = {
    path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(HERE.glob("*.toml"))
}
AROUND = {
    "uk": (
        "Міська рада ухвалила бюджет на наступний рік після суперечки, яка тривала майже до ранку, кажуть депутати.",
        "Найбільше грошей піде на ремонт мосту через річку, а решту поділять між лікарнею, школами та новим водогоном.",
    ),
    "ru": (
        "Городской совет принял бюджет на следующий год после долгого спора, который длился до утра, говорят депутаты.",
        "Больше всего денег пойдёт на ремонт моста через реку, а остальное поделят больница и школы города.",
    ),
    "en": (
        "The town council adopted next year's budget after a dispute that lasted until the morning, deputies say.",
        "Most of the money will go to the repair of the bridge over the river, and the rest to the schools.",
    ),
}


def tables(kind: str) -> list[Any]:
    """Language and lines of each category, for one test each."""
    return [
        pytest.param(language, table[kind], id=f"{language}-{category}")
        for language, categories in LEFTOVERS.items()
        for category, table in categories.items()
        if kind in table
    ]


def judged(language: str, text: str, *, last: bool) -> LedgerLine:
    """The verdict on `text` as the last line of an article, or between two of its paragraphs."""
    first, second = AROUND[language]
    texts = [f"{first} 1.", f"{second} 2.", f"{first} 3.", text, *([] if last else [f"{second} 4.", f"{first} 5."])]
    lines = tuple(Line(place, line, language=language) for place, line in enumerate(texts))
    return run_cleaners(Page("test", lines, Metadata()), CLEANERS, LedgerBuilder(lines)).ledger()[3]


@pytest.mark.parametrize(("language", "texts"), tables("goes"))
def test_a_leftover_below_an_article_goes_whole(language: str, texts: list[str]) -> None:
    assert [text for text in texts if judged(language, text, last=True).kept is not None] == []


@pytest.mark.parametrize("last", [False, True], ids=["between", "last"])
@pytest.mark.parametrize(("language", "texts"), tables("stays"))
def test_a_sentence_of_the_article_stays_whole(language: str, texts: list[str], last: bool) -> None:
    assert [text for text in texts if judged(language, text, last=last).cuts] == []


@pytest.mark.parametrize(("language", "cases"), tables("cases"))
def test_a_leftover_inside_a_line_is_cut_and_the_sentences_around_stay_whole(
    language: str, cases: list[tuple[str, str]]
) -> None:
    assert [judged(language, text, last=False).kept for text, _ in cases] == [kept for _, kept in cases]


@pytest.mark.parametrize("language", LEFTOVERS)
def test_an_article_of_nothing_but_such_sentences_stays_as_it_is(language: str) -> None:
    texts = [text for table in LEFTOVERS[language].values() for text in table.get("stays", ())]
    document = clean_text("\n".join((*AROUND[language], *texts, *AROUND[language][:1])))
    assert [p.text for p in document.paragraphs][2 : 2 + len(texts)] == texts
