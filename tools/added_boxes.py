"""Comments and digests of other articles, put into a page: boxes that its site does not have, but others do.

Their words are those of other pages of the training sets, their markup is drawn from what is usual: with class names
or without, as boxes, lists, tables or bare paragraphs, inside the article's element, below or above it. Of words of
another language a block classifier would learn nothing, so they are taken from pages with the same common words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from random import Random
from typing import Any

from lxml.html import HtmlElement, fragment_fromstring

from cleaners.document import Stage
from cleaners.extract.alignment import align
from cleaners.extract.page_layout import container
from cleaners.read.blocks import Block, Blocks, read_blocks
from cleaners.read.words import words

__all__ = ["Texts", "add_boxes", "texts_of"]

MOST_COMMENTS = 15
"""Comments taken from one page."""
COMMENT_WORDS = range(5, 121)
MIN_PARAGRAPH = 61
"""Characters of a paragraph that a digest may quote."""
COMMON_WORDS, MIN_COMMON = 40, 0.12
"""Most frequent words of a page, and their share in a text that goes with it."""
ABOVE, INSIDE, LOOSE = 0.12, 0.45, 0.25
"""How often a digest stands above the article, anything inside its element, and loose there, without its own box."""

_NAMES = ("Olena", "ivan_k", "Guest", "Сергій П.", "vesna77", "Pat M.", "Гость", "Marek", "μαρία", "M. Schmidt")
_DATES = (
    "12.03.2011, 14:05",
    "March 4, 2012 9:15 AM",
    "05/11/2010",
    "14:22",
    "2011-12-06 18:40",
    "6 січня 2012, 10:11",
)
_BUTTONS = ("Reply", "Відповісти", "Ответить", "#", "↑ 3 ↓ 0", "Odpowiedz", "Antworten", "0 0", "")
_MORE = ("...", "More »", "далее", "czytaj więcej", "→", "", "", "")
_OVER_COMMENTS = ("Comments (4)", "Коментарі", "Discuss", "Ваше мнение", "Komentarze", "Have your say", "", "", "")
_OVER_DIGESTS = (
    "Latest news",
    "Новости",
    "Related",
    "Читайте також",
    "Zobacz też",
    "More from this section",
    "",
    "",
    "",
)
_FORM = '<form action="/c"><input name="n"><textarea name="t"></textarea><input type="submit"></form>'


@dataclass(frozen=True)
class Texts:
    """What boxes are made of: comments, and headlines each with the first paragraph below it."""

    comments: Sequence[str]
    articles: Sequence[tuple[str, str]]


def texts_of(page: Blocks, others: dict[int, Stage], gold: dict[str, Any]) -> Texts:
    """What one page gives: the comments that were found on it, and the beginning of its article."""
    said = [page[i] for i, stage in others.items() if stage == "comments"]
    comments = [b.text for b in said if len(b.words) in COMMENT_WORDS and b.link_share < 0.2][:MOST_COMMENTS]
    paragraphs = [p["text"] for p in gold.get("paragraphs", ()) if len(p["text"]) >= MIN_PARAGRAPH]
    has_digest = bool(gold.get("title") and paragraphs)
    return Texts(comments, [(gold["title"], paragraphs[0])] if has_digest else [])


def add_boxes(tree: HtmlElement, gold: dict[str, Any], texts: Texts, chance: Random) -> bool:
    """Put one or two boxes into the page; False where it has no text of gold, or no words for a box are found."""
    page = read_blocks(tree)
    body = _body(page, gold)
    if not body:
        return False
    common = _common(block.text for block in body)
    around = container(page, [i for i, block in enumerate(page) if block in body])
    done = False
    for kind in chance.sample((_comments, _digest, _digest), chance.choice((1, 1, 2))):
        if markup := kind(texts, common, chance):
            _put(fragment_fromstring(markup), around, chance, may_be_above=kind is _digest)
            done = True
    return done


def _body(page: Blocks, gold: dict[str, Any]) -> list[Block]:
    if "with" in gold:
        return [b for b in page if b.words and any(segment in b.text for segment in gold["with"])]
    chosen = align(page, "\n".join(p["text"] for p in gold["paragraphs"])).chosen
    return [block for block, is_chosen in zip(page, chosen, strict=True) if is_chosen and block.words]


def _put(box: HtmlElement, around: HtmlElement, chance: Random, *, may_be_above: bool) -> None:
    is_page = around.tag in ("body", "html", "td") or around.getparent() is None
    where = chance.random()
    if may_be_above and where < ABOVE and not is_page:
        around.addprevious(box)
    elif is_page or (where < INSIDE and around.tag not in ("p", "ul", "ol", "table", "tr", "tbody")):
        around.append(box)
    else:
        tail, around.tail = around.tail, None
        around.addnext(box)
        box.tail = tail
    if chance.random() < LOOSE:
        box.drop_tag()


def _common(texts: Iterable[str]) -> set[str]:
    times = Counter(word for text in texts for word in sorted(set(words(text))))
    return {word for word, n in times.most_common(COMMON_WORDS) if n > 1}


def _some(texts: Sequence[Any], most: int, common: Collection[str], chance: Random, text: Callable[[Any], str]) -> Any:
    """Some of the texts that share the common words."""
    own = [(each, words(text(each))) for each in texts]
    fitting = [each for each, its in own if its and sum(map(common.__contains__, its)) >= MIN_COMMON * len(its)]
    return chance.sample(fitting, min(most, len(fitting)))


def _named(chance: Random, name: str) -> str:
    return chance.choice(("", "", "", f' class="x{chance.randrange(9999):04}"', f' class="{name}"'))


def _heading(label: str, chance: Random) -> str:
    tag = chance.choice(("h3", "b", "div"))
    return f"<{tag}>{escape(label)}</{tag}>" if label else ""


def _comments(texts: Texts, common: Collection[str], chance: Random) -> str:
    """Who wrote and when, above or below what was said, in the same way for all comments of the box."""
    said = _some(texts.comments, chance.choice((1, 2, 3, 5, 9)), common, chance, str)
    if not said:
        return ""
    layout = chance.choice(("div", "li", "row", "rows", "p", "dl", "flat"))
    date, button, name = chance.choice(_DATES), chance.choice(_BUTTONS), _named(chance, "msg")
    is_linked, is_above = chance.random() < 0.4, chance.random() < 0.7
    items = []
    for text in map(escape, said):
        writer = escape(chance.choice(_NAMES))
        who = f'<a href="/user/{len(items)}">{writer}</a>' if is_linked else f"<b>{writer}</b>"
        who += chance.choice((f" {date}", "", f"<br>{date}"))
        answer = f'<a href="#">{escape(button)}</a>' if button else ""
        above, below = (f"<div>{who}</div>", "") if is_above else ("", f"<div>{who}</div>")
        items.append(
            {
                "div": f"<div{name}>{above}<p>{text}</p>{below}{answer}</div>",
                "li": f"<li{name}>{above}<p>{text}</p>{below}{answer}</li>",
                "row": f"<tr><td{name}>{who}</td><td>{text}</td></tr>",
                "rows": f"<tr><td{name}>{who}</td></tr><tr><td>{text}</td></tr>",
                "p": f"<p{name}>{who}<br>{text}</p>",
                "dl": f"<dt>{who}</dt><dd>{text}</dd>",
                "flat": f"<p>{who}</p><p>{text}</p>",
            }[layout]
        )
    inner = _as_list(items, {"li": "ul", "row": "table", "rows": "table", "dl": "dl"}.get(layout))
    heading = _heading(chance.choice(_OVER_COMMENTS), chance)
    return f"<div{_named(chance, 'discussion')}>{heading}{inner}{chance.choice(('', '', _FORM))}</div>"


def _digest(texts: Texts, common: Collection[str], chance: Random) -> str:
    """Linked headlines with the beginnings of their texts, or these alone with a link; never bare text."""
    articles = _some(texts.articles, chance.choice((1, 2, 3, 4, 6, 8)), common, chance, lambda article: article[1])
    if not articles:
        return ""
    layout = chance.choice(("div", "li", "row", "cell", "p", "bold"))
    name, date, more = _named(chance, "item"), chance.choice((*_DATES, "", "", "")), chance.choice(_MORE)
    has_heads, has_images, is_cut = chance.random() < 0.75 or not more, chance.random() < 0.4, chance.random() < 0.4
    items = []
    for title, paragraph in articles:
        address = f"/news/{chance.randrange(10**5)}.html"
        length = chance.choice((14, 20, 28, 40))
        text = escape(" ".join(paragraph.split()[:length]) + chance.choice(("...", "…", "")) if is_cut else paragraph)
        head = f'<a href="{address}">{escape(title)}</a>' if has_heads else ""
        text += f' <a href="{address}">{escape(more)}</a>' if more else ""
        beside = f'<a href="{address}"><img src="/i.jpg"></a>' if has_images else ""
        beside += f"<span>{date}</span>" if date else ""
        items.append(
            {
                "div": f"<div{name}>{beside}<h3>{head}</h3><p>{text}</p></div>",
                "li": f"<li{name}>{beside}{head}<br>{text}</li>",
                "row": f"<tr><td{name}>{beside}{head}<br>{text}</td></tr>",
                "cell": f"<td{name}>{beside}{head}<br>{text}</td>",
                "p": f"<p{name}>{beside} {head}</p><p>{text}</p>",
                "bold": f"<p{name}><b>{head}</b><br>{text}</p>",
            }[layout]
        )
    inner = _as_list(items, {"li": "ul", "row": "table", "cell": "tr"}.get(layout))
    inner = f"<table>{inner}</table>" if layout == "cell" else inner
    return f"<div{_named(chance, 'list')}>{_heading(chance.choice(_OVER_DIGESTS), chance)}{inner}</div>"


def _as_list(items: Sequence[str], tag: str | None) -> str:
    inner = "".join(items)
    return f"<{tag}>{inner}</{tag}>" if tag else inner
