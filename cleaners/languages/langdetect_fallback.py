"""langdetect for the languages outside the focus, made deterministic and safe in threads.

Its profiles are loaded by script, once in a process, under a lock, from a fixed list in a fixed order; its random
numbers start from the same seed for every text; capitals, which it skips, are lowered; text without letters is not
passed to it. It has no Belarusian profile, so the project ships one.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["PROFILES", "by_letters", "detect"]

PROFILES: dict[str, tuple[str, ...]] = {
    "Latn": (
        "af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt", "lv", "nl",
        "no", "pl", "pt", "ro", "sk", "sl", "so", "sq", "sv", "sw", "tl", "tr", "vi",
    ),
    "Cyrl": ("be", "bg", "mk", "ru", "uk"),
    "Arab": ("ar", "fa", "ur"),
    "Deva": ("hi", "mr", "ne"),
    "Hani": ("ja", "zh-cn", "zh-tw"),
}  # fmt: skip
"""langdetect's profiles by script, where a script has more than one."""

_ALONE = (  # scripts that langdetect knows one language of
    ("\u0370", "\u03ff", "el"), ("\u1f00", "\u1fff", "el"), ("\u0590", "\u05ff", "he"), ("\u0980", "\u09ff", "bn"),
    ("\u0a00", "\u0a7f", "pa"), ("\u0a80", "\u0aff", "gu"), ("\u0b80", "\u0bff", "ta"), ("\u0c00", "\u0c7f", "te"),
    ("\u0c80", "\u0cff", "kn"), ("\u0d00", "\u0d7f", "ml"), ("\u0e00", "\u0e7f", "th"), ("\u1100", "\u11ff", "ko"),
    ("\uac00", "\ud7af", "ko"), ("\u3040", "\u30ff", "ja"),
)  # fmt: skip
_SEVERAL = (
    ("\u0600", "\u077f", "Arab"), ("\ufb50", "\ufeff", "Arab"), ("\u0900", "\u097f", "Deva"),
    ("\u3400", "\u9fff", "Hani"), ("\uf900", "\ufaff", "Hani"),
)  # fmt: skip
_BEYOND = (  # scripts that it does not know, with the main language of each
    ("\u0530", "\u058f", "hy"), ("\u10a0", "\u10ff", "ka"), ("\u1200", "\u137f", "am"),
)  # fmt: skip
_ENOUGH = 2_000  # characters
_factories: dict[str, Any] = {}
_lock = threading.Lock()


def detect(text: str, script: str, outside: Collection[str] = ()) -> str:
    """Name the language of `text` in a script (`Latn`, `Cyrl`, or `Zzzz` for any other); `und` where none is found.

    Languages in `outside` are never the answer. Codes are ISO 639-1; both forms of Chinese are `zh`.
    """
    text = text[:_ENOUGH].lower()
    if script == "Zzzz":
        named = by_letters(text)
        if named not in PROFILES:
            return named
        script = named
    from langdetect.lang_detect_exception import LangDetectException

    detector = _factory(script).create()
    detector.append(text)
    try:
        found = detector.get_probabilities()
    except LangDetectException:
        return "und"
    names = [answer.lang for answer in found if answer.lang not in outside]
    return names[0].split("-")[0] if names else "und"


def by_letters(text: str) -> str:
    """The language of a text in other letters than Latin and Cyrillic; a key of `PROFILES` for a script of several."""
    counts: dict[str, int] = {}
    for letter in text:
        for first, last, name in (*_ALONE, *_SEVERAL, *_BEYOND):
            if first <= letter <= last:
                counts[name] = counts.get(name, 0) + 1
                break
    if "ja" in counts:  # kana: the whole text is Japanese
        return "ja"
    return max(sorted(counts), key=counts.__getitem__) if counts else "und"


def _factory(script: str) -> Any:
    """The profiles of a script in langdetect's factory; loading from several threads at once would mix them up."""
    with _lock:
        factory = _factories.get(script)
        if factory is None:
            from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory

            factory = DetectorFactory()
            factory.set_seed(0)
            own = Path(__file__).parent / "data"
            files = [(own if name == "be" else Path(PROFILES_DIRECTORY)) / name for name in PROFILES[script]]
            profiles = [json.loads(file.read_text("utf-8")) for file in files]
            factory.langlist = [profile["name"] for profile in profiles]
            factory.word_lang_prob_map = _Likelihoods(profiles)
            _factories[script] = factory
        return factory


class _Likelihoods(dict[str, list[float]]):
    """The likelihoods of letter sequences in each language, as `DetectorFactory.add_profile` makes them.

    That makes them all at once, a hundred thousand, of which texts ask for a few thousand; here each is made when it is
    asked for.
    """

    def __init__(self, profiles: Sequence[Mapping[str, Any]]) -> None:
        super().__init__()
        self._profiles = [(profile["freq"], profile["n_words"]) for profile in profiles]
        self._known = frozenset().union(*(counts for counts, _ in self._profiles))

    def __contains__(self, sequence: object) -> bool:
        return sequence in self._known

    def __missing__(self, sequence: str) -> list[float]:
        if sequence not in self._known:
            raise KeyError(sequence)
        size = len(sequence) - 1
        own = [counts.get(sequence, 0) / totals[size] for counts, totals in self._profiles]
        self[sequence] = own
        return own
