from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from flows.common.errors import SitoError
from flows.config.kinds import KINDS, STANDARD_INPUT, CdxSource, FolderSource, Schedule, UrlsSource, WarcSource
from flows.config.sources import find_source, load_sources
from flows.urls.web_address import web_address
from support.paths import ROOT

WHOLE = """
[sources.demo]
kind = "folder"
path = "raw/demo"
language = "uk"

[sources.feed-1]
kind = "feed"
url = "https://example.org/rss"
refresh_hours = 6
schedule = { cron = "*/30 6-22 * * MON-FRI", timezone = "Europe/Kyiv" }
limits = { pages_per_run = 50, timeout_seconds = 7.5 }

[sources.map_2]
kind = "sitemap"
url = "http://xn--80aikifvh.xn--j1amh:8080/sitemap.xml.gz"

[sources.9list]
kind = "urls"
urls = ["https://example.org/1", "https://example.org/2?a=1#b"]

[sources.file]
kind = "urls"
file = "lists/pages.txt"

[sources.old]
kind = "warc"
paths = ["warcs/*.warc.gz", "s3://bucket/a.warc.gz", "/mnt/b.warc"]
hosts = ["Example.org", "приклад.укр"]
languages = ["uk", "en"]
since = 2026-01-01
until = "2026-03-31"
mime = ["Text/HTML"]

[sources.home]
kind = "page"
urls = ["https://example.org/", "https://example.org/news"]
pattern = '/news/[0-9]{4}/'
revisit_hours = [1, 6, 24]

[sources.piped]
kind = "urls"
file = "-"

[sources.index]
kind = "cdx"
paths = ["lists/*.cdxj.gz"]
warcs = "crawl"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_kind_is_read(tmp_path: Path) -> None:
    sources = load_sources(write(tmp_path, WHOLE))
    assert list(sources) == ["demo", "feed-1", "map_2", "9list", "file", "old", "home", "piped", "index"]
    assert all(name == source.name for name, source in sources.items())
    demo, feed, listed, old = sources["demo"], sources["feed-1"], sources["file"], sources["old"]
    assert isinstance(demo, FolderSource)
    assert demo.path == tmp_path / "raw/demo"
    assert demo.limits.pages_per_run is None
    assert feed.schedule is not None
    assert feed.schedule.timezone == "Europe/Kyiv"
    assert feed.limits.pages_per_run == 50
    assert feed.limits.page_bytes == 16 * 2**20
    assert isinstance(listed, UrlsSource)
    assert listed.file == tmp_path / "lists/pages.txt"
    assert isinstance(old, WarcSource)
    assert old.paths == (f"{tmp_path}/warcs/*.warc.gz", "s3://bucket/a.warc.gz", "/mnt/b.warc")
    assert old.hosts == ("example.org", "xn--80aikifvh.xn--j1amh")
    assert (old.since, old.until) == (date(2026, 1, 1), date(2026, 3, 31))
    assert old.mime == ("text/html",)
    assert sources["home"].revisit_hours == (1, 6, 24)
    piped, index = sources["piped"], sources["index"]
    assert isinstance(piped, UrlsSource)
    assert piped.file == STANDARD_INPUT
    assert isinstance(index, CdxSource)
    assert index.warcs == f"{tmp_path}/crawl"
    assert index.mime == ("text/html", "application/xhtml+xml", "text/plain")


def test_the_shipped_file_is_right_and_so_are_its_examples(tmp_path: Path) -> None:
    text = (ROOT / "sources.toml").read_text(encoding="utf-8")
    assert list(load_sources(write(tmp_path, text))) == ["demo"]
    # An example is a commented line of TOML: "#" without a space behind it.
    lines = [line[1:] if line.startswith("#") and line[1:2] not in ("", " ") else line for line in text.splitlines()]
    examples = load_sources(write(tmp_path, "\n".join(lines)))
    assert len(examples) >= 10
    kinds = {source.kind for source in examples.values()}
    assert kinds == {"folder", "feed", "sitemap", "page", "urls", "cdx", "warc"}


PAGE = "[sources.a]\nkind = 'page'\nurls = ['https://example.org/']\npattern = "
WARC = "[sources.a]\nkind = 'warc'\npaths = ['a.warc']\n"
FEED = '[sources.a]\nkind = "feed"\nurl = "https://example.org/rss"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[sources.a]\nkind = ", "is not TOML: Invalid value (at end of document)"),
        ("", "names no source; add a table [sources.NAME] with kind and location"),
        ("sources = 3", "names no source; add a table [sources.NAME] with kind and location"),
        ("[source.a]\nkind = 'feed'", "unknown table 'source'; did you mean 'sources'?"),
        ("[sources]\na = 1", "[sources.a] is no table; write [sources.NAME] and the fields below it"),
        (
            "[sources.Демо]\nkind = 'feed'".replace("Демо", "'Демо'"),
            "[sources.Демо] a name is made of small letters a-z, digits, - and _, and begins with a letter or digit",
        ),
        (
            "[sources.a]\npath = 'x'",
            "[sources.a] kind is missing; write one of folder, feed, sitemap, urls, page, warc, cdx",
        ),
        ("[sources.a]\nkind = 'fed'", "[sources.a] kind 'fed' is unknown; did you mean 'feed'?"),
        (
            "[sources.a]\nkind = 7",
            "[sources.a] kind '7' is unknown; one of folder, feed, sitemap, urls, page, warc, cdx",
        ),
        ("[sources.a]\nkind = 'folder'", "[sources.a] path is missing: the folder with the pages"),
        ("[sources.a]\nkind = 'feed'", "[sources.a] url is missing: the address of the feed"),
        (FEED + "name = 'b'", "[sources.a] unknown field 'name'; the name stands in the table's heading"),
        (FEED + "langage = 'uk'", "[sources.a] unknown field 'langage'; did you mean 'language'?"),
        (
            FEED + "zzz = 1",
            "[sources.a] unknown field 'zzz'; known are language, licence, schedule, refresh_hours, revisit_hours, "
            "quotations, kind, url, limits",
        ),
        (FEED + "limits = {page_byte = 1}", "[sources.a] unknown field 'limits.page_byte'; did you mean 'page_bytes'?"),
        (
            "[sources.a]\nkind = 'folder'\npath = 'x'\nlimits = {redirects = 1}",
            "[sources.a] unknown field 'limits.redirects'; known are pages_per_run, page_bytes",
        ),
        (
            FEED + "limits = {page_bytes = 0}",
            "[sources.a] limits.page_bytes: input should be greater than or equal to 1, not 0",
        ),
        (
            FEED + "refresh_hours = 1_000_000_000_000",  # more than a date can bear
            "[sources.a] refresh_hours: input should be less than or equal to 100000, not 1000000000000",
        ),
        (
            FEED + "refresh_hours = 'often'",
            "[sources.a] refresh_hours: input should be a valid integer, unable to parse string as an integer, "
            "not 'often'",
        ),
        (
            FEED + "language = 'ua'",
            "[sources.a] language 'ua' is no ISO 639-1 code; write two small letters: 'uk' is Ukrainian, 'en' English",
        ),
        (
            FEED + "schedule = {cron = '61 * * * *'}",
            "[sources.a] schedule.cron '61 * * * *': the minute is wrong; write five fields such as '30 6 * * *'",
        ),
        (
            FEED + "schedule = {cron = '30 6 * *'}",
            "[sources.a] schedule.cron '30 6 * *' has 4 of 5 fields: minute hour day month weekday, such as "
            "'30 6 * * *'",
        ),
        (
            FEED + "schedule = {cron = '30 6 * * *', timezone = 'Europe/Kiyv'}",
            "[sources.a] schedule.timezone 'Europe/Kiyv' is no time zone; did you mean 'Europe/Kyiv'?",
        ),
        (
            FEED + "schedule = {cron = '30 6 * * *', timezone = '../../etc/passwd'}",
            "[sources.a] schedule.timezone '../../etc/passwd' is no time zone; write one such as Europe/Kyiv or UTC",
        ),
        (
            FEED + "schedule = {timezone = 'UTC'}",
            "[sources.a] schedule.cron is missing: minute hour day month weekday, such as '30 6 * * *'",
        ),
        (
            FEED + "schedule = '30 6 * *'",
            "[sources.a] schedule.cron '30 6 * *' has 4 of 5 fields: minute hour day month weekday, such as "
            "'30 6 * * *'",
        ),
        (
            FEED + "schedule = 6",
            "[sources.a] schedule is no schedule; write '30 6 * * *' (UTC) or { cron = '30 6 * * *', timezone = "
            "'Europe/Kyiv' }",
        ),
        (
            "[sources.a]\nkind = 'feed'\nurl = 'ftp://example.org/rss'",
            "[sources.a] url is not a web address: it must begin with https:// or http:// and name a host",
        ),
        (
            "[sources.a]\nkind = 'feed'\nurl = 'https://tom:secret@example.org/rss'",
            "[sources.a] url holds a user name or password; addresses stand in reports and archives, so leave it out",
        ),
        (
            "[sources.a]\nkind = 'urls'\nurls = ['https://example.org/', 'https://exa mple.org/']",
            "[sources.a] urls.1 is not a web address: it holds a space or a character that must be percent-encoded",
        ),
        ("[sources.a]\nkind = 'urls'", '[sources.a] give either urls = [...] or file = "...", one of both'),
        (
            "[sources.a]\nkind = 'urls'\nurls = []\nfile = 'x'",
            '[sources.a] give either urls = [...] or file = "...", one of both',
        ),
        (
            "[sources.a]\nkind = 'warc'\npaths = ['s3://key:secret@bucket/a.warc.gz']",
            "[sources.a] paths.0 holds a user name or password; addresses stand in reports and archives, so leave it "
            "out",
        ),
        (
            "[sources.a]\nkind = 'warc'\npaths = []",
            "[sources.a] paths names nothing: a list of files, globs or fsspec addresses",
        ),
        (
            "[sources.a]\nkind = 'feed'\nurl = ['https://tom:secret@example.org/']",
            "[sources.a] url: input should be a valid string",
        ),
        (
            "[sources.a]\nkind = 'feed'\nurl = 'https://tom:sec/ret@example.org/'",
            "[sources.a] url is not a web address: its host or port is wrong",
        ),
        (
            "[sources.a]\nkind = 'folder'\npath = '~nobody-here/pages'",
            "[sources.a] path '~nobody-here/pages' names a user that is not known here",
        ),
        (
            FEED + "revisit_hours = [6, 6]",
            "[sources.a] revisit_hours must rise from one to the next, such as [1, 6, 24]",
        ),
        (
            FEED + "revisit_hours = [0]",
            "[sources.a] revisit_hours.0: input should be greater than or equal to 1, not 0",
        ),
        (
            PAGE + "'('",
            "[sources.a] pattern is no pattern that we can use: unclosed group",
        ),
        (
            PAGE + "'(?=a)'",
            "[sources.a] pattern is no pattern that we can use: look-around, including look-ahead and look-behind, is "
            "not supported",
        ),
        (
            PAGE + "'(a{1000}){1000}'",
            "[sources.a] pattern is no pattern that we can use: Compiled regex exceeds size limit of 10485760 bytes.",
        ),
        (PAGE + "''", "[sources.a] pattern is empty, and would fit every link; write one such as '/news/[0-9]+'"),
        (PAGE + f"'{'a' * 1001}'", "[sources.a] pattern has 1,001 characters, 1000 at most"),
        (
            "[sources.a]\nkind = 'page'\nurls = []\npattern = 'a'",
            "[sources.a] urls is empty; list at least one address",
        ),
        (
            WARC + "since = 2026-03-02\nuntil = 2026-03-01",
            "[sources.a] since (2026-03-02) is later than until (2026-03-01)",
        ),
        (WARC + "since = 'March'", "[sources.a] since 'March' is no day; write one such as 2026-03-01"),
        (WARC + "since = 2026-03-01T10:00:00", "[sources.a] since is a time; write a day such as 2026-03-01"),
        (WARC + "mime = ['html']", "[sources.a] mime.0 'html' is no media type; write one such as text/html"),
        (
            WARC + "hosts = ['https://example.org/']",
            "[sources.a] hosts.0 'https://example.org/' is no host; write a name or address alone, such as "
            "intranet.example or 10.0.0.7",
        ),
        (
            "[sources.a]\nkind = 'warc'\npaths = ['simplecache::https://example.org/a.warc.gz']",
            "[sources.a] paths.0 'simplecache::https://example.org/a.warc.gz' lies on the web, and is not read from "
            "there; download it first, or give the address of another store such as s3://",
        ),
        (
            "[sources.a]\nkind = 'urls'\nfile = '-'\nschedule = {cron = '30 6 * * *'}",
            '[sources.a] file = "-" (standard input) cannot be pulled by schedule; leave out one of both',
        ),
        (
            "[sources.a]\nkind = 'warc'\npaths = 'a.warc.gz'",
            "[sources.a] paths: input should be a valid list, not 'a.warc.gz'",
        ),
    ],
)
def test_what_is_wrong_is_said_with_the_fix(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SitoError) as caught:
        load_sources(path)
    assert str(caught.value).replace(f"{path}: ", "").replace(f"{path} ", "") == message
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(("rss", "feed"), ("RSS 2.0", "feed"), ("atom", "feed"), ("json-feed", "feed"), ("FEED", "feed")),
        *(("sitemaps", "sitemap"), ("site_map", "sitemap"), ("sitemap-index", "sitemap"), ("robots.txt", "sitemap")),
        *(("html", "page"), ("website", "page"), ("home", "page"), ("pages", "page")),
        *(("dir", "folder"), ("directory", "folder"), ("files", "folder"), ("folders", "folder")),
        *(("list", "urls"), ("url", "urls"), ("links", "urls"), ("warcs", "warc"), ("archive", "warc")),
        *(("cdxj", "cdx"), ("podcast", None), ("", None)),
    ],
)
def test_a_kind_by_another_name_is_answered_with_its_own(tmp_path: Path, written: str, meant: str | None) -> None:
    with pytest.raises(SitoError) as caught:
        load_sources(write(tmp_path, f"[sources.a]\nkind = '{written}'\n"))
    said = f"did you mean '{meant}'?" if meant else "one of folder, feed, sitemap, urls, page, warc, cdx"
    assert str(caught.value).endswith(f"[sources.a] kind '{written}' is unknown; {said}")


@pytest.mark.parametrize("written", ["'0 4 * * *'", "' 0 4 * * * '", "{cron = '0 4 * * *'}"])
def test_a_schedule_may_be_a_cron_string_alone_in_utc(tmp_path: Path, written: str) -> None:
    found = load_sources(write(tmp_path, FEED + f"schedule = {written}"))["a"]
    assert found.schedule == Schedule(cron="0 4 * * *", timezone="UTC")


def test_html_with_a_path_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SitoError, match="kind 'html' is unknown; did you mean 'folder'"):
        load_sources(write(tmp_path, "[sources.a]\nkind = 'html'\npath = 'saved'\n"))


def test_no_other_name_is_that_of_two_kinds() -> None:
    others = [other for kind in KINDS.values() for other in kind.other_names]
    assert len({*others, *KINDS}) == len(others) + len(KINDS)
    assert all(re.fullmatch("[a-z]+", other) for other in others)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "[sources.a]\nkind = 'feed'\nx = 1\n[sources.b]\nkind = 'folder'\n")
    with pytest.raises(SitoError) as caught:
        load_sources(path)
    assert [line.split(": ", 1)[1].split("]")[0] for line in str(caught.value).splitlines()] == [
        "[sources.a",
        "[sources.a",
        "[sources.b",
    ]


def test_a_list_without_addresses_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SitoError, match=r"\[sources.a\] urls is empty; list at least one address"):
        load_sources(write(tmp_path, '[sources.a]\nkind = "urls"\nurls = []\n'))


def test_names_that_share_their_keys_in_the_ui_are_refused(tmp_path: Path) -> None:
    text = "".join(f'[sources.{name}]\nkind = "folder"\npath = "."\n' for name in ("a_b", "a-b", "ab"))
    with pytest.raises(SitoError, match=r"\[sources.a-b\] differs from \[sources.a_b\] only in - and _"):
        load_sources(write(tmp_path, text))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    with pytest.raises(SitoError, match="does not exist; write it, or name another with --sources FILE"):
        load_sources(missing)
    with pytest.raises(SitoError, match="cannot be read: Is a directory"):
        load_sources(tmp_path)
    (tmp_path / "cp1251.toml").write_bytes("# Причал".encode("cp1251"))
    with pytest.raises(SitoError, match="is not UTF-8 at byte 2; save it as UTF-8"):
        load_sources(tmp_path / "cp1251.toml")
    (tmp_path / "bom.toml").write_bytes(b"\xef\xbb\xbf" + FEED.encode())
    assert list(load_sources(tmp_path / "bom.toml")) == ["a"]


def test_an_unknown_source_is_answered_with_the_nearest(tmp_path: Path) -> None:
    sources = load_sources(write(tmp_path, WHOLE))
    assert find_source(sources, "demo").kind == "folder"
    with pytest.raises(SitoError) as caught:
        find_source(sources, "dmeo")
    assert str(caught.value) == (
        "there is no source 'dmeo'; did you mean 'demo'? known: demo, feed-1, map_2, 9list, file, old, home, piped, "
        "index"
    )
    with pytest.raises(SitoError, match=r"^there is no source 'qqq'; known: demo, "):
        find_source(sources, "qqq")


@pytest.mark.parametrize("url", ["https://example.org", "HTTP://Example.ORG:8080/a?b#c", "https://приклад.укр/шлях"])
def test_web_addresses_stay_as_they_are(url: str) -> None:
    assert web_address(url) == url


@pytest.mark.parametrize("url", ["", "//example.org/", "https://", "https://a:99999/", "https://[::1", "https://a/\n"])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="web address"):
        web_address(url)
