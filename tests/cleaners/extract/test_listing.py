"""What a feed gives as the text of a page."""

from __future__ import annotations

import pytest

from cleaners import Given, clean_html
from cleaners.document import STOOD_IN
from cleaners.extract.article import extract
from cleaners.extract.listing import LISTED

SENTENCES = [
    "The council of Eastbrook voted for the new ferry after a long evening, and the mayor signed the paper at once.",
    "The boat will cross the river every half an hour from the first of May until the leaves fall from the trees.",
    "Nobody knows yet who will steer it, since the old ferryman has left the town and his son keeps bees.",
]
MARKUP = "".join(f"<p>{s}</p>" for s in SENTENCES)
EMPTY = "<html><head><title>The ferry</title></head><body><h1>The ferry</h1><div id='app'>Loading…</div></body></html>"
STUB = EMPTY.replace("Loading…", f"<p>{SENTENCES[0]}</p>")
WHOLE = EMPTY.replace("Loading…", "".join(f"<p>{s.replace('The', 'A')}</p>" for s in SENTENCES))


@pytest.mark.parametrize("page", [EMPTY, STUB], ids=["empty", "stub"])
@pytest.mark.parametrize(
    "text",
    [MARKUP, "\n".join(SENTENCES), MARKUP.replace("<", "&lt;").replace(">", "&gt;")],
    ids=["html", "plain", "escaped"],
)
def test_the_text_stands_in_where_the_page_has_none(page: str, text: str) -> None:
    document = clean_html(page, given=Given(text=text))
    assert document.text.split("\n") == SENTENCES
    assert STOOD_IN in document.flags
    kept = [entry.line for entry in document.ledger if entry.kept]
    assert {line.attributes for line in kept} == {LISTED}
    assert any(entry.left_out and entry.line.text == "The ferry" for entry in document.ledger)


@pytest.mark.parametrize(
    ("page", "given"),
    [
        (WHOLE, Given(text=MARKUP * 3)),
        (EMPTY, Given(text=f"<p>{SENTENCES[0]}</p>")),
        (
            STUB,
            Given(text=f"<p>{SENTENCES[0]}</p><p>It will go every hour from May on, said the mayor of the town.</p>"),
        ),
        (EMPTY, Given(text="<div style='display:none'>" + MARKUP + "</div>")),
        (EMPTY, Given(text="<" * 1_000_000)),
        (EMPTY, Given(text="word " * 500_000)),
        (EMPTY, Given()),
    ],
    ids=[
        "a page with text",
        "a summary",
        "not much more than the stub",
        "hidden",
        "too many tags",
        "too long",
        "no text",
    ],
)
def test_elsewhere_the_page_is_believed(page: str, given: Given) -> None:
    found = extract(page, given=given)
    assert STOOD_IN not in found.flags
    assert [line.text for line in found.lines] == [line.text for line in extract(page).lines]


def test_a_full_text_tells_which_blocks_are_the_body() -> None:
    aside = "".join(f"<p>{s}</p>" for s in ("See how the wall was built.", "Ask the mayor all that you like."))
    page = EMPTY.replace("Loading…", f"{MARKUP}{aside}")
    assert [line.text for line in extract(page, given=Given(text=MARKUP)).lines][:3] == SENTENCES


def test_characters_that_no_table_takes_are_left_out() -> None:
    broken = "\n".join(sentence.replace("the", "the\x00\ud800", 1) for sentence in SENTENCES)
    assert [line.text for line in extract(EMPTY, given=Given(text=broken)).lines] == SENTENCES
    scripted = (
        f"<script>alert('{SENTENCES[0]}')</script><style>p {{}}</style>{MARKUP}<iframe src='//x.example'></iframe>"
    )
    assert [line.text for line in extract(EMPTY, given=Given(text=scripted)).lines] == SENTENCES
