"""From parsed arguments to the commands. What is slow to import is imported by the command that needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.common.errors import SitoError

if TYPE_CHECKING:
    import argparse


def clean(arguments: argparse.Namespace) -> int:
    """`sito clean`."""
    from flows.cli.clean import clean

    return clean(arguments.paths, explain=arguments.explain, together=arguments.together, jobs=arguments.jobs)


def languages(arguments: argparse.Namespace) -> int:
    """`sito languages`."""
    from flows.cli.languages import languages

    return languages(arguments.file)


def ingest(arguments: argparse.Namespace) -> int:
    """`sito ingest`."""
    if bool(arguments.names) == arguments.all:
        raise SitoError("name the sources to ingest, or say --all; `sito sources` lists them")
    from flows.cli.flow_runner import ingest

    return ingest(arguments.sources, arguments.data, arguments.names)


def reprocess(arguments: argparse.Namespace) -> int:
    """`sito reprocess`."""
    from flows.cli.flow_runner import reprocess

    return reprocess(
        arguments.sources,
        arguments.data,
        arguments.name,
        since=arguments.since,
        until=arguments.until,
        origin=arguments.origin,
        dry_run=arguments.dry_run,
    )


def fetch(arguments: argparse.Namespace) -> int:
    """`sito fetch`."""
    from flows.cli.fetch import fetch

    return fetch(arguments.sources, arguments.data, arguments.url, name=arguments.source, explain=arguments.explain)


def sources(arguments: argparse.Namespace) -> int:
    """`sito sources`."""
    from flows.cli.sources import sources

    return sources(arguments.sources, arguments.data)


def state(arguments: argparse.Namespace) -> int:
    """`sito state`."""
    from flows.cli.state import rebuild, show

    action = rebuild if arguments.action == "rebuild" else show
    return action(arguments.sources, arguments.data, arguments.names)


def serve(arguments: argparse.Namespace) -> int:
    """`sito serve`."""
    from flows.cli.flow_runner import serve

    return serve(arguments.sources, arguments.data)
