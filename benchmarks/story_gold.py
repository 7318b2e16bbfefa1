"""Groups of pages that tell one story, made from the gold and the demo by rewriting, and look-alikes that do not.

Every base text is used once. What a rewriting does is drawn from the base's own name, so the same gold gives the same
groups.
"""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

GOLD = Path("../shared/gold")
DEMO = Path("raw/demo")
FOLDERS = ("texts/flat", "texts/lines", "news", "modern", "web", "en", "ru", "pl", "el", "world", "readability")
FIRST_DAY = date(2026, 3, 1)
_NAME = re.compile(r"(?<=[\w,;] )[^\W\d_a-zа-яіїєґёα-ω][^\W\d_]{3,}")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True)
class Page:
    """A made page: `group` is the story that it tells; `how` it was made."""

    group: str
    how: str
    source: str
    day: date
    text: str


def base_texts(most: int) -> list[tuple[str, list[str]]]:
    """Paragraphs of gold bodies of 80 to 1,500 words, which share hardly a run of words; languages in turn."""
    seen: set[tuple[str, ...]] = set()
    found: list[tuple[str, list[str]]] = []
    folders = [sorted((GOLD / folder).glob("*.json")) for folder in FOLDERS]
    folders.append(sorted(DEMO.glob("*.txt")))
    for turn in range(max(map(len, folders))):
        for paths in folders:
            if turn >= len(paths) or len(found) >= most:
                continue
            parts = _paragraphs(paths[turn])
            words = " ".join(parts).lower().split()
            runs = {tuple(words[i : i + 8]) for i in range(len(words) - 7)}
            if not 80 <= len(words) <= 1500 or len(seen & runs) > 0.02 * len(runs):
                continue
            seen |= runs
            found.append((f"{paths[turn].parent.name}/{paths[turn].stem}", parts))
    return found


def _paragraphs(path: Path) -> list[str]:
    if path.suffix == ".txt":
        parts = path.read_text("utf-8").split("\n")
    else:
        gold = json.loads(path.read_text("utf-8"))
        parts = [p["text"] for p in gold.get("paragraphs", [])] or str(gold.get("body", "")).split("\n")
    parts = [part.strip() for part in parts if part.strip()]
    if len(parts) < 4:  # a text in one line: three sentences are a paragraph
        sentences = _SENTENCE.split(" ".join(parts))
        parts = [" ".join(sentences[i : i + 3]) for i in range(0, len(sentences), 3)]
    return parts


# ---- rewritings: paragraphs in, paragraphs out

Rewrite = Callable[[list[str], list[str], random.Random], list[str]]


def same(parts: list[str], _: list[str], draw: random.Random) -> list[str]:
    """Other quotes, apostrophes, dashes and breaks."""
    text = "\n".join(parts).replace("«", '"').replace("»", '"').replace("’", "'").replace(" — ", " – ")
    return (text.replace("\n", " ") if draw.random() < 0.5 else text).split("\n")


def cut(parts: list[str], _: list[str], draw: random.Random) -> list[str]:
    """The first 35 to 75 in a hundred of the sentences."""
    sentences = _SENTENCE.split(" ".join(parts))
    return sentences[: max(3, int(len(sentences) * draw.uniform(0.35, 0.75)))]


def reordered(parts: list[str], _: list[str], draw: random.Random) -> list[str]:
    """The lead, and the rest in another order."""
    rest = parts[1:]
    draw.shuffle(rest)
    return parts[:1] + rest


def other_lead(parts: list[str], _: list[str], draw: random.Random) -> list[str]:
    """The first sentence told anew, with a credit."""
    first, *rest = _SENTENCE.split(parts[0])
    credit = draw.choice(
        ["Про це повідомляє агентство Вітрило.", "The Mast agency reports.", "Як передає Вітрило, подробиці такі."]
    )
    words = first.split()
    return [" ".join([*words[len(words) // 2 :], credit, *rest]), *parts[1:]]


def framed(parts: list[str], other: list[str], draw: random.Random) -> list[str]:
    """Another headline above, and background of another story below."""
    below = " ".join(other).split()[: int(0.25 * len(" ".join(parts).split()))]
    head = draw.choice(
        ["Стало відомо про нові подробиці: що кажуть на місці", "What we know so far, and what comes next"]
    )
    return [head, *parts, " ".join(below)]


def renamed(parts: list[str], _: list[str], draw: random.Random) -> list[str]:
    """Half of the names in another spelling."""
    text = "\n".join(parts)
    names = sorted(set(_NAME.findall(text)))
    for name in draw.sample(names, len(names) // 2):
        text = re.sub(rf"\b{name}\b", name[0] + name[2:] + draw.choice("аеиоую"), text)
    return text.split("\n")


def edited(parts: list[str], _: list[str], draw: random.Random) -> list[str]:
    """A tenth of the sentences left out, and 4 in a hundred words replaced by others of the text."""
    sentences = [s for s in _SENTENCE.split(" ".join(parts)) if draw.random() > 0.1]
    words = " ".join(sentences).split()
    plain = [w for w in words if w.isalpha() and w.islower()] or words
    return [" ".join(draw.choice(plain) if w in plain and draw.random() < 0.04 else w for w in words)]


def inside(parts: list[str], other: list[str], draw: random.Random) -> list[str]:
    """The story within a longer article."""
    text = " ".join(other).split()
    room = int(draw.uniform(0.5, 1.5) * len(" ".join(parts).split()))
    return [" ".join(text[: room // 3]), *parts, " ".join(text[room // 3 : room])]


CREDITS = ("Про це повідомляє агентство Вітрило.", "The Mast agency reports.", "Як передає Вітрило, подробиці такі.")
HEADLINES = ("Стало відомо про нові подробиці: що кажуть на місці", "What we know so far, and what comes next")
REWRITES: tuple[Rewrite, ...] = (same, cut, reordered, other_lead, framed, renamed, edited, inside)

# ---- look-alikes


def other_facts(parts: list[str], _: list[str], draw: random.Random) -> list[str]:
    """Every number, and every name, another: as two texts of one template."""
    text = "\n".join(parts)
    text = re.sub(r"\d+", lambda m: str(draw.randrange(10 ** len(m[0]))).zfill(len(m[0])), text)
    syllables = ("бо", "ран", "ке", "лу", "мір", "то", "век", "ша")
    for name in sorted(set(_NAME.findall(text))):
        text = re.sub(rf"\b{name}\b", "".join(draw.choices(syllables, k=3)).capitalize(), text)
    return text.split("\n")


TEMPLATES: dict[str, str] = tomllib.loads(Path(__file__).with_name("story_templates.toml").read_text("utf-8"))


_DRAWN = {
    "city": ["Липове", "Ясенів", "Кам'янка", "Берегове", "Ставки", "Вишневе", "Дубрівка", "Озерне"],
    "month": ["березня", "квітня"],
    "region": ["Харківська", "Сумська", "Одеська", "Полтавська", "Київська", "Житомирська", "Рівненська"],
    "region2": ["Лозівського", "Роменського", "Ізюмського", "Миргородського"],
    "rain": ["без опадів", "невеликий дощ", "місцями дощ", "гроза"],
    "wind": ["північний", "західний", "південний"],
    "weapon": ["балістики", "ударних дронів", "авіабомб"],
    "car": ["Astra", "Lanos", "Golf"],
    "man": ["Олесь Гай", "Іван Верба", "Петро Сокіл", "Marco Tillen", "Jon Harrow", "Остап Крук", "Ed Wickens"],
    "other": ["Гнат Мороз", "Лесь Дуб", "Тарас Шпак", "Юрій Клен"],
    "place": ["Pellworth", "Ostrava Bay", "Quillon", "Marrow Hill", "Tessaly", "Norden"],
    "one": ["41,25", "41,31"],
    "two": ["48,02", "48,11"],
    "three": ["11,30", "11,42"],
    "four": ["51,77", "51,90"],
}
_TEAMS = ["Маяк", "Буревій", "Обрій", "Скеля", "Лиман", "Прибій", "Степ", "Вулкан", "Промінь", "Граніт"]


def _values(draw: random.Random) -> dict[str, object]:
    team, rival = draw.sample(_TEAMS, 2)
    return {
        **{name: draw.choice(values) for name, values in _DRAWN.items()},
        **{name: f"{draw.randint(30, 59)},{draw.randint(10, 99)}" for name in "rsqvwx"},
        **{name: draw.randint(2, 59) for name in "nabckgd"},
        **{name: f"{draw.randint(0, 23):02}:{draw.randint(0, 59):02}" for name in "tu"},
        "team": team,
        "rival": rival,
        "day": draw.randint(1, 28),
        "p": draw.randint(100, 999),
        "h": draw.randint(30, 99),
        "m": f"{draw.randint(4, 7)}.{draw.randint(0, 9)}",
        "y": draw.randint(2009, 2016),
        "z": draw.randint(2017, 2025),
    }


def look_alikes(each: int, seed: str = "templates") -> Iterator[Page]:
    """Pages of every template; each is a story of its own."""
    draw = random.Random(seed)
    seen: set[str] = set()
    for name, template in TEMPLATES.items():
        for n in range(each):
            text = template.format(**_values(draw))
            if text in seen:  # the same text would be the same story
                continue
            seen.add(text)
            yield Page(
                f"{name} {n}", "template", f"s{draw.randrange(6)}", FIRST_DAY + timedelta(draw.randrange(20)), text
            )


def gold(groups: int = 400, each: int = 25, *, fresh: bool = False) -> list[Page]:
    """All pages: `groups` stories with 2 to 6 pages, background shared by strangers, and look-alikes.

    `fresh` makes stories of the texts that are background otherwise, rewritten by other draws, other follow-ups, and
    other values in the templates: nothing of how stories are found was chosen on them.
    """
    bases = base_texts(2 * groups + 2 * (groups // 5))
    pages: list[Page] = []
    stories, others, new = bases[:groups], bases[groups : 2 * groups], bases[2 * groups :]
    if fresh:
        stories, others, new = others, stories, new[::-1]
    for number, ((name, parts), (_, other)) in enumerate(zip(stories, others, strict=False)):
        draw = random.Random(name)
        day = FIRST_DAY + timedelta(draw.randrange(20))
        pages.append(Page(name, "original", "s0", day, "\n".join(parts)))
        chosen: Sequence[Rewrite] = draw.sample(REWRITES, draw.randint(1, 5))
        for n, rewrite in enumerate(chosen):
            text = rewrite(parts, other, draw)
            how = rewrite.__name__
            if draw.random() < 0.25:  # and a second time
                second = draw.choice((same, reordered, other_lead, renamed))
                text, how = second(text, other, draw), f"{how}+{second.__name__}"
            pages.append(Page(name, how, f"s{n + 1}", day + timedelta(draw.randrange(6)), "\n".join(text)))
        if number % 5 == 0 and len(re.findall(r"\d+", " ".join(parts))) + len(_NAME.findall(" ".join(parts))) > 3:
            pages.append(Page(f"{name} facts", "other_facts", "s7", day, "\n".join(other_facts(parts, other, draw))))
        if number % 5 == 1:  # a follow-up: new text over the end of the old one
            old = " ".join(parts).split()
            told = " ".join(new[number // 5][1]).split()
            text = told + old[-min(len(old) * 3, len(told) * 4) // 10 :]
            pages.append(Page(f"{name} follow-up", "follow_up", "s7", day + timedelta(3), " ".join(text)))
    return [*pages, *look_alikes(each, "fresh" if fresh else "templates")]
