"""LoCoMo's questions: how they are read and drawn."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.answers.locomo_questions import Asked, Talk, drawn, read_talks
from benchmarks.common.conversations import Exchange

PAGE = {"id": "s/0", "session": "s", "user_input": "Hi", "agent_response": "Hello", "timestamp": "2026-01-05 20:12:37"}


def asked(number: int, category: str) -> Asked:
    return Asked(f"{category}{number}", f"{number}?", category, "yes", "yes", "")


def written(folder: Path, **conversation: object) -> Path:
    file = folder / "locomo.jsonl"
    file.write_text(json.dumps({"id": "c", "pages": [PAGE], "questions": [], **conversation}) + "\n", encoding="utf-8")
    return file


def test_answers_are_read_as_they_were_and_as_an_audit_corrected_them(tmp_path: Path) -> None:
    base = {"evidence": ["s/0"], "asked_after": None}
    questions = [
        {**base, "id": "q0", "question": "When?", "category": "temporal", "answer": 2022},
        {**base, "id": "q1", "question": "Who?", "category": "single-hop", "answer": "Ann", "audit_answer": "Bea"},
        {**base, "id": "q2", "question": "Why?", "category": "adversarial", "answer": "", "trap_answer": "for fun"},
    ]
    assert read_talks(written(tmp_path, speakers=["Ann", "Bea"], questions=questions)) == (
        Talk(
            "c",
            ("Ann", "Bea"),
            (Exchange("s/0", "Hi", "Hello", "2026-01-05 20:12:37"),),
            (
                Asked("q0", "When?", "temporal", "2022", "2022", ""),
                Asked("q1", "Who?", "single-hop", "Ann", "Bea", ""),
                Asked("q2", "Why?", "adversarial", "", "", "for fun"),
            ),
        ),
    )


def test_a_conversation_without_two_speakers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="conversation c: two speakers and a list of questions are needed"):
        read_talks(written(tmp_path, speakers=["Ann"]))


def test_every_head_of_a_draw_holds_each_category_in_its_share() -> None:
    questions = [asked(n, "single-hop") for n in range(60)] + [asked(n, "temporal") for n in range(30)]
    order = drawn(questions, seed=7)
    assert Counter(question.category for question in order[:30]) == {"single-hop": 20, "temporal": 10}
    assert sorted(question.id for question in order) == sorted(question.id for question in questions)


def test_a_draw_is_the_same_for_the_same_seed_only() -> None:
    questions = [asked(number, "single-hop") for number in range(20)]
    assert drawn(questions, seed=7) == drawn(questions[:], seed=7)
    assert drawn(questions, seed=7) != drawn(questions, seed=8)


def test_questions_without_an_answer_are_drawn_apart() -> None:
    questions = tuple(asked(n, "temporal") for n in range(3)) + tuple(asked(n, "adversarial") for n in range(3))
    talk = Talk("c", ("Ann", "Bea"), (), questions)
    assert [question.category for question in talk.draw(2, 1, seed=7)] == ["temporal", "temporal", "adversarial"]
    assert [question.category for question in talk.draw(None, 0, seed=7)] == ["temporal"] * 3


def test_the_right_choice_stands_first_for_some_questions_and_second_for_others() -> None:
    questions = [Asked(f"q{number}", "?", "adversarial", "", "", "for fun") for number in range(40)]
    firsts = Counter(question.choices(seed=7)[0] for question in questions)
    assert firsts.keys() == {"for fun", "Not mentioned in the conversation"}
    assert all(set(question.choices(seed=7)) == firsts.keys() for question in questions)
