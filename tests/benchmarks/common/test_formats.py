"""Conversations in the forms in which LongMemEval and REALTALK are published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.common.conversations import Conversation, Exchange, Question, parsed
from benchmarks.common.formats import by_session, read

KITTENS: dict[str, Any] = {
    "question_id": "e47becba",
    "question_type": "single-session-user",
    "question": "What did I call the kitten I got last week?",
    "answer": "Pepper",
    "question_date": "2023/05/30 (Tue) 23:40",
    "haystack_session_ids": ["answer_1", "sharegpt_7", "sharegpt_7"],
    "haystack_dates": ["2023/05/25 (Thu) 10:05", "2023/05/20 (Sat) 02:21", "2023/05/20 (Sat) 02:21"],
    "haystack_sessions": [
        [
            {"role": "user", "content": "Do kittens sleep a lot?", "has_answer": False},
            {"role": "assistant", "content": "Most of the day.", "has_answer": False},
            {"role": "user", "content": "Then Pepper is well.", "has_answer": True},
            {"role": "assistant", "content": "What a name!", "has_answer": False},
        ],
        [{"role": "assistant", "content": "Go on."}, {"role": "user", "content": "Write a haiku."}],
        [{"role": "user", "content": "Write a sonnet."}],
    ],
    "answer_session_ids": ["answer_1"],
}

DOGS = {**KITTENS, "question_id": "0862e8bf_abs", "question": "What did I call my dog?"}

CHAT: dict[str, Any] = {
    "name": {"speaker_1": "Emi", "speaker_2": "Elise"},
    "session_1": [
        {"clean_text": "Hey!", "speaker": "Emi", "date_time": "29.12.2023, 22:42:04", "dia_id": "D1:1"},
        {"clean_text": "How was the run?", "speaker": "Emi", "date_time": "29.12.2023, 22:42:30", "dia_id": "D1:2"},
        {
            "clean_text": "Cold.",
            "speaker": "Elise",
            "date_time": "29.12.2023, 22:50:00",
            "dia_id": "D1:3",
            "blip_caption": "a snowy path",
        },
    ],
    "events_session_1": {"agent_a": []},
    "session_1_date_time": "29.12.2023, 22:42:04",
    "session_10": [{"text": "Bye", "speaker": "Elise", "date_time": "05.01.2024, 08:00:00", "dia_id": "D10:1"}],
    "session_10_date_time": "05.01.2024, 08:00:00",
    "session_2": [{"clean_text": "I'm ill", "speaker": "Emi", "date_time": "31.12.2023, 09:00:00", "dia_id": "D2:1"}],
    "session_2_date_time": "31.12.2023, 09:00:00",
    "qa": [
        {"question": "When did Elise run?", "answer": "29 December", "evidence": ["D1:3; D2:1"], "category": 2},
        {"question": "Is Emi ill?", "answer": "yes", "evidence": ["D1:1", "D1:2"], "category": 3},
        {"question": "Who is Bob?", "answer": "", "evidence": ["D9:9"], "category": 1},
    ],
}


def write(folder: Path, name: str, data: object) -> Path:
    file = folder / name
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def test_a_longmemeval_question_is_asked_of_its_own_history_in_order_of_time(tmp_path: Path) -> None:
    file = write(tmp_path, "longmemeval_s.json", [KITTENS])
    (talk,) = read(file, "longmemeval", "page")
    assert talk == Conversation(
        id="e47becba",
        pages=(
            Exchange("0-sharegpt_7/0", "", "Go on.", "2023-05-20 02:21:00"),
            Exchange("0-sharegpt_7/1", "Write a haiku.", "", "2023-05-20 02:21:00"),
            Exchange("1-sharegpt_7/0", "Write a sonnet.", "", "2023-05-20 02:21:00"),
            Exchange("2-answer_1/0", "Do kittens sleep a lot?", "Most of the day.", "2023-05-25 10:05:00"),
            Exchange("2-answer_1/1", "Then Pepper is well.", "What a name!", "2023-05-25 10:05:00"),
        ),
        questions=(
            Question(
                "e47becba",
                "What did I call the kitten I got last week?",
                "single-session-user",
                ("2-answer_1/1",),
                asked_after=5,
                asked_at="2023-05-30 23:40:00",
            ),
        ),
        left_out=0,
        language="en",
        sessions={
            "0-sharegpt_7/0": "sharegpt_7",
            "0-sharegpt_7/1": "sharegpt_7",
            "1-sharegpt_7/0": "sharegpt_7",
            "2-answer_1/0": "answer_1",
            "2-answer_1/1": "answer_1",
        },
    )


def test_by_sessions_the_answer_is_the_session_even_where_no_turn_is_marked(tmp_path: Path) -> None:
    turns = [{**turn, "has_answer": False} for turn in KITTENS["haystack_sessions"][0]]
    unmarked = {**KITTENS, "haystack_sessions": [turns, *KITTENS["haystack_sessions"][1:]]}
    file = write(tmp_path, "longmemeval_s.json", [unmarked])
    (by_page,), (session,) = read(file, "longmemeval", "page"), read(file, "longmemeval", "session")
    assert (by_page.questions, by_page.left_out, by_page.rounds()) == ((), 1, [])
    assert [question.evidence for question in session.questions] == [("2-answer_1/0",)]


def test_an_abstention_question_is_unanswerable_and_asked_at_the_end(tmp_path: Path) -> None:
    (talk,) = read(write(tmp_path, "longmemeval_s.json", [DOGS]), "longmemeval", "page")
    assert (talk.questions, talk.left_out, talk.rounds()) == ((), 1, [(5, [])])
    assert [(each.text, each.evidence) for each in talk.unanswerable] == [("What did I call my dog?", ())]


def test_a_time_in_another_form_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path, "longmemeval_s.json", [{**KITTENS, "question_date": "30 May 2023"}])
    with pytest.raises(ValueError, match="30 May 2023"):
        read(file, "longmemeval", "page")


def test_a_realtalk_chat_is_read_by_session_and_by_who_speaks(tmp_path: Path) -> None:
    (talk,) = read(write(tmp_path, "Chat_1_Emi_Elise.json", CHAT), "realtalk", "page")
    assert talk == Conversation(
        id="Chat_1_Emi_Elise",
        pages=(
            Exchange(
                "session_1/0",
                "Hey!\nHow was the run?",
                "Cold. (image description: a snowy path)",
                "2023-12-29 22:42:04",
            ),
            Exchange("session_2/0", "I'm ill", "", "2023-12-31 09:00:00"),
            Exchange("session_10/0", "", "Bye", "2024-01-05 08:00:00"),
        ),
        questions=(
            Question(
                "Chat_1_Emi_Elise_q0", "When did Elise run?", "temporal", ("session_1/0", "session_2/0"), asked_after=3
            ),
            Question("Chat_1_Emi_Elise_q1", "Is Emi ill?", "commonsense", ("session_1/0",), asked_after=3),
        ),
        left_out=1,
        language="en",
        sessions={"session_1/0": "session_1", "session_2/0": "session_2", "session_10/0": "session_10"},
    )


def test_a_folder_of_chats_is_read_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("Chat_10_Fahim_Muhhamed", "Chat_2_Kevin_Elise"):
        write(tmp_path, f"{name}.json", CHAT)
    assert [talk.id for talk in read(tmp_path, "realtalk", "page")] == ["Chat_2_Kevin_Elise", "Chat_10_Fahim_Muhhamed"]


def test_a_question_about_a_time_has_its_pages_and_its_moment(tmp_path: Path) -> None:
    row = {
        "lang": "de",
        "now": "2025-08-20T19:30:00",
        "pages": [{"text": "Linsen gekocht", "timestamp": "2025-08-14T19:00:00"}],
        "question": "Was gab es letzten Donnerstag?",
        "right": 0,
    }
    (talk,) = read(write(tmp_path, "times.jsonl", row), "times", "page")
    assert talk == Conversation(
        "time-0",
        (Exchange("0", "Linsen gekocht", "", "2025-08-14 19:00:00"),),
        (Question("q", "Was gab es letzten Donnerstag?", "de", ("0",), 1, "2025-08-20T19:30:00"),),
        left_out=0,
        language="de",
        sessions={"0": "0"},
    )


def test_pages_of_one_session_are_one_piece_of_evidence() -> None:
    pages = [
        {"id": id_, "session": id_[0], "user_input": id_, "agent_response": "", "timestamp": ""}
        for id_ in ("a/0", "a/1", "b/0", "b/1")
    ]
    asked = {"id": "q", "question": "?", "category": "x", "evidence": ["a/1", "b/1", "b/0"], "asked_after": None}
    (question,) = by_session(parsed({"id": "c", "pages": pages, "questions": [asked]})).questions
    assert question.evidence == ("a/0", "b/0")
