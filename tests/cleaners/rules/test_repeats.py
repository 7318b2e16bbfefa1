from __future__ import annotations

import pytest

from cleaners import clean_text
from cleaners.rules.repeats import repeats
from support.cleaner_pages import dropped, line, page

A, B, C, D, N, M = (
    f"Абзац {name} довший за сто двадцять знаків, щоб його повтор не сплутати з приспівом, вигуком чи запитанням, яке"
    " в розмові ставлять двічі."
    for name in ("перший", "другий", "третій", "четвертий", "новий", "інший")
)


ASKED = "А чому громада досі не відремонтувала міст через річку, якщо гроші давно були на рахунку?"


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ([A, B, C, A], [A, B, C]),
        ([A, A, B], [A, B]),
        ([A, B, C, A, B, C], [A, B, C]),
        ([A, B, C, A, N, B, C], [A, N, B, C]),
        ([A, N, B, C, A, B, C], [A, N, B, C]),
        ([D, A, B, C, A, B, N, C], [D, A, B, N, C]),
        ([A, B, A, B, C, D], [A, B, C, D]),
        ([A, B, C, M, D, A, N, B, C], [A, B, C, M, D, N]),
        ([A, B, C, A, N, B, M, C], [A, N, B, M, C]),
        ([A, N, B, M, C, A, B, C], [A, N, B, M, C]),
        ([A, B, A, B, A, B], [A, B]),
        ([A, "Що далі", B, C, A, "Що далі", N, B, C], [A, "Що далі", N, B, C]),
        ([D, A, B, C, A, B, C, M], [D, A, B, C, M]),
        ([A, "Так.", B, A, "Ні.", B], [A, "Так.", B, "Ні."]),
        ([A, B, C], [A, B, C]),
        ([A, ASKED, B, ASKED, C], [A, ASKED, B, ASKED, C]),
        ([ASKED, ASKED, B], [ASKED, B]),
        ([A, ASKED, "Так.", B, C, D, M, ASKED, "Ні.", N], [A, ASKED, "Так.", B, C, D, M, ASKED, "Ні.", N]),
        ([A, "Так.", B, "Так.", C], [A, "Так.", B, "Так.", C]),
        ([A, "Слава!", "Слава!", B], [A, "Слава!", "Слава!", B]),
    ],
)
def test_the_copy_goes_and_the_text_reads_in_its_true_order(lines: list[str], kept: list[str]) -> None:
    made = page(*lines)
    gone = {d.index for d in repeats(made)}
    assert [text for place, text in enumerate(lines) if place not in gone] == kept


def test_copies_may_differ_in_quotes_at_the_ends_and_case() -> None:
    made = page(A, f"«{A.upper()}»", B)
    assert len(list(repeats(made))) == 1


def test_a_page_of_one_paragraph_that_is_repeated_stays_as_it_is() -> None:
    filler = " ".join([A, B, C])
    assert not list(repeats(page(filler, "Перший розділ", filler, "Другий розділ", filler)))
    desktop, mobile = line(0, filler, attributes="desktop"), line(1, filler, attributes="mobile")
    assert len(list(repeats(page(desktop, mobile)))) == 1


def test_a_teaser_cut_short_goes_wherever_it_stands() -> None:
    teaser = A[:66].rstrip() + "…"
    made = page(teaser, A, B)
    assert dropped(made, repeats(made)) == [teaser]


def test_a_pull_quote_goes_with_its_author_and_a_quote_that_stands_once_stays() -> None:
    names = "pullquote article"
    pulled = [line(1, "довший за сто двадцять знаків, щоб його повтор", "blockquote", names)]
    whose = [line(2, "— Олена Гай", "blockquote", names)]
    alone = [line(3, "Цих слів немає більше ніде на цій сторінці", "blockquote", names)]
    made = page(A, *pulled, *whose, *alone)
    assert dropped(made, repeats(made)) == [pulled[0].text, whose[0].text]


def test_a_label_put_between_two_copies_does_not_hide_them() -> None:
    text = "\n".join([D, A, B, C, A, "Also Read", N, B, C])
    assert [p.text for p in clean_text(text).paragraphs] == [D, A, N, B, C]


def test_short_lines_go_with_the_run_that_they_stand_in() -> None:
    made = page(A, "Що далі:", B, A, "Що далі:", B)
    assert dropped(made, repeats(made)) == [A, "Що далі:", B]


@pytest.mark.parametrize("tag", ["pre", "td", "tr"])
def test_code_and_cells_recur_and_stay(tag: str) -> None:
    assert not list(repeats(page(*(line(i, A, tag) for i in range(3)))))
