"""What is forgotten is gone: from every answer, from every cache, and from the bytes of the file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from store_work import (
    NOON,
    TIMESTAMP,
    add,
    analyse,
    analysis_of,
    claimed,
    consolidate,
    embed,
    fact,
    matrix,
    topic,
    vector,
    words,
)

from memoryos.errors import ClaimLostError, InvalidArgumentError, StoreBusyError
from memoryos.language.sessions import SPEAKER_CALLS, speakers
from memoryos.models import Forgotten, NewPage, Page, PageVectors, Segment, Trait
from memoryos.retrieval.page_index import PageIndex
from memoryos.retrieval.vector_index import FaissIndex
from memoryos.storage.plans import ChainPlan, ConsolidationPlan, SegmentPlan
from memoryos.storage.ports import Store
from memoryos.storage.sqlite import files
from memoryos.storage.sqlite.recovery import salvage
from memoryos.storage.sqlite.store import SqliteStore


def texts_of_facts(store: Store) -> list[str]:
    return [fact.text for fact in store.knowledge("user", None)]


def not_analysed(store: Store) -> list[str]:
    return [page.user_input for page in store.newest_pages(100) if not page.analysed]


# Pages


def test_a_forgotten_page_is_in_no_answer(store: Store) -> None:
    pages = add(store, "leek soup", "alpine skis", "more soup")
    embed(store, {1: [(1, 0)], 2: [(0, 1)], 3: [(1, 0)]})

    forgotten = store.forget_pages([pages[1].id])

    assert forgotten == Forgotten(pages=1, facts=0, traits=0, regrouped=0)
    assert store.newest_pages(10) == (pages[0], replace(pages[2], previous=1))
    assert (store.pages([2]), store.pages_by_id([pages[1].id])) == ({}, {})
    assert (store.match_words(words("skis"), 10), store.pages_with(["ski"])) == ([], {})
    assert [*store.page_vectors([1, 2, 3])] == [1, 3]
    assert store.side_vectors([2]).rows.tolist() == []
    assert store.outlines_after(0, 10).seqs.tolist() == [1, 3]
    assert store.counts("helper").pages == 2


def test_a_page_that_waited_for_its_vectors_waits_no_more(store: Store) -> None:
    pages = add(store, "soup", "skis")

    store.forget_pages([pages[0].id])

    assert [page.user_input for page in store.unembedded_pages(10)] == ["skis"]


def test_caches_drop_what_is_forgotten(store: Store) -> None:
    pages = add(store, "soup", "skis", "soup again")
    embed(store, {1: [(1, 0)], 2: [(0, 1)], 3: [(1, 0)]})
    index, outlines = FaissIndex(), PageIndex()
    index.refresh(store)
    outlines.refresh(store)

    store.forget_pages([pages[1].id, pages[2].id])
    index.refresh(store)
    outlines.refresh(store)

    assert [seq for seq, _ in index.search(vector(0, 1), 10)] == [1]
    assert outlines.of([1, 2, 3]).seqs.tolist() == [1]


def test_a_page_added_afterwards_is_a_page_of_its_own(store: Store) -> None:
    pages = add(store, "soup", "skis")
    cache = PageIndex()
    cache.refresh(store)
    store.forget_pages([pages[1].id])

    (added,) = add(store, "chess", now=NOON + timedelta(hours=2))
    cache.refresh(store)

    assert (added.seq, added.previous) == (3, 1)
    assert cache.of([1, 2, 3]).places.tolist() == [0, 0]


def test_a_talk_shrinks_by_what_is_forgotten_and_ends_with_its_last_page(store: Store) -> None:
    pages = [*add(store, "soup", "more soup"), *add(store, "skis", now=NOON + timedelta(hours=2))]
    store.forget_pages([pages[0].id, pages[2].id])
    cache = PageIndex()
    cache.refresh(store)

    assert cache.of([1, 2, 3]).talk_pages.tolist() == [1]
    assert store.forget_pages([pages[1].id]).pages == 1
    assert (store.newest_pages(10), store.span_of_time()) == ((), None)
    assert add(store, "chess")[0].previous is None


def test_names_called_in_forgotten_pages_are_not_known_any_more(store: Store) -> None:
    pages = [
        store.add_page(NewPage(f"{n}", "Thanks, Tom!", NOON), timestamp=TIMESTAMP, now=NOON).page for n in range(6)
    ]
    store.forget_pages([pages[0].id])
    assert speakers(store.names_called(SPEAKER_CALLS)).user == {"Tom"}

    store.forget_pages([pages[1].id])

    assert speakers(store.names_called(SPEAKER_CALLS)).user == frozenset()


def test_an_unknown_id_is_refused_and_nothing_is_forgotten(store: Store) -> None:
    (page,) = add(store, "soup")
    other = page.id[:-1] + ("0" if page.id[-1] != "0" else "1")

    with pytest.raises(InvalidArgumentError, match=f"page_ids: got '{other}'"):
        store.forget_pages([page.id, other])

    assert store.newest_pages(10) == (page,)


def test_for_the_id_of_a_fact_the_pages_are_named_on_which_it_stands(store: Store) -> None:
    one, two = add(store, "one", "two")
    embed(store, {1: [(1, 0)], 2: [(1, 0)]})
    analyse(store, analysis_of(read(store, one, two), one, two, new=[fact("A", "of both", one, two)]))

    with pytest.raises(
        InvalidArgumentError, match=rf"got 'A'; accepted: .* \(this fact stands on {one.id}, {two.id}\)"
    ):
        store.forget_pages([one.id, "A"])

    assert texts_of_facts(store) == ["of both"]


# What was derived


def grouped(store: Store, *plans: tuple[str, tuple[Page, ...]], chains: tuple[tuple[Page, ...], ...]) -> None:
    """Embedded pages in segments and chains."""
    placed = [page for _, pages in plans for page in pages]
    embed(store, {page.seq: [(1, 0)] for page in placed})
    plan = ConsolidationPlan(
        tuple(ChainPlan(None, f"talk {at}", tuple(p.seq for p in chain)) for at, chain in enumerate(chains, 1)),
        tuple(topic(*pages, theme=theme) for theme, pages in plans),
        (),
        "extractive",
    )
    claim = claimed(store, "consolidate")
    store.commit_consolidation(claim, plan, now=NOON)
    store.release(claim)


def test_the_other_pages_of_its_topic_are_queued_again(store: Store) -> None:
    one, two, three, four, five = add(store, "one", "two", "three", "four", "five")
    grouped(
        store,
        ("soup", (one, two)),
        ("skis", (three, four)),
        ("chess", (five,)),
        chains=((one, three), (two, four), (five,)),
    )

    forgotten = store.forget_pages([one.id])

    assert forgotten.regrouped == 1
    # "three" was in its talk, "four" in that of "two", which may be in another one from now on.
    placed = [(p.user_input, p.segment, p.chain, p.meta_info) for p in store.newest_pages(10)]
    assert placed == [
        ("two", None, None, ""),
        ("three", 2, None, ""),
        ("four", 2, None, ""),
        ("five", 3, 3, "talk 3"),
    ]
    assert [(s.theme, s.pages, s.l_interaction) for s in store.segments()] == [("skis", 2, 2), ("chess", 1, 1)]
    assert [page.user_input for page in store.waiting_pages(newest=1, limit=10)] == ["two"]


def test_what_other_pages_are_in_never_tells_of_one_that_was_grouped_anew_before_it_was_forgotten(store: Store) -> None:
    one, two, three, four, _ = add(store, "one", "two", "three", "four", "five")
    grouped(store, ("one, two", (one, two)), ("three, four", (three, four)), chains=((one, three), (two, four)))
    store.forget_pages([one.id])
    waiting = store.waiting_pages(newest=1, limit=10)
    grouped(store, ("anew", waiting), chains=(waiting,))

    store.forget_pages([two.id, three.id])

    assert store.segments() == ()
    assert [(page.user_input, page.meta_info) for page in store.newest_pages(10)] == [("four", ""), ("five", "")]


def test_pages_that_were_analysed_before_they_are_grouped_anew_do_not_heat_their_topic(store: Store) -> None:
    one, two, three, _ = add(store, "one", "two", "three", "four")
    grouped(store, ("soup", (one, two)), ("skis", (three,)), chains=((one, two, three),))
    soup, _ = store.segments()
    analyse(store, analysis_of(soup, one, two))

    store.forget_pages([one.id])
    grouped(store, ("soup", (two,)), chains=((two,),))

    assert [(segment.theme, segment.l_interaction) for segment in store.segments()] == [("skis", 1), ("soup", 0)]


def test_a_topic_without_pages_is_deleted_and_not_archived(store: Store) -> None:
    one, two = add(store, "one", "two")
    grouped(store, ("soup", (one,)), ("skis", (two,)), chains=((one, two),))

    store.forget_pages([one.id])

    assert [segment.theme for segment in store.segments()] == ["skis"]
    assert store.counts("helper").archived_segments == 0


def read(store: Store, *pages: Page) -> Segment:
    (segment,) = consolidate(store, topic(*pages))
    return segment


def test_facts_that_stand_on_it_are_deleted_and_their_other_pages_read_again(store: Store) -> None:
    one, two, three = add(store, "one", "two", "three")
    embed(store, {1: [(1, 0)], 2: [(1, 0)], 3: [(1, 0)]})
    segment = read(store, one, two, three)
    facts = [fact("A", "of one", one), fact("B", "of one and two", one, two), fact("C", "of three", three)]
    analyse(store, analysis_of(segment, one, two, three, new=facts))

    forgotten = store.forget_pages([one.id])

    assert (forgotten.facts, forgotten.regrouped) == (2, 2)
    assert (texts_of_facts(store), not_analysed(store)) == (["of three"], ["two"])


def test_a_page_to_read_again_is_read_whatever_the_heat_of_its_topic(store: Store) -> None:
    one, two = add(store, "one", "two")
    grouped(store, ("soup", (one,)), ("skis", (two,)), chains=((one,), (two,)))
    soup, skis = store.segments()
    analyse(store, analysis_of(soup, one, new=[fact("A", "of both", one, two)]))
    analyse(store, analysis_of(skis, two))
    assert store.segments_to_reanalyse() == frozenset()

    store.forget_pages([one.id])

    assert store.segments_to_reanalyse() == {skis.id}
    analyse(store, analysis_of(skis, two, new=[fact("D", "of two", two)]))
    assert (store.segments_to_reanalyse(), texts_of_facts(store)) == (frozenset(), ["of two"])


def test_a_fact_that_it_corrected_holds_again(store: Store) -> None:
    one, two, three = add(store, "one", "two", "three")
    embed(store, {1: [(1, 0)], 2: [(1, 0)], 3: [(1, 0)]})
    segment = read(store, one, two, three)
    analyse(store, analysis_of(segment, one, new=[fact("A", "lives in Bern", one)]))
    lyon = analysis_of(segment, two, new=[fact("B", "lives in Lyon", two)])
    analyse(store, replace(lyon, replaced={"A": "B"}))
    oslo = analysis_of(segment, three, new=[fact("C", "lives in Oslo", three)])
    analyse(store, replace(oslo, replaced={"B": "C"}))

    store.forget_pages([two.id])
    assert texts_of_facts(store) == ["lives in Oslo"]

    store.forget_pages([three.id])
    assert texts_of_facts(store) == ["lives in Bern"]


def test_corrections_forgotten_together_leave_what_they_corrected(store: Store) -> None:
    one, two, three = add(store, "one", "two", "three")
    embed(store, {1: [(1, 0)], 2: [(1, 0)], 3: [(1, 0)]})
    segment = read(store, one, two, three)
    analyse(store, analysis_of(segment, one, new=[fact("A", "lives in Bern", one)]))
    for page, (old, new) in ((two, ("A", "B")), (three, ("B", "C"))):
        analyse(store, replace(analysis_of(segment, page, new=[fact(new, "moved", page)]), replaced={old: new}))

    assert store.forget_pages([three.id, two.id]).facts == 2

    assert texts_of_facts(store) == ["lives in Bern"]
    assert store.counts("helper").superseded_knowledge == 0


def test_the_trait_whose_evidence_it_is_goes_with_it(store: Store) -> None:
    (one,) = add(store, "one")
    (two,) = add(store, "two", now=NOON + timedelta(minutes=1))
    embed(store, {1: [(1, 0)], 2: [(1, 0)]})
    segment = read(store, one, two)
    warm = Trait("Agreeableness", "High", "helps a neighbour", one.happened_at, TIMESTAMP)
    open_ = Trait("Openness", "High", "reads a lot", two.happened_at, TIMESTAMP)
    analyse(store, replace(analysis_of(segment, one, two), traits=(warm, open_)))

    assert store.forget_pages([one.id]).traits == 1

    assert store.traits() == (open_,)


# Work under way


def test_vectors_of_a_forgotten_page_are_dropped_and_the_others_kept(store: Store) -> None:
    """Each forget took the claims of all: eight servers with one every half second embedded none of 650 pages."""
    one, two = add(store, "one", "two")
    claim = claimed(store, "embed")
    vectors = [PageVectors(page.seq, matrix((1, 0)), matrix((1, 0)), matrix()) for page in store.unembedded_pages(10)]

    store.forget_pages([one.id])
    store.commit_vectors(claim, vectors)

    assert [*store.page_vectors([one.seq, two.seq])] == [two.seq]
    assert store.unembedded_pages(10) == ()


def test_a_refused_page_that_is_forgotten_meanwhile_is_not_parked(store: Store) -> None:
    one, _ = add(store, "one", "two")
    claim = claimed(store, "embed")

    store.forget_pages([one.id])
    store.commit_refusal(claim, one.seq, "EmbeddingRefusalError", now=NOON)

    assert store.parked(10) == ()


def test_grouping_goes_on_if_it_cannot_have_read_what_is_forgotten(store: Store) -> None:
    pages = add(store, "old", "of the same topic")
    embed(store, {1: [(1, 0)], 2: [(1, 0)]})
    read(store, *pages)
    add(store, "between", "new", now=NOON + timedelta(hours=2))
    embed(store, {3: [(0, 1)], 4: [(0, 1)]})
    consolidate(store, topic(*store.waiting_pages(newest=1, limit=1)))
    claim = claimed(store, "consolidate")

    store.forget_pages([pages[0].id])

    store.commit_consolidation(
        claim,
        ConsolidationPlan(
            (ChainPlan(None, "new", (4,)),), (SegmentPlan(None, "new", "new", (), None, (4,)),), (), "extractive"
        ),
        now=NOON,
    )
    assert [page.user_input for page in store.newest_pages(10) if page.segment is not None] == ["between", "new"]


def test_grouping_that_may_have_read_what_is_forgotten_is_not_committed(store: Store) -> None:
    one, two = add(store, "one", "two")
    embed(store, {1: [(1, 0)], 2: [(1, 0)]})
    claim = claimed(store, "consolidate")
    plan = ConsolidationPlan(
        (ChainPlan(None, "one and two", (2,)),), (SegmentPlan(None, "a", "a", (), None, (2,)),), (), "extractive"
    )

    store.forget_pages([one.id])

    with pytest.raises(ClaimLostError):
        store.commit_consolidation(claim, plan, now=NOON)
    assert [page.segment for page in store.newest_pages(10)] == [None]
    assert two.seq == 2


def test_a_reading_that_may_have_seen_what_is_forgotten_is_not_committed(store: Store) -> None:
    one, two = add(store, "one", "two")
    embed(store, {1: [(1, 0)], 2: [(1, 0)]})
    segment = read(store, one, two)
    claim = claimed(store, "analyse")
    plan = analysis_of(segment, two)

    store.forget_pages([one.id])

    with pytest.raises(ClaimLostError):
        store.commit_analysis(claim, plan, now=NOON)


# The file, behind a reader


def test_what_a_reader_keeps_in_the_log_is_overwritten_once_it_has_left(tmp_path: Path) -> None:
    """The text stayed in the log behind the answer, and nothing said so."""
    path = tmp_path / "memory.db"
    with closing(SqliteStore(path)) as store, closing(sqlite3.connect(path)) as reader:
        pages = add(store, "kept", "zweihundert secrets")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM pages").fetchone()
        add(store, "later")

        assert store.forget_pages([pages[1].id]).overwritten is False
        with pytest.raises(StoreBusyError):
            store.tend_log()
        log = path.with_name("memory.db-wal")
        assert b"zweihundert" in log.read_bytes()

        reader.execute("ROLLBACK")
        store.tend_log()
        assert b"zweihundert" not in log.read_bytes() + path.read_bytes()
        store.tend_log()  # there is nothing left to do


def test_without_a_reader_it_is_overwritten_at_once(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "memory.db")) as store:
        (page,) = add(store, "zweihundert secrets")

        assert store.forget_pages([page.id]).overwritten is True


# The file


@pytest.fixture
def sqlite_leaves_what_is_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    """As most builds of it do unless they are told otherwise."""
    connect = files.connect

    def connected(path: Path, *, timeout: float) -> sqlite3.Connection:
        connection = connect(path, timeout=timeout)
        connection.execute("PRAGMA secure_delete = OFF")
        return connection

    monkeypatch.setattr(files, "connect", connected)


def test_no_byte_of_it_is_left_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    store = SqliteStore(path)
    store.use_embedder("two/1", 2)
    pages = add(store, *(f"page {number} about soup" for number in range(40)), "zanzibar " * 3_000, "quokkas", "end")
    embed(store, {page.seq: [(1, 0)] for page in pages})
    secret, other, last = pages[-3:]
    grouped_into = topic(*pages, theme="zanzibar")
    (segment,) = consolidate(store, replace(grouped_into, keywords=("zanzibar", "quokkas")))
    analyse(store, analysis_of(segment, *pages, new=[fact("A", "was in Zanzibar with quokkas", secret, other)]))
    store.maintain(now=NOON)

    store.forget_pages([secret.id, other.id])

    files = [file for file in tmp_path.iterdir() if not file.name.endswith("-shm")]
    left = {file.name: file.read_bytes().lower() for file in files}
    assert [(name, word) for name in left for word in (b"zanzibar", b"quokka") if word in left[name]] == []
    assert left["memory.db"].count(b"about soup")
    assert store.match_words(words("end"), 10) == [last.seq]
    store.close()


@pytest.mark.usefixtures("sqlite_leaves_what_is_deleted")
def test_no_byte_is_left_where_a_text_stood_before_work_on_its_page_moved_it(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    store = SqliteStore(path)
    store.use_embedder("two/1", 2)
    pages = add(store, *(f"quokka {number} " * (number % 50 + 1) for number in range(200)))
    embed(store, {page.seq: [(1, 0)] for page in pages})
    for at in range(0, len(pages), 10):
        (*_, segment) = consolidate(store, topic(*pages[at : at + 10]))
        analyse(store, analysis_of(segment, *pages[at : at + 10]))
    store.maintain(now=NOON)

    store.forget_pages([page.id for page in pages])

    left = {file.name: file.read_bytes().count(b"quokka") for file in tmp_path.iterdir()}
    assert {name: count for name, count in left.items() if count} == {}
    store.close()


def test_no_byte_of_it_is_left_once_those_who_read_it_meanwhile_are_done(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    store, reader = SqliteStore(path), SqliteStore(path)
    secret, _ = add(store, "quokka", "end")
    with reader.snapshot():
        assert [page.user_input for page in reader.newest_pages(2)] == ["quokka", "end"]
        store.forget_pages([secret.id])
        assert [page.user_input for page in reader.newest_pages(2)] == ["quokka", "end"]
    assert [page.user_input for page in reader.newest_pages(2)] == ["end"]

    store.maintain(now=NOON)

    left = {file.name: file.read_bytes().count(b"quokka") for file in tmp_path.iterdir()}
    assert {name: count for name, count in left.items() if count} == {}
    reader.close()
    store.close()


def test_a_rescue_does_not_miss_what_was_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    store = SqliteStore(path)
    pages = add(store, "one", "two", "three", "four")
    store.forget_pages([pages[1].id])
    store.forget_pages([pages[3].id])
    store.close()

    saved = salvage(path)

    assert (saved.pages, saved.lost) == (2, 0)
