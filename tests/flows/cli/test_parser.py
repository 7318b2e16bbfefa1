"""What is said to a word that is nearly right."""

from __future__ import annotations

import pytest

from flows.cli.main import main


def said(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["ingets", "demo"], "ingest"),
        (["INGEST", "demo"], "ingest"),
        (["sources", "--souces", "x.toml"], "--sources"),
        (["--dta=x", "sources"], "--data"),
        (["reprocess", "demo", "--dryrun"], "--dry-run"),
        (["reprocess", "demo", "--dry_run"], "--dry-run"),
        (["reprocess", "demo", "--sicne=2026-01-01"], "--since"),
        (["reprocess", "demo", "--from", "leger"], "ledger"),
        (["clean", "--explian", "page.html"], "--explain"),
        (["state", "sohw"], "show"),
    ],
)
def test_a_word_that_is_nearly_right_is_answered_with_the_right_one(
    words: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(words, capsys).endswith(f"did you mean '{meant}'?\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["wash"], "invalid choice: 'wash' (choose from "),
        (["serve", "demo"], "sito serve: error: unrecognized arguments: demo"),
        (["sources", "--zzz"], "sito sources: error: unrecognized arguments: --zzz"),
        (["clean", "--jobs", "0", "x"], "argument --jobs: '0' is not a number from 1 to 1024"),
    ],
)
def test_what_is_like_nothing_is_answered_without_a_guess(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = said(words, capsys)
    assert message in answer
    assert "did you mean" not in answer


@pytest.mark.parametrize("words", [["\x1b[2Jingest"], ["sources", "--so\u202eurces"]])
def test_what_is_quoted_does_not_act_on_the_terminal(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert not set("\x1b\u202e") & set(said(words, capsys))
