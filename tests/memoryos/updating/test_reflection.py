"""An agent in the place of the model: what it is handed, what it may give back, and who else is kept from the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from engine import Engine, OpenEngine

from memoryos.errors import InvalidArgumentError, KnowledgeChangedError, ModelReplyError
from memoryos.models import Trait
from memoryos.updating.reflection import LEASE_SECONDS, MAX_REFLECTION, Batch, Reflected, Reflection
from memoryos.updating.updater import AGENT_BATCHES, AGENT_SECONDS

SAID = ("I live in Bern", "I have a cat called Miez", "I climb every Sunday", "What is the weather?")
HELD_NO_MORE = (
    "token: got one whose batch is held no more: it was committed, or its time ran out and another took it; accepted: "
    "the token of a batch that is held; call reflect for another"
)


@pytest.fixture
def engine(open_engine: OpenEngine) -> Engine:
    """An engine with three pages to read, and one that is still in short-term memory."""
    engine = open_engine()
    engine.updater.agent_seconds = AGENT_SECONDS
    fill(engine)
    return engine


def fill(engine: Engine) -> None:
    engine.add(*SAID)
    while engine.updater.embed():
        pass


def handed(engine: Engine) -> Batch:
    batch = Reflection(engine.updater).hand_out()
    assert batch is not None
    return batch


def answer(batch: Batch, **parts: object) -> dict[str, Any]:
    """What an agent makes of a batch of `SAID`."""
    return {
        "continues": False,
        "talks": [{"first_page": 1, "summary": "The user lives in Bern, has a cat and climbs."}],
        "topics": [
            {"theme": "Bern", "keywords": ["Bern"], "summary": "The user lives in Bern.", "pages": [1]},
            {"theme": "free time", "keywords": ["cat"], "summary": "A cat called Miez; they climb.", "pages": [2, 3]},
        ],
        "facts": [
            {"about": "user", "fact": "The user lives in Bern.", "pages": [1], "replaces": ""},
            {"about": "user", "fact": "The user has 3 cats.", "pages": [2], "replaces": ""},
        ],
        "traits": [{"dimension": "Sports", "level": "High", "evidence": "climbs every Sunday", "page": 3}],
    } | parts


def given_back(engine: Engine, batch: Batch, **parts: object) -> Reflected:
    return Reflection(engine.updater).commit(batch.token, json.dumps(answer(batch, **parts)))


def stored(engine: Engine) -> list[object]:
    """All that a reflection can change."""
    facts = engine.store.all_knowledge("user", None)
    return [
        [(segment.theme, segment.pages, segment.analysis) for segment in engine.store.segments()],
        [(fact.text, fact.author, fact.analysis, fact.superseded_by is not None) for fact in facts],
        engine.store.traits(),
        engine.store.refused_facts(),
        engine.store.fresh_count(),
        engine.short_term.waiting_count(),
    ]


NOTHING: list[object] = [[], [], (), {}, 0, 3]


def test_an_agent_is_handed_the_pages_that_wait_with_what_is_known(engine: Engine) -> None:
    batch = handed(engine)

    assert [page.user_input for page in batch.pages] == list(SAID[:3])
    assert (batch.before, batch.known, batch.traits, batch.left) == (None, (), (), 0)
    assert (batch.expires_at - engine.clock()).total_seconds() == LEASE_SECONDS
    assert stored(engine) == NOTHING


def test_what_it_makes_of_them_is_kept_as_the_agents_and_what_they_do_not_bear_out_is_counted(engine: Engine) -> None:
    batch = handed(engine)

    assert given_back(engine, batch) == Reflected(pages=3, topics=2, facts=1, traits=1, refused=("number",), left=0)

    climbs = batch.pages[2]
    assert stored(engine) == [
        [("Bern", 1, "model"), ("free time", 2, "model")],
        [("The user lives in Bern.", "agent", "model", False)],
        (Trait("Sports", "High", "climbs every Sunday", climbs.happened_at, climbs.timestamp),),
        {"number": 1},
        0,
        0,
    ]
    assert engine.store.segments_not_analysed() == {}
    assert [segment.l_interaction for segment in engine.store.segments()] == [0, 0]
    assert not engine.updater.analyse(whatever_heat=True)
    assert Reflection(engine.updater).hand_out() is None


def test_a_fact_replaces_the_known_one_whose_id_it_names(engine: Engine) -> None:
    given_back(engine, handed(engine))
    engine.clock.advance(3_600)
    engine.add("I live in Rome now", "Goodbye")
    while engine.updater.embed():
        pass

    batch = handed(engine)
    (bern,) = batch.known
    rome = {"about": "user", "fact": "The user lives in Rome.", "pages": [2], "replaces": bern.id}
    talk = {"first_page": 1, "summary": "They live in Rome now."}
    topic = {"theme": "Rome", "keywords": ["Rome"], "summary": "They live in Rome now.", "pages": [1, 2]}
    given_back(engine, batch, talks=[talk], topics=[topic], facts=[rome], traits=[])

    assert batch.before is not None
    assert batch.before.meta_info == "The user lives in Bern, has a cat and climbs."
    assert stored(engine)[1] == [
        ("The user lives in Bern.", "agent", "model", True),
        ("The user lives in Rome.", "agent", "model", False),
    ]


@pytest.mark.parametrize(
    ("reflection", "problem"),
    [
        ("", "the answer is empty"),
        ("I read them all.", "the answer holds no whole JSON object with anything in it"),
        ({"talks": []}, "talks: List should have at least 1 item"),
        ({"topics": [{"summary": "The user lives in Bern.", "pages": [9]}]}, "topics: only 0 of 3 pages belong to one"),
        ({"talks": [{"first_page": 1, "summary": "..."}]}, "talks.0.summary: "),
        ({"facts": "none"}, "facts: Input should be a valid list"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_stored_and_the_batch_is_still_held(
    engine: Engine, reflection: str | dict[str, object], problem: str
) -> None:
    batch = handed(engine)
    text = reflection if isinstance(reflection, str) else json.dumps(answer(batch, **reflection))

    with pytest.raises(ModelReplyError) as caught:
        Reflection(engine.updater).commit(batch.token, text)

    assert problem in str(caught.value)
    assert stored(engine) == NOTHING
    assert given_back(engine, batch).topics == 2


def test_facts_and_traits_may_be_left_out(engine: Engine) -> None:
    batch = handed(engine)
    whole = answer(batch)
    part = {name: whole[name] for name in ("talks", "topics")}

    kept = Reflection(engine.updater).commit(batch.token, json.dumps(part))

    assert kept == Reflected(pages=3, topics=2, facts=0, traits=0, refused=(), left=0)


# Who else


def test_two_agents_are_never_handed_the_same_pages(open_engine: OpenEngine, engine: Engine) -> None:
    other = open_engine(holder="two", clock=engine.clock)
    batch = handed(engine)

    assert Reflection(other.updater).hand_out() is None
    assert Reflection(engine.updater).hand_out() is None
    assert not other.updater.consolidate(now_due=True)

    given_back(engine, batch)
    assert other.store.segments() == engine.store.segments()


def test_a_batch_of_another_process_can_be_given_back_here(open_engine: OpenEngine, engine: Engine) -> None:
    batch = handed(open_engine(holder="two", clock=engine.clock))

    assert given_back(engine, batch).topics == 2


def test_whoever_was_too_slow_is_told_so_and_changes_nothing(engine: Engine) -> None:
    slow = handed(engine)
    engine.clock.advance(LEASE_SECONDS)
    quick = handed(engine)

    with pytest.raises(InvalidArgumentError) as caught:
        given_back(engine, slow)

    assert str(caught.value) == HELD_NO_MORE
    assert stored(engine) == NOTHING
    assert given_back(engine, quick).topics == 2


def test_a_slow_agent_whose_batch_nobody_took_is_heard(engine: Engine) -> None:
    batch = handed(engine)
    engine.clock.advance(10 * LEASE_SECONDS)

    assert given_back(engine, batch).topics == 2


def test_a_batch_is_committed_once(engine: Engine) -> None:
    batch = handed(engine)
    given_back(engine, batch)
    after = stored(engine)

    with pytest.raises(InvalidArgumentError, match="held no more"):
        given_back(engine, batch)

    assert stored(engine) == after


def test_a_batch_of_which_a_page_was_forgotten_is_held_no_more(engine: Engine) -> None:
    batch = handed(engine)
    engine.store.forget_pages([batch.pages[1].id])

    with pytest.raises(InvalidArgumentError, match="held no more"):
        given_back(engine, batch)

    assert engine.store.segments() == ()


@pytest.mark.parametrize("token", ["", "R-1", "R-01K9ABCDEFGHJKMNPQRSTVWXYZ-3", "x" * 9_999])
def test_what_is_no_token_is_refused_and_not_repeated(engine: Engine, token: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        Reflection(engine.updater).commit(token, "{}")
    assert str(caught.value) == "token: got what is none; accepted: the token of a batch that reflect handed out"


def test_an_endless_reflection_is_refused(engine: Engine) -> None:
    batch = handed(engine)
    with pytest.raises(InvalidArgumentError, match="reflection: got 100001 characters; accepted: at most 100000"):
        Reflection(engine.updater).commit(batch.token, "x" * (MAX_REFLECTION + 1))


def test_facts_that_change_meanwhile_are_planned_for_anew(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = handed(engine)
    commit, refusals = engine.store.commit_reflection, [KnowledgeChangedError("meanwhile")] * 2

    def commit_later(*arguments: Any, **keywords: Any) -> None:
        if refusals:
            raise refusals.pop()
        commit(*arguments, **keywords)

    monkeypatch.setattr(engine.store, "commit_reflection", commit_later)

    assert given_back(engine, batch).facts == 1


# Pages are left to the agent, and not for ever


def test_the_background_leaves_pages_to_the_agent_until_the_talk_has_rested_for_a_day(engine: Engine) -> None:
    engine.clock.advance(AGENT_SECONDS - 1)
    assert not engine.updater.consolidation_due()
    engine.clock.advance(1)
    assert engine.updater.consolidation_due()


def test_whoever_waits_for_the_work_has_it_done_without_the_agent(engine: Engine) -> None:
    with engine.updater.waiters:
        assert engine.updater.consolidation_due()


def test_what_comes_together_unread_is_grouped_without_the_agent(open_engine: OpenEngine) -> None:
    engine = open_engine(consolidation_batch=1)
    engine.updater.agent_seconds = AGENT_SECONDS
    engine.add(*(f"page {number}" for number in range(AGENT_BATCHES)))
    while engine.updater.embed():
        pass
    assert not engine.updater.consolidation_due()

    engine.add("one more")
    assert engine.updater.consolidation_due()


def test_pages_that_are_not_embedded_yet_are_not_handed_out(open_engine: OpenEngine) -> None:
    engine = open_engine()
    engine.add(*SAID)

    assert Reflection(engine.updater).hand_out() is None
