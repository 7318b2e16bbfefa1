from __future__ import annotations

from cleaners import clean_text, judge
from cleaners.document import Cut, Drop, LedgerLine, Line
from cleaners.rules.loss_guard import cautious, loss
from support.cleaner_pages import PARAGRAPHS, line, page

LONG = " ".join(PARAGRAPHS)


def test_running_text_that_a_rule_takes_for_leftovers_is_kept_and_the_page_flagged() -> None:
    texts = [f"Теги: {p} {p[:80]}." for p in PARAGRAPHS]
    document = judge(page(*texts))
    assert [p.text for p in document.paragraphs] == texts
    assert "would drop" in document.flags[0]


def test_a_page_of_teasers_is_no_article_to_be_guarded() -> None:
    teasers = [line(i + 1, f"Заголовок номер {i} про щось зовсім інше і далеке", link_share=1.0) for i in range(20)]
    document = judge(page(PARAGRAPHS[0], *teasers))
    assert document.flags == ()
    assert [p.text for p in document.paragraphs] == [PARAGRAPHS[0]]


def test_an_article_with_a_few_leftovers_is_not_flagged() -> None:
    document = clean_text("\n".join((*PARAGRAPHS, "Читайте також", "Поділитися")))
    assert document.flags == ()
    assert len(document.paragraphs) == 3


def test_copies_are_no_loss() -> None:
    document = clean_text("\n".join(PARAGRAPHS * 3))
    assert document.flags == ()
    assert [p.text for p in document.paragraphs] == list(PARAGRAPHS)


def test_loss_counts_words_of_pages_that_are_long_enough() -> None:
    half = LedgerLine(Line(0, LONG), LONG)
    gone = LedgerLine(Line(1, LONG), None, (Cut(0, len(LONG), "chrome", "x", "x"),))
    short = LedgerLine(Line(2, "Реклама"), None, (Cut(0, 7, "chrome", "x", "x"),))
    assert loss([half, gone]) == 0.5
    assert loss([half]) == 0
    assert loss([short]) == 0


def test_a_brief_under_a_notice_longer_than_itself_loses_the_notice() -> None:
    notice = "Передрук матеріалів лише з посиланням на сайт, а думка редакції може не збігатися з думкою автора. " * 6
    document = clean_text("\n".join((*PARAGRAPHS, *[notice.strip()] * 2)))
    assert document.flags == ()
    assert [p.text for p in document.paragraphs] == list(PARAGRAPHS)


def test_a_cautious_drop_spares_whole_paragraphs_but_not_their_copies_or_spans() -> None:
    lines = [Line(0, LONG), Line(1, "Коротко.")]
    drops = [
        Drop(0, "chrome", "whole"),
        Drop(0, "repeat", "copy"),
        Drop(0, "related", "span", start=5, end=20),
        Drop(1, "chrome", "short"),
    ]
    assert [d.rule for d in cautious(drops, lines)] == ["copy", "span", "short"]
