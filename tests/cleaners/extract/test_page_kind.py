"""Pages that have no article are named so, and all others are not."""

from __future__ import annotations

import pytest

from cleaners import clean_html
from cleaners.document import NO_ARTICLE

SENTENCES = [
    "The council of Eastbrook voted for the new ferry after a long evening, and the mayor signed the paper at once.",
    "The boat will cross the river every half an hour from the first of May until the leaves fall from the trees.",
    "Nobody knows yet who will steer it, since the old ferryman has left the town and his son keeps bees.",
    "The mill stands still until spring because its wheel broke in the flood, and the town has no money for it.",
    "The choir had been silent for a year because its hall was cold, and nobody wanted to pay for the coal.",
    "Three foxes were seen on the wall at night, and the neighbours ask everybody not to feed them any more.",
]
TEXT = "".join(f"<p>{s}</p>" for s in SENTENCES)
TITLES = [f"{what} {when}" for what in ("The ferry stops", "Foxes come back", "The choir sings", "A mill burns down")
          for when in ("on Sunday morning", "before the first snow", "for the third time")]  # fmt: skip
LINKS = "".join(f"<li><a href='/{n}'>{title}</a></li>" for n, title in enumerate(TITLES))
CARDS = "".join(
    f"<div class='c'><h3><a href='/{n}'>{TITLES[n]}</a></h3><p>{s}</p></div>" for n, s in enumerate(SENTENCES)
)
LOGIN = "<form><p>Name</p><input name='n'><p>Password</p><input type='password'><button>Log in</button></form>"
WALL = "<div class='paywall'><p>Subscribe to read the rest of this story.</p></div>"
ARTICLE = "<meta property='og:type' content='article'>"
LIVE = '<script type="application/ld+json">{"@type": "LiveBlogPosting", "datePublished": "2026-05-01"}</script>'


def page(body: str, title: str = "Eastbrook News", head: str = "") -> str:
    return (
        f"<html lang='en'><head><title>{title}</title>{head}</head><body><header><a href='/'>Eastbrook News</a>"
        "</header>"
        f"<main>{body}</main><footer><p>© Eastbrook News</p></footer></body></html>"
    )


def flag(markup: str) -> str | None:
    return next((f.removeprefix(NO_ARTICLE) for f in clean_html(markup).flags if f.startswith(NO_ARTICLE)), None)


WITHOUT = [
    (page(f"<h1>News</h1><ul>{LINKS}</ul>"), "a list of links: 12 headlines"),
    (page(f"<h1>Town</h1>{CARDS}"), "a list of teasers"),
    (
        page("<h1>Welcome back</h1><p>Please enter your name and your password to go on.</p>" + LOGIN),
        "a form to log in",
    ),
    (page("<h1>Page not found</h1><p>The page that you asked for is not here any more, sorry.</p>"), "an error"),
    (page("<p>Try again later.</p>", "503 Service Unavailable"), "an error"),
    (page(f"<h1>404</h1><p>Перейдіть на головну.</p><ul>{LINKS}</ul>", "Сторінку не знайдено"), "an error"),
    (page("<h1>Доступ запрещён</h1><p>Обратитесь в службу поддержки сайта.</p>"), "an error"),
    (page(f"<h1>The ferry</h1><p>{SENTENCES[0]}</p>{WALL}", head=ARTICLE), "the stub of a paywall"),
]


@pytest.mark.parametrize(("markup", "reason"), WITHOUT)
def test_a_page_without_an_article_is_named_so(markup: str, reason: str) -> None:
    assert (flag(markup) or "").startswith(reason)


WITH = {
    "an article": page(f"<h1>The ferry</h1>{TEXT}"),
    "short news": page(f"<h1>The ferry</h1><p>{SENTENCES[0]}</p>"),
    "short news among many links": page(f"<h1>The ferry</h1><p>{SENTENCES[0]}</p><ul>{LINKS}</ul>", head=ARTICLE),
    "short dated news among many links": page(
        f"<h1>The ferry</h1><p>May 1, 2026, 14:30</p><p>{SENTENCES[0]}</p><ul>{LINKS}</ul>"
    ),
    "an article with a box to log in": page(f"{LOGIN}<h1>The ferry</h1>{TEXT}"),
    "short news with a box to log in": page(f"{LOGIN}<h1>The ferry</h1><p>{SENTENCES[0]}</p>", head=ARTICLE),
    "an article about a missing page": page(f"<h1>Why “page not found” is a joke</h1>{TEXT}"),
    "a digest": page(f"<h1>The week</h1><p>{SENTENCES[0]}</p>{CARDS}", head=ARTICLE),
    "a live blog": page(f"<h1>The flood</h1>{CARDS}", head=LIVE),
    "a live blog without links": page("<h1>Live</h1>" + "".join(f"<div><h3>1{n}:00</h3><p>{s}</p></div>"
                                                                for n, s in enumerate(SENTENCES))),
    "a whole article with a prompt to pay": page(f"<h1>The ferry</h1>{TEXT}{TEXT.replace('The', 'A')}{WALL}"),
    "free news in a box of that name": page(
        f"<h1>The ferry</h1><div class='paywall'><p>{SENTENCES[0]}</p></div>", head=ARTICLE
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WITH)
def test_every_other_page_has_an_article(name: str) -> None:
    assert flag(WITH[name]) is None


def test_what_text_there_is_stays_and_the_flag_is_printed() -> None:
    document = clean_html(WITHOUT[-1][0])
    assert SENTENCES[0] in document.text
    assert document.to_json()["flags"] == list(document.flags)
