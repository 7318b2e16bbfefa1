"""Other tools on the gold of stories: datatrove's and text-dedup's own code, and candidates from datasketch and rensa.

None of them is needed by sito. `pip install --target FOLDER datatrove[processing] text-dedup datasketch rensa`, and put
the folder at the end of PYTHONPATH; what is not installed is left out, with a line that says so.
"""

from __future__ import annotations

import re
import struct
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.story_gold import Page
from flows.stories.candidates import Texts, candidates
from flows.stories.compare import SHINGLE
from flows.stories.day import Day, Links
from flows.stories.grouping import compared
from flows.stories.words import shingles

if TYPE_CHECKING:
    from flows.stories.grouping import Propose

PERMUTATIONS = 128


def datatrove(pages: Sequence[Page]) -> list[object]:
    """Its MinHash with its defaults: 14 buckets of 8 hashes over runs of 5 words, groups by single linkage.

    Its tokenizers for English and Ukrainian are models of spaCy; words between anything else are taken instead.
    """
    from datatrove.data import Document
    from datatrove.pipeline.dedup.minhash import (
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupSignature,
    )
    from datatrove.utils.word_tokenizers import WordTokenizer

    class Words(WordTokenizer):
        def word_tokenize(self, text: str) -> list[str]:
            return re.findall(r"\w+", text)

        def sent_tokenize(self, text: str) -> list[str]:
            return [text]

        def span_tokenize(self, text: str) -> list[tuple[int, int]]:
            return [(0, len(text))]

    with tempfile.TemporaryDirectory() as folder:
        config = MinhashConfig()
        documents = (Document(text=page.text, id=str(n)) for n, page in enumerate(pages))
        MinhashDedupSignature(f"{folder}/signatures", config, Words()).run(documents)
        for rank in range(config.num_buckets):
            buckets = MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/buckets", config=config)
            buckets.run(None, rank, config.num_buckets)
        MinhashDedupCluster(f"{folder}/buckets", f"{folder}/found", config=config, save_cluster_id=True).run()
        found: list[object] = [f"alone {n}" for n in range(len(pages))]
        for n, cluster in struct.iter_unpack("<II", Path(f"{folder}/found/000000.clusters").read_bytes()):
            found[n] = cluster
    return found


def text_dedup(pages: Sequence[Page]) -> list[object]:
    """Its MinHash with its defaults: a threshold of 0.7 over 250 permutations and runs of 5 words, single linkage."""
    from text_dedup.minhash import SIGNATURE_COLUMN, embed_func
    from text_dedup.utils import UnionFind, optimal_param, sha1_hash

    bands, rows = optimal_param(0.7, 250)
    print(f"    text-dedup: {bands} bands of {rows}")
    draw, prime = np.random.RandomState(42), np.uint64((1 << 61) - 1)
    whole = np.uint64((1 << 64) - 1)
    permutations = tuple(draw.randint(low, prime, size=250, dtype=np.uint64) for low in (1, 0))
    groups, first = UnionFind(), {}
    for n, page in enumerate(pages):
        said = embed_func(
            page.text,
            n,
            num_perm=250,
            ngram_size=5,
            min_length=5,
            hashranges=[(band * rows, (band + 1) * rows) for band in range(bands)],
            permutations=permutations,
            hash_func=lambda data: sha1_hash(data, d=64),
            dtype=np.uint64,
            max_hash=whole,
            modulo_prime=prime,
        )
        groups.find(n)
        for key in enumerate(said[SIGNATURE_COLUMN]):
            groups.union(n, first.setdefault(key, n))
    return [groups.find(n) for n in range(len(pages))]


class Proposing:
    """Candidates by LSH over the runs of 3 words that we compare, in place of our fingerprints; day by day, as ours.

    `make` gives a new LSH: functions to add the runs of a text under a number, and to ask for the like. `seconds` are
    those of signatures and LSH, `proposed` the candidates of all texts together.
    """

    def __init__(self, make: Callable[[], tuple[Callable[..., None], Callable[..., list[int]]]]) -> None:
        self._make = make
        self.seconds = 0.0
        self.proposed = 0

    def of_day(self, day: Day, past: Sequence[tuple[Day, Links]]) -> Propose:
        """As `candidates` for this day."""
        days = [*(each for each, _ in past), day]
        wanted = [np.flatnonzero(texts.wanted).tolist() for texts in compared(day, past)]
        runs = [
            np.unique(shingles(each.words_of(row), SHINGLE))
            for each, rows in zip(days, wanted, strict=True)
            for row in rows
        ]
        begins = np.cumsum([0, *map(len, days)])
        number = [int(begin) + row for begin, rows in zip(begins, wanted, strict=False) for row in rows]
        own = len(wanted[-1])

        def propose(_: Sequence[Texts]) -> Iterator[list[int]]:
            began = time.process_time()
            add, ask = self._make()
            found = []
            for n, run in enumerate(runs):
                if n >= len(runs) - own:
                    near = [other for other in ask(run) if other < n]
                    # Closest first, as ours come: not counted, since each LSH could keep what it takes.
                    before = time.process_time()
                    share = {m: len(np.intersect1d(run, runs[m])) / max(1, min(len(run), len(runs[m]))) for m in near}
                    found.append([number[m] for m in sorted(near, key=lambda m: (-share[m], m))])
                    began += time.process_time() - before
                add(n, run)
            self.seconds += time.process_time() - began
            self.proposed += sum(map(len, found))
            return iter(found)

        return propose


def datasketch_lsh(threshold: float) -> Callable[[], tuple[Any, Any]]:
    """MinHash of datasketch with its LSH."""
    from datasketch import MinHash, MinHashLSH

    known: dict[bytes, Any] = {}

    def signature(runs: np.ndarray) -> Any:
        key = runs.tobytes()
        if key not in known:
            known[key] = MinHash(PERMUTATIONS, seed=1, hashfunc=lambda number: number & 0xFFFFFFFF)
            known[key].update_batch(runs.tolist())
        return known[key]

    def make() -> tuple[Any, Any]:
        lsh = MinHashLSH(threshold, PERMUTATIONS)
        return (lambda n, runs: lsh.insert(n, signature(runs))), (lambda runs: lsh.query(signature(runs)))

    return make


def rensa_lsh(threshold: float) -> Callable[[], tuple[Any, Any]]:
    """R-MinHash of rensa with its LSH; as many bands as datasketch takes for the threshold."""
    from datasketch import MinHashLSH
    from rensa import RMinHash, RMinHashLSH

    bands = MinHashLSH(threshold, PERMUTATIONS).b
    while PERMUTATIONS % bands:
        bands += 1
    known: dict[bytes, Any] = {}

    def signature(runs: np.ndarray) -> Any:
        key = runs.tobytes()
        if key not in known:
            known[key] = RMinHash(PERMUTATIONS, 1)
            known[key].update([str(run) for run in runs.tolist()])
        return known[key]

    def make() -> tuple[Any, Any]:
        lsh = RMinHashLSH(threshold, PERMUTATIONS, bands)
        return (lambda n, runs: lsh.insert(n, signature(runs))), (lambda runs: lsh.query(signature(runs)))

    return make


def winnowing() -> Proposing:
    """Ours, counted in the same way."""
    ours = Proposing(lambda: (lambda *_: None, lambda _: []))

    def of_day(day: Day, past: Sequence[tuple[Day, Links]]) -> Propose:
        def propose(days: Sequence[Texts]) -> Iterator[list[int]]:
            began = time.process_time()
            found = [*candidates(days)]
            ours.seconds += time.process_time() - began
            ours.proposed += sum(map(len, found))
            return iter(found)

        return propose

    ours.of_day = of_day  # type: ignore[method-assign]
    return ours
