"""Which parts of the cleaners a verdict depends on, so that a change of one need not send every page through all.

A digest stands for each cleaner: its own code, that of the modules that it imports, and the lists of words that they
name. Phrases are kept one by one, as which of them a page holds can be looked up. One digest stands for what every
verdict and document is made by. Whatever is none of these (reading pages) changes no verdict on lines that were read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from cleaners.rules.phrase import Phrase
from cleaners.rules.phrase_files import entries
from cleaners.rules.registry import CLEANERS
from cleaners.source_code import VOCABULARY, CodeFacts, code_facts
from cleaners.version import LIBRARIES
from cleaners.vocabulary import every_list

__all__ = ["Change", "Parts", "change_between", "memory_digest", "parts"]

JUDGEMENT = "cleaners.judgement"
PHRASES = "cleaners.rules.phrase_files"
MEMORY = "cleaners.rules.site_memory"
UNSEEN = {"cleaners.rules.remembered": (MEMORY,)}
"""Code that a module calls without importing it: by the page's memory."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What judges: a digest for what all pages depend on, one for each cleaner in order, and the phrases.

    `with_phrases` are the places of the cleaners that look up phrases, `memory` is the digest of what site memory is
    made by.
    """

    common: str
    cleaners: tuple[tuple[str, str], ...]
    with_phrases: tuple[int, ...]
    phrases: tuple[Phrase, ...]
    memory: str

    def to_json(self) -> str:
        """All in a line."""
        return json.dumps(astuple(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Parts:
        """What `to_json` gave. Raises ValueError or TypeError for anything else."""
        common, cleaners, with_phrases, phrases, memory = json.loads(text)
        return cls(
            str(common),
            tuple((str(name), str(digest)) for name, digest in cleaners),
            tuple(map(int, with_phrases)),
            tuple(Phrase(*each) for each in phrases),
            str(memory),
        )


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between two states of the cleaners: cleaners by their places, and phrases that came or went."""

    cleaners: frozenset[int]
    phrases: tuple[Phrase, ...]
    with_phrases: frozenset[int]


def change_between(old: Parts, new: Parts) -> Change | None:
    """What changed; None: something that every page depends on, or the order of cleaners or of phrases that stayed."""
    if old.common != new.common or [name for name, _ in old.cleaners] != [name for name, _ in new.cleaners]:
        return None
    here, there = set(old.phrases), set(new.phrases)
    if [p for p in old.phrases if p in there] != [p for p in new.phrases if p in here]:
        return None
    changed = (place for place, pair in enumerate(zip(old.cleaners, new.cleaners, strict=True)) if pair[0] != pair[1])
    some = tuple(p for p in (*old.phrases, *new.phrases) if p not in here or p not in there)
    return Change(frozenset(changed), some, frozenset((*old.with_phrases, *new.with_phrases)))


@cache
def memory_digest() -> str:
    """Of what site memory is made by."""
    return _Code().digest(MEMORY)


@cache
def parts() -> Parts:
    """Those of today; some 0.15 s at the first call."""
    code = _Code()
    own = [cleaner.__module__ for cleaner in CLEANERS]
    common = hashlib.sha256(code.digest(JUDGEMENT, without=own).encode())
    for name in LIBRARIES:
        common.update(f"{name}={version(name)}\n".encode())
    return Parts(
        common.hexdigest()[:16],
        tuple((f"{cleaner.__module__}.{cleaner.__name__}", code.digest(cleaner.__module__)) for cleaner in CLEANERS),
        tuple(place for place, module in enumerate(own) if PHRASES in code.needed(module)),
        tuple(phrase for entry in entries() for phrase in entry.phrases),
        memory_digest(),
    )


class _Code:
    """The modules of the package, and what each needs to run."""

    def __init__(self) -> None:
        here = Path(__file__).parent
        self._files: dict[str, Path] = {}
        for path in here.rglob("*.py"):
            names = path.relative_to(here.parent).with_suffix("").parts
            self._files[".".join(names[:-1] if names[-1] == "__init__" else names)] = path
        self._imports: dict[str, set[str]] = {}
        self._own: dict[str, str] = {}

    def digest(self, module: str, without: Sequence[str] = ()) -> str:
        """Over the code and the words of a module and of all that it needs."""
        digest = hashlib.sha256()
        for name in sorted(self.needed(module, without)):
            digest.update(f"{name} {self._digest(name)}\n".encode())
        return digest.hexdigest()[:16]

    def needed(self, module: str, without: Sequence[str] = ()) -> set[str]:
        """The module and those that it imports, and so on; not through those in `without`."""
        found: set[str] = set()
        waiting = [module]
        while waiting:
            name = waiting.pop()
            if name not in found and name not in without:
                found.add(name)
                waiting += self._imported(name)
        return found

    def _imported(self, module: str) -> set[str]:
        if module not in self._imports:
            facts = self._facts(module)
            if facts.reaches_out and module not in (VOCABULARY, PHRASES):
                raise NotImplementedError(f"{module} reads or imports what its imports do not name")
            found = {*facts.imports, *UNSEEN.get(module, ())}
            self._imports[module] = (found & self._files.keys()) - {"cleaners"}
        return self._imports[module]

    def _digest(self, module: str) -> str:
        if module not in self._own:
            facts = self._facts(module)
            digest = hashlib.sha256(facts.code)
            if module not in (VOCABULARY, PHRASES):
                for name, words in sorted(every_list().items()):
                    if facts.lists is None or any(_names(name, *each) for each in facts.lists):
                        digest.update(f"{name}={words!r}\n".encode("utf-8", "surrogatepass"))
            self._own[module] = digest.hexdigest()
        return self._own[module]

    def _facts(self, module: str) -> CodeFacts:
        return code_facts(self._files[module].read_bytes())


def _names(name: str, begins: str, whole: bool) -> bool:
    return name == begins if whole else name.startswith(begins)
