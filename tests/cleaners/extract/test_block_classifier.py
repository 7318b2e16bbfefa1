"""The block classifier, its features and its trees."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import fromstring

from cleaners.extract.article import extract
from cleaners.extract.block_classifier import candidates, classify_blocks
from cleaners.extract.features import FEATURES, feature_rows
from cleaners.extract.tree_ensemble import TreeEnsemble, body_ensemble
from cleaners.read.blocks import Blocks, read_blocks

SENTENCES = [
    "The council of Willowford has agreed on a budget for the coming year and put money aside for the road to school.",
    "Twenty-two members voted for it, while three abstained because they had asked for more money for the hospital.",
    "Work will start in spring, once the snow has gone, and will take about two months, according to the mayor.",
    "People who live on Garden Street want the work to begin with their quarter, where not even a cart can pass.",
    "The full decision can be read at the town hall until the end of the month, and anyone may comment on it.",
    "A second hearing is planned for the autumn, when the first bills for asphalt and gravel will have come in.",
]
TEASERS = "".join(
    f'<div class="k"><a href="/{n}"><h3>{title}</h3></a><p>{text}</p><span>{n} May</span></div>'
    for n, (title, text) in enumerate(
        [
            ("The weir is closed again", "For the third time in a year no boat can pass the weir at the old mill."),
            ("A choir of a hundred", "Singers from five villages filled the church on Sunday to raise a new roof."),
            ("Cherries come early", "Growers in the valley expect to pick two weeks before the usual time this year."),
            (
                "No ferry on Mondays",
                "Until the engine is mended, the ferry stays at its pier on that day.",
            ),
            ("Library opens late", "Readers may now stay until ten in the evening, at least while exams are written."),
        ]
    )
)


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def article(body: str, after: str = "") -> str:
    return f"""<html lang="en"><head><title>Road to the school | Willowford News</title></head><body>
    <nav><a href="/">Home</a> <a href="/s">Sport</a></nav><main><article><h1>Road to the school</h1>
    <div class="content">{body}</div></article>{after}</main><footer><p>Willowford News</p></footer></body></html>"""


def body(page: str) -> list[tuple[str, str]]:
    """Tags and texts of the extracted lines, without the headline."""
    return [(line.tag, line.text) for line in extract(page).lines if line.tag != "h1"]


INSIDE = {
    "sub-headings": (
        "<h2>When it starts</h2>" + paragraphs(SENTENCES[2]) + "<h3>What is next</h3>",
        [("h2", "When it starts"), ("p", SENTENCES[2]), ("h3", "What is next")],
    ),
    "a list": (
        "<ul><li>Garden Street and the bridge beyond it</li><li>Mill Lane as far as the weir</li></ul>",
        [("li", "Garden Street and the bridge beyond it"), ("li", "Mill Lane as far as the weir")],
    ),
    "a quote": (
        "<blockquote><p>We will mend the road before the first bell rings.</p></blockquote>",
        [("blockquote", "We will mend the road before the first bell rings.")],
    ),
    "a table": (
        "<table><tr><th>Street</th><th>Metres</th></tr><tr><td>Garden Street</td><td>800</td></tr></table>",
        [("td", "Street"), ("td", "Metres"), ("td", "Garden Street"), ("td", "800")],
    ),
    "code": (
        "<pre><code>def length(streets):\n    return sum(s.metres for s in streets)\n</code></pre>",
        [("pre", "def length(streets):"), ("pre", "    return sum(s.metres for s in streets)")],
    ),
    "an embedded post, which the cleaners judge": (
        '<blockquote class="twitter-tweet"><p>We will mend the road before the first bell rings.</p></blockquote>',
        [("blockquote", "We will mend the road before the first bell rings.")],
    ),
    "an answer folded away under its question": (
        f'<h2>Who pays for it?</h2><div style="display:none"><p>{SENTENCES[3]}</p></div>',
        [("h2", "Who pays for it?"), ("p", SENTENCES[3])],
    ),
}


@pytest.mark.parametrize("name", INSIDE)
def test_blocks_between_paragraphs_keep_their_position_and_tag(name: str) -> None:
    markup, lines = INSIDE[name]
    found = body(article(paragraphs(*SENTENCES[:2]) + markup + paragraphs(*SENTENCES[4:])))
    assert found == [*(("p", s) for s in SENTENCES[:2]), *lines, *(("p", s) for s in SENTENCES[4:])]


OUTSIDE = {
    "teasers below": article(paragraphs(*SENTENCES), f"<section>{TEASERS}</section>"),
    "a notice folded away after a paragraph": article(
        paragraphs(*SENTENCES[:3])
        + '<div style="display:none"><p>Please turn on the scripts of your browser to see this page in full.</p></div>'
        + paragraphs(*SENTENCES[3:])
    ),
    "a caption": article(
        paragraphs(*SENTENCES[:3])
        + "<figure><img src='a.jpg'><figcaption>The road to the school</figcaption></figure>"
        + paragraphs(*SENTENCES[3:])
    ),
    "a form": article(
        paragraphs(*SENTENCES), "<form><label>Your name</label><input name='n'><button>Send it to us</button></form>"
    ),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_blocks_outside_the_body_are_left_out(name: str) -> None:
    assert [text for _, text in body(OUTSIDE[name])] == SENTENCES


def test_teasers_inside_the_element_of_a_short_text_are_left_out() -> None:
    page = article(paragraphs(*SENTENCES) + f"<section>{TEASERS}</section>")
    assert [text for _, text in body(page)] == SENTENCES


@pytest.mark.parametrize("lead", ['<div class="standfirst">{}</div>', '<div class="article-lead"><p>{}</p></div>'])
def test_a_lead_above_the_element_of_the_text_comes_first(lead: str) -> None:
    page = article(paragraphs(*SENTENCES[1:])).replace("</h1>", "</h1>" + lead.format(SENTENCES[0]))
    assert [text for _, text in body(page)] == SENTENCES


def test_a_lead_is_known_by_the_pages_summary_of_itself() -> None:
    page = article(paragraphs(*SENTENCES[1:])).replace("</h1>", f"</h1><div class='x1'>{SENTENCES[0]}</div>")
    page = page.replace("</head>", f'<meta name="description" content="{SENTENCES[0]}"></head>')
    assert [text for _, text in body(page)] == SENTENCES


def test_most_of_the_prose_is_never_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    page = found(article(paragraphs(*SENTENCES)))
    chosen = {i for i, block in enumerate(page) if block.text in SENTENCES}
    monkeypatch.setattr("cleaners.extract.block_classifier.body_ensemble", lambda: TreeEnsemble([-9.0]))
    assert classify_blocks(page, chosen, chosen, None) == chosen


def test_a_page_without_text_has_no_body() -> None:
    assert classify_blocks(Blocks(), set(), set(), None) == set()


def found(html: str) -> Blocks:
    return read_blocks(fromstring(html))


class TestTreeEnsemble:
    """Trees of feature, threshold, low and high."""

    def test_leaves_add_up_to_log_odds(self) -> None:
        trees = [[0, 2.0, 1.0, -1.0], [1, 0.5, [0, 0.0, 0.5, 2.0], 0.0]]
        got = TreeEnsemble(trees).likelihoods([[2.0, 0.0], [3.0, 1.0]])
        assert got == pytest.approx([1 / (1 + math.exp(-3.0)), 1 / (1 + math.exp(1.0))])

    def test_no_rows_give_no_likelihoods(self) -> None:
        assert body_ensemble().likelihoods([]) == []

    def test_the_trees_that_ship_use_known_features_only(self) -> None:
        def asked(node: object) -> set[int]:
            return {node[0]} | asked(node[2]) | asked(node[3]) if isinstance(node, list) else set()

        assert set().union(*map(asked, body_ensemble().trees)) <= set(range(len(FEATURES)))

    @given(st.lists(st.floats(-1e9, 1e9), min_size=len(FEATURES), max_size=len(FEATURES)))
    @settings(max_examples=30, deadline=None)
    def test_a_row_is_judged_alone(self, row: list[float]) -> None:
        other = [0.0] * len(FEATURES)
        assert body_ensemble().likelihoods([row, other])[0] == body_ensemble().likelihoods([row])[0]


class TestFeatures:
    """One row of numbers a block."""

    def test_every_row_holds_every_feature(self) -> None:
        page = found(OUTSIDE["teasers below"])
        asked = candidates(page, set())
        rows = feature_rows(page, asked, {3}, {3, 4}, page[3].element)
        assert len(rows) == len(asked)
        assert {len(row) for row in rows} == {len(FEATURES)}

    def test_blocks_built_alike_are_counted_and_sections_end_at_the_next_heading(self) -> None:
        page = found(f"<html><body>{'<h2>One two</h2><p>a b c</p><p>d e</p>' * 3}</body></html>")
        rows = [
            dict(zip(FEATURES, row, strict=True)) for row in feature_rows(page, range(len(page)), set(), set(), None)
        ]
        assert [row["alike"] for row in rows[:3]] == [3, 6, 6]
        assert [row["section_words"] for row in rows] == [7] * 9
        assert [row["section_place"] for row in rows] == [0, 1, 2] * 3

    def test_shares_of_elements_are_those_of_their_blocks(self) -> None:
        page = found("<html><body><div><p>one two three</p><p><a>four</a></p></div><p>five six</p></body></html>")
        row = dict(zip(FEATURES, feature_rows(page, [0], {0}, {0}, page[0].path[1])[0], strict=True))
        assert (row["outer_words"], row["outer_blocks"], row["held"]) == (4, 2, True)
        assert (row["outer_link"], row["outer_found"]) == pytest.approx((0.25, 0.75))
        assert row["common_words"] == pytest.approx(4 / 6)
