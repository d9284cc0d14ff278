"""A memory that the version before the schema's sixth migration wrote: it opens, migrates, and recalls the same pages.

What it recalled then, to five digits, stands beside it, and the script that made both.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from engine import Engine, build_engine
from hash_embedder import HashEmbedder
from ready_retriever import ranked, ready_retriever

from memoryos.storage.sqlite.schema import migrations_in
from memoryos.storage.sqlite.store import SqliteStore

MADE = Path(__file__).parent / "memory_of_schema_5"
RECALLED: dict[str, Any] = json.loads((MADE / "recalled.json").read_text(encoding="utf-8"))
EMBEDDER = HashEmbedder("hash/16", 16)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """The memory, opened and so migrated, with an embedder that makes the vectors in it."""
    path = tmp_path / "memory.db"
    path.write_bytes(gzip.decompress((MADE / "memory.db.gz").read_bytes()))
    engine = build_engine(path, embedder=EMBEDDER, short_term_capacity=2, heat_threshold=1.0)
    with closing(engine.store):
        yield engine


def test_it_has_the_newest_schema_and_all_that_it_held(engine: Engine) -> None:
    store = engine.store
    assert isinstance(store, SqliteStore)
    pages = [
        [p.id, p.user_input, p.agent_response, p.happened_at.isoformat(), p.segment, p.chain, p.meta_info]
        for p in store.newest_pages(100)
    ]

    assert store.schema_version == len(migrations_in("migrations")) > 5
    assert pages == RECALLED["pages"]
    assert [[s.id, s.theme, s.summary, s.pages] for s in store.segments()] == RECALLED["segments"]
    facts = engine.long_term.user_knowledge()
    assert [[f.id, f.text, list(f.sources)] for f in facts] == RECALLED["facts"]


@pytest.mark.parametrize("text", RECALLED["queries"])
def test_a_query_brings_the_pages_that_hold_its_words(engine: Engine, text: str) -> None:
    """The order among the others is the ranking's, which is another one today."""
    retriever = ready_retriever(engine.store, EMBEDDER)

    found = ranked(retriever, text, retriever.embed(retriever.read(text)))

    recalled = {seq for seq, _, words in RECALLED["queries"][text] if words}
    assert recalled <= {page.page.seq for page in found if page.words}


def test_work_goes_on_where_it_was_left(engine: Engine) -> None:
    late = engine.store.newest_pages(1)[0]
    assert engine.store.unembedded_pages(10) == (late,)

    (added,) = engine.add("soup: leeks again, and hikers")
    engine.finish()

    retriever = ready_retriever(engine.store, EMBEDDER)
    assert added in [page.page for page in ranked(retriever, "a hiker's leeks?", limit=3)]
    assert engine.store.unembedded_count(EMBEDDER.id) == 0
