"""The figures of the last runs for Prometheus, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from flows.report.run_record import load_runs

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["metrics"]


def metrics(data: Path) -> bytes:
    """The last ingest of every source below `data`, from its record: gauges with the label `source`."""
    registry = CollectorRegistry()

    def gauge(name: str, said: str, *labels: str) -> Gauge:
        return Gauge(f"sito_last_ingest_{name}", said, ("source", *labels), registry=registry)

    pages = gauge("pages", "Pages of the last ingest by what became of them", "status")
    words = gauge("words", "Words that were kept or dropped in it", "verdict")
    share = gauge("kept_share", "Share of words that were kept in it, 0 to 1")
    median = gauge("median_words", "Words of the text of median length in it")
    seconds = gauge("seconds", "How long it took")
    finished = gauge("finished_timestamp_seconds", "When it ended, in seconds since 1970")
    alarms = gauge("alarms", "Measures in which it lay far outside the history of its source")
    for folder in sorted((data / "runs").glob("[!.]*/")):
        last = next((run for run in reversed(load_runs(data, folder.name)) if run.kind == "ingest"), None)
        if last is None:
            continue
        source = last.source
        for status, count in last.outcomes.items():
            pages.labels(source, status).set(count)
        words.labels(source, "kept").set(last.words_kept)
        words.labels(source, "dropped").set(last.words_dropped)
        if last.kept_share is not None:
            share.labels(source).set(last.kept_share)
        if last.median_words is not None:
            median.labels(source).set(last.median_words)
        seconds.labels(source).set(last.seconds)
        finished.labels(source).set(last.finished.timestamp())
        alarms.labels(source).set(len(last.alarms))
    return generate_latest(registry)
