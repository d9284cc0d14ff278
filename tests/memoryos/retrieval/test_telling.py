"""Questions that were asked before do not stand above what answers them."""

from __future__ import annotations

import pytest
from engine import Engine, OpenEngine
from hash_embedder import HashEmbedder
from ready_retriever import NOW, ranked, ready_retriever

from memoryos.retrieval.telling import forms_shared

QUESTION = "Where is the red kettle?"
ANSWER = "The kettle stands in the cellar"


def found(engine: Engine, query: str) -> list[str]:
    """The user sides of what a query finds, best first."""
    engine.finish()
    retriever = ready_retriever(engine.store, HashEmbedder())
    vector = retriever.embed(retriever.read(query))
    return [each.page.user_input for each in ranked(retriever, query, vector)]


def filled(open_engine: OpenEngine) -> Engine:
    engine = open_engine()
    for text in (ANSWER, "We went skiing", "A cat sat on the stove", "Tea is ready"):
        engine.add(text)
        engine.clock.advance(7_200)
    return engine


@pytest.mark.parametrize("times", [1, 8])
@pytest.mark.parametrize("reply", ["", "I don't know that yet.", "Sorry, I have no information about it."])
def test_a_question_that_found_no_answer_stands_behind_all(open_engine: OpenEngine, times: int, reply: str) -> None:
    engine = filled(open_engine)
    for _ in range(times):
        engine.add(QUESTION, agent_response=reply)
        engine.clock.advance(7_200)

    texts = found(engine, QUESTION)

    assert texts[0] == ANSWER
    assert set(texts[4:]) == {QUESTION}


def test_of_the_same_answers_to_a_question_one_counts(open_engine: OpenEngine) -> None:
    engine = filled(open_engine)
    for _ in range(3):
        engine.add(QUESTION, agent_response="It is in the red box.")
        engine.clock.advance(7_200)

    assert found(engine, QUESTION)[:3].count(QUESTION) == 1


def test_a_question_that_was_answered_well_is_found_by_its_answer(open_engine: OpenEngine) -> None:
    engine = filled(open_engine)
    engine.add("What is the code of the gate?", agent_response="The code of the gate is 4711.")

    assert found(engine, "What is the code of the gate?")[0] == "What is the code of the gate?"


def test_an_answer_that_was_corrected_tells_nothing(open_engine: OpenEngine) -> None:
    engine = filled(open_engine)
    engine.add("Who painted the fence?", agent_response="Uncle Olaf painted the fence.")
    engine.add("No, that's wrong, it was aunt Edda.", agent_response="Noted.")

    texts = found(engine, "Who painted the fence?")

    assert (texts[0], texts[-1]) == ("No, that's wrong, it was aunt Edda.", "Who painted the fence?")


@pytest.mark.parametrize(
    ("asked", "told", "share"),
    [
        ("Львів?", "Я живу у Львові з двома котами.", 1.0),
        ("Львів?", "Мій собака боїться грози.", 0.0),
        ("Львів, кіт", "Я живу у Львові.", 0.5),
        ("?", "Я живу у Львові.", 0.0),
    ],
)
def test_words_that_begin_alike_are_forms_of_one(asked: str, told: str, share: float) -> None:
    assert forms_shared(asked, told) == share


def test_a_page_that_came_with_the_one_before_is_judged_all_the_same(open_engine: OpenEngine) -> None:
    engine = open_engine()
    engine.add("Where did I park the car?", agent_response="On level three.")
    engine.add("Where is the car parked?", agent_response="I don't know.")
    engine.finish()
    retriever = ready_retriever(engine.store, HashEmbedder())
    query = retriever.read("Where is the car?")
    told = []
    for rounds in ([[0, 1]], [[0], [0, 1]]):
        telling = retriever._view(query, None, retriever.find(query, NOW), 10).telling
        for rows in rounds:
            telling.read(rows)
        told.append(telling.told.tolist())
    assert told[0] == told[1]
    assert told[0][1] == 0.0
