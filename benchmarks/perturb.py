"""How much hangs on the accidents of a site? Each page is changed as another site would build it, and cleaned again.

    python -m benchmarks.perturb [--sets SET ...] [--only NAME ...] [--jobs N] [--pages]

Prints a Markdown table: a row for each change and set, held against the same gold, as the text of the article stays as
it is. Figures that the change moved by .005 or more have the difference beside them. `--pages` prints instead which
pages lost the most by each change. What is put in (comments, teasers, boxes) is noise by definition, so it costs
precision where it is kept.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring, fragment_fromstring, tostring

from benchmarks.sets import SETS, GoldSet
from cleaners import clean_html
from cleaners.extract.alignment import align
from cleaners.extract.page_layout import container
from cleaners.read.blocks import Block, read_blocks
from cleaners.read.decode import decode
from flows.common.page_files import content_type
from flows.gold.scoring import Score, fold, number, score, summary
from flows.pipeline.clean_file import read_file

USUAL = ("demo", "pages", "news", "web-sample")
FIGURES = ("precision", "recall", "exact", "title", "authors", "published")
TELLING = 0.005

HTML5 = frozenset("article aside figcaption figure footer header hgroup main nav section time".split())  # noqa: SIM905
CMS_WORDS = (  # noqa: SIM905
    "block block-inner body-wrap box clearfix col-md-8 col-12 container content-area content-main c-block c-text "
    "detail entry entry-content field field-item grid holder inner item layout list-item main-col material module "
    "news-item node node-full page-body panel post post-text region row section-inner text text-block theme-default "
    "td-block td-post unit view view-content widget-area wrap wrapper"
).split()
COMMENTS = """<div class="{c}" id="{c}"><h3>4 comments</h3>
<div class="{c}-item"><b>Mykola</b> <span>12.03, 14:05</span><p>Дякую за статтю, давно чекав, поки хтось нарешті про це
напише, бо всі мовчать.</p><a href="#">Відповісти</a></div>
<div class="{c}-item"><b>vesna77</b> <span>12.03, 15:40</span><p>А я не згодна. У нас на вулиці все зовсім інакше,
приїдьте й подивіться самі, перш ніж писати.</p><a href="#">Відповісти</a></div>
<div class="{c}-item"><b>Сергей П.</b> <span>13.03, 09:12</span><p>Автор опять не разобрался. Посмотрите прошлогодние
цифры, там всё другое, и выводы тоже другие.</p><a href="#">Ответить</a></div>
<div class="{c}-item"><b>Old Reader</b> <span>13.03, 10:30</span><p>I have lived here for thirty years and have never
seen anything like it, so thank you for telling us.</p><a href="#">Reply</a></div></div>"""


@dataclass
class Target:
    """A page on its way to another shape: its tree, where its article stands, and other pages to take boxes from."""

    tree: HtmlElement
    blocks: Sequence[Block]
    body: list[int]
    others: Sequence[tuple[dict[str, Any], Path]] = field(repr=False)

    @property
    def container(self) -> HtmlElement:
        """The deepest element around the article."""
        return container(self.blocks, self.body)

    def inside(self, *tags: str) -> list[HtmlElement]:
        """The elements of these tags that hold text of the article and nothing else in blocks."""
        own = dict.fromkeys(self.blocks[i].element for i in self.body)
        return [e for e in own if e.tag in tags]


Change = Callable[[Target], None]


def _nothing(page: Target) -> None:
    """The page, written anew by lxml."""


def _named(page: Target, name: Callable[[str], str]) -> None:
    for element in page.tree.iter(etree.Element):
        for key in ("class", "id"):
            if value := element.get(key):
                element.set(key, " ".join(map(name, value.split())))


def _random_names(page: Target) -> None:
    _named(page, lambda word: "x" + sha256(word.encode()).hexdigest()[:6])


def _other_names(page: Target) -> None:
    _named(page, lambda word: CMS_WORDS[int(sha256(word.encode()).hexdigest(), 16) % len(CMS_WORDS)])


def _no_attributes(page: Target) -> None:
    without_attributes(page.tree)


def without_attributes(tree: HtmlElement) -> None:
    """Take the attributes away from all elements that only show text."""
    for element in tree.iter(etree.Element):
        if element.tag not in ("a", "meta", "link", "script", "img", "html"):
            # What is styled away stays so.
            for key in [k for k in element.attrib if k not in ("style", "hidden")]:
                del element.attrib[key]


def _remove(elements: Sequence[HtmlElement]) -> None:
    for element in elements:
        if element.getparent() is not None:
            element.drop_tree()


def _no_jsonld(page: Target) -> None:
    without_jsonld(page.tree)


def without_jsonld(tree: HtmlElement) -> None:
    """Take the JSON-LD out of a page."""
    _remove([s for s in tree.iter("script") if "ld+json" in (s.get("type") or "")])


def _no_metas(page: Target) -> None:
    _remove([m for m in page.tree.iter("meta") if m.get("charset") is None and m.get("http-equiv") is None])


def _says_nothing(page: Target) -> None:
    _no_jsonld(page)
    _no_metas(page)
    for element in page.tree.iter(etree.Element):
        for key in ("itemprop", "itemtype", "rel", "datetime", "pubdate"):
            element.attrib.pop(key, None)


def _renamed(tree: HtmlElement, tags: frozenset[str] | set[str], to: str) -> None:
    for element in list(tree.iter(etree.Element)):
        if element.tag in tags:
            element.tag = to


def _html4(page: Target) -> None:
    as_html4(page.tree)


def as_html4(tree: HtmlElement) -> None:
    """Give the elements of HTML5 the names that they had before it."""
    _renamed(tree, HTML5 - {"time"}, "div")
    _renamed(tree, {"time"}, "span")


def _html4_random_names(page: Target) -> None:
    _html4(page)
    _random_names(page)


def _paragraphs_as_divs(page: Target) -> None:
    for element in page.inside("p"):
        element.tag = "div"


def _paragraphs_as_breaks(page: Target) -> None:
    as_breaks(page.inside("p"))


def as_breaks(paragraphs: Iterable[HtmlElement]) -> None:
    """Make bare text with two breaks between of them: each is taken out of its element."""
    for element in paragraphs:
        if element.getparent() is None:
            continue
        tail, element.tail = element.tail, None
        last = etree.Element("br")
        last.tail = tail
        element.addnext(last)
        element.addnext(etree.Element("br"))
        element.drop_tag()


def _items_as_divs(page: Target) -> None:
    for element in page.inside("li"):
        element.tag = "div"
        around = element.getparent()
        if around is not None and around.tag in ("ul", "ol"):
            around.tag = "div"


def _wrapped(page: Target) -> None:
    for element in page.inside("p", "h2", "h3", "blockquote"):
        _wrap(element, "div", 2)
    _wrap(page.container, "div", 3)


def _wrap(element: HtmlElement, tag: str, levels: int) -> None:
    around = element.getparent()
    if around is None or element.tag in ("html", "body"):
        return
    tail, element.tail = element.tail, None
    outer = inner = etree.Element(tag)
    around.replace(element, outer)
    for _ in range(levels - 1):
        inner = etree.SubElement(inner, tag)
    inner.append(element)
    outer.tail = tail


def _spans(page: Target) -> None:
    for element in page.inside("p", "div", "li"):
        for tag, value in (("span", "font-size: 14pt"), ("font", "")):
            around = etree.Element(tag)
            if value:
                around.set("style", value)
            around.text, element.text = element.text, None
            for child in list(element):
                around.append(child)
            element.append(around)


def _tables(page: Target) -> None:
    """Everything of the page in one table: what is before the article, the article, what is after, each in a cell."""
    body = page.tree.find("body")
    if body is None:
        return
    inner = page.container
    while inner.getparent() is not None and inner.getparent() is not body:
        inner = inner.getparent()
    table = etree.Element("table")
    row = etree.SubElement(table, "tr")
    cells = [etree.SubElement(row, "td") for _ in range(3)]
    at = 0
    if inner is body or inner.getparent() is not body:
        at = 1
    for child in list(body):
        here = 1 if child is inner else at
        if child is inner:
            at = 2
        cells[here].append(child)
    body.append(table)


def _captions_out(page: Target) -> None:
    for element in list(page.tree.iter("figcaption")):
        element.tag = "p"
    for element in list(page.tree.iter("figure")):
        element.tag = "div"
        if len(list(element.iter("p"))) and element.getparent() is not None:
            element.drop_tag()


def _other_box(page: Target) -> Iterator[HtmlElement]:
    """Boxes of links from other pages: many words, most of them linked, none of that page's article."""
    for gold, path in page.others:
        tree = document_fromstring(decode(read_file(path)).text)
        found = read_blocks(tree)
        wanted = {fold(p["text"]) for p in gold["paragraphs"]}
        sums: dict[HtmlElement, list[float]] = {}
        for block in found:
            for element in block.path:
                its = sums.setdefault(element, [0, 0, 0, 0])
                n = len(block.words)
                for k, v in enumerate((1, n, n * block.link_share, fold(block.text) in wanted or block.hidden)):
                    its[k] += v
        for element, (count, size, linked, own) in sums.items():
            if 3 <= count <= 14 and 20 <= size <= 120 and linked > 0.7 * size and not own and element.tag != "body":
                yield deepcopy(element)
                break


def _boxes_inside(page: Target) -> None:
    """Two boxes of other sites and a row of buttons, a third and two thirds down the article."""
    share = '<div class="soc-row"><a href="#f">Facebook</a> <a href="#t">Telegram</a> <a href="#x">X</a></div>'
    elements = page.inside("p", "div")
    if len(elements) < 3:
        return
    boxes = [*_other_box(page)][:2]
    for element, box in zip((elements[len(elements) // 3], elements[2 * len(elements) // 3]), boxes, strict=False):
        box.tail = None
        element.addnext(box)
    elements[len(elements) // 2].addnext(fragment_fromstring(share))


def _after(page: Target, markup: str) -> None:
    around = page.container
    added = fragment_fromstring(markup)
    if around.tag in ("body", "html") or around.getparent() is None:
        around.append(added)
    else:
        around.addnext(added)


def _comments(page: Target) -> None:
    _after(page, COMMENTS.format(c="comments"))


def _unnamed_comments(page: Target) -> None:
    _after(page, COMMENTS.format(c="xk"))


def _teasers(page: Target) -> None:
    cards = "".join(
        f'<div class="card"><a href="/{n}"><h3>{escape(gold["title"] or "")}</h3></a>'
        f"<p>{escape(gold['paragraphs'][0]['text'])}</p><span>12.03.2024</span></div>"
        for n, (gold, _) in enumerate(page.others)
        if gold["paragraphs"]
    )
    _after(page, f'<div class="feed">{cards}</div>')


def _lead_above(page: Target) -> None:
    """The first paragraph in a box of its own right below the headline, above the picture."""
    first = page.blocks[page.body[0]]
    heading = next((e for e in page.tree.iter("h1")), None)
    if heading is None or heading.getparent() is None or first.element.tag != "p":
        return
    if any(b.element is not first.element and first.element in b.path for b in page.blocks):
        return
    lead = deepcopy(first.element)
    lead.tail = None
    _remove([first.element])
    box = etree.Element("div")
    box.append(lead)
    heading.addnext(box)
    box.addnext(fragment_fromstring('<div><img src="/p.jpg"></div>'))


def _pretty(html: str) -> str:
    """A line and two spaces for each tag of a block."""
    return re.sub(
        r"(</?(?:div|p|section|article|ul|ol|li|h\d|table|tr|td|nav|header|footer|main|aside)\b)", r"\n  \1", html
    )


def _minified(html: str) -> str:
    return re.sub(r"\s*\n\s*", " ", re.sub(r">\s+(</?(?:div|p|section|article|ul|li|h\d|table|tr|td)\b)", r">\1", html))


CHANGES: dict[str, Change] = {
    "nothing": _nothing,
    "names: random": _random_names,
    "names: another system's": _other_names,
    "no attributes": _no_attributes,
    "no JSON-LD": _no_jsonld,
    "no metas": _no_metas,
    "no JSON-LD, metas, microdata": _says_nothing,
    "h1 as div": lambda page: _renamed(page.tree, {"h1"}, "div"),
    "h1 as span": lambda page: _renamed(page.tree, {"h1"}, "span"),
    "paragraphs as div": _paragraphs_as_divs,
    "paragraphs as text and br": _paragraphs_as_breaks,
    "items as div": _items_as_divs,
    "wrapped": _wrapped,
    "spans and fonts": _spans,
    "no HTML5": _html4,
    "no HTML5, random names": _html4_random_names,
    "one table": _tables,
    "captions outside figure": _captions_out,
    "foreign boxes inside": _boxes_inside,
    "comments below": _comments,
    "comments below, no name": _unnamed_comments,
    "teasers with text below": _teasers,
    "lead above the picture": _lead_above,
    "wrong lang": lambda page: page.tree.set("lang", "fr"),
}
WRITTEN: dict[str, Callable[[str], bytes]] = {
    "pretty": lambda html: _pretty(html).encode(),
    "minified": lambda html: _minified(html).encode(),
    "wrong charset": lambda html: html.replace("utf-8", "windows-1251").replace("UTF-8", "windows-1251").encode(),
}


def changed(name: str, gold: dict[str, Any], path: Path, others: Sequence[tuple[dict[str, Any], Path]]) -> bytes:
    """The page's markup after the change."""
    tree = document_fromstring(
        decode(read_file(path)).text.encode(), parser=HTMLParser(encoding="utf-8", huge_tree=True)
    )
    page = read_blocks(tree)
    chosen = align(page, "\n".join(p["text"] for p in gold["paragraphs"])).chosen
    body = [i for i, is_chosen in enumerate(chosen) if is_chosen]
    if name in CHANGES and body:
        CHANGES[name](Target(tree, page, body, others))
    html = tostring(tree, encoding="unicode")
    return WRITTEN[name](html) if name in WRITTEN else html.encode()


def measured(name: str, gold: dict[str, Any], path: Path, others: Sequence[tuple[dict[str, Any], Path]]) -> Score:
    """The score of the changed page."""
    return score(gold, clean_html(changed(name, gold, path, others), id=gold["id"]).to_json())


def _html_pages(gold_set: GoldSet) -> list[tuple[dict[str, Any], Path]]:
    pages = zip(gold_set.golds, gold_set.paths, strict=True)
    return [(gold, path) for gold, path in pages if content_type(path) == "text/html" and "paragraphs" in gold]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", choices=SETS, metavar="SET", default=USUAL)
    parser.add_argument("--only", nargs="+", choices=[*CHANGES, *WRITTEN], metavar="NAME", default=[*CHANGES, *WRITTEN])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--pages", action="store_true", help="print which pages lose the most")
    arguments = parser.parse_args()
    sets = [SETS[name] for name in arguments.sets if SETS[name].is_there]
    names = list(dict.fromkeys(["nothing", *arguments.only]))
    if not arguments.pages:
        print("| change | set | f1 | " + " | ".join(FIGURES) + " |")
        print("|---|---|" + "--:|" * (1 + len(FIGURES)))
    with ProcessPoolExecutor(arguments.jobs) as pool:
        before: dict[str, list[Score]] = {}
        for name in names:
            for gold_set in sets:
                pages = _html_pages(gold_set)
                others = [[pages[(k + n) % len(pages)] for n in (3, 7, 11, 16)] for k in range(len(pages))]
                jobs = ([name] * len(pages), [g for g, _ in pages], [p for _, p in pages], others)
                found = list(pool.map(measured, *jobs, chunksize=4))
                first = before.setdefault(gold_set.name, found)
                if arguments.pages:
                    worst = sorted(zip(pages, first, found, strict=True), key=lambda x: x[2].f1 - x[1].f1)
                    for (gold, _), was, now in worst[:6]:
                        if was.f1 - now.f1 > 0.01:
                            print(
                                f"{name}: {gold_set.name}: {gold['id']}: f1 {number(was.f1)} to {number(now.f1)},"
                                f" precision {number(now.precision)}, recall {number(now.recall)}"
                            )
                    continue
                print(f"| {name} | {gold_set.name} |" + _cells(summary(first), summary(found)), flush=True)


def _cells(was: dict[str, float | None], now: dict[str, float | None]) -> str:
    cells = ""
    for figure in ("f1", *FIGURES):
        value, old = now[figure], was[figure]
        if value is None or old is None:
            cells += " – |"
            continue
        off = value - old
        cells += f" {number(value)}{f' ({off:+.3f})' if abs(off) >= TELLING else ''} |"
    return cells


if __name__ == "__main__":
    main()
