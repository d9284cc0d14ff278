"""How many of the nearest vectors a search by signs first finds, beside one that compares all, and how long both take.

    python -m benchmarks.speed.nearest CONFIG --data FOLDER [--questions 60]

reads the memory that CONFIG names, and asks it real questions. What is nearest is told by all of its vectors as they
are stored.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.common.conversations import SETS, add_data_option, read_set, set_file
from benchmarks.recall.report import wide_console
from memoryos import load_config
from memoryos.embedding import configured_embedder
from memoryos.retrieval import vector_index
from memoryos.storage.paths import existing_file_of
from memoryos.storage.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from memoryos.models import Matrix
    from memoryos.storage.ports import VectorStore

_NEAREST = 50
_CHUNK_PAGES = 2_000


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line for each way to search."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path, metavar="CONFIG")
    parser.add_argument("--questions", type=int, default=60)
    add_data_option(parser)
    given = parser.parse_args(argv)
    config = load_config(given.config, environ={})
    embedder, store = configured_embedder(config), SqliteStore(existing_file_of(config))
    try:
        store.use_embedder(embedder.id, embedder.dim)
        texts = sorted(
            {q.text for name in SETS for talk in read_set(set_file(given.data, name)) for q in talk.questions}
        )
        queries = np.stack([embedder.embed_query(text) for text in random.Random(1).sample(texts, given.questions)])
        nearest = _nearest(store, queries)
        for way, at_least in (("by signs first", 1), ("all compared", sys.maxsize)):
            vector_index._SIFTED_FROM = at_least  # type: ignore[misc]
            index = vector_index.FaissIndex()
            index.refresh(store)
            shares, seconds = [], []
            for query, pages in zip(queries, nearest, strict=True):
                started = time.thread_time()
                found = {seq for seq, _ in index.search(query, _NEAREST)}
                seconds.append(time.thread_time() - started)
                shares.append(len(found & pages) / len(pages))
            wide_console().print(
                f"{len(index):,} pages, {way}: {100 * np.mean(shares):.1f} % of the {_NEAREST} nearest (worst question "
                f"{100 * min(shares):.0f} %), {1000 * np.median(seconds):.1f} ms of CPU"
            )
    finally:
        store.close()
    return 0


def _nearest(store: VectorStore, queries: Matrix) -> list[set[int]]:
    """For each query the pages of the nearest windows."""
    last = 0
    seqs = np.empty((len(queries), 0), dtype=np.int64)
    cosines = np.empty((len(queries), 0), dtype=np.float32)
    while len((windows := store.windows_after(last, _CHUNK_PAGES)).seqs):
        last = int(windows.seqs[-1])
        cosines = np.hstack([cosines, queries @ windows.vectors.astype(np.float32).T])
        seqs = np.hstack([seqs, np.tile(windows.seqs, (len(queries), 1))])
        best = np.argsort(-cosines, axis=1, kind="stable")[:, :_NEAREST]
        cosines, seqs = np.take_along_axis(cosines, best, 1), np.take_along_axis(seqs, best, 1)
    return [set(row.tolist()) for row in seqs]


if __name__ == "__main__":
    raise SystemExit(main())
