"""Bylines to names."""

from __future__ import annotations

import pytest

from cleaners.authors import strip_label

BYLINES = [
    ("By BBC", ("BBC",)),
    ("Автор: Олена Петренко", ("Олена Петренко",)),
    ("Автор Олена Петренко", ("Олена Петренко",)),
    ("Олена Петренко, журналістка", ("Олена Петренко",)),
    ("By John Smith, Political Correspondent", ("John Smith",)),
    ("Автор: Олена Петренко, фото: Іван Коваль", ("Олена Петренко",)),
    ("By JOHN SMITH and JANE DOE", ("JOHN SMITH", "JANE DOE")),
    ("Текст: Ольга Сич та Іван Кит", ("Ольга Сич", "Іван Кит")),
    ("Текст і фото: Олег Гай", ("Олег Гай",)),
    ("Матеріал підготувала Ірина Лис", ("Ірина Лис",)),
    ("Reporting by Olena Moss; editing by John Doe", ("Olena Moss",)),
    ("By John Smith | 12 October 2024", ("John Smith",)),
    ("Олена Петренко 12 жовтня 2024, 14:30", ("Олена Петренко",)),
    ("Written by Jean de la Tour (Reuters)", ("Jean de la Tour",)),
    ("Іван Кирпа (Київ)", ("Іван Кирпа",)),
    ("By Ann Lee in Kyiv", ("Ann Lee",)),
    ("Byron Kay", ("Byron Kay",)),
    ("Фото: Іван Коваль", ()),
    ("Редакція", ()),
    ("admin", ()),
    ("By Staff Reporter", ()),
    ("За словами автора, це не так", ()),
    ("", ()),
]


@pytest.mark.parametrize(("byline", "names"), BYLINES)
def test_names_stand_without_labels_roles_and_credits(byline: str, names: tuple[str, ...]) -> None:
    assert strip_label(byline) == names
