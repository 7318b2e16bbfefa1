"""Tags of very many attributes: none is missed by the quick look at a page, and few pages are read tag by tag."""

from __future__ import annotations

import pytest

from cleaners.read.long_tags import LONG_TAG, MAX_ATTRIBUTES, may_have_long_tag

MANY = " ".join(f"a{n}=1" for n in range(2 * MAX_ATTRIBUTES))
QUOTED = MANY.replace("=1", "='>'")
SLASHES = MANY.replace("=1 ", "/")
TEXT = "слово " * LONG_TAG


@pytest.mark.parametrize(
    "tag",
    [
        f"<p {MANY}>",
        f"<p a='>' {MANY}>",
        f'<p a = ">" {MANY}>',
        f"<p {QUOTED}>",
        f"<p/{SLASHES}",
        f"<script {MANY}>a</script>",
        f'<b>x=\'<p a=">" {MANY}>',
        f"<p x=<b a='>' {MANY}>",
        f"{'<p>' * LONG_TAG}<p {MANY}>",
        f"<a{'<a' * LONG_TAG} {MANY}>",
    ],
)
def test_a_tag_of_very_many_attributes_is_suspected(tag: str) -> None:
    assert may_have_long_tag(tag)
    assert may_have_long_tag(f"<h1>Міст</h1>{tag}<p>Рядок</p>")


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<p>Рядок</p>" * LONG_TAG,
        f"<p>{TEXT}</p>",
        f"<script>if(a<b){{{'c(1);' * LONG_TAG}}}</script>",
        f"<img src='data:{'A' * 4 * LONG_TAG}'>",
        f"<p data-a='{TEXT}>{TEXT}'>",
        f"<p title='a > b' {MANY[:2_000]}>{TEXT}",
    ],
)
def test_another_page_is_not(page: str) -> None:
    assert not may_have_long_tag(page)
