"""What a person says is judged before any rule, and stands in the ledger; the cases that must have a remedy."""

from __future__ import annotations

from cleaners import Document, clean_html
from cleaners.corrections import Action, By, Correction, Corrections
from cleaners.document import NO_ARTICLE, LedgerLine, Page
from cleaners.pipeline import judge
from cleaners.rules.corrected import NOT_AN_ARTICLE
from support.cleaner_pages import PARAGRAPHS, line, page

SLOGAN = "Наш Вісник — голос громади"
PROMPT = "Підписуйтесь на наш Telegram"


def said(action: Action, by: By, value: str, note: str = "a note") -> Correction:
    return Correction(action, by, value, note)


def judged(of: Page, *corrections: Correction) -> Document:
    return judge(of, None, Corrections(corrections))


def last(document: Document) -> LedgerLine:
    return document.ledger[-1]


def test_a_dropped_line_has_name_and_note() -> None:
    drop = said("drop", "text", SLOGAN)
    entry = last(judged(page(*PARAGRAPHS, SLOGAN), drop))
    assert entry.verdict == "dropped"
    assert [(cut.category, cut.rule, cut.evidence) for cut in entry.cuts] == [("chrome", drop.name, "a note")]


def test_a_kept_line_has_name_note_and_the_rule_that_was_overruled() -> None:
    before = last(judge(page(*PARAGRAPHS, PROMPT)))
    keep = said("keep", "text", PROMPT)
    entry = last(judged(page(*PARAGRAPHS, PROMPT), keep))
    assert entry.kept == PROMPT
    assert entry.kept_by is not None
    assert entry.kept_by.evidence == f"“a note” against “{before.cuts[0].rule}”"
    assert last(judged(page(*PARAGRAPHS, SLOGAN), said("keep", "text", SLOGAN))).kept_by is None, "nothing struck it"


def test_a_silent_rule_says_nothing_and_others_still_do() -> None:
    rule = last(judge(page(*PARAGRAPHS, PROMPT))).cuts[0].rule
    off = said("off", "rule", rule)
    entry = last(judged(page(*PARAGRAPHS, PROMPT, "Читайте також: Як доглядати за мостом"), off))
    assert entry.verdict == "dropped"
    document = judged(page(*PARAGRAPHS, PROMPT), off)
    assert rule not in {cut.rule for entry in document.ledger for cut in entry.cuts}


def test_the_lines_of_a_rule_are_kept_whole_against_all() -> None:
    rule = last(judge(page(*PARAGRAPHS, PROMPT))).cuts[0].rule
    assert last(judged(page(*PARAGRAPHS, PROMPT), said("keep", "rule", rule))).kept == PROMPT


def test_the_most_exact_counts_and_of_equals_the_one_that_keeps() -> None:
    of = page(*PARAGRAPHS, SLOGAN)
    text, pattern = said("drop", "text", SLOGAN), said("drop", "pattern", "голос")
    assert last(judged(of, pattern, said("keep", "prefix", "Наш"))).kept == SLOGAN
    assert last(judged(of, said("keep", "prefix", "Наш"), text)).kept is None
    assert last(judged(of, text, said("keep", "text", SLOGAN))).kept == SLOGAN


def test_the_loss_guard_does_not_doubt_a_person() -> None:
    corrections = [said("drop", "text", text) for text in PARAGRAPHS[1:]]
    document = judged(page(*PARAGRAPHS), *corrections)
    assert document.text == PARAGRAPHS[0]
    assert not document.flags


def test_a_page_that_is_no_article_keeps_nothing_and_says_so_once() -> None:
    none = said("no_article", "address", "https://visnyk.example/*")
    of = Page("test", page(*PARAGRAPHS).lines, url="https://visnyk.example/1", flags=(f"{NOT_AN_ARTICLE}: older",))
    document = judged(of, none)
    assert not document.paragraphs
    assert document.flags == (f"{NOT_AN_ARTICLE}: “a note”",)
    assert document.flags[0].startswith(NO_ARTICLE)
    assert not judged(of).flags
    assert {cut.rule for entry in document.ledger for cut in entry.cuts} == {none.name}


class TestRemedies:
    def test_a_photo_report_whose_captions_are_the_article(self) -> None:
        captions = [f"{text} Фото: Марія Лис" for text in PARAGRAPHS] + ["Старий млин узимку"]
        figures = "".join(f"<figure><figcaption>{text}</figcaption></figure>" for text in captions)
        html = f"<html lang=uk><body><div class=photo-report><h1>Місто взимку</h1>{figures}</div></body></html>"
        assert clean_html(html).text != "\n".join(captions)
        keep = said("keep", "selector", ".photo-report figcaption")
        assert clean_html(html, corrections=Corrections((keep,))).text == "\n".join(captions)

    def test_a_slogan_in_every_footer_of_a_young_source(self) -> None:
        of = page(*PARAGRAPHS, line(3, SLOGAN))
        assert SLOGAN in judge(of).text, "too few pages for site memory"
        assert judged(of, said("drop", "text", SLOGAN)).text == "\n".join(PARAGRAPHS)

    def test_a_sentence_about_subscribing_in_an_article_on_subscribing(self) -> None:
        sentence = "Підписуйтесь на наш Telegram."
        paragraph = f"Найгірше спрацював такий заклик: {sentence} Його бачили всі, а натиснув лише один читач зі ста."
        of = page(PARAGRAPHS[0], paragraph, PARAGRAPHS[1])
        rules = {cut.rule for entry in judge(of).ledger for cut in entry.cuts}
        assert rules, "a rule takes it for a prompt"
        for remedy in (said("keep", "text", paragraph), *(said("off", "rule", rule) for rule in rules)):
            assert paragraph in judged(of, remedy).text

    def test_a_template_change(self) -> None:
        lines = "".join(f"<div class=x7>{text[:70]}</div>" for text in PARAGRAPHS)
        html = f"<html lang=uk><body><form class=comment-box>{lines}</form><p>Погода: ясно.</p></body></html>"
        body = said("body", "selector", ".x7")
        document = clean_html(html, corrections=Corrections((body,)))
        assert document.text == "\n".join(text[:70].strip() for text in PARAGRAPHS)
