"""All that a memory holds, read as of one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from store_work import NOON, TIMESTAMP, add, analyse, analysis_of, consolidate, fact, topic

from memoryos.models import ChainContent, SegmentContent, Trait
from memoryos.storage.sqlite.database import Database
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.storage.tables.contents import Contents

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "memory.db")) as store:
        store.use_embedder("two/1", 2)
        yield store


@pytest.fixture
def database(store: SqliteStore) -> Iterator[Database]:
    with closing(Database(store.path)) as database:
        yield database


def test_pages_come_in_order_of_arrival(store: SqliteStore, database: Database) -> None:
    added = add(store, "I live in Basel", "I moved to Bern")

    contents = Contents(database)

    assert list(contents.pages()) == added
    assert contents.page_count() == 2


def test_facts_of_all_states_come_with_the_ids_of_their_pages(store: SqliteStore, database: Database) -> None:
    pages = add(store, "I live in Basel", "I moved to Bern")
    (segment,) = consolidate(store, topic(*pages))
    basel, bern, soup = fact("K1", "Basel", pages[0]), fact("K2", "Bern", *pages), fact("K3", "soup", pages[0])
    helper = fact("K4", "knows Bern", pages[1], owner="assistant", assistant_id="helper")
    analyse(store, analysis_of(segment, pages[0], new=[basel, soup]))
    plan = analysis_of(segment, pages[1], new=[bern, helper])
    analyse(store, replace(plan, replaced={"K1": "K2"}, archived=("K3",)), now=LATER)

    assert list(Contents(database).facts()) == [
        replace(basel.knowledge, superseded_by="K2"),
        replace(soup.knowledge, archived_at=LATER),
        bern.knowledge,
        helper.knowledge,
    ]


def test_traits_segments_and_chains_are_all_there(store: SqliteStore, database: Database) -> None:
    one, two, three = add(store, "leek soup", "skis", "potato soup")
    soup, skis = consolidate(store, topic(one, three), topic(two, theme="skis"))
    trait = Trait("Thrift", "High", "mends his skis", NOON, TIMESTAMP)
    analyse(store, replace(analysis_of(skis, two), traits=(trait,)))
    (later,) = add(store, "carrot soup")
    consolidate(store, topic(later, segment=soup.id), archived=[skis.id], now=LATER)

    contents = Contents(database)

    assert contents.traits() == (trait,)
    assert list(contents.segments()) == [
        SegmentContent(store.segments()[0], (one.id, three.id, later.id)),
        SegmentContent(replace(skis, archived_at=LATER, l_interaction=0), (two.id,)),
    ]
    assert list(contents.chains()) == [
        ChainContent("a talk", "extractive", (one.id, two.id, three.id)),
        ChainContent("a talk", "extractive", (later.id,)),
    ]


def test_what_is_added_while_it_is_read_is_not_in_it(store: SqliteStore, database: Database) -> None:
    pages = add(store, "leek soup", "skis")
    consolidate(store, topic(*pages))
    contents = Contents(database)

    with database.snapshot():
        reading = contents.pages()
        first = next(reading)
        (later,) = add(store, "carrot soup")
        consolidate(store, topic(later))
        read = [first, *reading]
        segments = list(contents.segments())

    assert [page.id for page in read] == [page.id for page in pages]
    assert [segment.pages for segment in segments] == [(pages[0].id, pages[1].id)]
    assert contents.page_count() == 3
    assert len(list(contents.segments())) == 2
