"""A filter is applied where candidates are found, so that few pages among many still are."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from engine import Engine, build_engine
from hash_embedder import HashEmbedder

from memoryos.models import EVERYTHING, PERSONAL, Filter, NewPage, Scope
from memoryos.retrieval import filtering
from memoryos.retrieval.hybrid import HybridRetriever
from memoryos.retrieval.page_index import PageIndex
from memoryos.retrieval.vector_index import FaissIndex

BEGAN = datetime(2026, 1, 1, tzinfo=timezone.utc)
SMALL = Filter(Scope("small"))


@pytest.fixture
def filled(tmp_path: Path) -> Engine:
    """300 pages of a large project on deploying, in between two of a small one and one personal page."""
    engine = build_engine(tmp_path / "memory.db")
    for at in range(300):
        add(engine, f"deploy number {at} of the database", "large", at, {"kind": "log"})
        if at in (100, 200):
            add(engine, f"we deploy the database by hand, step {at}", "small", at, {"kind": "note", "n": at})
        if at == 150:
            add(engine, "how I deploy a garden database", None, at)
    while engine.updater.embed():
        pass
    return engine


def test_a_small_project_is_found_among_many_better_matches(filled: Engine) -> None:
    for use_vectors in (True, False):
        found = texts(filled, "deploy number of the database", SMALL, use_vectors=use_vectors)
        assert sorted(found) == [
            "how I deploy a garden database",
            "we deploy the database by hand, step 100",
            "we deploy the database by hand, step 200",
        ]


def test_without_a_project_only_personal_pages_are_found_and_with_all_of_them_all(filled: Engine) -> None:
    assert texts(filled, "deploy database", Filter(PERSONAL)) == ["how I deploy a garden database"]
    assert len(texts(filled, "deploy database", Filter(EVERYTHING), limit=400)) > 100


def test_time_and_metadata_are_filters_too(filled: Engine) -> None:
    early = replace(SMALL, before=BEGAN + timedelta(hours=120))
    late = replace(SMALL, after=BEGAN + timedelta(hours=120), meta_data=(("kind", "note"), ("n", "200")))

    assert texts(filled, "deploy database", early) == ["we deploy the database by hand, step 100"]
    assert texts(filled, "deploy database", late) == ["we deploy the database by hand, step 200"]
    assert texts(filled, "deploy database", replace(SMALL, meta_data=(("n", "7"),))) == []


def test_a_part_too_large_to_be_matched_page_by_page_gives_the_same(
    filled: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = sorted(texts(filled, "deploy the database by hand", SMALL))
    monkeypatch.setattr(filtering, "_FEW_PAGES", 0)

    assert sorted(texts(filled, "deploy the database by hand", SMALL)) == expected


def test_talks_of_projects_that_run_at_a_time_have_neighbours_of_their_own(tmp_path: Path) -> None:
    engine = build_engine(tmp_path / "memory.db")
    pages = [add(engine, f"page {at}", "odd" if at % 2 else "even", 0) for at in range(6)]
    index = PageIndex()
    index.refresh(engine.store)

    outlines = index.of([], [pages[2]], 1)

    assert outlines.seqs.tolist() == [pages[0], pages[2], pages[4]]
    assert (outlines.places.tolist(), outlines.talk_pages.tolist()) == ([0, 1, 2], [3, 3, 3])


def add(engine: Engine, text: str, project: str | None, hours: int, meta_data: dict[str, object] | None = None) -> int:
    """Add a page that happened so many hours after the beginning; its seq."""
    page = NewPage(text, "", BEGAN + timedelta(hours=hours), None, meta_data, project=project)
    return engine.store.add_page(page, timestamp="2026-01-01", now=engine.clock()).page.seq


def texts(engine: Engine, query: str, wanted: Filter, *, limit: int = 10, use_vectors: bool = True) -> list[str]:
    """What the pages say that a query brings."""
    retriever = HybridRetriever(engine.store, FaissIndex(), PageIndex(), HashEmbedder(), timezone.utc)
    retriever.prepare()
    asked = retriever.read(query)
    found = retriever.find(asked, BEGAN + timedelta(days=365), wanted)
    ranked = retriever.pages(asked, retriever.embed(asked) if use_vectors else None, limit, found)
    return [page.page.user_input for page in ranked]
