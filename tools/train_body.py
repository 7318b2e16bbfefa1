"""Train the tree ensemble of cleaners/extract/data/body.json, which classifies the blocks of a page.

    uv run --no-sync --with lightgbm==4.7.0 python -m tools.train_body [--check] [--jobs N]

The data are the 786 pages of ../shared/gold/web, "WCXB", under CC BY 4.0; no other set is ever trained on. For each
page trafilatura and the rules choose first; the label of a block is whether gold's text holds it. A block weighs as
much as its words do in the precision and recall of its page. Only numbers are kept, no text. Teasers and comments that
`cleaners.extract.prune` removes are left in the training data, which did no worse.

`--check` writes nothing, but prints how well the ensemble does on unseen sites: five folds by the site's name,
precision and recall in words of the blocks kept, without any cleaner after it. The same input gives the same bytes: one
thread, fixed seed.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any
from urllib.parse import urlsplit

from benchmarks.sets import SETS
from cleaners.extract.alignment import align
from cleaners.extract.block_classifier import ADD_THRESHOLD, KEEP_THRESHOLD, candidates
from cleaners.extract.body import MIN_FOUND_SHARE, by_rules, container, found_text, survey
from cleaners.extract.features import FEATURES, feature_rows
from cleaners.extract.tree_ensemble import DATA, TreeEnsemble
from cleaners.metadata.head import read_head
from cleaners.read.blocks import read_blocks
from cleaners.read.decode import decode
from cleaners.read.tree import parse
from flows.pipeline.clean_files import read_file

ROUNDS = 160
FOLDS = 5
HELD = 0.9
"""Share of gold's words that the page must hold; else its gold was made from another page."""
HEAVIEST = 120
"""Words from which a block weighs no more, so that one long paragraph is not all of a page."""
LEAST_BODY = 150
"""Words that a page's body counts as at least, so that no short page outweighs the others."""
HEAVIEST_PAGE = 3.0

SETTINGS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.07,
    "num_leaves": 16,
    "min_data_in_leaf": 60,
    "min_sum_hessian_in_leaf": 0.05,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}
RISING = {
    *("found", "chosen", "inner_found", "outer_found", "alike_found", "common_found", "held"),
}
FALLING = {
    *("link", "inner_link", "outer_link", "alike_link", "below", "above", "since_prose", "until_prose"),
}
"""Features that may only raise, or only lower the likelihood: few pages would teach the trees accidents."""


@dataclass(frozen=True)
class Sample:
    """The classified blocks of a page: features, label, words, whether rules chose them; `lost`: gold's other words."""

    site: str
    rows: list[list[float]]
    is_body: list[bool]
    words: list[int]
    chosen: list[bool]
    lost: int

    @property
    def weights(self) -> list[float]:
        """What each block counts for."""
        capped = [min(n + 1, HEAVIEST) for n in self.words]
        body = sum(n + 1 for n, is_body in zip(self.words, self.is_body, strict=True) if is_body)
        weights = [n / max(LEAST_BODY, body) for n in capped]
        return [w * min(1.0, HEAVIEST_PAGE / sum(weights)) for w in weights]


def sample(gold: dict[str, Any], path: Path) -> Sample | None:
    """The page's sample; None where the page is empty or gold or trafilatura do not match its markup."""
    tree = parse(decode(read_file(path), None).text)
    page = read_blocks(tree) if tree is not None else []
    if tree is None or not page:
        return None
    truth = align(page, "\n".join(p["text"] for p in gold["paragraphs"]))
    text = found_text(tree, None)
    aligned = align(page, text)
    if truth.found <= HELD or (text and aligned.found < MIN_FOUND_SHARE):
        return None
    found = {i for i, is_found in enumerate(aligned.chosen) if is_found}
    chosen = by_rules(survey(page, found, read_head(tree, None).description), found)
    asked = candidates(page, chosen)
    return Sample(
        site_of(gold["url"]),
        feature_rows(page, asked, found, chosen, container(page, chosen) if chosen else None),
        [truth.chosen[i] for i in asked],
        [len(page[i].words) for i in asked],
        [i in chosen for i in asked],
        sum(len(b.words) for i, b in enumerate(page) if truth.chosen[i] and i not in set(asked)),
    )


def site_of(url: str) -> str:
    """The registered name of the address's host, or near enough to keep a site's pages together."""
    parts = urlsplit(url).netloc.lower().removeprefix("www.").split(".")
    return ".".join(parts[-3 if len(parts) > 2 and len(parts[-2]) <= 3 else -2 :])


def train(samples: Sequence[Sample]) -> list[Any]:
    """The trees, as `cleaners.extract.tree_ensemble` reads them."""
    import lightgbm
    import numpy

    rows = numpy.array([row for s in samples for row in s.rows], dtype=numpy.float64)
    labels = numpy.array([is_body for s in samples for is_body in s.is_body])
    weights = numpy.array([w for s in samples for w in s.weights])
    directions = [(feature in RISING) - (feature in FALLING) for feature in FEATURES]
    data = lightgbm.Dataset(rows, labels, weight=weights / weights.mean())
    model = lightgbm.train(SETTINGS | {"monotone_constraints": directions}, data, ROUNDS)
    return [_node(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]


def _node(node: dict[str, Any]) -> Any:
    if "leaf_value" in node and "split_feature" not in node:
        return round(float(node["leaf_value"]), 4)
    threshold = float(f"{node['threshold']:.6g}")
    return [node["split_feature"], threshold, _node(node["left_child"]), _node(node["right_child"])]


def check(samples: Sequence[Sample]) -> Iterable[str]:
    """Precision and recall in words, of the rules and of the classifier on unseen sites."""
    classified: list[tuple[float, float]] = []
    ruled = [_figures(s, s.chosen) for s in samples]
    for fold in range(FOLDS):
        body_ensemble = TreeEnsemble(train([s for s in samples if _fold(s) != fold]))
        for s in (s for s in samples if _fold(s) == fold):
            likely = body_ensemble.likelihoods(s.rows)
            kept = [p >= (KEEP_THRESHOLD if c else ADD_THRESHOLD) for p, c in zip(likely, s.chosen, strict=True)]
            classified.append(_figures(s, kept))
    for name, figures in (("rules", ruled), ("classifier on unseen sites", classified)):
        precision, recall = (mean(column) for column in zip(*figures, strict=True))
        yield f"{name}: precision {precision:.4f}, recall {recall:.4f}"


def _fold(s: Sample) -> int:
    return zlib.crc32(s.site.encode()) % FOLDS


def _figures(s: Sample, kept: Sequence[bool]) -> tuple[float, float]:
    words = list(zip(s.words, s.is_body, kept, strict=True))
    both = sum(n for n, is_body, is_kept in words if is_body and is_kept)
    held = sum(n for n, _, is_kept in words if is_kept)
    wanted = s.lost + sum(n for n, is_body, _ in words if is_body)
    return both / held if held else float(not wanted), both / wanted if wanted else 1.0


def main() -> None:
    """Train and write, or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="measure on unseen sites, write nothing")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    web = SETS["web"]
    if not web.is_there:
        sys.exit(f"{web.gold} is missing: get WCXB (CC BY 4.0) first")
    with ProcessPoolExecutor(arguments.jobs) as pool:
        samples = [s for s in pool.map(sample, web.golds, web.paths, chunksize=8) if s]
    print(f"{len(samples)} pages, {sum(len(s.rows) for s in samples)} blocks, {len({s.site for s in samples})} sites")
    if arguments.check:
        print("\n".join(check(samples)))
        return
    text = json.dumps({"features": FEATURES, "trees": train(samples)}, separators=(",", ":"))
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text(text.replace("],[", "],\n[") + "\n", "utf-8")
    print(f"{DATA}: {DATA.stat().st_size} bytes")


if __name__ == "__main__":
    main()
