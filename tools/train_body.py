"""Train the tree ensembles of cleaners/extract/data, which classify the blocks of a page.

    uv run --no-sync --with lightgbm==4.7.0 python -m tools.train_body [--alone | --check | --curve | --beside]

`alone.json` knows the page alone, `body.json` trafilatura's choice too. `--alone` trains the first only.

The data are the sets of ../shared/gold whose licences allow it: web ("WCXB", CC BY 4.0), world and news (MIT),
readability and segments (Apache-2.0). For each page trafilatura and the rules choose first; the label of a block is
whether gold's text holds it, in segments only for blocks with a wanted or unwanted segment. A block weighs as much as
its words do in the precision and recall of its page. Only numbers are kept, no text.

Each page is in the data five times: as it is; with the markup of old sites (no class names, tables, breaks for
paragraphs); both again with its text cut short, since beside a short text other articles weigh most; and with comments
and digests of other pages put in (`tools.added_boxes`).

`--check` writes nothing, but prints how well the ensemble does on sites that it was not trained on: five folds by the
site's name, precision and recall in words of the blocks kept, without what stands or falls together and without the
line rules. `--curve` prints the same for parts of the sites.

Each file is the mean of two ensembles that differ by chance only. `--beside` keeps the newer one in body.json and puts
a new one in the place of the other. The same input gives the same bytes.

The body.json that ships is not what this gives today: its one half is of 2026-11-29, when a clause of Chinese was one
word and a sentence before a no-break space none, the other of 2026-11-30, as alone.json is.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import mean
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from lxml import etree
from lxml.html import HtmlElement

from benchmarks.perturb import as_breaks, as_html4, without_attributes, without_jsonld
from benchmarks.sets import SETS, SHARED
from cleaners.extract.alignment import align
from cleaners.extract.block_classifier import THRESHOLD
from cleaners.extract.body import MIN_FOUND_SHARE, choose, gather_clues
from cleaners.extract.choice_features import CHOICE_FEATURES, choice_rows
from cleaners.extract.features import FEATURES, feature_rows
from cleaners.extract.found_text import found_text
from cleaners.extract.likelihoods import ALONE_SHARE, MAX_DOUBT, doubt
from cleaners.extract.page_layout import page_layout
from cleaners.extract.prune import prune
from cleaners.extract.tree_ensemble import ALONE, BODY, MeanOfTwo, Node, TreeEnsemble, likelihoods
from cleaners.metadata.head import read_head
from cleaners.metadata.publisher import address_of
from cleaners.read.blocks import Blocks, read_blocks
from cleaners.read.decode import decode
from cleaners.read.tree import parse
from flows.common.page_files import page_id
from flows.gold.scoring import fold
from flows.pipeline.clean_file import read_file
from flows.pipeline.clean_files import find_pages
from tools.added_boxes import Texts, add_boxes, texts_of

COLUMNS = (*FEATURES, *CHOICE_FEATURES)
TRAINED_ON = ("web", "world", "readability", "news")
SEGMENTS = SHARED / "gold" / "segments"
VARIANTS = {"plain": 1.0, "old": 0.6, "short": 0.3, "old short": 0.3, "boxes": 0.5}
"""How a page is changed, and what it weighs then."""

ROUNDS = 160
FOLDS = 5
HELD = 0.8
"""Share of gold's words that the page must hold; else its gold was made from another page."""
HEAVIEST = 120
"""Words from which a block weighs no more, so that one long paragraph is not all of a page."""
LEAST_BODY = 150
"""Words that a page's body counts as at least, so that no short page outweighs the others."""
SEGMENT_PAGE = 400
"""The same for a page of which only some blocks are known."""
HEAVIEST_PAGE = 3.0
LONGEST_PAGE = 4000
"""Blocks of a page at most: lists of everything would be most of the data."""
SHORT = (50, 80, 120, 160, 220)
"""Words that are left of a text that is cut short."""
EASY, EASY_KEPT = 8, 0.25
"""Of blocks with fewer words that nothing chose and that are not body, this share is kept and weighs as all."""

SETTINGS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.08,
    "num_leaves": 24,
    "min_data_in_leaf": 80,
    "min_sum_hessian_in_leaf": 0.05,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "max_bin": 63,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbose": -1,
}
RISING = {"found", "chosen", "stated", "alike_found", "common_found", "in_dense", *(f"found_{n}" for n in range(4))}
FALLING = {"link", "alike_link", "common_above", "since_prose", "until_prose", *(f"link_{n}" for n in range(4))}
"""Features that may only raise, or only lower the likelihood: few pages would teach the trees accidents."""


@dataclass(frozen=True)
class Sample:
    """The blocks of a page: features (blocks, features), labels, which of those are known, words, which are prose."""

    name: str
    site: str
    variant: str
    rows: np.ndarray
    is_body: np.ndarray
    known: np.ndarray
    words: np.ndarray
    is_prose: np.ndarray

    @property
    def weights(self) -> np.ndarray:
        """What each block counts for."""
        weights = np.minimum(self.words + 1, HEAVIEST) / (
            SEGMENT_PAGE if self.name == "segments" else max(LEAST_BODY, float(((self.words + 1) * self.is_body).sum()))
        )
        weights = np.where(self.known, weights, 0.0)
        return weights * min(1.0, HEAVIEST_PAGE / max(float(weights.sum()), 1e-9)) * VARIANTS[self.variant]


def pages() -> Iterable[tuple[str, dict[str, Any], Path]]:
    """The set, gold and file of every page."""
    for name in TRAINED_ON:
        yield from ((name, gold, path) for gold, path in zip(SETS[name].golds, SETS[name].paths, strict=True))
    files = {page_id(path): path for path in find_pages([SEGMENTS])}
    for path in sorted(SEGMENTS.glob("*.json")):
        gold = json.loads(path.read_text("utf-8"))
        yield "segments", gold, files[gold["id"]]


def sample(task: tuple[tuple[str, dict[str, Any], Path], str]) -> Sample | None:
    """The page's sample; None where it is empty or too long, or gold or trafilatura do not match its markup."""
    (name, gold, path), variant = task
    tree = parse(decode(read_file(path), None).text)
    if tree is None:
        return None
    chance = random.Random(zlib.crc32(f"{gold['id']} {variant}".encode()))  # noqa: S311 - not for secrets
    if variant.startswith("old"):
        _as_of_old(tree, chance)
    if variant.endswith("short"):
        texts = _cut_short(tree, gold, chance)
        if texts is None:
            return None
        gold = gold | {"paragraphs": [{"text": text} for text in texts]}
    if variant == "boxes" and not add_boxes(tree, gold, _texts, chance):
        return None
    address = address_of(tree, None)
    page, others = prune(tree, address)
    labels = _labels(page, gold)
    aligned = align(page, text := found_text(tree, None))
    if not page or len(page) > LONGEST_PAGE or labels is None or (text and aligned.found < MIN_FOUND_SHARE):
        return None
    head, layout = read_head(tree, address), page_layout(page)
    clues = gather_clues(tree, page, others, head)
    _, choice = choose(page, others, head, clues, aligned.blocks)
    return Sample(
        name,
        _site(name, gold),
        variant,
        np.hstack([feature_rows(page, layout, clues), choice_rows(page, layout, choice)]).astype(np.float32),
        *labels,
        layout.words,
        layout.is_prose,
    )


_texts = Texts((), ())  # what the boxes of this process are made of


def _use(texts: Texts) -> None:
    global _texts
    _texts = texts


def _texts_of(page: tuple[str, dict[str, Any], Path]) -> Texts:
    _, gold, path = page
    tree = parse(decode(read_file(path), None).text)
    return Texts((), ()) if tree is None else texts_of(*prune(tree, address_of(tree, None)), gold)


def _labels(page: Blocks, gold: dict[str, Any]) -> tuple[np.ndarray, np.ndarray] | None:
    """Whether each block is body, and whether that is known; None where gold does not match the page."""
    if "with" in gold:
        texts = [fold(block.text) for block in page]
        wanted, unwanted = (
            np.array([any(fold(segment) in text for segment in gold[key]) for text in texts], dtype=bool)
            for key in ("with", "without")
        )
        return (wanted, wanted | unwanted) if wanted.any() or unwanted.any() else None
    truth = align(page, "\n".join(p["text"] for p in gold["paragraphs"]))
    if truth.found < HELD:
        return None
    optional = align(page, "\n".join(line["text"] for line in gold.get("optional", ()))).chosen
    is_body = np.array(truth.chosen, dtype=bool)
    return is_body, is_body | ~np.array(optional, dtype=bool)


def _site(name: str, gold: dict[str, Any]) -> str:
    """The registered name of the address's host, or near enough to keep a site's pages together."""
    parts = urlsplit(gold.get("url") or "").netloc.lower().removeprefix("www.").split(".")
    if len(parts) < 2:
        return str(gold["id"]).split("_")[0] if name in ("world", "news") else str(gold["id"])
    return ".".join(parts[-3 if len(parts) > 2 and len(parts[-2]) <= 3 else -2 :])


def _as_of_old(tree: HtmlElement, chance: random.Random) -> None:
    """Change the markup to that of sites of about 2010."""
    without_jsonld(tree)
    as_html4(tree)
    if chance.random() < 0.7:
        without_attributes(tree)
    for element in list(tree.iter("div")):
        children = [child for child in element if isinstance(child.tag, str)]
        boxes = 0 < len(children) <= 4 and all(child.tag == "div" for child in children)
        if boxes and not (element.text or "").strip() and chance.random() < 0.6:
            element.tag = "table"
            for child in children:
                child.tag = "td"
    for element in list(tree.iter("h2", "h3", "h4")):
        if chance.random() < 0.5:
            bold = etree.Element("b")
            bold.text, element.text = element.text, None
            bold.extend(list(element))
            element.append(bold)
            element.tag = "p"
    if chance.random() < 0.6:
        as_breaks(list(tree.iter("p")))


def _cut_short(tree: HtmlElement, gold: dict[str, Any], chance: random.Random) -> list[str] | None:
    """Take the end of the text out of the page and give what is left; None where there is little to take.

    What the publisher states of the whole text goes, too.
    """
    without_jsonld(tree)
    page = read_blocks(tree)
    if "with" in gold or not page:
        return None
    truth = align(page, "\n".join(p["text"] for p in gold["paragraphs"]))
    most, held = chance.choice(SHORT), 0
    kept: list[int] = []
    gone: set[int] = set()
    for i, is_body in enumerate(truth.chosen):
        if is_body and held < most:
            kept.append(i)
            held += len(page[i].words)
        elif is_body:
            gone.add(i)
    if truth.found < HELD or len(gone) < 2:
        return None
    for i in sorted(gone):
        element = page[i].element
        if gone.issuperset(page.spans[element]) and element.getparent() is not None:
            element.drop_tree()
    return [page[i].text for i in kept]


def train_two(samples: Sequence[Sample], columns: Sequence[str]) -> list[Node]:
    """The mean of two ensembles that know these columns: each alone moves by chance where it is trained again."""
    return [_weighed(tree, 0.5) for seed in (1, 2) for tree in train(samples, columns, seed)]


def train(samples: Sequence[Sample], columns: Sequence[str] = COLUMNS, seed: int = 1) -> list[Node]:
    """The trees that know these columns, the first of all, as `cleaners.extract.tree_ensemble` reads them."""
    import lightgbm

    chance = np.random.default_rng(seed)
    names = list(COLUMNS)
    rows, labels, weights = [], [], []
    for each in samples:
        chosen = (each.rows[:, names.index("chosen")] > 0) | (each.rows[:, names.index("found")] > 0)
        easy = ~each.is_body & ~chosen & (each.words < EASY)
        keep = (each.weights > 0) & (~easy | (chance.random(len(easy)) < EASY_KEPT))
        rows.append(each.rows[keep, : len(columns)])
        labels.append(each.is_body[keep])
        weights.append(np.where(easy, each.weights / EASY_KEPT, each.weights)[keep])
    weight = np.concatenate(weights)
    directions = [(feature in RISING) - (feature in FALLING) for feature in columns]
    data = lightgbm.Dataset(np.concatenate(rows), np.concatenate(labels), weight=weight / weight.mean())
    model = lightgbm.train(SETTINGS | {"monotone_constraints": directions, "seed": seed}, data, ROUNDS)
    return [_node(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]


def _weighed(node: Node, share: float) -> Node:
    """The tree with its leaves multiplied."""
    if isinstance(node, (int, float)):
        return round(node * share, 4)
    feature, threshold, low, high = node
    return [feature, threshold, _weighed(low, share), _weighed(high, share)]


def _beside(trees: Sequence[Node]) -> list[Node]:
    """The newer half of the trees in the file and these, as one ensemble: the mean of both."""
    there = json.loads(BODY.read_text("utf-8"))
    if there["features"] != list(COLUMNS):
        sys.exit(f"{BODY.name} was trained on other features: train without --beside")
    return [*there["trees"][len(there["trees"]) // 2 :], *(_weighed(tree, 0.5) for tree in trees)]


def _node(node: dict[str, Any]) -> Node:
    if "split_feature" not in node:
        return round(float(node["leaf_value"]), 4)
    threshold = float(f"{node['threshold']:.6g}")
    return [node["split_feature"], threshold, _node(node["left_child"]), _node(node["right_child"])]


def check(samples: Sequence[Sample], share: float = 1.0) -> Iterable[str]:
    """Precision and recall in words on unseen sites, of trafilatura, of the rules, and of the classifier."""
    column = {name: COLUMNS.index(name) for name in ("found", "chosen")}
    kept: dict[tuple[str, str], list[tuple[float, float]]] = {}
    sure: dict[str, list[bool]] = {}
    for k in range(FOLDS):
        known = [s for s in samples if _fold(s) != k and zlib.crc32(f"part {s.site}".encode()) % 1000 < 1000 * share]
        ensemble, alone = TreeEnsemble.of(train(known)), MeanOfTwo.of(train_two(known, FEATURES))
        for s in (s for s in samples if _fold(s) == k and s.variant == "plain"):
            odds = alone.log_odds(s.rows[:, : len(FEATURES)])
            first = likelihoods(odds)
            second = likelihoods(ALONE_SHARE * odds + (1 - ALONE_SHARE) * ensemble.log_odds(s.rows))
            is_sure = doubt(first, s.words, s.is_prose) <= MAX_DOUBT
            sure.setdefault(s.name, []).append(is_sure)
            for by, choice in (
                ("trafilatura", s.rows[:, column["found"]] > 0),
                ("rules", s.rows[:, column["chosen"]] > 0),
                ("the page alone", first >= THRESHOLD),
                ("the page and trafilatura", second >= THRESHOLD),
                ("the page, and trafilatura in doubt", (first if is_sure else second) >= THRESHOLD),
            ):
                kept.setdefault((s.name, by), []).append(_figures(s, choice))
    for (name, by), figures in sorted(kept.items()):
        precision, recall = (mean(values) for values in zip(*figures, strict=True))
        yield f"{share:.0%} of the sites, {name}, {by}: precision {precision:.4f}, recall {recall:.4f}"
    yield from (
        f"{share:.0%} of the sites, {name}: no doubt on {mean(held):.0%}" for name, held in sorted(sure.items())
    )


def _fold(s: Sample) -> int:
    return zlib.crc32(s.site.encode()) % FOLDS


def _figures(s: Sample, kept: np.ndarray) -> tuple[float, float]:
    words = s.words * s.known
    both, held, wanted = (float((words * some).sum()) for some in (kept & s.is_body, kept, s.is_body))
    return both / held if held else float(not wanted), both / wanted if wanted else 1.0


def main() -> None:
    """Train and write, or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="measure on unseen sites, write nothing")
    what.add_argument("--curve", action="store_true", help="the same for an eighth, a quarter, ... of the sites")
    what.add_argument("--alone", action="store_true", help="write the trees that do not know trafilatura's choice only")
    what.add_argument("--beside", action="store_true", help="keep the newer half of the trees in body.json")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    if not SEGMENTS.is_dir():
        sys.exit(f"{SHARED / 'gold'} is missing: get the sets first")
    with ProcessPoolExecutor(arguments.jobs) as pool:
        found = list(pool.map(_texts_of, pages(), chunksize=8))
    texts = Texts([text for each in found for text in each.comments], [a for each in found for a in each.articles])
    with ProcessPoolExecutor(arguments.jobs, initializer=_use, initargs=(texts,)) as pool:
        samples = [s for s in pool.map(sample, product(pages(), VARIANTS), chunksize=8) if s]
    print(f"{len(samples)} pages, {sum(len(s.rows) for s in samples)} blocks, {len({s.site for s in samples})} sites")
    if arguments.check or arguments.curve:
        for share in (0.125, 0.25, 0.5, 1.0) if arguments.curve else (1.0,):
            print("\n".join(check(samples, share)), flush=True)
        return
    write(ALONE, FEATURES, train_two(samples, FEATURES))
    if not arguments.alone:
        write(BODY, COLUMNS, _beside(train(samples)) if arguments.beside else train_two(samples, COLUMNS))


def write(file: Path, columns: Sequence[str], trees: Sequence[Node]) -> None:
    """Write an ensemble, a node a line."""
    text = json.dumps({"features": columns, "trees": trees}, separators=(",", ":"))
    file.write_text(text.replace("],[", "],\n[") + "\n", "utf-8")
    print(f"{file}: {file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
