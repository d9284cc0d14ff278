"""What of a person a question asks for, with the weights of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memoryos.analyst.statements import JudgeWeightsError, QuestionJudge, Sought

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def judge() -> QuestionJudge:
    return QuestionJudge.load()


@pytest.mark.parametrize(
    ("question", "slot"),
    [
        ("Where do I live now?", "home"),
        ("where do i live", "home"),
        ("user location", "home"),
        ("Am I allergic to anything?", "allergy"),
        ("What is my cat called?", "pet"),
        ("dietary restrictions", "diet"),
        ("Wo wohne ich?", "home"),
        ("Wie heißt meine Katze?", "pet"),
        ("¿Dónde vivo?", "home"),
        ("Où est-ce que j'habite ?", "home"),
        ("我住在哪里？", "home"),
        ("私はどこに住んでいますか", "home"),
        ("What do you know about me?", "profile"),
        ("Was weißt du über mich?", "profile"),
    ],
)
def test_what_a_question_asks_for_is_told_in_many_words_and_languages(
    judge: QuestionJudge, question: str, slot: str
) -> None:
    assert judge.sought(question) == Sought(slot, "user")


@pytest.mark.parametrize(
    ("question", "sought"),
    [
        ("Where does my sister live?", Sought("home", "sister")),
        ("Wo wohnt mein Bruder?", Sought("home", "brother")),
        ("我姐姐住在哪里？", Sought("home", "sister")),
        ("What are my children called?", Sought("children", "user")),
    ],
)
def test_whose_it_is_is_told(judge: QuestionJudge, question: str, sought: Sought) -> None:
    assert judge.sought(question) == sought


@pytest.mark.parametrize(
    "question",
    [
        "",
        "  ",
        "What is the capital of France?",
        "When is Mila's birthday?",
        "What did we decide about the database?",
        "How do I sort a list in Python?",
        "what is the server's address",
        "What did I buy in Rome?",
        "Which school do Melanie's children go to?",
        "What medication does Melanie take?",
        "In welcher Stadt wohnt Melanie?",
        "Wie sortiere ich eine Liste?",
        "Where do I live? " + "Tell me more of it. " * 10,
    ],
)
def test_what_asks_for_nothing_of_a_person_is_left(judge: QuestionJudge, question: str) -> None:
    assert judge.sought(question) is None


def test_other_weights_are_refused_and_missing_ones_named(tmp_path: Path) -> None:
    file = tmp_path / "questions.npz"
    with pytest.raises(JudgeWeightsError, match="cannot be read"):
        QuestionJudge.load(file)
    file.write_bytes(b"not these")
    with pytest.raises(JudgeWeightsError, match="SHA-256"):
        QuestionJudge.load(file)
