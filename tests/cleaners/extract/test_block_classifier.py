"""Which blocks of a page are body, by the classifier and what stands or falls together."""

from __future__ import annotations

import numpy as np
import pytest
from lxml.html import fromstring

from cleaners.extract.article import extract
from cleaners.extract.block_classifier import classify_blocks
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
        [("tr", "Street | Metres"), ("tr", "Garden Street | 800")],
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


def test_a_cell_of_nothing_but_text_of_the_page_itself_breaks_nothing() -> None:
    row = "".join(f"<p>{s}</p>{n} metres" for n, s in enumerate(SENTENCES))
    found = body(f"<html><body><table><tr><td><h1>The road</h1>{row}</td><td>800</td></tr></table></body></html>")
    assert [text for _, text in found if text in SENTENCES] == SENTENCES


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


@pytest.mark.parametrize(
    "lead",
    [
        f"<div class='x1'><h2>{SENTENCES[0]}</h2></div>",
        f"<p class='stand-first'>{SENTENCES[0].rstrip('.')}</p><h2><a href='/s'>Share</a></h2>",
    ],
)
def test_a_lead_may_be_set_as_a_heading_or_end_without_a_stop(lead: str) -> None:
    page = article(paragraphs(*SENTENCES[1:])).replace("</h1>", f"</h1>{lead}")
    page = page.replace("</head>", f'<meta name="description" content="{SENTENCES[0]}"></head>')
    assert [text.rstrip(".") for _, text in body(page)] == [text.rstrip(".") for text in SENTENCES]


def test_what_was_chosen_stays_where_nothing_on_the_page_is_likely() -> None:
    page = found(article(paragraphs(*SENTENCES)))
    chosen = {i for i, block in enumerate(page) if block.text in SENTENCES}
    assert classify_blocks(page, chosen, np.zeros(len(page))) == chosen


def test_a_page_without_text_has_no_body() -> None:
    assert classify_blocks(Blocks(), set(), np.zeros(0)) == set()


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_a_sentence_between_two_of_the_body_stays_unless_it_is_unlikely(share: float) -> None:
    page = found(
        article(paragraphs(SENTENCES[0]) + f"<div class='x'><p>{SENTENCES[1]}</p></div>" + paragraphs(SENTENCES[2]))
    )
    likely = np.array([0.9 if block.text in SENTENCES else 0.0 for block in page])
    middle = next(i for i, block in enumerate(page) if block.text == SENTENCES[1])
    likely[middle] = share
    assert (middle in classify_blocks(page, set(), likely)) == (share > 0.2)


def test_items_built_alike_stay_together() -> None:
    page = found(
        article("".join(f"<div class='q'><h3>Question {n}</h3><p>{text}</p></div>" for n, text in enumerate(SENTENCES)))
    )
    likely = np.array([0.9 if block.text in SENTENCES else 0.0 for block in page])
    last = next(i for i, block in enumerate(page) if block.text == SENTENCES[-1])
    likely[last] = 0.25
    assert last in classify_blocks(page, set(), likely)


def test_hidden_blocks_are_body_only_where_most_of_the_body_is_hidden() -> None:
    markup = paragraphs(*SENTENCES[:4]) + f"<div hidden><p>{SENTENCES[4]}</p></div>"
    page = found(article(markup))
    hidden = next(i for i, block in enumerate(page) if block.hidden)
    likely = np.array([0.9 if block.text in SENTENCES else 0.0 for block in page])
    assert hidden not in classify_blocks(page, set(), likely)
    page = found(article(f"<div hidden>{paragraphs(*SENTENCES)}</div>"))
    likely = np.array([0.9 if block.text in SENTENCES else 0.0 for block in page])
    assert [page[i].text for i in sorted(classify_blocks(page, set(), likely))] == SENTENCES


def found(html: str) -> Blocks:
    return read_blocks(fromstring(html))


GOES_ON = {
    "right below": (SENTENCES[1], True),
    "below its heading": (f"A word at the end</p><p>{SENTENCES[1]}", True),
    "in another box": (f"</p><div><p>{SENTENCES[1]}</p></div><p>", False),
    "far below": (f"One</p><p>two</p><p>three</p><p>{SENTENCES[1]}", False),
}


@pytest.mark.parametrize("case", GOES_ON)
@pytest.mark.parametrize(("share", "is_chosen"), [(0.25, True), (0.15, True), (0.25, False)])
def test_a_chosen_sentence_shortly_below_the_text_stays_unless_it_is_unlikely(
    case: str, share: float, is_chosen: bool
) -> None:
    markup, may_stay = GOES_ON[case]
    page = read_blocks(fromstring(f"<html><body><div><p>{SENTENCES[0]}</p><p>{markup}</p></div></body></html>"))
    last = next(i for i, block in enumerate(page) if block.text == SENTENCES[1])
    likely = [0.9 if i == 0 else share if i == last else 0.0 for i in range(len(page))]
    chosen = {0, last} if is_chosen else {0}
    assert (last in classify_blocks(page, chosen, likely)) == (may_stay and is_chosen and share > 0.2)


@pytest.mark.parametrize(("words", "stays"), [(20, True), (6, False)])
def test_a_long_block_without_a_stop_is_judged_as_a_sentence(words: int, stays: bool) -> None:
    text = ("the boats of the harbour lie at their pier " * 3).split()[:words]
    page = read_blocks(fromstring(f"<html><body><div><p>{SENTENCES[0]}</p></div><p>{' '.join(text)}</p></body></html>"))
    chosen = {0, 1}
    assert (1 in classify_blocks(page, chosen, [0.9, 0.35])) == stays


BROKEN = ["- Garden Street: 800 metres", "- Mill Lane: 450 metres", "- the bridge: 90 metres"]


@pytest.mark.parametrize(
    ("above", "markup", "likely", "is_chosen", "stays"),
    [
        (1, "<br>".join(BROKEN), 0.25, True, True),
        (1, "<br>".join(BROKEN), 0.15, True, False),
        (1, "<br>".join(BROKEN), 0.25, False, False),
        (1, "<br>".join(BROKEN[:2]), 0.25, True, False),
        (1, "<br>".join(f"<a href='/'>{line}</a>" for line in BROKEN), 0.25, True, False),
        (1, "<br>".join(["", *BROKEN]).replace("<br>", "</p><p>"), 0.25, True, False),
        (3, "<br>".join(BROKEN), 0.15, False, True),
        (3, "<br>".join(BROKEN), 0.05, False, False),
        (3, "<br>".join(f"<a href='/'>{line}</a>" for line in BROKEN), 0.25, False, False),
        (3, "<br>".join(BROKEN * 9), 0.25, False, False),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_list_written_with_line_breaks_stays_below_its_text(
    above: int, markup: str, likely: float, *, is_chosen: bool, stays: bool
) -> None:
    page = found(f"<html><body><div><p>{'<br>'.join(SENTENCES[:above])}<br>{markup}</p></div></body></html>")
    text, lines = set(range(above)), set(range(above, len(page)))
    chosen = text | lines if is_chosen else text
    body = classify_blocks(page, chosen, [likely if i in lines else 0.9 for i in range(len(page))])
    assert body == text | (lines if stays else set())


@pytest.mark.parametrize(
    ("last", "below", "goes"),
    [
        ("Zum Weiterlesen:", "<p><a href='/1'>The weir is closed again</a></p>", True),
        ("Lue lisää aiheesta:", "<ul><li><a href='/1'>The weir is closed again</a></li></ul>", True),
        ("Where to find it:", "<p>Garden Street, at the bridge</p>", False),
        ("Zum Weiterlesen", "<p><a href='/1'>The weir is closed again</a></p>", False),
        ("Where the council has put its papers for all to read:", "<p><a href='/1'>Papers</a></p>", False),
        ("Where to find it:", "", False),
    ],
    ids=["label over a link", "label over a list of links", "text below", "no colon", "a sentence", "nothing below"],
)
def test_the_label_of_links_that_are_left_out_goes_with_them(last: str, below: str, *, goes: bool) -> None:
    page = found(f"<html><body><div><p>{SENTENCES[0]}</p><p>{last}</p>{below}</div></body></html>")
    likely = [0.9, 0.9, *[0.0] * (len(page) - 2)]
    assert classify_blocks(page, {0, 1}, likely) == ({0} if goes else {0, 1})


def test_a_label_whose_likes_in_the_items_beside_it_go_goes_too() -> None:
    items = "".join(f"<div class='i'><div class='t'>{n}:40</div><p>{SENTENCES[n]}</p></div>" for n in range(4))
    page = found(f"<html><body>{items}</body></html>")
    texts = [block.text for block in page]
    likely = [0.55 if text == "0:40" else 0.9 if text in SENTENCES else 0.3 for text in texts]
    assert {texts[i] for i in classify_blocks(page, set(), likely)} == set(SENTENCES[:4])
    assert "0:40" in {texts[i] for i in classify_blocks(page, {texts.index("0:40")}, likely)}
    likely = [0.55 if block.tag != "p" or ":40" in block.text else 0.9 for block in page]
    assert set(texts) == {texts[i] for i in classify_blocks(page, set(), likely)}


@pytest.mark.parametrize(("share", "stays"), [(0.15, True), (0.05, False)])
def test_the_last_line_of_an_element_needs_less_likelihood_than_another_element(*, share: float, stays: bool) -> None:
    page = found(f"<html><body><table><tr><td>{SENTENCES[0]}<br>{SENTENCES[1]}</td></tr></table></body></html>")
    assert classify_blocks(page, {0, 1}, [0.9, share]) == ({0, 1} if stays else {0})


@pytest.mark.parametrize(
    ("line", "likely", "stays"),
    [("Stone by stone", 0.35, True), ("Stone by stone", 0.25, False), ("<a href='/1'>Stone by stone</a>", 0.35, False)],
    ids=["label", "unlikely", "link"],
)
def test_a_chosen_label_between_lines_of_a_cell_is_judged_as_a_sentence(
    line: str, likely: float, *, stays: bool
) -> None:
    cell = "<br>".join([SENTENCES[0], line, SENTENCES[1]])
    page = found(f"<html><body><table><tr><td>{cell}</td></tr></table></body></html>")
    assert classify_blocks(page, {0, 1, 2}, [0.9, likely, 0.9]) == ({0, 1, 2} if stays else {0, 2})
