"""Languages that share a state are told apart by their letters and words; Ukrainian stays what it is."""

from __future__ import annotations

import pytest

from cleaners.languages import separate
from cleaners.languages.members import member


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Мин бүген базарга барам һәм алма сатып алам.", "tt"),
        ("Беҙҙең ауылда яңы мәктәп төҙөнөләр.", "ba"),
        ("Біз ертең жаңа көпір туралы әңгімелестік.", "kk"),
        ("Биз кечээ шаарга барып, жаңы китеп сатып алдык.", "ky"),
        ("Бу йил ҳосил яхши бўлди, деҳқонлар хурсанд.", "uz"),
        ("Мо имрӯз ба бозор рафтем ва нон харидем.", "tg"),
        ("Бид өчигдөр номын сангаас ном авсан.", "mn"),
        ("Эпир паян пасара кайса ҫӑкӑр илтӗмӗр.", "cv"),
        ("Къартбабамнынъ эви денъизнинъ ялысында эди.", "crh"),
        ("Биз мектепке бара эдик, амма ягъмур ягъды.", "crh"),
        ("Qartbabamnıñ evi deñizniñ yalısında edi.", "crh"),
        ("Bu yil hosil yaxshi boʻldi, dehqonlar xursand.", "uz"),
        ("Dünən biz bazara getdik və çörək aldıq.", "az"),
        ("Dün pazara gittik ve ekmek aldık.", "tr"),
        ("Няньо пішов до ліса, а мамка зістала дома, бо были слабы дітиска.", "rue"),
        ("Знаме, же тоты хлопцы жыли в єдній хыжі коло церькви.", "rue"),
        ("Žyćcio ŭ viosci cichaje, ale ludzi nie skardziacca.", "be"),
        ("Vchora my khodyly na bazar i kupyly yabluka.", "und"),
        ("Wczoraj poszliśmy na targ i kupiliśmy jabłka.", "pl"),
        ("Juče smo išli na pijacu i kupili jabuke.", "hr"),
    ],
)
def test_neighbours_are_told_apart(text: str, language: str) -> None:
    assert separate([text])[0].language == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Він мені відповів: вы не правы, і пішов далі.", "uk"),
        ("Казахстан очолює Қасым-Жомарт, і про це пише газета, яку читають у столиці та в усіх областях країни.", "uk"),
        ("Команда Рустема Хабіба перемогла в Бахчисараї.", "uk"),
        ("Нападаючі — Еркан Озтюрк (Швеція), Мікаель Гранат (Фінляндія).", "uk"),
    ],
)
def test_names_and_quotations_do_not_make_another_language(text: str, language: str) -> None:
    assert separate([text])[0].language == language


def test_what_letters_cannot_tell_stays() -> None:
    assert member("Сьогодні йде дощ", "uk") == "uk"
    assert member("It rains", "en") == "en"
