"""The command line as a user meets it."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from flows.cli.main import main

PAGE = """<!doctype html><html lang="uk"><head><meta charset="utf-8"><title>Пекарня на розі</title></head><body>
<article><h1>Пекарня на розі</h1>
<p>Нова пекарня на розі вулиць Садової та Липневої відчинила двері о сьомій, і перші булочки скінчилися о восьмій.</p>
<p>Пекар каже, що завтра тіста буде вдвічі більше, а черга, сподівається, не стане вдвічі довшою.</p>
</article></body></html>"""

COMMANDS = (
    *("clean", "languages", "rules", "init", "ingest", "reprocess", "show", "look", "correct"),
    *("corrections", "gold", "stories", "export", "stats", "fetch", "sources", "state"),
    *("check", "prune", "compact", "serve"),
)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    (folder / "inner").mkdir(parents=True)
    (folder / "b.html").write_text(PAGE, "utf-8")
    (folder / "a.htm.gz").write_bytes(gzip.compress(PAGE.encode()))
    (folder / "inner" / "c.txt").write_text("Кіт спить на підвіконні редакції вже третю годину поспіль.\n", "utf-8")
    (folder / "notes.json").write_text("{}")
    (folder / ".hidden.html").write_text(PAGE, "utf-8")
    return folder


def documents(capsysbinary: pytest.CaptureFixture[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


def test_clean_prints_a_document_a_line_in_the_order_of_the_paths(
    pages: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["clean", str(pages / "inner" / "c.txt"), str(pages / "b.html"), str(pages / "a.htm.gz")]) == 0
    found = documents(capsysbinary)
    assert [d["id"] for d in found] == ["c", "b", "a"]
    assert list(found[0]) == [
        *("id", "url", "title", "authors", "published", "published_by", "language", "languages", "flags", "texts"),
        *("paragraphs", "dropped"),
    ]
    assert found[1]["title"] == "Пекарня на розі"
    assert found[1]["paragraphs"] == found[2]["paragraphs"]
    assert {p["language"] for d in found for p in d["paragraphs"]} == {"uk"}


def test_clean_takes_the_pages_of_a_folder_sorted_and_nothing_else(
    pages: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["clean", str(pages)]) == 0
    assert [d["id"] for d in documents(capsysbinary)] == ["a", "b", "c"]


def test_a_pipe_by_the_name_of_a_page_is_none(pages: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    os.mkfifo(pages / "pipe.html")
    assert main(["clean", str(pages)]) == 0
    assert [d["id"] for d in documents(capsysbinary)] == ["a", "b", "c"]


@pytest.mark.parametrize("extra", [["--jobs", "2"], ["--together"], ["--together", "--jobs", "2"]])
def test_processes_and_togetherness_keep_the_order(
    pages: Path, capsysbinary: pytest.CaptureFixture[bytes], extra: list[str]
) -> None:
    assert main(["clean", str(pages), *extra]) == 0
    assert [d["id"] for d in documents(capsysbinary)] == ["a", "b", "c"]


def test_explain_shows_kept_and_struck_lines_with_the_rule(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clean", "--explain", str(pages / "b.html")]) == 0
    shown = capsys.readouterr().out
    assert "Пекар каже" in shown
    assert "\x1b[" not in shown, "no colour codes where the reader is no terminal"


BAD_FILES = {
    "broken.html.gz": (gzip.compress(PAGE.encode())[:-20], "broken gzip"),
    "torn.html.gz": (b"\x1f\x8b\x08rest", "broken gzip"),
    "picture.html": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, ""),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_named_and_the_others_are_still_cleaned(
    pages: Path, capsysbinary: pytest.CaptureFixture[bytes], name: str
) -> None:
    content, reason = BAD_FILES[name]
    (pages / name).write_bytes(content)
    assert main(["clean", str(pages / name), str(pages / "b.html")]) == 1
    captured = capsysbinary.readouterr()
    assert [json.loads(line)["id"] for line in captured.out.splitlines()] == ["b"]
    assert f"failed: {pages / name}: {reason}" in captured.err.decode()
    assert b"Traceback" not in captured.err


def test_an_empty_file_is_a_document_without_paragraphs(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "void.html").write_bytes(b"")
    assert main(["clean", str(tmp_path / "void.html")]) == 0
    captured = capsysbinary.readouterr()
    assert json.loads(captured.out)["paragraphs"] == []
    assert b"1 of 1 pages hold no article text" in captured.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["clean", "nowhere.html"], "nowhere.html: no such file or folder"),
        (["clean", "."], "no page in this folder"),
        (["languages", "nowhere.jsonl"], "nowhere.jsonl: cannot be read"),
        (["ingest"], "name the sources to ingest, or say --all"),
        (["ingest", "demo", "--all"], "name the sources to ingest, or say --all"),
        (["ingest", "demo"], "sources.toml"),
        (["sources"], "sources.toml"),
        (["reprocess", "demo", "--since", "2026-02-02", "--until", "2026-02-01"], "no page can be between them"),
    ],
)
def test_wrong_use_exits_with_2_and_one_line_that_says_what_to_do(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.startswith("sito: ")
    assert captured.out == ""


@pytest.mark.parametrize(
    "words", [["clean", "--jobs", "0", "x"], ["reprocess", "demo", "--since", "yesterday"], ["wash"]]
)
def test_wrong_words_exit_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_by_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert f"sito {command}" in capsys.readouterr().out.split("examples:")[1]


def test_languages_labels_each_line_and_names_the_bad_ones(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    lines = [
        '{"id": 7, "paragraphs": ["Сьогодні в місті знову падав густий сніг.", "The trains ran late all day."]}',
        "[]",
        "{",
    ]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode())))
    assert main(["languages", "-"]) == 1
    captured = capsysbinary.readouterr()
    answer = json.loads(captured.out)
    assert answer["id"] == 7
    assert [p["language"] for p in answer["paragraphs"]] == ["uk", "en"]
    assert b"standard input, line 2: expected" in captured.err
    assert b"standard input, line 3: not JSON" in captured.err


def test_clean_and_mistakes_never_import_prefect(pages: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('[sources.a]\nkind = "rss"\n')
    code = (
        "import sys; from flows.cli.main import main\n"
        f"assert main(['clean', {str(pages / 'b.html')!r}]) == 0\n"
        "slow = {'prefect', 'pyarrow', 'httpx2', 'pydantic'} & set(sys.modules); assert not slow, slow\n"
        # Nor do they wait for it who have a mistake in their sources file.
        f"for words in (['ingest', 'a'], ['ingest', 'b'], ['reprocess', 'a'], ['serve']):\n"
        f"    assert main([*words, '--sources', {str(wrong)!r}]) == 2\n"
        "slow = {'prefect', 'pyarrow', 'duckdb', 'starlette', 'sqlalchemy'} & set(sys.modules); assert not slow, slow"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = ended.stderr.decode().splitlines()
    assert said == [f"sito: {wrong}: [sources.a] kind 'rss' is unknown; did you mean 'feed'?"] * 4


@pytest.mark.parametrize("words", [["--help"], ["clean", "--help"], ["state", "rebuild", "--help"]])
def test_help_imports_nothing_slow(words: list[str]) -> None:
    code = """
import sys
from flows.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    slow = {"prefect", "pyarrow", "httpx2", "pydantic", "lxml", "rich", "sqlalchemy", "cleaners"} & set(sys.modules)
    assert not slow, slow
"""
    subprocess.run([sys.executable, "-c", code, *words], check=True, stdout=subprocess.DEVNULL)


def test_the_commands_are_listed_in_the_order_of_their_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = re.findall(r"^    ([a-z]+) ", capsys.readouterr().out, re.MULTILINE)
    assert listed == list(COMMANDS)


@pytest.mark.parametrize("words", [["ingest", "town"], ["reprocess", "town"], ["serve"]])
def test_telemetry_is_off_before_prefect_is_imported(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text('[sources.town]\nkind = "folder"\npath = "pages"\n')
    code = """
import os, sys
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "prefect":
            print(os.environ.get("DO_NOT_TRACK"), flush=True)
            os._exit(0)
sys.meta_path.insert(0, Watch())
from flows.cli.main import main
main(sys.argv[1:])
"""
    run = [sys.executable, "-c", code, *words]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DO_NOT_", "PREFECT_"))}
    environment["PREFECT_API_URL"] = "http://127.0.0.1:9/api"  # else only `sito serve` needs Prefect
    ended = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout == "1\n"


def test_a_reader_that_stops_early_is_no_error(pages: Path) -> None:
    code = f"{sys.executable} -m flows.cli clean {' '.join([str(pages)] * 20)} | head -c 10"
    ended = subprocess.run(["bash", "-o", "pipefail", "-c", code], capture_output=True, check=False)
    assert ended.stderr == b""
    assert ended.returncode == 0


class TestPrivacy:
    """Others on the machine read nothing of it, unless SITO_UMASK says so; a path cannot act on the terminal."""

    @pytest.mark.parametrize(("umask", "file", "folder"), [(None, 0o600, 0o700), ("022", 0o644, 0o755)])
    def test_what_is_written_is_private_unless_set_otherwise(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: str | None, file: int, folder: int
    ) -> None:
        if umask:
            monkeypatch.setenv("SITO_UMASK", umask)
        (tmp_path / "sources.toml").write_text('[sources.town]\nkind = "urls"\nurls = ["https://town.example/1"]\n')
        os.umask(0)
        words = ["--sources", str(tmp_path / "sources.toml"), "--data", str(tmp_path / "data")]
        (tmp_path / "data").mkdir()
        assert main([*words, "state", "show"]) == 0
        (tmp_path / "data" / "new").mkdir()
        state = tmp_path / "data" / "state.sqlite"
        assert stat.S_IMODE(state.stat().st_mode) == file
        assert stat.S_IMODE((tmp_path / "data" / "new").stat().st_mode) == folder

    @pytest.mark.parametrize("umask", ["22", "0o22", "999", "all"])
    def test_a_umask_that_is_none_is_named(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], umask: str
    ) -> None:
        monkeypatch.setenv("SITO_UMASK", umask)
        assert main(["sources"]) == 2
        assert f"SITO_UMASK={umask}" in capsys.readouterr().err

    @pytest.mark.parametrize(
        "words",
        [["clean", "\x1b[2J\u202e.html"], ["--sources", "\x1b[2J.toml", "sources"], ["sources", "\x1b[2J\u202e"]],
        ids=["file", "sources file", "unknown argument"],
    )
    def test_a_path_that_is_quoted_does_not_act_on_the_terminal(
        self, capsys: pytest.CaptureFixture[str], words: list[str]
    ) -> None:
        with suppress(SystemExit):
            assert main(words) == 2
        said = capsys.readouterr().err
        assert "[2J" in said
        assert not set("\x1b\u202e") & set(said)


def test_clean_takes_the_corrections_of_a_source(
    pages: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    said = 'note = "n"\ndate = 2026-03-01\npage = "https://a.example/1"\n'
    (tmp_path / "town.toml").write_text(f'[[drop]]\nprefix = "Кіт спить"\n{said}', "utf-8")
    file = str(pages / "inner" / "c.txt")
    assert main(["clean", file, "--corrections", str(tmp_path / "town.toml")]) == 0
    (document,) = documents(capsysbinary)
    assert document["paragraphs"] == []
    assert document["dropped"][0]["rule"].startswith("source.drop.")
    assert main(["clean", file, "--corrections", str(tmp_path / "none.toml")]) == 2
