"""Long-term persona memory: how facts are merged, corrected, archived and kept apart."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from engine import NOON, Engine, build_engine
from hash_embedder import HashEmbedder

from memoryos.models import Analysis, Fact, NewPage, Owner, Page, Profile, Trait
from memoryos.storage.ports import Store
from memoryos.tiers.knowledge_now import SAME_FACT
from memoryos.tiers.long_term import LongTermMemory

if TYPE_CHECKING:
    from memoryos.models import Vector


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An engine with a segment of three pages."""
    engine = build_engine(tmp_path / "memory.db", short_term_capacity=1)
    engine.add("soup: one", "soup: two", "soup: three", "tea: last")
    engine.updater.embed()
    engine.updater.consolidate(now_due=True)
    yield engine
    engine.store.close()


def learn(
    long_term: LongTermMemory, *facts: Fact, vectors: Sequence[Vector] = (), traits: Sequence[Trait] = ()
) -> None:
    """Commit an analysis of the segment's pages with these facts, each with a direction of its own unless given."""
    store = cast(Store, long_term.store)
    (segment, *_) = store.segments()
    pages = store.pages_of_segment(segment.id, not_analysed=False, limit=100)
    analysis = Analysis(tuple(traits), facts, "extractive")
    plan = long_term.plan(pages, analysis, vectors or [direction(fact.text) for fact in facts], now=NOON)
    plan = replace(plan, finished=(segment.id,))
    claim = store.claim("analyse", "test", lease_seconds=30, now=NOON)
    assert claim is not None
    store.commit_analysis(claim, plan, now=NOON)
    store.release(claim)


def direction(text: str) -> Vector:
    """A place of its own for each text."""
    vector = np.zeros(HashEmbedder().dim, dtype=np.float32)
    vector[sum(text.encode()) % 64] = 1.0
    return vector


def near(text: str, cosine: float) -> Vector:
    """A vector at this cosine from `direction(text)`."""
    vector = direction(text) * cosine
    vector[(sum(text.encode()) + 1) % 64] = np.sqrt(1 - cosine**2)
    return np.asarray(vector, dtype=np.float32)


def user_fact(text: str, *pages: int, replaces: str | None = None) -> Fact:
    return Fact("user", text, pages or (0,), replaces)


def texts(long_term: LongTermMemory) -> list[str]:
    return [fact.text for fact in long_term.user_knowledge()]


# Merging


def test_a_fact_found_again_stays_one_fact_with_both_sources(engine: Engine) -> None:
    first, second, third = engine.store.pages([1, 2, 3]).values()
    learn(engine.long_term, user_fact("Likes leek soup", 0))

    learn(engine.long_term, user_fact("likes LEEK soup", 1, 2))

    (fact,) = engine.long_term.user_knowledge()
    assert (fact.text, fact.sources) == ("Likes leek soup", (first.id, second.id, third.id))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The flight is on 12 March", "The flight is on 13 March"),
        ("Eats meat", "Does not eat meat"),
        ("我有一只猫。", "我有一只狗。"),
        ("서울에 살아요", "부산에 살아요"),
    ],
)
def test_facts_that_only_their_embeddings_take_for_one_stay_two(engine: Engine, one: str, other: str) -> None:
    learn(engine.long_term, user_fact(one))

    learn(engine.long_term, user_fact(other, 1), vectors=[near(one, 0.99)])

    assert texts(engine.long_term) == [one, other]


@pytest.mark.parametrize(("cosine", "known"), [(SAME_FACT + 0.02, 1), (SAME_FACT - 0.02, 2)])
def test_facts_of_nearly_the_same_meaning_are_one(engine: Engine, cosine: float, known: int) -> None:
    learn(engine.long_term, user_fact("Likes leek soup"))

    learn(engine.long_term, user_fact("Is fond of leek soup", 1), vectors=[near("Likes leek soup", cosine)])

    assert texts(engine.long_term) == ["Likes leek soup", "Is fond of leek soup"][:known]


def test_a_fact_told_twice_in_one_analysis_is_one_fact(engine: Engine) -> None:
    first, second = engine.store.pages([1, 2]).values()

    learn(engine.long_term, user_fact("Likes leek soup", 0), user_fact("Likes leek soup", 1))

    assert [(fact.text, fact.sources) for fact in engine.long_term.user_knowledge()] == [
        ("Likes leek soup", (first.id, second.id))
    ]


def test_the_same_words_about_user_and_assistant_are_two_facts(engine: Engine) -> None:
    learn(engine.long_term, user_fact("Likes leek soup"), Fact("assistant", "Likes leek soup", (0,)))

    assert texts(engine.long_term) == ["Likes leek soup"]
    assert [fact.text for fact in engine.long_term.assistant_knowledge()] == ["Likes leek soup"]


# Correcting


def test_a_fact_that_corrects_another_takes_its_place(engine: Engine) -> None:
    learn(engine.long_term, user_fact("Lives in Basel"), user_fact("Likes soup"))
    basel = engine.long_term.user_knowledge()[0]

    learn(engine.long_term, user_fact("Lives in Bern", 1, replaces=basel.id))

    assert texts(engine.long_term) == ["Likes soup", "Lives in Bern"]
    assert engine.store.counts("helper").superseded_knowledge == 1


def test_a_correction_is_never_merged_into_what_it_corrects(engine: Engine) -> None:
    """ "Has two cats" and "Has three cats" are close to each other, and only one is true."""
    learn(engine.long_term, user_fact("Has two cats"))
    (two,) = engine.long_term.user_knowledge()

    learn(
        engine.long_term,
        user_fact("Has three cats", 1, replaces=two.id),
        vectors=[near("Has two cats", 0.99)],
    )

    assert texts(engine.long_term) == ["Has three cats"]


def test_a_correction_of_a_fact_that_is_gone_is_a_new_fact(engine: Engine) -> None:
    learn(engine.long_term, user_fact("Lives in Bern", replaces="01UNKNOWN"))

    assert texts(engine.long_term) == ["Lives in Bern"]
    assert engine.store.counts("helper").superseded_knowledge == 0


# The queues


def test_facts_beyond_capacity_leave_first_in_first_out_and_are_kept(engine: Engine, tmp_path: Path) -> None:
    """The reference let them vanish."""
    long_term = replace(engine.long_term, capacity=3)
    for number in range(3):
        learn(long_term, user_fact(f"fact {number}"))

    learn(long_term, user_fact("fact 3"), user_fact("fact 4"))

    assert texts(long_term) == ["fact 2", "fact 3", "fact 4"]
    with closing(sqlite3.connect(tmp_path / "memory.db")) as connection:
        rows = connection.execute("SELECT text FROM knowledge WHERE archived_at IS NOT NULL ORDER BY seq").fetchall()
    assert rows == [("fact 0",), ("fact 1",)]


def test_user_and_assistant_have_a_queue_each(engine: Engine) -> None:
    long_term = replace(engine.long_term, capacity=1)

    learn(long_term, user_fact("about the user"), Fact("assistant", "about the assistant", (0,)))

    assert texts(long_term) == ["about the user"]
    assert [fact.text for fact in long_term.assistant_knowledge()] == ["about the assistant"]


def test_a_corrected_fact_takes_no_place_in_the_queue(engine: Engine) -> None:
    long_term = replace(engine.long_term, capacity=2)
    learn(long_term, user_fact("Likes soup"), user_fact("Lives in Basel"))
    basel = long_term.user_knowledge()[1]

    learn(long_term, user_fact("Lives in Bern", replaces=basel.id))

    assert texts(long_term) == ["Likes soup", "Lives in Bern"]


@pytest.mark.parametrize("owner", ["user", "assistant"])
def test_knowledge_about_an_assistant_is_that_assistants_alone(engine: Engine, owner: Owner) -> None:
    """The reference shared it among all assistants and users of a folder."""
    other = replace(engine.long_term, assistant_id="another")

    learn(engine.long_term, Fact(owner, "told to the first", (0,)))
    learn(other, Fact(owner, "told to the second", (0,)))

    def known(long_term: LongTermMemory) -> list[str]:
        facts = long_term.user_knowledge() if owner == "user" else long_term.assistant_knowledge()
        return [fact.text for fact in facts]

    both = ["told to the first", "told to the second"]
    assert (known(engine.long_term), known(other)) == ((both, both) if owner == "user" else (both[:1], both[1:]))


# Dates and the profile


def test_a_fact_has_the_date_of_the_newest_page_it_came_from(engine: Engine) -> None:
    """The reference dated facts by the wall clock."""
    times = [datetime(2019, 5, 7, tzinfo=timezone.utc), datetime(2021, 8, 9, tzinfo=timezone.utc), NOON]
    pages: list[Page] = []
    for time in times:
        new = NewPage(f"soup: {time.year}", "", time)
        pages.append(engine.store.add_page(new, timestamp=f"in {time.year}", now=NOON + timedelta(days=1)).page)
    analysis = Analysis((), (user_fact("Likes soup", 1, 0),), "extractive")

    plan = engine.long_term.plan(pages, analysis, [direction("any")], now=NOON)

    ((knowledge, seqs),) = [(new.knowledge, new.pages) for new in plan.new]
    assert (knowledge.happened_at, knowledge.timestamp) == (times[1], "in 2021")
    assert (knowledge.sources, seqs) == ((pages[1].id, pages[0].id), (pages[1].seq, pages[0].seq))


def test_the_profile_of_a_new_user_is_empty(tmp_path: Path) -> None:
    engine = build_engine(tmp_path / "new.db")

    assert engine.long_term.profile() == Profile("", (), "extractive")
    engine.store.close()


def test_the_profile_names_traits_and_recurring_topics(engine: Engine) -> None:
    trait = Trait("Openness", "High", "tried borscht", NOON, "2026-03-01 12:00:00")
    learn(engine.long_term, traits=[trait])
    engine.add("rain: now")
    engine.updater.embed()
    engine.updater.consolidate(now_due=True)

    assert engine.long_term.profile() == Profile(
        "Openness: High (tried borscht; 2026-03-01 12:00:00)\nRecurring topics: soup (3); tea (1)", (trait,), "model"
    )
