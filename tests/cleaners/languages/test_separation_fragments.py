"""Languages inside a line: what is a fragment and what is not."""

from __future__ import annotations

import pytest

from cleaners.languages import separate


def pieces(text: str) -> list[tuple[str, str]]:
    return [(text[f.start : f.end], f.language) for f in separate([text])[0].fragments]


@pytest.mark.parametrize(
    ("text", "quoted", "inside", "outside"),
    [
        ("Міністр сказав: «Мы не хотели этого», і вийшов із зали засідань.", "«Мы не хотели этого», ", "ru", "uk"),
        # without ы э ё ъ
        ("Він довго мовчав (наши дети не хотят читать книги) і зачинив вікно.", None, "ru", "uk"),
        ('Вона написала: "We are going home tomorrow morning" і поставила крапку.', None, "en", "uk"),
        ("The driver shouted «Куди ви всі так поспішаєте сьогодні» and closed the door.", None, "uk", "en"),
        ("Яна адказала: «Никто не знает этого человека», і пайшла дадому.", None, "ru", "be"),
        ("Написът гласеше “The museum is closed on Mondays”, но вратата беше отворена.", None, "en", "bg"),
    ],
)
def test_a_quotation_is_a_fragment(text: str, quoted: str | None, inside: str, outside: str) -> None:
    found = pieces(text)
    assert [language for _, language in found] == [outside, inside, outside]
    if quoted is not None:
        assert found[1][0] == quoted


def test_a_quotation_may_end_or_begin_a_line() -> None:
    assert [x for _, x in pieces('Посол додав наприкінці зустрічі: "We will stay here".')] == ["uk", "en"]
    assert [x for _, x in pieces("«We will stay here», — додав посол наприкінці зустрічі.")] == ["en", "uk"]


def test_the_signs_of_a_quotation_belong_to_it() -> None:
    before, quotation, after = (
        text for text, _ in pieces('Вона спитала: "Where is the nearest station?" і пішла далі.')
    )
    assert before == "Вона спитала: "
    assert quotation == '"Where is the nearest station?" '
    assert after == "і пішла далі."


def test_an_address_after_a_quotation_belongs_to_the_line() -> None:
    text = "Запис лекції: «We never know what comes next» https://example.com/video"
    assert pieces(text)[-1] == ("https://example.com/video", "uk")


@pytest.mark.parametrize(
    "text",
    [
        "Агенція Bloomberg повідомила про це у вівторок.",
        "За даними The New York Times, переговори тривали всю ніч.",
        "Frontier (видання, яке пише про події на сході країни)",
        "Red Hat («компанія, що виробляє програми»)",
        "IT-компанія відкрила офіс, а Wi-Fi обіцяють згодом.",
        "Гурт Red Hot Chili Peppers виступить у Львові.",
        "Фільм «Lord of the Rings» показали ще раз.",
        "Новий iPhone 15 Pro Max коштує дорожче.",
        "Про це пише «Комсомольская правда».",
        "Стаття вийшла в журналі «Дружба народов» торік.",
        "У XIX ст. і XX ст. тут був млин.",
        "The agency Укрінформ reported it on Tuesday.",
        "Kyiv (Київ) is the capital, and Lviv (Львів) is in the west.",
        "Газета выходила в Киеве, а название «Громада» ей дал редактор.",
        "We met Zażółć Gęślą and Jürgen Müller at the café.",
    ],
)
def test_names_and_brands_cut_no_line(text: str) -> None:
    assert len(pieces(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Рада ухвалила закон, який змінює порядок виплат, — сказав він; утім, «усе ще попереду».",
        "Он сказал, что закон меняет порядок выплат, а «всё ещё впереди», и ушёл.",
        'He said that the law ("a small step") changes nothing; still, everyone left.',
        "Ён сказаў, што закон («малы крок») нічога не мяняе, і ўсе пайшлі.",
    ],
)
def test_one_language_stays_whole(text: str) -> None:
    assert len(pieces(text)) == 1


def test_two_languages_in_one_line_without_quotes() -> None:
    text = "Редакція не відповідає за зміст реклами. The editors are not responsible for the advertisements."
    assert pieces(text) == [
        ("Редакція не відповідає за зміст реклами. ", "uk"),
        ("The editors are not responsible for the advertisements.", "en"),
    ]


def test_the_language_of_a_line_is_that_of_most_letters() -> None:
    line = separate(["Він сказав: «We are not going to leave this city, whatever happens to all of us here.»"])[0]
    assert line.language == "en"
    assert [f.language for f in line.fragments] == ["uk", "en"]
