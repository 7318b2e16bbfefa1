"""One line alone: the language of headings, of single words, of neighbours and of what is no language."""

from __future__ import annotations

import pytest

from cleaners.document import Fragment
from cleaners.languages import separate


def language(text: str) -> str:
    return separate([text])[0].language


# langdetect, seeded, gets every one of these wrong, or fails.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ЗАЛИШТЕ КОМЕНТАР", "uk"),
        ("Залиште коментар:", "uk"),
        ("Новини", "uk"),
        ("Головна", "uk"),
        ("Home", "en"),
        ("Leave a comment:", "en"),
        ("BREAKING NEWS FROM KYIV", "en"),
        ("www.pravda.com.ua", "und"),
        ("Kyiv, Ukraine", "en"),
        ("Читайте також", "uk"),
        ("Автор: Олена Петренко", "uk"),
    ],
)
def test_short_lines_of_pages(text: str, expected: str) -> None:
    assert language(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Учора в Харкові відкрили нову лінію метро.", "uk"),
        ("Вчера в Харькове открыли новую линию метро.", "ru"),
        ("Учора ў Гомелі адкрылі новую лінію тралейбуса.", "be"),
        ("Яна спявала так добра, што яны спыніліся", "be"),  # no ў stands in it
        ("Гэта мая краіна і мой дом", "be"),
        ("Вчера в София откриха нова линия на метрото.", "bg"),
        ("Кметът обеща ремонт на улицата до есента", "bg"),
        ("A new metro line opened in the city yesterday.", "en"),
        ("Wczoraj w mieście otwarto nową linię metra.", "pl"),
        ("Prezydent podpisał ustawę o szkołach", "pl"),
    ],
)
def test_focus_languages(text: str, expected: str) -> None:
    assert language(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Қала орталығында жаңа мектеп салынып жатыр, деді әкім", "kk"),
        ("Шаардын борборунда жаңы мектеп курулууда", "ky"),
        ("У центру града гради се нова школа, рекао је градоначелник", "sr"),
        ("Во центарот на градот се гради ново училиште", "mk"),
        ("Шәһәр үзәгендә яңа мәктәп төзелә, диде җитәкче", "tt"),
        ("Дар маркази шаҳр мактаби нав сохта мешавад, гуфт ӯ", "tg"),
        ("Im Zentrum der Stadt wird eine neue Schule gebaut", "de"),
        ("Une nouvelle école est construite au centre de la ville", "fr"),
        ("En el centro de la ciudad se construye una nueva escuela", "es"),
        ("V centru města se staví nová škola pro děti", "cs"),
        ("V centre mesta sa stavia nová škola pre deti", "sk"),
        ("Kaupungin keskustaan rakennetaan uutta koulua", "fi"),
        ("Şehir merkezinde yeni bir okul inşa ediliyor", "tr"),
        ("Στο κέντρο της πόλης χτίζεται νέο σχολείο", "el"),
        ("במרכז העיר נבנה בית ספר חדש", "he"),
        ("市中心正在建设一所新学校", "zh"),
        ("市の中心に新しい学校が建てられています", "ja"),
        ("도시 중심에 새 학교가 지어지고 있다", "ko"),
        ("ქალაქის ცენტრში ახალი სკოლა შენდება", "ka"),
    ],
)
def test_languages_outside_the_focus_are_named(text: str, expected: str) -> None:
    assert language(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "12.03.2021, 10:45",
        "+380 44 123 45 67",
        "https://example.com/news/ukraine-today?page=2",
        "editor@example.com",
        "Огляд.нет",
        "пошта.укр",
        "WWW.EXAMPLE.COM",
        "HTTPS://EXAMPLE.COM/НОВИНИ",
        "#новини #київ @user",
        "😀 🇺🇦 ❤️",
        "   ",
        "—",
        "\x00\x07\x1b",
        "\ud800\udfff",
        "<br/> &nbsp; &#39;",
        "XIX",
    ],
)
def test_no_language(text: str) -> None:
    assert separate([text])[0] == separate([text], declared="uk", hint="en")[0]
    assert separate([text])[0].language == "und"
    assert separate([text])[0].fragments == (Fragment(0, len(text), "und"),)


# Words that Ukrainian shares with Russian; where Russian spells otherwise, it stays Russian.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Маршрут 0", "uk"),
        ("Валюта", "uk"),
        ("Протокол", "uk"),
        ("Рекорд", "uk"),
        ("Стадион", "ru"),
        ("Город", "ru"),
        ("Вакансии", "ru"),
    ],
)
def test_headings_of_words_that_neighbours_share(text: str, expected: str) -> None:
    assert language(text) == expected


# Blanked: what a name that ends in a Russian word would make Russian.
@pytest.mark.parametrize(
    "text",
    [
        "За даними видань Огляд.нет, Дзеркало.нет і Новини.ком, угоду підписано.",
        "Він довго мовчав.Нет — почули ми згодом.",
    ],
)
def test_a_domain_in_cyrillic_letters_is_no_quotation(text: str) -> None:
    assert separate([text])[0].fragments == (Fragment(0, len(text), "uk"),)


def test_an_empty_line_has_no_fragment() -> None:
    assert separate([""])[0].fragments == ()
    assert separate([]) == []


@pytest.mark.parametrize(
    "text",
    [
        "Siohodni v Kharkovi vidkryly novu liniiu metro dlia pasazhyriv",
        "Dobryi den, yak spravy u vas sohodni vranci",
        "My zhyvemo v tsomu misti vzhe bahato rokiv",
    ],
)
def test_transliterated_ukrainian_is_no_other_language(text: str) -> None:
    assert language(text) == "und"


@pytest.mark.parametrize("text", ["By Olena Kovalenko", "Volodymyr Zelenskyy", "5 Khreshchatyk St, Kyiv"])
def test_transliterated_names_do_not_make_a_line_transliterated(text: str) -> None:
    assert language(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "П'ять п’ятниць, п\u02bcять пам\u02bcяток",  # three kinds of apostrophe
        "Ми жили\u0301 в цьо\u0301му мі\u0301сті",  # stress marks
        "Укра\u00adїн\u00adська мо\u00adва в шко\u00adлі",  # soft hyphens
        "Наи\u0306кращии\u0306 краи\u0306 у сві\u0442\u0456",  # decomposed й
        "Моя краі\u0308на та і\u0308і\u0308 люди",  # decomposed ї
        "Пpeзидeнт Укpaїни пiдпиcaв зaкoн",  # Latin letters inside
        "УРЯД УХВАЛИВ НОВИЙ ПЛАН",
        "Слово\u200b про\u200b похід",
    ],
)
def test_signs_and_look_alikes_hide_no_language(text: str) -> None:
    assert language(text) == "uk"
    assert len(separate([text])[0].fragments) == 1


@pytest.mark.parametrize("times", [1, 2, 5, 8, 40])
def test_words_that_two_languages_share_do_not_add_up_to_the_wrong_one(times: int) -> None:
    text = " ".join(f"Маршрут номер {stop} міняє зупинку, бо там ремонтують дорогу." for stop in range(times))
    assert [line.language for line in separate([text])] == ["uk"]
