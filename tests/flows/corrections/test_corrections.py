"""Corrections of a source: written, tried on its pages before they count, and checked later."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

import flows.cli.correct
import flows.corrections.check
import flows.corrections.preview
from cleaners.corrections import ACTIONS, Correction, Corrections
from flows.cli.main import main
from flows.common.errors import SitoError
from flows.config.corrections import corrections_path, load_corrections, load_entries
from flows.config.sources import load_sources
from flows.corrections.check import check_corrections
from flows.corrections.pages import trial_pages
from flows.corrections.preview import preview
from flows.corrections.trial import Trial, Tried, try_corrections, work
from flows.corrections.write import add_entry, new_entry
from flows.pipeline.cleaning_job import Scope
from support.in_process import reprocess_archived
from support.newspaper import SOURCE, content, page, shard_of

if TYPE_CHECKING:
    from pathlib import Path

SLOGAN = "Наш Вісник — голос громади"
TEASER = "Читайте також: Як доглядати за старими книжками"
STRAY = "Розклад автобусів змінили з понеділка, тож дивіться на табло."
END = f"<p>{SLOGAN}</p></article><aside><p>{STRAY}</p></aside>".encode()
FIRST = "file:///0.html"


def in_process(trial: Trial) -> Tried:
    return work(trial, lambda _: None)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source of four pages in two shards, another of one page, and their sources file."""
    folder = tmp_path_factory.mktemp("town")
    for start in (0, 2):
        shard_of(folder, *(page(start + n).replace(b"</article>", b"") + END for n in range(2)), start=start)
    reprocess_archived(folder, Scope())
    (folder / "sources.toml").write_text(
        "".join(f'[sources.{name}]\nkind = "folder"\npath = "."\n' for name in (SOURCE, "other"))
    )
    return folder


@pytest.fixture
def sources(town: Path, tmp_path: Path) -> Path:
    """A sources file of its own for each test, whose corrections the others do not see."""
    (tmp_path / "sources.toml").write_bytes((town / "sources.toml").read_bytes())
    return tmp_path / "sources.toml"


@pytest.fixture(autouse=True)
def _no_processes(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setattr(flows.corrections.preview, "try_corrections", in_process)


def add(sources: Path, action: str, source: str = SOURCE, **fields: Any) -> Correction:
    entry = new_entry(action, **({"note": "a note", "page": FIRST} | fields))
    add_entry(corrections_path(sources, source), entry)
    return entry.correction


class TestWrite:
    def test_what_a_person_wrote_stays_and_what_is_added_is_read_again(self, sources: Path) -> None:
        path = corrections_path(sources, SOURCE)
        add(sources, "drop", text='"Лапки" \\ і\u00a0пробіл', category="notice", author="Олена")
        by_hand = path.read_text("utf-8") + "# мій коментар\n"
        path.write_text(by_hand, "utf-8")
        add(sources, "keep", rule="caption.*", on="file:///2*")
        assert path.read_text("utf-8").startswith(by_hand)
        assert [each.value for each in load_corrections(sources, SOURCE).all] == [
            '"Лапки" \\ і\u00a0пробіл',
            "caption.*",
        ]
        assert tomllib.loads(path.read_text("utf-8"))["drop"][0]["category"] == "notice"
        assert {each.name for each in path.parent.iterdir()} <= {"news.toml", ".news.toml.lock"}

    def test_what_is_there_already_is_refused(self, sources: Path) -> None:
        add(sources, "drop", text=SLOGAN)
        with pytest.raises(SitoError, match="says so already"):
            add(sources, "drop", text=SLOGAN, note="another note")

    def test_nothing_is_written_into_a_faulty_file(self, sources: Path) -> None:
        path = corrections_path(sources, SOURCE)
        path.parent.mkdir()
        path.write_text("[[drop]]\n")
        with pytest.raises(SitoError, match="note is missing"):
            add(sources, "drop", text=SLOGAN)
        assert path.read_text() == "[[drop]]\n"

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"text": "a\nb"}, "one line"),
            ({"text": ""}, "is said by one of"),
            ({"selector": "p:has(a)"}, "no selector"),
        ],
    )
    def test_what_is_wrong_is_never_written(self, sources: Path, fields: dict[str, str], said: str) -> None:
        with pytest.raises(SitoError, match=said):
            add(sources, "drop", **fields)
        assert not corrections_path(sources, SOURCE).exists()


class TestPreview:
    def tried(self, town: Path, sources: Path, action: str, **fields: Any) -> Tried:
        entry = new_entry(action, **({"note": "a note", "page": FIRST} | fields))
        return preview(sources, town, SOURCE, entry, last=2)

    def test_the_last_pages_and_the_page_it_came_from_are_tried(self, town: Path, sources: Path) -> None:
        assert sum(map(len, trial_pages(town, SOURCE, 2).values())) == 2
        assert sum(map(len, trial_pages(town, SOURCE, 2, {FIRST}).values())) == 3
        assert trial_pages(town, "none", 2) == {}

    def test_it_says_what_goes_and_what_comes_back_and_writes_nothing(self, town: Path, sources: Path) -> None:
        before = content(town)
        gone = self.tried(town, sources, "drop", text=SLOGAN).changes
        assert [examples.times for examples in gone.dropped.values()] == [3]
        back = self.tried(town, sources, "off", rule="uk.also-read").changes
        assert [(key[1], examples.texts) for key, examples in back.kept.items()] == [("uk.also-read", [TEASER])]
        read = self.tried(town, sources, "keep", selector="aside p").changes
        assert (read.changed, read.pages) == (3, 3)
        assert "text" in read.fields
        assert content(town) == before

    def test_only_the_new_one_is_shown(self, town: Path, sources: Path) -> None:
        add(sources, "drop", text=SLOGAN)
        changes = self.tried(town, sources, "off", rule="uk.also-read").changes
        assert not changes.dropped

    @pytest.mark.xdist_group("corrections")
    def test_it_is_tried_in_a_process_of_its_own(self, town: Path) -> None:
        drop = Corrections((Correction("drop", "text", SLOGAN, "a note"),))
        tried = try_corrections(Trial(town, SOURCE, "uk", trial_pages(town, SOURCE, 1), Corrections(), drop))
        assert (tried.pages, tried.changes.changed) == (1, 1)


class TestCheck:
    def found(self, town: Path, sources: Path) -> dict[str, list[str]]:
        findings = check_corrections(load_sources(sources), sources, town, SOURCE, in_process)
        kinds: dict[str, list[str]] = {}
        for each in findings:
            kinds.setdefault(each.kind, []).append(each.said)
        return kinds

    def test_what_means_something_is_no_finding(self, town: Path, sources: Path) -> None:
        add(sources, "drop", text=SLOGAN)
        add(sources, "off", rule="uk.also-read")
        add(sources, "keep", selector="aside p")
        add(sources, "title", selector="h1")
        add(sources, "body", selector="article")
        assert self.found(town, sources) == {}

    def test_each_kind_is_found(self, town: Path, sources: Path) -> None:
        add(sources, "drop", text="Старе гасло")
        add(sources, "drop", prefix="Новина 3", page=FIRST)
        add(sources, "keep", prefix="Сьогодні вранці на набережній")
        add(sources, "off", rule="uk.alsoread")
        add(sources, "author", selector=".byline")
        add(sources, "keep", text=SLOGAN)
        add(sources, "drop", pattern="голос громади$")
        add(sources, "keep", pattern="голос громади$")
        found = self.found(town, sources)
        assert any("Старе гасло" in said and "means nothing on 4 pages" in said for said in found["unmatched"])
        assert any(".byline" in said for said in found["unmatched"])
        assert any("Сьогодні вранці" in said for said in found["needless"])
        assert "there is no such rule; did you mean 'uk.also-read'?" in found["unknown"][0]
        assert any("what counts is keep" in said for said in found["contradicts"])
        assert any("says drop of the same" in said for said in found["contradicts"])

    def test_what_other_sources_say_or_keep_is_a_candidate(self, town: Path, sources: Path) -> None:
        add(sources, "drop", text=SLOGAN)
        add(sources, "drop", text=SLOGAN, source="other", page="file:///x.html")
        assert self.found(town, sources)["for every source"] == [
            "other say the same: a candidate for cleaners/vocabulary"
        ]
        add(sources, "drop", prefix="Наш Вісник", source="other", page="file:///x.html")
        kinds = check_corrections(load_sources(sources), sources, town, "other", in_process)
        assert any("news keep lines like it" in each.said for each in kinds if each.kind == "for every source")

    def test_a_source_without_corrections_has_no_findings(self, town: Path, sources: Path) -> None:
        assert self.found(town, sources) == {}


class TestCommands:
    def test_help_knows_every_action(self) -> None:
        assert flows.cli.correct.ACTIONS == ACTIONS

    def test_a_correction_is_shown_kept_listed_and_checked(
        self, town: Path, sources: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(flows.corrections.check.check_corrections, "__defaults__", (in_process,))
        places = ["--sources", str(sources), "--data", str(town)]
        said = ["correct", SOURCE, "drop", "--text", SLOGAN, "--page", FIRST, "--note", "гасло"]
        assert main([*places, *said]) == 0
        captured = capsys.readouterr()
        assert "nothing is kept; --yes keeps it" in captured.err
        assert "4 × source.drop." in captured.out
        assert not load_entries(corrections_path(sources, SOURCE))
        assert main([*places, *said, "--yes"]) == 0
        assert f"`sito reprocess {SOURCE}` applies it" in capsys.readouterr().out
        assert main([*places, "corrections", "list"]) == 0
        assert "гасло" in capsys.readouterr().out
        assert main([*places, "corrections", "check", SOURCE]) == 0
        assert main([*places, "correct", SOURCE, "drop", "--rule", "x", "--page", FIRST, "--note", "n"]) == 2
        assert "is said by one of text, prefix, pattern, selector, not rule" in capsys.readouterr().err
        corrections_path(sources, SOURCE).write_text(
            corrections_path(sources, SOURCE).read_text("utf-8").replace(SLOGAN, "Інше"), "utf-8"
        )
        assert main([*places, "corrections", "check"]) == 1
        assert "news: unmatched: source.drop." in capsys.readouterr().out

    def test_a_correction_is_changed_and_removed_after_it_was_shown_what_that_does(
        self, town: Path, sources: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        places = ["--sources", str(sources), "--data", str(town)]
        name = add(sources, "drop", text=SLOGAN).name
        changed = ["correct", SOURCE, "drop", "--prefix", "Наш Вісник", "--page", FIRST, "--note", "коротше"]
        assert main([*places, *changed, "--instead-of", name, "--yes"]) == 0
        (entry,) = load_entries(corrections_path(sources, SOURCE))
        assert (entry.prefix, entry.note) == ("Наш Вісник", "коротше")
        capsys.readouterr()
        remove = [*places, "corrections", "remove", SOURCE]
        assert main([*remove, entry.correction.name]) == 0
        captured = capsys.readouterr()
        assert 'prefix = "Наш Вісник"' in captured.out
        assert f"4 × {entry.correction.name}" in captured.out
        assert "nothing is removed; --yes removes it" in captured.err
        assert main([*remove, "source.drop.0"]) == 2
        assert main([*remove, entry.correction.name, "--yes"]) == 0
        assert not load_entries(corrections_path(sources, SOURCE))
