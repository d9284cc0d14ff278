"""What a sentence does to facts that are known, also one that says too little by itself."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from memoryos.analyst.statements import (
    Statement,
    StatementJudge,
    correction_of,
    readings,
    sentences_worth_judging,
    update_of,
    updates_of,
)
from memoryos.analyst.statements.judge import Verdict
from memoryos.analyst.statements.statement import statement_of
from memoryos.analyst.statements.subjects import subject_of
from memoryos.embedding.onnx_minilm import OnnxMiniLM

if TYPE_CHECKING:
    from memoryos.analyst.statements import Reading
    from memoryos.analyst.statements.judge import State

MARCH = datetime(2026, 3, 1, 9, tzinfo=timezone.utc)
LATER = MARCH + timedelta(days=21)


@pytest.fixture(scope="module")
def embedder() -> OnnxMiniLM:
    return OnnxMiniLM()


@pytest.fixture(scope="module")
def judge() -> StatementJudge:
    return StatementJudge.load()


def said(text: str, slot: str | None, state: State = "holds", at: datetime = MARCH) -> Statement:
    return statement_of(text, Verdict("lasting", 0.99, slot, state, subject_of(text, slot)), at)


def read(judge: StatementJudge, embedder: OnnxMiniLM, text: str) -> list[Reading]:
    own = sentences_worth_judging(text)
    return readings(judge, own, embedder.embed([part for sentence in own for part in sentence.parts]))


@pytest.mark.parametrize(
    ("slot", "old", "new", "effects"),
    [
        ("home", "I live in Norwich.", "we've moved to Falmouth", {"replaces"}),
        ("pet", "I have a dog named Rex.", "Rex died", {"ends"}),
        ("relationship", "I'm dating a guy called Marco.", "Marco and I broke up", {"ends"}),
        ("plan", "My flight to Oslo is on Monday.", "the flight moved to Tuesday", {"replaces"}),
        ("car", "I drive a Toyota Corolla.", "sold the Corolla", {"ends", "replaces"}),
        ("home", "我住在北京。", "搬到上海了", {"replaces"}),
    ],
)
def test_what_people_say_in_passing_changes_what_is_known(
    judge: StatementJudge, embedder: OnnxMiniLM, slot: str, old: str, new: str, effects: set[str]
) -> None:
    (reading,) = read(judge, embedder, new)
    found = updates_of(reading, [said("I'm left-handed.", "trait"), said(old, slot)], LATER)
    assert [update.at for update in found] == [1]
    assert {update.effect for update in found} <= effects


@pytest.mark.parametrize(
    ("slot", "old", "new"),
    [
        ("pet", "I have a dog named Rex.", "we also have a cat, Luna"),
        ("language", "I speak Spanish.", "I'm learning Korean"),
        ("home", "I live in Leeds.", "my sister just moved to Bath"),
        ("home", "I live in Oslo.", "I'm going to Rome in May"),
        ("home", "I live in Oslo.", "the file moved to /tmp"),
        ("pet", "I have a dog named Rex.", "my character died"),
    ],
)
def test_what_only_looks_like_a_change_leaves_the_known_alone(
    judge: StatementJudge, embedder: OnnxMiniLM, slot: str, old: str, new: str
) -> None:
    (reading,) = read(judge, embedder, new)
    assert updates_of(reading, [said(old, slot)], LATER) == ()


def test_a_sentence_not_worth_a_fact_counts_where_a_known_name_is_in_it() -> None:
    verdict = Verdict("neither", 0.3, None, "holds", "user", ("pet",), "ended", 0.9)
    rex, luna = said("I have a dog named Rex.", "pet"), said("My cat is called Luna.", "pet")
    update = update_of("rex is gone", verdict, [luna, rex], LATER)
    assert update is not None
    assert (update.effect, update.at) == ("ends", 1)


def test_a_sentence_that_tells_of_no_change_is_not_held_against_the_known() -> None:
    verdict = Verdict("neither", 0.3, None, "holds", "user", ("pet",), "holds", 0.1)
    assert update_of("rex is asleep", verdict, [said("I have a dog named Rex.", "pet")], LATER) is None


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("typo, I meant 34", "I'm 34 years old."),
        ("Sorry, I meant 34.", "I'm 34 years old."),
        ("no, not 43 but 34", "I'm 34 years old."),
        ("打错了，是34", "I'm 34 years old."),
    ],
)
def test_a_slip_is_put_right_in_what_was_just_said(sentence: str, text: str) -> None:
    update = correction_of(sentence, [said("I live in Rome.", "home"), said("I'm 43 years old.", "age")], LATER)
    assert update is not None
    assert (update.effect, update.at, update.text, update.statement.value) == ("replaces", 1, text, "34")


@pytest.mark.parametrize("sentence", ["that's wrong", "Forget what I said.", "Actually it's not mine.", "忘了吧"])
def test_what_is_taken_back_is_the_last_that_was_said(sentence: str) -> None:
    update = correction_of(sentence, [said("I live in Rome.", "home"), said("I have a boat.", "possession")], LATER)
    assert update is not None
    assert (update.effect, update.at) == ("ends", 1)


def test_what_is_taken_back_by_its_name_is_that() -> None:
    known = [said("I have a boat in Genoa.", "possession"), said("I'm 43.", "age")]
    update = correction_of("forget what I said about Genoa", known, LATER)
    assert update is not None
    assert (update.effect, update.at) == ("ends", 0)


@pytest.mark.parametrize(
    "sentence", ["I meant the second function", "Sorry, I meant line 7.", "no, not the first but the second", "Thanks!"]
)
def test_a_slip_about_something_else_corrects_nothing(sentence: str) -> None:
    assert correction_of(sentence, [said("I live in Rome.", "home")], LATER) is None


def test_nothing_was_said_so_nothing_is_corrected() -> None:
    assert correction_of("typo, I meant 34", [], LATER) is None
