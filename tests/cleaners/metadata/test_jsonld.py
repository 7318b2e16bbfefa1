"""JSON-LD as sites write it."""

from __future__ import annotations

from typing import Any

import pytest

from cleaners.metadata.jsonld import JsonLd, is_true, read_jsonld
from cleaners.read.tree import parse


def read(*scripts: str) -> JsonLd:
    tree = parse("".join(f'<script type="application/ld+json">{s}</script>' for s in scripts) + "<p>text</p>")
    assert tree is not None
    return read_jsonld(tree)


READ: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (('{"@type": "NewsArticle", "headline": "Міст", "author": {"@type": "Person", "name": "Олена Петренко"}}',),
     {"headline": "Міст", "people": ("Олена Петренко",)}),
    (('[{"@type": "WebSite", "name": "Вісті"}, {"@type": "Article", "headline": "Міст"}]',),
     {"headline": "Міст", "site_name": "Вісті"}),
    # A page about one recipe; several recipes are a list, and an article is more than a recipe.
    (('{"@type": "Recipe", "name": "Пиріг", "datePublished": "2024-03-05", "author": "Олена Петренко"}',),
     {"headline": "Пиріг", "published": "2024-03-05", "people": ("Олена Петренко",)}),
    (('[{"@type": "Recipe", "name": "Пиріг", "datePublished": "2024-03-05"},'
      ' {"@type": "Recipe", "name": "Борщ", "datePublished": "2024-03-06"}]',), {"headline": None, "published": None}),
    (('[{"@type": "Recipe", "name": "Пиріг", "datePublished": "2024-03-05"},'
      ' {"@type": "Article", "headline": "Міст"}]',),
     {"headline": "Міст", "published": None}),
    # A graph, whose nodes point to one another.
    (('{"@graph": [{"@type": "Article", "headline": "Міст", "author": {"@id": "#p"}, "publisher": {"@id": "#o"}},'
      ' {"@id": "#p", "@type": "Person", "name": "Олена Петренко"}, {"@id": "#o", "name": "Вісті"}]}',),
     {"people": ("Олена Петренко",), "site_name": "Вісті"}),
    (('{"@type": ["Report", "NewsArticle"], "author": [{"name": "Jane Roe"}, {"name": "John Doe"}]}',),
     {"people": ("Jane Roe", "John Doe")}),
    (('{"@type": "NewsArticle", "author": {"@type": "Organization", "name": "Reuters"}}',),
     {"people": (), "organisations": ("Reuters",)}),
    (('{"@type": "NewsArticle", "author": {"givenName": "Jane", "familyName": "Roe"}}',), {"people": ("Jane Roe",)}),
    # Of several articles, the one with most to say; entries of a live page and comments are other works.
    (('{"@type": "Article", "headline": "Other"}',
      '{"@type": "Article", "headline": "Міст", "datePublished": "2024-10-12"}'),
     {"headline": "Міст"}),
    (('{"@type": "LiveBlogPosting", "headline": "Live", "liveBlogUpdate": [{"@type": "BlogPosting", "headline": "x",'
      ' "datePublished": "2024-10-12", "articleBody": "x"}]}',), {"headline": "Live"}),
    (('{"@type": "Article", "headline": "Міст", "comment": [{"@type": "Article", "headline": "Other", "author": "x",'
      ' "articleBody": "y"}]}',), {"headline": "Міст"}),
    # Written with mistakes.
    (('{"@type": "NewsArticle", "headline": "Міст",}',), {"headline": "Міст"}),
    (('<!-- {"@type": "NewsArticle", "headline": "Міст"} -->',), {"headline": "Міст"}),
    (('{"@type": "NewsArticle", "headline": "Міст", "author": {"name": "Jane Roe"}, "description": "a "b" c"}',),
     {"headline": "Міст", "people": ("Jane Roe",)}),
    # Nothing that would be an article.
    (('{"@type": "Product", "name": "Цегла"}',), {"headline": None}),
    (("null", "[]", "42", '"text"', "{}", "{"), {"headline": None, "people": ()}),
    (('{"@type": "NewsArticle", "headline": 5, "author": 7, "datePublished": null, "articleSection": {"a": 1}}',),
     {"headline": None, "people": (), "section": None}),
    (('{"@type": "NewsArticle", "author": {"@id": "#p"}}',), {"people": ()}),
    (('{"@type": "BreadcrumbList", "itemListElement": [{"name": "Головна"}, {"name": "Громада"}, {"name": "Міст"}]}',),
     {"trail": ("Головна", "Громада")}),
    (('{"@type": "BreadcrumbList", "itemListElement": "x"}',), {"trail": ()}),
]  # fmt: skip

FREE = [
    (True, True), (False, False), ("True", True), ("true", True), ("False", False), ("FALSE", False), ("no", False),
    (0, False), (1, True), ("https://schema.org/False", False), ("http://schema.org/True", True), ("yes", True),
]  # fmt: skip


@pytest.mark.parametrize(("scripts", "expected"), READ)
def test_the_article_is_read(scripts: tuple[str, ...], expected: dict[str, Any]) -> None:
    found = read(*scripts)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(("value", "expected"), FREE)
def test_true_and_false_are_read_in_every_spelling(value: object, expected: bool) -> None:
    assert is_true(value) is expected


def test_hostile_nesting_is_read_in_bounded_time() -> None:
    assert read("[" * 100_000) == JsonLd()
    assert read('{"a":' * 900 + "1" + "}" * 900).headline is None
