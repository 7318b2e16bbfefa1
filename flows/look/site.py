"""The pages of `sito look` as a web application.

It only reads; a POST chooses language and colours, in cookies. With an editor there are pages that write besides: see
`flows.look.edit`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from cleaners.rules.reference import find_rule, rules
from flows.common.errors import SitoError
from flows.look import queries, render
from flows.look.capture import POLICY, harmless
from flows.look.edit import Corrections
from flows.look.mark import Gold
from flows.look.over_time import day_charts, run_charts, share_line
from flows.look.page_html import page_values
from flows.look.page_view import Version, current, read_capture, view_page
from flows.look.rule_examples import STAGES, rule_examples
from flows.look.runs import compared, find_run, rules_of, runs_of
from flows.report.look_paths import changes_path, page_path, run_path
from flows.report.metrics import metrics
from flows.report.run_changes import changes_of, load_changes

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from flows.look.edit import Editor
    from flows.look.index import Index

__all__ = ["application"]

RUNS = 30
"""Runs that are listed of a source."""
_UNLISTED = ("body.", "source.")
"""What begins the names of stages and corrections, which are no rules."""


def application(data: Path, index: Index, editor: Editor | None = None) -> Starlette:
    """The pages over the tables in `data`; who may ask for them is for `flows.look.door` to say."""
    site = _Site(data, index, editor)
    routes = [
        Route("/", site.sources),
        Route("/source/{source}", site.source),
        Route("/pages", site.pages),
        Route("/page", site.page),
        Route("/capture", site.capture),
        Route("/rules", site.rules),
        Route("/rules/{rule}", site.rule),
        Route("/runs/{source}/{run}", site.run),
        Route("/changes/{source}/{run}", site.changes),
        Route("/static/look.css", site.style),
        Route("/metrics", site.metrics),
        Route("/settings", site.settings, methods=["POST"]),
    ]
    if editor is not None:
        said = Corrections(data, editor, site.version_of, site.answer)
        routes += [Route("/correct", said.choose), Route("/correct", said.say, methods=["POST"])]
        gold = Gold(data, editor, site.version_of, site.answer)
        routes += [Route("/gold", gold.mark), Route("/gold", gold.keep, methods=["POST"])]
    return Starlette(routes=routes, exception_handlers={HTTPException: site.problem, SitoError: site.problem})


class _Site:
    def __init__(self, data: Path, index: Index, editor: Editor | None = None) -> None:
        self._data, self._index, self._editor = data, index, editor

    def sources(self, request: Request) -> Response:
        self._index.refresh()
        rows = []
        for row in queries.sources(self._index):
            runs = runs_of(self._data, row["source"])
            rows.append(row | {"run": runs[-1] if runs else None, "line": share_line(runs[-RUNS:])})
        return self._page(request, "sources.html", rows=rows)

    def source(self, request: Request) -> Response:
        self._index.refresh()
        name = request.path_params["source"]
        row = next((row for row in queries.sources(self._index) if row["source"] == name), None)
        if row is None:
            raise HTTPException(404, f"of the source '{name}' nothing is cleaned")
        runs = runs_of(self._data, name)
        can_by_run = sum(run.handled > 0 for run in runs) > 1
        by = request.query_params.get("by") or ("run" if can_by_run else "day")
        charts = run_charts(self._index, name, runs) if by == "run" else day_charts(self._index, name)
        return self._page(
            request,
            *("source.html",),
            row=row,
            by=by,
            charts=charts,
            runs=runs[: -RUNS - 1 : -1],
            reprocessed=changes_of(self._data, name)[::-1],
            struck=queries.top_rules(self._index, name),
        )

    def pages(self, request: Request) -> Response:
        self._index.refresh()
        wanted = queries.Filter.of(request.query_params)
        if wanted.run:
            run, _ = find_run(runs_of(self._data, self._known(wanted.source)), wanted.run)
            wanted = wanted.of_shards(self._index.origins(wanted.source, run.shards))
        rows, count = queries.pages(self._index, wanted)
        return self._page(
            request,
            *("pages.html",),
            rows=rows,
            count=count,
            wanted=wanted,
            last=max(1, -(-count // queries.PAGE_SIZE)),
            choices=queries.choices(self._index, wanted.source),
            orders=queries.ORDERS,
        )

    def page(self, request: Request) -> Response:
        self._index.refresh()
        versions, here = self._versions(request.query_params)
        view = view_page(self._data, versions, here)
        kept_now = request.query_params.get("said", "")[:200]
        own: dict[str, Any] = {"kept_now": kept_now, "taken_back": "removed" in request.query_params}
        return self._page(request, "page.html", **own, **page_values(self._data, view))

    def capture(self, request: Request) -> Response:
        versions, here = self._versions(request.query_params)
        stored, _ = read_capture(self._data, versions[here])
        if stored is None:
            raise HTTPException(404, "the capture is not available")
        if request.query_params.get("raw"):
            saved = {"Content-Disposition": 'attachment; filename="capture.txt"'}
            return Response(stored.body, media_type="text/plain", headers=render.HEADERS | saved)
        headers = render.HEADERS | {"Content-Security-Policy": POLICY}
        return Response(harmless(stored), media_type="text/html", headers=headers)

    def rules(self, request: Request) -> Response:
        self._index.refresh()
        return self._page(request, "rules.html", rules=rules(), stages=STAGES, struck=queries.all_rules(self._index))

    def rule(self, request: Request) -> Response:
        self._index.refresh()
        name = request.path_params["rule"]
        try:
            entry = find_rule(name)
        except KeyError:
            entry = None
        by_source = queries.rule_by_source(self._index, name)
        if entry is None and not by_source and not name.startswith(_UNLISTED):
            raise HTTPException(404, f"there is no rule '{name}'")
        found = rule_examples(self._index, self._data, name)
        values = {"name": name, "entry": entry, "stage": STAGES.get(name), "by_source": by_source, "found": found}
        return self._page(request, "rule.html", **values)

    def run(self, request: Request) -> Response:
        self._index.refresh()
        source = self._known(request.path_params["source"])
        run, before = find_run(runs_of(self._data, source), request.path_params["run"])
        return self._page(
            request,
            *("run.html",),
            run=run,
            before=before,
            compared=compared(run, before),
            struck=rules_of(self._index, run, before),
            reprocessed=run.run in changes_of(self._data, source),
        )

    def changes(self, request: Request) -> Response:
        source = self._known(request.path_params["source"])
        return self._page(request, "changes.html", of=load_changes(self._data, source, request.path_params["run"]))

    def metrics(self, _: Request) -> Response:
        """The figures of the last runs, for Prometheus."""
        return Response(metrics(self._data), headers={"content-type": CONTENT_TYPE_LATEST})

    def style(self, _: Request) -> Response:
        return Response(render.style(), media_type="text/css", headers=render.HEADERS | {"Cache-Control": "no-cache"})

    async def settings(self, request: Request) -> Response:
        given = await request.body()
        chosen = render.chosen(given[:1000].decode("latin-1"))
        answer = RedirectResponse("/" + chosen.pop("back").lstrip("/\\"), 303, render.HEADERS)
        for name, value in chosen.items():
            answer.set_cookie(name, value, max_age=31_536_000, httponly=True, samesite="strict")
        return answer

    def problem(self, request: Request, error: Exception) -> Response:
        status, said = 404, str(error)
        if isinstance(error, HTTPException):
            status, said = error.status_code, error.detail
        return self._page(request, "problem.html", status, said=said)

    def version_of(self, query: Any) -> Version:
        """The capture that a query or a form names."""
        versions, here = self._versions(query)
        return versions[here]

    def answer(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A page of another module's."""
        return self._page(request, template, status, **values)

    def _page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        accepted = request.headers.get("accept-language", "")
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        values |= {
            "path": path,
            "damaged": self._index.damaged,
            "editing": self._editor is not None,
            "run_path": run_path,
            "page_path": page_path,
            "changes_path": changes_path,
        }
        return render.page(template, request.cookies, accepted, status, **values)

    def _known(self, source: str) -> str:
        """The name of a source, which may be used in a path because it is in the index."""
        if not queries.has_source(self._index, source):
            raise HTTPException(404, f"of the source '{source}' nothing is cleaned")
        return source

    def _versions(self, query: Any) -> tuple[list[Version], int]:
        """All captures of the page that the query names, and which of them it means."""
        versions = queries.versions(self._index, query.get("source", ""), query.get("url", ""))
        if not versions:
            raise HTTPException(404, f"the source '{query.get('source', '')}' holds no page '{query.get('url', '')}'")
        number = query.get("version", "")
        named = number.isascii() and number.isdigit() and len(number) < 6
        here = int(number) - 1 if named else current(self._data, versions)
        if "shard" in query:
            at = [n for n, each in enumerate(versions) if (each.shard, str(each.offset)) == _record(query)]
            if not at:  # the link may be older than the shard
                now = queries.moved_to(self._index, versions[0].source, versions[0].url, query["shard"])
                at = [n for n, each in enumerate(versions) if (each.shard, each.offset) == now]
            here = at[0] if at else -1
        if not 0 <= here < len(versions):
            raise HTTPException(404, "the page has no such version")
        return versions, here


def _record(query: Any) -> tuple[str, str]:
    return query.get("shard", ""), query.get("record", "")
