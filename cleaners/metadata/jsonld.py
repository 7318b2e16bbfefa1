"""What the publisher states in JSON-LD: the article among the page's schema.org nodes; syntax errors are tolerated."""

from __future__ import annotations

import html
import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

__all__ = ["JsonLd", "is_true", "read_jsonld"]

MAX_SCRIPT = 2_000_000
"""Characters of one script that are read."""

MAX_NODES = 5_000
"""Nodes of all scripts that are looked at."""

MAX_AUTHORS = 50
"""Entries of an author list that are read."""

MAX_CRUMBS = 10
"""Breadcrumbs that are read."""

MAX_LINES = 200
"""Ingredients, and steps, of a recipe that are read."""

_OTHERS = ("comment", "liveBlogUpdate", "review", "mentions", "citation", "relatedLink")
"""Properties that hold other works than the article: entries of a live blog have headlines and dates of their own."""
_ARTICLE = re.compile(r"(?:Article|Posting|Report)$")
_WORKS = frozenset({"HowTo", "PodcastEpisode", "Recipe"})
"""Works that a page may be about instead of an article."""
_COMMENT = re.compile(r"/\*.{0,500}?\*/|<!--|-->|<!\[CDATA\[|//\s?<!\[CDATA\[|\]\]>", re.DOTALL)
_TRAILING_COMMA = re.compile(r",\s{0,100}([}\]])")
_FIELD = re.compile(r'"(headline|datePublished|articleSection|inLanguage)"\s{0,9}:\s{0,9}"((?:[^"\\]|\\.){1,500})"')
_AUTHOR = re.compile(r'"author"\s{0,9}:.{0,300}?"name"\s{0,9}:\s{0,9}"((?:[^"\\]|\\.){1,200})"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class JsonLd:
    """The fields of the page's article, empty or None where not stated.

    Its authors are split into people and organisations. `free` is None too where only parts of it are said to be free.
    `trail` are the names of the breadcrumbs from the front page on; `recipe` are the ingredients, and the steps, of the
    only recipe on the page.
    """

    headline: str | None = None
    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    published: str | None = None
    body: str | None = None
    section: str | None = None
    language: str | None = None
    site_name: str | None = None
    free: bool | None = None
    trail: tuple[str, ...] = ()
    recipe: tuple[tuple[str, ...], ...] = ()


def read_jsonld(tree: HtmlElement) -> JsonLd:
    """The article that the page describes; of several, the one with most fields (headline, date, author, body)."""
    nodes: list[dict[str, Any]] = []
    broken: list[str] = []
    for script in tree.iter("script"):
        text = script.text or ""
        if "ld+json" not in (script.get("type") or "").lower() or not 2 < len(text) <= MAX_SCRIPT:
            continue
        found = _load(text)
        if found is None:
            broken.append(text)
        nodes += _nodes(found, MAX_NODES - len(nodes))
    by_id = {
        node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and (len(node) > 2 or "name" in node)
    }
    articles = [node for node in nodes if any(_ARTICLE.search(t) for t in _types(node))]
    if articles:
        return _article(max(articles, key=_completeness), by_id, nodes)
    works = [node for node in nodes if _WORKS.intersection(_types(node)) and node.get("datePublished")]
    if len(works) == 1:  # several are a list of such
        return _article(works[0], by_id, nodes)
    pages = [node for node in nodes if "WebPage" in _types(node) and node.get("datePublished")]
    if pages:
        return _article({k: v for k, v in pages[0].items() if k != "name"}, by_id, nodes)
    if broken:
        return _from_broken(broken[0])
    return JsonLd(site_name=_site_name({}, by_id, nodes), trail=_trail(nodes), recipe=_recipe(nodes))


def _load(text: str) -> Any:
    """The value of a script, or None; comments, CDATA marks, entities and trailing commas are tolerated."""
    tidied = _TRAILING_COMMA.sub(r"\1", _COMMENT.sub("", text)).strip().rstrip(";")
    for attempt in (text, tidied, html.unescape(tidied)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any, most: int) -> list[dict[str, Any]]:
    """Every object of a value, outermost first; iterative, as pages may nest deeply."""
    found: list[dict[str, Any]] = []
    waiting = deque([value])
    while waiting and len(found) < most:
        value = waiting.popleft()
        if isinstance(value, dict):
            found.append(value)
            waiting += [v for k, v in value.items() if isinstance(v, dict | list) and k not in _OTHERS]
        elif isinstance(value, list):
            waiting.extend(value[:most])
    return found


def _types(node: dict[str, Any]) -> list[str]:
    kind = node.get("@type")
    return [str(t) for t in kind] if isinstance(kind, list) else [str(kind)]


def _completeness(node: dict[str, Any]) -> int:
    return sum(bool(node.get(key)) for key in ("headline", "datePublished", "author", "articleBody", "publisher"))


def _article(node: dict[str, Any], by_id: dict[str, dict[str, Any]], nodes: list[dict[str, Any]]) -> JsonLd:
    people: list[str] = []
    organisations: list[str] = []
    for author in islice(_listed(node.get("author") or node.get("creator")), MAX_AUTHORS):
        if isinstance(author, dict):
            author = by_id.get(str(author.get("@id")), author) if not author.get("name") else author
            kinds = _types(author)
            organised = any("Organization" in kind for kind in kinds) and "Person" not in kinds
            for name in _listed(author.get("name") or _full_name(author)):
                if isinstance(name, dict):  # a person whose name is a person
                    name = name.get("name") or _full_name(name)
                if isinstance(name, str):
                    (organisations if organised else people).append(_text(name))
        elif isinstance(author, str):
            people.append(_text(author))
    return JsonLd(
        headline=_first_text(node, "headline", "name"),
        people=tuple(people),
        organisations=tuple(organisations),
        published=_first_text(node, "datePublished", "dateCreated"),
        body=max((b for b in _listed(node.get("articleBody")) if isinstance(b, str)), key=len, default=None),
        section=_first_text(node, "articleSection"),
        language=_first_text(node, "inLanguage"),
        site_name=_site_name(node, by_id, nodes),
        free=_free(node),
        trail=_trail(nodes),
        recipe=_recipe(nodes),
    )


def is_true(value: object) -> bool:
    """What a publisher means by true, false, "False", "no", 0 or "https://schema.org/False"."""
    return str(value).strip().lower().rpartition("/")[2] not in ("false", "0", "no", "none", "")


def _full_name(author: dict[str, Any]) -> str | None:
    parts = [_first_text(author, key) for key in ("givenName", "familyName")]
    return " ".join(filter(None, parts)) or None


def _free(node: dict[str, Any]) -> bool | None:
    """Whether the article is free to read: as it states; else False if one of its parts is not."""
    for value in _listed(node.get("isAccessibleForFree")):
        return is_true(value)
    parts = [part for part in _listed(node.get("hasPart")) if isinstance(part, dict)]
    return False if any("isAccessibleForFree" in p and not is_true(p["isAccessibleForFree"]) for p in parts) else None


def _trail(nodes: list[dict[str, Any]]) -> tuple[str, ...]:
    crumbs = next((n.get("itemListElement") for n in nodes if "BreadcrumbList" in _types(n)), None)
    names = []
    for crumb in islice(_listed(crumbs), MAX_CRUMBS):
        if isinstance(crumb, dict):
            item = crumb.get("item")
            names.append(_first_text(crumb, "name") or (_first_text(item, "name") if isinstance(item, dict) else None))
    return tuple(name for name in names[:-1] if name)  # the last is the page itself


def _recipe(nodes: list[dict[str, Any]]) -> tuple[tuple[str, ...], ...]:
    recipes = [node for node in nodes if "Recipe" in _types(node)]
    if len(recipes) != 1:  # several are a list of such
        return ()
    steps: list[str] = []
    for step in islice(_listed(recipes[0].get("recipeInstructions")), MAX_LINES):
        if isinstance(step, str):
            steps += step.splitlines()
        steps += (text for node in _nodes(step, MAX_LINES) if (text := _first_text(node, "text")))
    parts = (_listed(recipes[0].get("recipeIngredient")), steps)
    return tuple(tuple(_text(line) for line in islice(part, MAX_LINES) if isinstance(line, str)) for part in parts)


def _site_name(node: dict[str, Any], by_id: dict[str, dict[str, Any]], nodes: list[dict[str, Any]]) -> str | None:
    for publisher in _listed(node.get("publisher")):
        if isinstance(publisher, dict):
            publisher = by_id.get(str(publisher.get("@id")), publisher) if not publisher.get("name") else publisher
            name = _first_text(publisher, "name")
            if name and "Person" not in _types(publisher):  # the owner of a site of one person is not its name
                return name
    return next((name for n in nodes if "WebSite" in _types(n) and (name := _first_text(n, "name"))), None)


def _from_broken(text: str) -> JsonLd:
    fields = {key: _text(value) for key, value in reversed(_FIELD.findall(text[:MAX_SCRIPT]))}
    author = _AUTHOR.search(text)
    return JsonLd(
        headline=fields.get("headline"),
        people=(_text(author[1]),) if author else (),
        published=fields.get("datePublished"),
        section=fields.get("articleSection"),
        language=fields.get("inLanguage"),
    )


def _listed(value: Any) -> Iterator[Any]:
    yield from value if isinstance(value, list) else () if value is None else (value,)


def _first_text(node: dict[str, Any], *keys: str) -> str | None:
    for key in keys:
        for value in _listed(node.get(key)):
            if isinstance(value, str) and value.strip():
                return _text(value)
    return None


def _text(value: str) -> str:
    return " ".join(html.unescape(value.replace('\\"', '"').replace("\\/", "/")).split())
