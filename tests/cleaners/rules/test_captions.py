"""Credits of pictures in several languages, those of texts, and sentences that have the same words."""

from __future__ import annotations

import pytest

from cleaners.rules.captions import captions
from support.cleaner_pages import PARAGRAPHS, dropped, page


def cut(text: str) -> list[str]:
    made = page(PARAGRAPHS[0], text, *PARAGRAPHS[1:])
    return dropped(made, captions(made))


@pytest.mark.parametrize(
    "text",
    [
        "Foto: Freitag",
        "Titelbild: Anna Berg on Unsplash",
        "Beitragsbild: Stefan Mang",
        "Fotos: PR, Anna Berg",
        "Wetterbild (Foto: anna/Pixabay.com)",
        "Die Brücke am Morgen. Bild: Anna Berg/dpa",
        "Die Brücke nach der Flut (Foto: Anna /Adobe Stock)",
        "(anna / iStock.com)",
        "Die Brücke ist im Winter gesperrt. (anna / iStock.com)",
        "© Adobe Stock",
        "Die Brücke am Morgen | © Stadtarchiv",
        "The bridge at dawn (© Jane Roe)",
        "Zdjęcie: Anna Nowak",
        "Nowy most nad rzeką (© fot. Archiwum Miasta)",
        "Crédit photo : Jeanne Roe",
        "Η γέφυρα μετά την πλημμύρα (Φωτογραφία: Reuters",
    ],
)
def test_a_credit_in_other_languages_and_its_caption_go(text: str) -> None:
    assert cut(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Ein trauriges Bild: Tausende verließen das Land.",
        "Das letzte Foto: Er lacht in die Kamera.",
        "BILD: Wie geht es Ihnen?",
        "Er kam mit einem neuen Auto (Foto rechts).",
        "Das neue Auto (Foto rechts) kam am Morgen.",
        "Sie fand das Bild auf Pixabay.",
        "Das Zeichen © steht für das Recht am Werk",
        "Die Firma (früher Fotolia) wuchs schnell.",
        "He sold his stake in Shutterstock.",
        "The bill passed, agencies AFP/Reuters reported.",
    ],
)
def test_a_sentence_about_pictures_and_agencies_stays(text: str) -> None:
    assert cut(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The council voted on Monday to build a bridge. (Reuters)",
        "Der Rat beschloss am Montag den Bau der Brücke. (AFP/dpa)",
        "Rada przyjęła budżet w poniedziałek.(PAP)",
        "Рада ухвалила бюджет у понеділок. (Reuters, AFP)",
        "The river rose at night. Nobody was hurt. The mayor thanked the firemen on Monday. (AP)",
    ],
)
def test_a_sentence_keeps_the_agency_that_it_is_of(text: str) -> None:
    assert cut(text) == []
