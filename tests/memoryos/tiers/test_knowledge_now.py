"""What is true now: a simple model of a person who moves house, and the cases beside it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from engine import NOON, Clock, Engine, build_engine
from hash_embedder import HashEmbedder
from home_reader import HomeReader, home_fact
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memoryos.errors import KnowledgeChangedError
from memoryos.models import Amendment, Analysis, AnalysisKind, Author, Fact, Knowledge, NewPage, Page, Statements
from memoryos.tiers.long_term import held_at, over_capacity

HOMES = ("Basel", "Bern", "Denver")


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody says on a day where they live; the memory hears of it on another day."""

    home: str
    said: int
    heard: int

    @property
    def said_at(self) -> datetime:
        return NOON + timedelta(days=self.said)

    @property
    def heard_at(self) -> datetime:
        return NOON + timedelta(days=self.heard)


@st.composite
def moves(draw: st.DrawFn) -> list[Move]:
    """Moves in the order in which they are heard of, no two of one day."""
    said = draw(st.lists(st.integers(0, 99), unique=True, min_size=1, max_size=8))
    return [Move(draw(st.sampled_from(HOMES)), day, heard) for heard, day in enumerate(said)]


def home_of(told: Sequence[Move]) -> list[str]:
    """Where somebody lives who said so: where they said last."""
    return [f"I live in {max(told, key=lambda move: move.said).home}."] if told else []


def add(engine: Engine, move: Move) -> Page:
    page = NewPage(f"home: {move.home}", "", move.said_at, timestamp=f"day {move.said}, heard {move.heard}")
    return engine.store.add_page(page, timestamp=f"day {move.said}", now=move.heard_at).page


def texts(facts: Sequence[Knowledge]) -> list[str]:
    return [fact.text for fact in facts]


@settings(max_examples=60, deadline=None)
@given(told=moves(), batches=st.sets(st.integers(0, 8)))
def test_as_of_any_day_the_home_is_the_one_said_last_of_those_heard_by_then(
    told: list[Move], batches: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = build_engine(Path(folder) / "memory.db", reader=HomeReader())
        for number, move in enumerate(told):
            add(engine, move)
            if number in batches:
                engine.updater.read()
        engine.updater.read()

        assert texts(engine.long_term.user_knowledge()) == home_of(told)
        for day in range(-1, len(told)):
            as_of = NOON + timedelta(days=day)
            heard = [move for move in told if move.heard_at <= as_of]
            assert texts(engine.long_term.user_knowledge(as_of)) == home_of(heard)
        engine.store.close()


AUTHORS: tuple[Author, ...] = ("rule", "model", "agent", "person")


@settings(max_examples=60, deadline=None)
@given(
    told=moves(), gone=st.sets(st.integers(0, 7)), authors=st.lists(st.sampled_from(AUTHORS), min_size=8, max_size=8)
)
@example(told=[Move("Basel", 2, 0), Move("Bern", 0, 1), Move("Denver", 1, 2)], gone={0}, authors=["rule"] * 8)
def test_forgetting_pages_takes_their_facts_whoever_wrote_them_and_the_others_hold_again(
    told: list[Move], gone: set[int], authors: list[Author]
) -> None:
    gone = {number for number in gone if number < len(told)}
    with tempfile.TemporaryDirectory() as folder:
        engine = build_engine(Path(folder) / "memory.db", reader=HomeReader(), clock=Clock(NOON + timedelta(days=200)))
        pages = [add(engine, move) for move in told]
        for page, move, author in zip(pages, told, authors, strict=False):
            learn(engine, page, replace(home_fact(0, move.home), author=author))
        if gone:
            forgotten = engine.store.forget_pages([pages[number].id for number in sorted(gone)])
            assert forgotten.pages == len(gone)

        kept = {page.id for number, page in enumerate(pages) if number not in gone}
        facts = engine.store.all_knowledge("user", None)
        assert {source for fact in facts for source in fact.sources} <= kept
        named = {name for fact in facts for name in (fact.superseded_by, fact.doubted_by) if name is not None}
        assert named <= {fact.id for fact in facts}
        assert [fact for fact in facts if fact.state == "doubtful" and fact.doubted_by is None] == []
        engine.updater.read()
        if set(authors[: len(told)]) <= {"rule", "model", "agent"}:
            assert texts(engine.long_term.user_knowledge()) == home_of(
                [move for number, move in enumerate(told) if number not in gone]
            )
        engine.store.close()


def learn(engine: Engine, page: Page, *facts: Fact) -> None:
    """Commit facts of a page as an analysis would."""
    engine.store.use_embedder(HashEmbedder().id, HashEmbedder().dim)
    kind: AnalysisKind = "model" if facts[0].author == "model" else "extractive"
    plan = engine.long_term.plan([page], Analysis((), facts, kind), [None] * len(facts), now=NOON)
    claim = engine.store.claim("analyse", "test", lease_seconds=30, now=NOON)
    assert claim is not None
    engine.store.commit_analysis(claim, replace(plan, pages=()), now=NOON)
    engine.store.release(claim)


# Taking back and putting right


def tell(engine: Engine, *pages_told: tuple[str, Fact | Amendment | None]) -> list[Page]:
    """Pages a day apart, each with what is read of it."""
    pages = []
    for number, (text, told) in enumerate(pages_told):
        at = NOON + timedelta(days=number)
        pages.append(engine.store.add_page(NewPage(text, "", at), timestamp=f"day {number}", now=at).page)
        statements = Statements(() if told is None else (told,))
        plan = engine.long_term.plan_statements(pages[-1:], statements, now=at)
        claim = engine.store.claim("read", "test", lease_seconds=30, now=at)
        assert claim is not None
        engine.store.commit_analysis(claim, plan, now=at)
        engine.store.release(claim)
    return pages


def test_a_typo_is_put_right_in_the_sentence_that_it_stands_in(engine: Engine) -> None:
    first, second = tell(
        engine,
        ("I'm 43 years old.", Fact("user", "I'm 43 years old.", (0,), slot="age", value="43")),
        ("Typo, I meant 34.", Amendment(0, "Typo, I meant 34.", "34")),
    )

    (fact,) = engine.long_term.user_knowledge()

    assert (fact.text, fact.slot, fact.sources) == ("I'm 34 years old.", "age", (first.id, second.id))


def test_what_is_taken_back_is_not_learned_again_from_its_page(engine: Engine) -> None:
    bern = home_fact(0, "Bern")
    first, _ = tell(engine, ("I live in Bern.", bern), ("Forget that.", Amendment(0, "Forget that.")))
    assert engine.long_term.user_knowledge() == ()

    learn(engine, first, replace(bern, author="model", text="The user has moved to Bern."))

    assert engine.long_term.user_knowledge() == ()
    assert engine.store.counts("helper").user_knowledge == 0


@pytest.mark.parametrize("at_once", [True, False])
def test_what_a_taken_back_fact_had_replaced_holds_again(engine: Engine, at_once: bool) -> None:
    told: list[Fact | Amendment] = [home_fact(0, "Bern"), home_fact(0, "Rome"), Amendment(0, "Just kidding.")]
    if at_once:
        pages = tell(engine, *((f"page {number}", None) for number in range(3)))
        statements = Statements(tuple(on_page(each, number) for number, each in enumerate(told)))
        claim = engine.store.claim("read", "test", lease_seconds=30, now=NOON)
        assert claim is not None
        engine.store.commit_analysis(claim, engine.long_term.plan_statements(pages, statements, now=NOON), now=NOON)
    else:
        tell(engine, *((f"page {number}", each) for number, each in enumerate(told)))

    assert [(fact.value, fact.state) for fact in engine.long_term.user_knowledge()] == [("bern", "current")]
    assert engine.updater.pending().embed == len(told) + 1, "the pages, and the fact that holds"


def on_page(each: Fact | Amendment, position: int) -> Fact | Amendment:
    return replace(each, page=position) if isinstance(each, Amendment) else replace(each, pages=(position,))


def test_a_page_read_again_confirms_its_facts_and_adds_none(engine: Engine) -> None:
    page, *_ = tell(engine, ("I live in Bern.", home_fact(0, "Bern")))

    learn(engine, page, replace(home_fact(0, "Bern"), author="model", text="The user lives in Bern."))

    (fact,) = engine.long_term.user_knowledge()
    assert (fact.text, fact.author, fact.slot, fact.sources) == ("The user lives in Bern.", "model", "home", (page.id,))


def test_a_plan_for_facts_that_changed_meanwhile_is_refused_and_made_anew(engine: Engine) -> None:
    page, other = tell(engine, ("soup", None), ("tea", None))
    plan = engine.long_term.plan([page], Analysis((), (home_fact(0, "Bern"),), "extractive"), [None], now=NOON)
    learn(engine, other, home_fact(0, "Basel"))
    claim = engine.store.claim("analyse", "test", lease_seconds=30, now=NOON)
    assert claim is not None

    with pytest.raises(KnowledgeChangedError):
        engine.store.commit_analysis(claim, plan, now=NOON)

    assert texts(engine.long_term.user_knowledge()) == ["I live in Basel."]


# Capacity


def test_a_thousand_later_facts_leave_the_allergy_and_the_home_in_place() -> None:
    def fact(number: int, slot: str | None, state: str = "current") -> Knowledge:
        at = NOON + timedelta(days=number)
        return Knowledge(f"K{number}", "user", f"fact {number}", "", at, (), "extractive", slot=slot, state=state)  # type: ignore[arg-type]

    slots = ("like", "habit", "possession", None)
    later = [fact(n, slots[n % 4], "ended" if n % 9 == 0 else "current") for n in range(2, 1002)]
    facts = [fact(0, "allergy"), fact(1, "home"), *later]

    left = over_capacity(facts, 100)

    stay = [each for each in facts if each not in left]
    assert [each.id for each in stay[:2]] == ["K0", "K1"]
    assert len(stay) == 100
    assert {each.state for each in stay} == {"current"}


def test_nothing_of_a_memory_that_heard_of_nothing_is_held() -> None:
    assert held_at((), NOON) == ()


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return build_engine(tmp_path / "memory.db")
