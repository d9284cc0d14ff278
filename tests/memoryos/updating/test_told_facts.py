"""Facts that an agent tells with a page: queued with it, checked in the background, kept as the agent's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine import Engine, OpenEngine
from hash_embedder import HashEmbedder

from memoryos import arguments
from memoryos.errors import InvalidArgumentError
from memoryos.models import Fact, Knowledge, NewPage, Page, Statements, ToldFact
from memoryos.storage.plans import AnalysisPlan, NewKnowledge


class ForbiddenEmbedder(HashEmbedder):
    """Must not be asked: telling a fact, and checking it, costs no embedding."""

    def embed(self, texts: object) -> None:  # type: ignore[override]
        raise AssertionError("embedded")


@pytest.fixture
def engine(open_engine: OpenEngine) -> Engine:
    return open_engine(embedder=ForbiddenEmbedder())


def told(engine: Engine, said: str, *facts: ToldFact | str, answer: str = "") -> Page:
    """The page that an agent adds with these facts."""
    engine.clock.advance(60)
    queued = tuple(fact if isinstance(fact, ToldFact) else ToldFact(fact) for fact in facts)
    page = NewPage(said, answer, engine.clock(), facts=queued)
    return engine.store.add_page(page, timestamp="2026-03-01 12:00:00", now=engine.clock()).page


def known(engine: Engine) -> list[tuple[str, str, str, bool]]:
    """All facts about the user: text, author, state, and whether another one took its place."""
    return [
        (fact.text, fact.author, fact.state, fact.superseded_by is not None)
        for fact in engine.store.all_knowledge("user", None)
    ]


def known_id(engine: Engine, text: str) -> str:
    return next(fact.id for fact in engine.store.all_knowledge("user", None) if fact.text == text)


def test_a_told_fact_is_kept_with_its_page_as_the_agents(engine: Engine) -> None:
    page = told(engine, "My son Leo is 7", "The user's son Leo is 7.")
    assert known(engine) == []
    assert engine.updater.pending().read == 1

    assert engine.updater.read()

    (fact,) = engine.store.knowledge("user", None)
    expected = Knowledge(
        id=fact.id,
        owner="user",
        text="The user's son Leo is 7.",
        timestamp="2026-03-01 12:00:00",
        happened_at=page.happened_at,
        sources=(page.id,),
        analysis="model",
        author="agent",
        learned_at=page.added_at,
    )
    assert replace(fact, subject=None, slot=None, value=None) == expected
    assert not engine.updater.read()
    assert engine.updater.pending().read == 0


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        ("The user's son Leo is 9.", "number"),
        ("The user's son Max is 7.", "name"),
        ("The user's son Leo is not 7.", "negation"),
        ("...", "empty"),
    ],
)
def test_what_the_page_contradicts_is_counted_and_not_kept(engine: Engine, fact: str, reason: str) -> None:
    told(engine, "My son Leo is 7", fact, "The user's son Leo is 7.")

    engine.updater.read()

    assert known(engine) == [("The user's son Leo is 7.", "agent", "current", False)]
    assert engine.store.refused_facts() == {reason: 1}


def test_a_fact_is_measured_against_its_own_page_only(engine: Engine) -> None:
    told(engine, "My son Leo is 7")
    told(engine, "I have a cat", "The user's son Leo is 7.")

    engine.updater.read()

    assert known(engine) == []


def test_a_fact_replaces_the_one_it_names_by_the_end_of_its_id(engine: Engine) -> None:
    told(engine, "I live in Bern", "The user lives in Bern.")
    engine.updater.read()
    bern = known_id(engine, "The user lives in Bern.")
    told(engine, "I live in Rome now", ToldFact("The user lives in Rome.", bern[-8:]))
    engine.updater.read()

    assert known(engine) == [
        ("The user lives in Bern.", "agent", "current", True),
        ("The user lives in Rome.", "agent", "current", False),
    ]


def test_a_replacement_can_be_undone_once(engine: Engine) -> None:
    told(engine, "I play chess", "The user plays chess.")
    engine.updater.read()
    chess = known_id(engine, "The user plays chess.")
    told(engine, "I play the cello", ToldFact("The user plays the cello.", chess))
    engine.updater.read()

    undone = [engine.store.undo_replacement(chess, None) for _ in range(2)]
    assert undone == [True, False]
    assert [fact.text for fact in engine.long_term.user_knowledge()] == [
        "The user plays chess.",
        "The user plays the cello.",
    ]


def test_an_id_of_nothing_replaces_nothing(engine: Engine) -> None:
    told(engine, "I live in Rome", ToldFact("The user lives in Rome.", "0000000000"))

    engine.updater.read()

    assert known(engine) == [("The user lives in Rome.", "agent", "current", False)]


def test_an_agent_does_not_replace_what_a_person_said_to_be_so(engine: Engine) -> None:
    page = told(engine, "I live in Bern", "The user lives in Bern.")
    engine.updater.read()
    (bern,) = engine.store.knowledge("user", None)
    by_hand = replace(bern, id="01" * 13, text="I live in Bern, whatever they say.", author="person")
    claim = engine.store.claim("read", "person", lease_seconds=9, now=engine.clock())
    assert claim is not None
    plan = AnalysisPlan((), (), (NewKnowledge(by_hand, (page.seq,), embedded=False),), {}, {}, (bern.id,))
    engine.store.commit_analysis(claim, plan, now=engine.clock())
    engine.store.release(claim)

    told(engine, "I live in Rome now", ToldFact("The user lives in Rome.", by_hand.id))
    engine.updater.read()

    assert [(fact.text, fact.state) for fact in engine.store.knowledge("user", None)] == [
        ("I live in Bern, whatever they say.", "current"),
        ("The user lives in Rome.", "doubtful"),
    ]


def test_a_retry_queues_nothing_twice_and_a_forgotten_page_takes_its_facts_along(engine: Engine) -> None:
    first = told(engine, "My son Leo is 7", "The user's son Leo is 7.")
    again = told(engine, "My son Leo is 7", "The user's son Leo is 7.")
    assert (first.id, engine.store.told_count()) == (again.id, 1)

    engine.store.forget_pages([first.id])

    assert engine.store.told_count() == 0


def test_two_workers_do_not_take_the_same_facts(open_engine: OpenEngine) -> None:
    one = open_engine(holder="one")
    other = open_engine(holder="other", clock=one.clock)
    told(one, "My son Leo is 7", "The user's son Leo is 7.")
    claim = other.store.claim("read", "other", lease_seconds=9, now=other.clock())

    assert claim is not None
    assert not one.updater.read()
    assert known(one) == []
    other.store.release(claim)
    assert one.updater.read()


class SentenceReader:
    """Keeps every sentence of the user's side as it is, and calls all that is told a matter of the family."""

    def read(self, pages: list[Page], most: int) -> tuple[Statements, int]:
        return Statements(tuple(Fact("user", page.user_input, (at,)) for at, page in enumerate(pages))), len(pages)

    def described(self, facts: tuple[Fact, ...], pages: list[Page]) -> tuple[Fact, ...]:
        return tuple(replace(fact, slot="family") for fact in facts)

    def meanings(self, texts: list[str]) -> list[None]:
        return [None] * len(texts)


def test_what_the_user_said_is_read_first_and_put_into_the_agents_words(open_engine: OpenEngine) -> None:
    engine = open_engine(reader=SentenceReader())
    page = told(engine, "my son Leo is 7", "The user's son Leo is 7.")

    assert [engine.updater.read(), engine.updater.read(), engine.updater.read()] == [True, True, False]

    (fact,) = engine.store.knowledge("user", None)
    assert (fact.text, fact.author, fact.slot, fact.sources) == (
        "The user's son Leo is 7.",
        "agent",
        "family",
        (page.id,),
    )


# Arguments


def test_facts_are_read_as_sentences_each_once() -> None:
    given = ["The user lives  in\nBern.", "The user lives in Bern.", "replaces 01k9abcdef: He is 7."]
    assert arguments.facts(given) == (
        ToldFact("The user lives in Bern."),
        ToldFact("He is 7.", "01K9ABCDEF"),
    )


@pytest.mark.parametrize(
    ("facts", "got"),
    [
        ("The user lives in Bern.", "a str"),
        ([1], "a list"),
        (["x"] * 21, "21 facts"),
        (["x" * 301], "a fact of 301 characters"),
        ([" "], "a fact of 0 characters"),
        (["replaces 01K9ABCDEF:"], "a fact of 0 characters"),
    ],
)
def test_what_are_no_facts_is_refused_by_name(facts: list[str], got: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        arguments.facts(facts)
    assert str(caught.value) == (
        f'facts: got {got}; accepted: at most 20 sentences of at most 300 characters, such as "The user lives in Bern."'
    )
