"""What cleaning again changed, kept for people to look at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from flows.common.errors import SitoError
from flows.report.markdown_report import changes_report
from flows.report.run_changes import KEPT, changes_of, load_changes, save_changes
from flows.tables.changes import PAGES, PASSAGES, Changes

if TYPE_CHECKING:
    from pathlib import Path

STARTED = datetime(2026, 3, 1, 12, tzinfo=UTC)


def page(number: int, text: str, *cuts: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The rows of a page with one line, which the rules cut."""
    whole = [{"start": 0, "end": len(text), "category": "related", "rule": rule} for rule in cuts]
    row = {"url": f"https://a.example/{number}", "shard": "s", "offset": number, "text": "" if cuts else text}
    return row, [{"text": text, "cuts": whole}]


def changes(run: str = "run-1") -> Changes:
    found = Changes(source="news", run=run)
    found.compare(page(1, "Одне два три"), page(1, "Одне два три", "uk.also-read"))
    found.compare(page(2, "Одне два три чотири", "uk.also-read"), page(2, "Одне два три чотири"))
    found.compare(page(3, "Було"), page(3, "Є"))
    return found


def test_what_was_written_is_read_with_the_pages_that_changed_most_first(tmp_path: Path) -> None:
    save_changes(tmp_path, changes(), STARTED, dry_run=True)
    assert changes_of(tmp_path, "news") == ["run-1"]
    told = load_changes(tmp_path, "news", "run-1")
    assert (told["dry_run"], told["summary"]) == (True, changes().summary())
    assert [(each["what"], each["rule"], each["times"]) for each in told["rules"]] == [
        ("dropped", "uk.also-read", 1),
        ("kept", "uk.also-read", 1),
        ("found", "", 1),
        ("lost", "", 1),
    ]
    assert told["rules"][0]["examples"] == [{"text": "Одне два три", "url": "https://a.example/1"}]
    assert [each["url"][-1] for each in told["by_page"]] == ["2", "1", "3"]
    assert (told["by_page"][0]["words_before"], told["by_page"][0]["words_after"]) == (0, 4)


@pytest.mark.parametrize("run", ["run-2", "../../x", "*", ""])
def test_a_run_that_kept_none_is_said(tmp_path: Path, run: str) -> None:
    save_changes(tmp_path, changes(), STARTED, dry_run=False)
    with pytest.raises(SitoError, match="is not kept"):
        load_changes(tmp_path, "news", run)


def test_only_the_last_runs_are_kept(tmp_path: Path) -> None:
    for n in range(KEPT + 2):
        save_changes(tmp_path, changes(f"run-{n}"), STARTED + timedelta(days=n), dry_run=False)
    assert changes_of(tmp_path, "news") == [f"run-{n}" for n in range(2, KEPT + 2)]


def test_pages_and_passages_that_are_remembered_are_bounded_and_all_are_counted() -> None:
    found = Changes()
    for n in range(PAGES + 5):
        found.compare(page(n, "слово"), page(n, "слово " * (1 + n)))
    assert (found.changed, len(found.by_page)) == (PAGES + 5, PAGES)
    assert min(each.words_after for each in found.by_page) > 1
    many = [{"text": str(n), "cuts": []} for n in range(PASSAGES + 5)]
    found.compare(page(0, "x " * 1000), (page(0, "x")[0] | {"text": None}, many))
    assert max(len(each.passages) for each in found.by_page) == PASSAGES
    assert found.found.times == PAGES + 5 + PASSAGES + 5


def test_the_report_leads_to_the_pages() -> None:
    report = changes_report(changes(), "http://127.0.0.1:4201")
    assert "[Одне два три](http://127.0.0.1:4201/page?source=news&amp;url=https%3A%2F%2Fa.example%2F1)" in report
    assert "[Page by page](http://127.0.0.1:4201/changes/news/run-1)" in report
    assert "http" not in changes_report(changes())
