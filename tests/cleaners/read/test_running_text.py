"""What is running text and what a label, in any script."""

from __future__ import annotations

import pytest

from cleaners.read.running_text import ends_like_sentence, is_prose
from cleaners.read.words import words

SENTENCES = [
    "The miller of Eastbrook has stopped his wheel for good, as the river is dry.",
    "The miller of Eastbrook has stopped his wheel for good, as the river is dry.\u00a0",
    "Мельник каже: «Колесо більше не крутиться, бо влітку в річці замало води».",
    "Мірошник каже: „Колесо більше не крутиться, бо влітку в річці замало води.“",
    "Der Müller sagt: »Das Rad steht still, weil der Fluss im Sommer zu wenig Wasser führt.«",
    "東の小川の水車は、夏の川の水が足りないため、先週から止まったままだ。",
    "水車の主人は「もう回らない。」",
    "توقفت طاحونة القرية عن العمل لأن النهر لا يحمل ما يكفي من الماء في الصيف؟",
    "गाँव की चक्की बंद हो गई है क्योंकि गर्मियों में नदी में पर्याप्त पानी नहीं होता।",
]
LABELS = ["Eastbrook", "The last turn of the wheel", "水車は止まった", "„Колесо“", "More about the mill »", ""]


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_ends_like_one_whatever_its_script_and_the_quotes_behind_it(text: str) -> None:
    assert ends_like_sentence(text)
    if len(words(text)) >= 10:
        assert is_prose(text, len(words(text)), 0.0)


@pytest.mark.parametrize("text", LABELS)
def test_a_label_is_no_sentence(text: str) -> None:
    assert not ends_like_sentence(text)
    assert not is_prose(text, len(words(text)), 0.0)


@pytest.mark.parametrize("text", SENTENCES[:1])
def test_a_sentence_in_links_is_no_prose(text: str) -> None:
    assert not is_prose(text, len(words(text)), 0.9)
