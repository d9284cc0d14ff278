"""A memory that forgets is, once its work is done, the memory that never knew."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from engine import Clock, Engine, build_engine
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryos import Config, InvalidArgumentError, Memoryos
from memoryos.models import Page
from memoryos.status import Pending

TALK = (
    "soup: I like leek soup",
    "soup: I own two pots",
    "skis: I ski in March",
    "skis: I like leek soup",
    "skis: I broke a ski",
    "chess: I play chess",
    "chess: I own two pots",
    "soup: I grow leek",
    "end: that is all",
)


def known(engine: Engine) -> tuple[object, ...]:
    """What a memory knows, but for ids and numbers."""
    pages = engine.store.newest_pages(100)
    segments = {
        segment.theme: (segment.pages, sorted(p.user_input for p in pages if p.segment == segment.id))
        for segment in engine.store.segments()
    }
    facts = sorted(fact.text for fact in engine.long_term.user_knowledge())
    return [page.user_input for page in pages], segments, facts, engine.updater.pending()


@pytest.mark.parametrize("at", range(len(TALK) - 1))  # the last page keeps those before it out of short-term memory
def test_after_its_work_a_memory_is_as_if_the_page_had_never_been_added(tmp_path: Path, at: int) -> None:
    forgetful = build_engine(tmp_path / "forgetful.db", heat_threshold=1.0)
    pages = forgetful.add(*TALK)
    forgetful.finish()
    innocent = build_engine(tmp_path / "innocent.db", heat_threshold=1.0)
    innocent.add(*TALK[:at], *TALK[at + 1 :])
    innocent.finish()

    forgetful.store.forget_pages([pages[at].id])
    forgetful.finish()

    assert known(forgetful) == known(innocent)
    forgetful.store.close()
    innocent.store.close()


A_RETRY_NO_MORE_SECONDS = 700
TOPICS = ("soup", "skis", "chess")


def test_a_fact_that_another_page_still_tells_is_found_again_whatever_the_heat(tmp_path: Path) -> None:
    clock = Clock()
    engine = build_engine(tmp_path / "memory.db", clock=clock, heat_threshold=100.0)
    pages: list[Page] = []
    for text in ("soup: I like leek", "soup: I own a pot", "soup: I like leek", "end: that is all"):
        clock.advance(A_RETRY_NO_MORE_SECONDS)
        pages += engine.add(text)
    engine.finish()

    assert engine.store.forget_pages([pages[0].id]).facts == 1
    while engine.updater.consolidate(now_due=True) or engine.updater.analyse():
        pass

    assert sorted(fact.text for fact in engine.long_term.user_knowledge()) == ["I like leek", "I own a pot"]
    assert engine.updater.pending() == Pending(0, 0, 0)
    engine.store.close()


ADDING = st.tuples(st.just("add"), st.sampled_from(TOPICS))
WORKING = st.tuples(st.sampled_from(("embed", "consolidate", "analyse", "finish")), st.integers(0, 1))
FORGETTING = st.tuples(st.just("forget"), st.lists(st.integers(0, 30), min_size=1, max_size=2))
STEPS = st.lists(st.one_of(*[ADDING] * 5, *[WORKING] * 3, FORGETTING), min_size=20, max_size=60)


@settings(max_examples=50)
@given(steps=STEPS)
def test_whatever_was_done_before_a_memory_stays_sound_and_knows_what_its_pages_say(
    steps: list[tuple[str, Any]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "memory.db"
        clock = Clock()
        engines = [
            build_engine(path, clock=clock, holder=holder, consolidation_batch=3, heat_threshold=2.0) for holder in "ab"
        ]
        pages: list[Page] = []
        for number, (step, argument) in enumerate(steps):
            if step == "add":
                clock.advance(A_RETRY_NO_MORE_SECONDS)
                pages += engines[0].add(f"{argument}: I did thing {number % 3}")
            elif step == "forget":
                gone = {pages.pop(at % len(pages)).id for at in argument if pages}
                if gone:
                    assert engines[1].store.forget_pages(sorted(gone)).pages == len(gone)
            else:
                work = {
                    "embed": engines[argument].updater.embed,
                    "consolidate": partial(engines[argument].updater.consolidate, now_due=True),
                    "analyse": engines[argument].updater.analyse,
                    "finish": engines[argument].finish,
                }
                work[step]()
        engines[0].finish()
        for engine in engines:
            engine.store.close()

        kept = [page.user_input for page in pages]
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
            assert connection.execute("SELECT user_input FROM pages ORDER BY seq").fetchall() == [
                (text,) for text in kept
            ]
            assert connection.execute("SELECT count(*) FROM pages WHERE segment IS NULL").fetchone()[0] <= 1
            miscounted = connection.execute(
                "SELECT s.id FROM segments s LEFT JOIN pages p ON p.segment = s.id"
                " GROUP BY s.id HAVING count(p.seq) <> s.pages OR s.pages = 0"
            )
            assert miscounted.fetchall() == []
            told = {text for (text,) in connection.execute("SELECT text FROM knowledge")}
            orphans = "SELECT id FROM chains WHERE id NOT IN (SELECT chain FROM pages WHERE chain IS NOT NULL)"
            assert connection.execute(orphans).fetchall() == []
        facts = [text.partition(": ")[2] for text in kept]
        assert set(facts[:-1]) <= told <= set(facts)


def test_what_is_forgotten_is_recalled_by_no_one(make_config: Callable[..., Config]) -> None:
    config = make_config()
    with Memoryos.open(config) as memory, Memoryos.open(config) as other:
        kept = memory.add_memory("My cat is called Mochi.", "A lovely name!").page
        secret = memory.add_memory("My cat has diabetes.", "I am sorry.").page
        for each in (memory, other):
            each.wait_until_idle()
            assert {ranked.page.id for ranked in each.retrieve("What about the cat?").pages} == {kept.id, secret.id}

        assert memory.forget([secret.id.lower(), secret.id]).pages == 1

        for each in (memory, other):
            recalled = each.retrieve("Does the cat have diabetes?")
            assert [page.id for page in recalled.short_term] == [kept.id]
            assert [ranked.page.id for ranked in recalled.pages] == [kept.id]


@pytest.mark.parametrize("ids", ["01J", [], [1], [""], ["x"] * 3, [f"{number}" for number in range(501)]])
def test_ids_that_are_none_are_refused(make_config: Callable[..., Config], ids: object) -> None:
    with Memoryos.open(make_config()) as memory, pytest.raises(InvalidArgumentError, match="page_ids: got"):
        memory.forget(ids)  # type: ignore[arg-type]


def test_forgetting_names_the_pages_that_repeat_a_number_or_a_name_of_what_is_forgotten(
    make_config: Callable[..., Config],
) -> None:
    """The agent's answer with the phone number stayed behind, and nobody was told."""
    with Memoryos.open(make_config()) as memory:
        secret = memory.add_memory("My phone number is 555-0101, ask for Aurelia.", "Noted.").page
        number = memory.add_memory("What is my phone number?", "Your phone number is 555-0101.").page
        name = memory.add_memory("Who answers the phone?", "You said that Aurelia does.").page
        memory.add_memory("I was born in 1990.", "My number is 5550102.")

        forgotten = memory.forget([secret.id])

        assert forgotten.echoes == (number.id, name.id)
        assert str(forgotten).endswith(f"; other pages repeat what they said: {number.id}, {name.id}")
