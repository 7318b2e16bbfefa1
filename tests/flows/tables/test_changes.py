"""What a cleaning changed, told by rule."""

from __future__ import annotations

from typing import Any

import pytest

from flows.tables.changes import EXAMPLES, Changes

TEXT = "Перше речення. Друге речення. Третє речення."
FIRST, SECOND, ALL = (0, 14), (15, 29), (0, len(TEXT))


def rows(*lines: tuple[str, list[tuple[int, int, str]]], **fields: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A page by its lines with their cuts (start, end, rule)."""
    kept = "\n".join(text for text, cuts in lines if not cuts)
    place = {"url": "https://a.example/1", "shard": "s", "offset": 0, "text": kept}
    document = {"title": "Назва", "status": "kept", "reader": "1", "cleaners": "1", **place} | fields
    ledger = [
        {"text": text, "cuts": [{"start": a, "end": b, "category": "notice", "rule": r} for a, b, r in cuts]}
        for text, cuts in lines
    ]
    return document, ledger


CASES: list[tuple[str, list[Any], list[Any], dict[str, list[str]], dict[str, list[str]]]] = [
    ("nothing", [(TEXT, [])], [(TEXT, [])], {}, {}),
    ("whole line dropped", [(TEXT, [])], [(TEXT, [(*ALL, "a")])], {"a": [TEXT]}, {}),
    ("whole line kept again", [(TEXT, [(*ALL, "a")])], [(TEXT, [])], {}, {"a": [TEXT]}),
    ("the same under another rule", [(TEXT, [(*ALL, "a")])], [(TEXT, [(*ALL, "b")])], {}, {}),
    ("a cut grows", [(TEXT, [(*FIRST, "a")])], [(TEXT, [(0, 29, "b")])], {"b": ["Друге речення."]}, {}),
    ("a cut shrinks", [(TEXT, [(0, 29, "a")])], [(TEXT, [(*FIRST, "b")])], {}, {"a": ["Друге речення."]}),
    (
        "a cut moves",
        [(TEXT, [(*FIRST, "a")])],
        [(TEXT, [(*SECOND, "b")])],
        {"b": ["Друге речення."]},
        {"a": ["Перше речення."]},
    ),
    ("one of two equal lines", [("Так", []), ("Так", [])], [("Так", []), ("Так", [(0, 3, "r")])], {"r": ["Так"]}, {}),
]


class TestCompare:
    @pytest.mark.parametrize(("before", "after", "dropped", "kept"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
    def test_passages_are_told_by_the_rule_that_takes_or_took_them(
        self, before: list[Any], after: list[Any], dropped: dict[str, list[str]], kept: dict[str, list[str]]
    ) -> None:
        changes = Changes()
        assert changes.compare(rows(*before), rows(*after)) is (before != after)
        assert {rule: e.texts for (_, rule), e in changes.dropped.items()} == dropped
        assert {rule: e.texts for (_, rule), e in changes.kept.items()} == kept
        assert (changes.found.times, changes.lost.times) == (0, 0)

    def test_lines_that_only_one_reading_gives_are_found_or_lost(self) -> None:
        changes = Changes()
        changes.compare(rows(("А", []), ("Б", [])), rows(("Б", []), ("В", [(0, 1, "r")])))
        assert (changes.found.texts, changes.lost.texts) == (["В"], ["А"])
        assert not changes.dropped

    def test_fields_are_counted_and_versions_are_no_change(self) -> None:
        changes = Changes()
        assert not changes.compare(rows(), rows(cleaners="2", reader="2"))
        assert changes.compare(rows(), rows(title="Інша", cleaners="2"))
        assert dict(changes.fields) == {"title": 1}
        assert (changes.pages, changes.changed) == (2, 1)

    def test_examples_are_few_and_short_and_all_are_counted(self) -> None:
        one, other = Changes(), Changes()
        for changes in (one, other):
            for n in range(20):
                changes.compare(rows((f"{n}" * 500, [])), rows((f"{n}" * 500, [(0, 500, "r")])))
        one.add(other)
        examples = one.dropped["notice", "r"]
        assert (examples.times, len(examples.texts)) == (40, EXAMPLES)
        assert max(map(len, examples.texts)) <= 300
        assert one.pages == 40


class TestReport:
    def test_hostile_text_stays_text(self) -> None:
        changes = Changes()
        text = "<script>x</script> | [a](javascript:b) \x1b[2J"
        changes.compare(rows((text, [])), rows((text, [(0, len(text), "r|<b>")])))
        report = changes.report()
        assert "<script>" not in report
        assert "\x1b" not in report
        assert "\\|" in report

    def test_the_summary_counts(self) -> None:
        changes = Changes()
        changes.compare(rows((TEXT, [])), rows((TEXT, [(*ALL, "r")])))
        changes.compare(rows((TEXT, [])), rows((TEXT, [])))
        assert changes.summary() == "1 of 2 pages change, 1 passages newly dropped"
        assert Changes().summary() == "0 of 0 pages change"
