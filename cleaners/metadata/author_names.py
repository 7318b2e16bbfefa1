"""Bylines to names: labels, roles, addresses and dates away, several authors told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cleaners.metadata.agencies import agency_named

__all__ = ["is_name", "names", "strip_label"]

LONGEST = 300
"""Characters of a byline that are looked at."""

_LABELS = (
    # Ukrainian
    r"автор(?:и|ка|ки|ство|ы|ша)?(?:\s(?:статті|тексту|матеріалу|публікації|новини|блогу|колонки|статьи|текста"
    r"|материала|публикации|блога))?|текст|матеріал(?!и)"
    r"|(?:підготува|записа|розпита|опублікува|написа|дода)(?:в|ла|ли)|спілкува(?:вся|лася|лися)|розмовля(?:в|ла|ли)"
    r"|(?:розмову|бесіду|інтерв['’ʼ]ю)\s(?:вів|вела|вели|провів|провела|записав|записала|взяв|взяла)|інтерв['’ʼ]ю(?=\s?:)"
    r"|журналіст(?:ка|и)?|кореспондент(?:ка|и)?|оглядач(?:ка)?|спеціально для [^\W\d_]{2,20}"
    # Russian
    r"|материал|опубликовано пользователем|интервью(?=\s?:)"
    r"|(?:беседу|интервью)\s(?:в[её]л|вела|вели|взял|взяла|провела?)"
    r"|(?:подготови|записа|опубликова|написа|добави)(?:л|ла|ли)|бесед?ова(?:л|ла|ли)|журналист(?:ка|ы)?"
    # English
    r"|(?:written|posted|published|reported|contributed|words|text|story|report|reporting|article|analysis|review"
    r"|opinion|interview|compiled|submitted|created|created and published)\s?by|by"
    r"|(?:view\s)?(?:all|more)\s(?:posts|articles|stories)?\s?(?:by|from|about)|about"
    r"|(?:text|words|story)(?=\s?:)|authors?(?:\(s\))?|writers?|from"
    # other languages whose bylines stand on news pages in Ukrainian and English collections
    r"|von|par|por|autor(?:zy|en|es|a|ka)?|auteurs?|autore|napsal|redaktor|yazar|skrevet av|av"
)
_LABEL = re.compile(
    rf"^\W{{0,3}}(?:{_LABELS})(?:(?:\s?[/,]\s?|\s(?:та|і|й|и|and)\s)(?:фото|відео|видео|photos?|{_LABELS}))?(?:\s?[:：|\-–—]{{1,2}}\s{{0,3}}|\s{{1,3}})(?=\S)",
    re.IGNORECASE,
)
_ONLY_LABEL = re.compile(rf"(?:{_LABELS})\W{{0,3}}", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:^|[,;.|/·•(]\s?|\s)(?:"
    r"(?:фото|відео|видео|ілюстрації?|иллюстрации?|інфографіка|переклад(?:ав|ала|ач|ачка)?|перекла(?:в|ла|ли)|перев[её]л[аи]?"
    r"|перевод|редагува(?:в|ла|ли)|дизайн|монтаж|photos|photography|graphics|illustrations"
    r"|edited|editing|translated|translation|additional reporting|produced)(?:\sby|\sвід|\sот)?\s?:?\s"
    r"|(?:редактор(?:ка)?|джерело|источник|photo|video|illustration|editor|source|writing)(?:\s?:|\sby)\s)"
    r".{0,300}$",
    re.IGNORECASE,
)
"""What follows a credit that is not for the text, up to the end of the byline."""
_NOISE = re.compile(
    r"https?://\S{1,200}|www\.\S{1,200}|\S{1,64}@\S{1,64}|@\w{2,40}|\(?[+]?\d[\d\s()-]{7,20}"
    r"|(?:last\s)?(?:updated|published|posted|last modified|оновлено|опубліковано|обновлено|опубликовано)\b.{0,200}$"
    r"|\b(?:\d{1,2}|an?)\s?(?:min|hour|hr|day|week|хв|годин|дні|день|днів|тиж|мин|час|дня|дней|недел)[^\W\d_]{0,6}\.?\s"
    r"(?:ago|тому|назад|read).{0,40}$"
    r"|\b\d{1,2}[:.]\d\d\b.{0,40}$|\b\d{1,2}\s[^\W\d_]{3,10}\.?,?\s(?:19|20)\d\d.{0,60}$"
    r"|\b[^\W\d_]{3,9}\.?\s\d{1,2},?\s(?:19|20)\d\d.{0,60}$|\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d.{0,60}$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s?[;|•·/\n]\s?|,\s?(?:and|та|і|й|и)\s|,\s?|\s(?:and|та|і|й|и|und|et|y)\s|\s?&\s?|\s[–—-]\s", re.IGNORECASE
)
_FOR = re.compile(
    r",?\s(?:(?:special(?:ly)?\s)?(?:for|to)\s(?:the\s)?(?=[A-ZА-ЯІЇЄҐ])|(?:спеціально\s|специально\s)?для\s(?=[«\"“A-ZА-ЯІЇЄҐ]))"
    r".{0,100}$"
)
"""For whom it was written."""
_WHERE = re.compile(r"(?<=\S)\s(?:in|from|at)\s(?=[A-Z]).{2,60}$|\s(?:on|at|от|від)$")
"""Where a reporter was; what a date that was cut away leaves."""
_NO_NAMES = frozenset(
    "home news new follow share read more opinion думка новини новости блог блоги головна главная читати читать "  # noqa: SIM905
    "підписатися подписаться погляд колонка рубрика стаття статья автори авторы поділитися menu меню about contact "
    "facebook twitter telegram instagram x youtube анонім аноним гість гость guest anonymous unknown none null "
    "undefined print name last comments comment small medium large privacy super-user superuser webmaster user".split()
)
"""Words that stand alone where a name should."""
_OF_SOMEBODY = re.compile(
    r"(?:колонка|блог|сторінка|стаття|рубрика|думка|авторська|переклад|переклала?|страница|статья|мнение|авторская|про|об?"
    r"|learn more|read more|sign in|view all)(?:\s|$)",
    re.IGNORECASE,
)
"""What stands before a name in another case ("Блог Івана Коваля"), and buttons."""
_ROLES = re.compile(
    r"(?<!\w)(?:"
    r"журналіст|журналист|кореспондент|корреспондент|редактор|редакці[яї]|оглядач|обозреватель|експерт|эксперт|політолог|"
    r"політик|блогер|письменни|директор|засновни|основатель|голова|глава|депутат|міністр|професор|доктор наук|кандидат|"
    r"аналітик|аналитик|економіст|юрист|адвокат|менеджер|керівни|координатор|співавтор|фотограф|спеціаліст|адміністратор|"
    r"correspondent|reporter|editor|journalist|writer|columnist|contributor|producer|director|manager|analyst|chief|"
    r"staff|bureau|desk|professor|lecturer|fellow|researcher|author|founder|head of|president|minister|expert|critic|"
    r"administrator|admin|redakce|redaktion|intern|newsroom"
    r")",
    re.IGNORECASE,
)
_TRADE = re.compile(
    r"журналіст|журналист|кореспондент|корреспондент|оглядач|обозреватель|редактор|correspondent|reporter|editor(?!ial)|journalist"
    r"|writer|columnist",
    re.IGNORECASE,
)
_PARTICLES = frozenset("de van von der den la le di da al el bin ter du dos фон де ван о. св.".split())  # noqa: SIM905


def strip_label(text: str) -> tuple[str, ...]:
    """The names in a byline: ("Олена Петренко",) for "Автор: Олена Петренко", ("BBC",) for "By BBC".

    Roles ("..., Political Correspondent"), photo and translation credits, e-mail addresses, handles and dates are left
    away, and agencies where a person is named. Empty where nothing is left that could be a name. Only the first 300
    characters are looked at.
    """
    text = " ".join(text[:LONGEST].split())
    text = _LABEL.sub("", text.strip("()[] ") if text[:1] in ("(", "[") else text, count=1)
    text = _FOR.sub("", _NOISE.sub("", _CREDIT.sub("", text)))
    found = names(_BETWEEN.split(text))
    if found and " " in found[0] and not agency_named(found[0]):
        # After a full name, one word is a place or a paper, and an agency is the one that the person works for.
        return tuple(name for name in found if " " in name and not agency_named(name))
    people = tuple(name for name in found if not agency_named(name))
    return people if any(" " in name for name in people) else found


def names(parts: Iterable[str]) -> tuple[str, ...]:
    """Those of `parts` that can be a name, each once, in order, without labels and brackets around them."""
    found: dict[str, str] = {}
    for part in parts:
        part = re.sub(r"\s?\([^()]{0,100}\)", "", _WHERE.sub("", _LABEL.sub("", part.strip(), count=1)))
        part = part.strip(" \t.,:;|-–—«»\"'*()[]")
        full = part.split()[:3]
        if len(full) == 3 and not found and _TRADE.match(full[2]) and is_name(" ".join(full[:2])):
            part = " ".join(full[:2])  # "Jane Roe Writer"
        if is_name(part):
            found.setdefault(part.casefold(), part)
    return tuple(found.values())


def is_name(text: str) -> bool:
    """Whether `text` can be the name of a person or an organisation: short, capitalised, not a role, not a date."""
    words = text.split()
    if not 1 <= len(words) <= 6 or not 2 <= len(text) <= 60 or re.search(r"\d|[@<>{}=_\\]|https?:", text):
        return False
    if len(words) > 1 and any(w[0].islower() and w.lower() not in _PARTICLES for w in words):
        return False
    if not text[0].isalpha() or (text[0].islower() and words[0] not in _PARTICLES):
        return False
    if (len(words) == 1 and text.lower() in _NO_NAMES) or _ONLY_LABEL.fullmatch(text) or _OF_SOMEBODY.match(text):
        return False
    return not _ROLES.search(text)
