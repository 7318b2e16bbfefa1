"""Templates and answers: everything is escaped, nothing is cached, and no page can load or run anything foreign."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from cleaners.document import CATEGORIES
from cleaners.read.hidden import reveal
from flows.look.words import LANGUAGES, chosen_language, teller, translator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

__all__ = ["HEADERS", "LANGUAGE_COOKIE", "THEMES", "THEME_COOKIE", "chosen", "page", "render", "style"]

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # with no-referrer, a browser posts our own forms with `Origin: null`
    "X-Content-Type-Options": "nosniff",
}
LANGUAGE_COOKIE, THEME_COOKIE = "sito-language", "sito-theme"
THEMES = ("auto", "light", "dark")


def page(template: str, cookies: Mapping[str, str], accepted: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The answer with a template, in the language and the colours that the cookies choose."""
    return HTMLResponse(render(template, cookies, accepted, **values), status, HEADERS)


def style() -> str:
    """The style sheet of all pages."""
    return (files(__package__) / "static" / "look.css").read_text("utf-8")


def chosen(form: str) -> dict[str, str]:
    """What a posted form chooses: cookies of language and theme with values that there are, and where to go `back`."""
    given = dict(parse_qsl(form))
    allowed = {LANGUAGE_COOKIE: tuple(LANGUAGES), THEME_COOKIE: THEMES}
    found = {name: given[name] for name, values in allowed.items() if given.get(name) in values}
    return found | {"back": given.get("back", "/")}


def render(template: str, cookies: Mapping[str, str], accepted: str, **values: Any) -> str:
    """The template as HTML; `accepted` is an `Accept-Language` header."""
    language = chosen_language(cookies.get(LANGUAGE_COOKIE), accepted)
    theme = cookies.get(THEME_COOKIE)
    ours = {
        "_": translator(language),
        "tell": teller(language),
        "number": _number(language),
        "language": language,
        "languages": LANGUAGES,
        "theme": theme if theme in THEMES else "auto",
        "themes": THEMES,
    }
    return _environment().get_template(template).render(**ours, **values)


@cache
def _environment() -> Environment:
    folder = files(__package__) / "templates"
    environment = Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    environment.globals.update(link=_link, path_part=_path_part, colour=_colour, tongue=_tongue)
    environment.filters.update(share=_share, minute=_minute, raw=_raw)
    return environment


def _visible(value: Any) -> Any:
    """What no person can see in a text is shown as a sign, wherever a template puts it."""
    return reveal(value, "\ufffd") if isinstance(value, str) and not isinstance(value, Markup) else value


def _raw(text: str) -> Markup:
    """A value that a form sends back as it is: escaped, but with what no person can see."""
    return escape(text)


def _minute(at: datetime) -> Markup:
    """A time of UTC."""
    return Markup('<time datetime="{:%Y-%m-%dT%H:%MZ}">{:%Y-%m-%d %H:%M}</time>').format(at, at)


def _link(path: str, **query: object) -> str:
    """An address of ours; what is empty is left out."""
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path


def _path_part(name: str) -> str:
    return quote(name, safe="")


_HUES = {
    "kept": "good",
    "new": "good",
    "changed": "good",
    "gone": "grey",
    "dropped": "grey",  # by what is not known
    "empty": "warn",
    "failed": "bad",
    "unchanged": "grey",
    "waiting": "grey",
} | {name: str(n) for n, name in enumerate(CATEGORIES)}
_TONGUES = {"uk": 3, "en": 1, "ru": 5, "be": 6, "und": 12}
"""Languages with a colour of their own, as numbers of hues; all others share one."""


def _colour(name: str) -> str:
    """The class of a part of a chart: the same for the same status, category or language everywhere."""
    return f"h-{_HUES.get(name) or _TONGUES.get(name, 2)}"


def _tongue(language: str) -> str:
    """The class of text in a language."""
    return "t-und" if language == "und" else f"t-{language if language in _TONGUES else 'other'}"


def _share(part: float | None, whole: float | None = 1) -> str:
    """`81.2%`; a dash where there is nothing to share."""
    return "–" if part is None or not whole else f"{part / whole:.1%}"


def _number(language: str) -> Callable[[float | None], str]:
    """Whole numbers as people of the language write them."""
    separator = {"uk": "\u202f"}.get(language, ",")
    return lambda value: "–" if value is None else f"{value:,.0f}".replace(",", separator)
