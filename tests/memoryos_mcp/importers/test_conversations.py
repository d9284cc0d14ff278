"""Conversations as the demo reads them, and what is said about files it cannot read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memoryos import ConfigError
from memoryos_mcp.importers.conversations import Conversation, Exchange, Question, read, shipped, spread

EXPECTED = (
    'expected: a JSON list of {"user_input": "...", "agent_response": "...", "timestamp": "YYYY-MM-DD HH:MM:SS"}, or '
    'an object with such "pages" and "questions" [{"question": "...", "evidence": [indexes or ids of pages]}], one '
    "line in .jsonl"
)


def written(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def page(user_input: str, agent_response: str = "I see.", **more: object) -> dict[str, object]:
    return {"user_input": user_input, "agent_response": agent_response, **more}


def test_the_shipped_conversation_has_a_user_and_questions_with_evidence() -> None:
    conversation = shipped()

    assert (conversation.name, conversation.note) == ("Marit Asare", "")
    assert (len(conversation.exchanges), len(conversation.questions)) == (62, 8)
    assert all(question.answer and question.evidence for question in conversation.questions)


def test_a_list_of_exchanges_is_named_after_its_file_and_asked_its_own_questions(tmp_path: Path) -> None:
    path = written(
        tmp_path / "my talk.json",
        [
            page("Hello. Which lens should I take? Or none?", timestamp="2026-03-01 09:00:00"),
            page("Thanks.", timestamp=""),
            page("", "Anything else?"),
        ],
    )

    assert read(path) == Conversation(
        name="my talk",
        exchanges=(
            Exchange("Hello. Which lens should I take? Or none?", "I see.", "2026-03-01 09:00:00"),
            Exchange("Thanks.", "I see.", None),
            Exchange("", "Anything else?", None),
        ),
        questions=(Question("Which lens should I take?"),),
        note="The file holds no questions to ask: these are questions the user asked in the talk.",
    )


def test_of_json_lines_the_first_conversation_is_read_its_evidence_by_the_ids_of_pages(tmp_path: Path) -> None:
    first = {
        "id": "conv-1",
        "speakers": ["Ann", "Bo"],
        "pages": [page("I moved to Oslo.", id="a/0", session="a"), page("I got a cat.", id="a/1", session="a")],
        "questions": [
            {"question": "Where is she?", "answer": "Oslo", "category": "x", "evidence": ["a/0"], "asked_after": None},
            {"question": "Which pet?", "answer": None, "category": "x", "evidence": ["a/1"], "asked_after": None},
            {"question": "Which dog?", "answer": "none", "category": "adversarial", "evidence": ["a/1"]},
            {"question": "What next?", "answer": "?", "category": "x", "evidence": [], "asked_after": None},
            {"question": "And before?", "answer": "?", "category": "x", "evidence": ["a/0"], "asked_after": 1},
        ],
    }
    path = tmp_path / "talks.jsonl"
    path.write_text(f"\n{json.dumps(first)}\nnot read\n", encoding="utf-8")

    assert read(path) == Conversation(
        name="conv-1",
        exchanges=(Exchange("I moved to Oslo.", "I see.", None), Exchange("I got a cat.", "I see.", None)),
        questions=(Question("Where is she?", "Oslo", (0,)), Question("Which pet?", None, (1,))),
    )


def test_questions_of_earlier_points_of_the_talk_are_asked_at_its_end_where_there_are_no_others(tmp_path: Path) -> None:
    path = written(
        tmp_path / "talk.json",
        {"pages": [page("A"), page("B")], "questions": [{"question": "When?", "evidence": [0], "asked_after": 1}]},
    )

    conversation = read(path)

    assert conversation.questions == (Question("When?", None, (0,)),)
    assert conversation.note == "Its questions belong to earlier points of the talk; here all are asked at its end."


def test_questions_without_evidence_are_asked_where_no_question_has_any(tmp_path: Path) -> None:
    path = written(tmp_path / "talk.json", {"pages": [page("A")], "questions": [{"question": "When?"}]})

    assert read(path).questions == (Question("When?"),)


def test_fewer_questions_are_taken_evenly_from_all() -> None:
    questions = [Question(str(number)) for number in range(10)]

    assert [question.text for question in spread(questions, 4)] == ["0", "2", "5", "7"]
    assert spread(questions, 10) == tuple(questions)
    assert spread(questions, 0) == ()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.json", '[{"user_input": "a"\n "b"}]', f"line 2, column 2: not JSON (Expecting ',' delimiter); {EXPECTED}"),
        ("x.jsonl", '\n\n{"pages": ]}', f"line 3, column 11: not JSON (Expecting value); {EXPECTED}"),
        ("x.jsonl", "\n", f"line 1, column 1: not JSON (Expecting value); {EXPECTED}"),
        ("x.json", '[{"user_input": "a"}]', f"pages[0].agent_response: Field required; {EXPECTED}"),
        ("x.json", "3", f"pages: Input should be a valid list; {EXPECTED}"),
        ("x.json", "[]", f"pages: List should have at least 1 item after validation, not 0; {EXPECTED}"),
        ("x.jsonl", '{"pages": "none"}', f"line 1: pages: Input should be a valid list; {EXPECTED}"),
        (
            "x.json",
            '[{"user_input": " ", "agent_response": ""}]',
            "pages[0]: user_input and agent_response: got both empty; accepted: text in at least one of them",
        ),
        (
            "x.jsonl",
            '{"pages": [{"user_input": "a", "agent_response": "", "timestamp": "noon"}]}',
            "line 1: pages[0]: timestamp: got 'noon'; accepted: \"YYYY-MM-DD HH:MM:SS\" or ISO 8601, "
            'such as "2026-03-01T09:30:00+01:00"',
        ),
        (
            "x.json",
            '{"pages": [{"user_input": "a", "agent_response": ""}], "questions": [{"question": "b", "evidence": [1]}]}',
            "evidence of 'b': got 1; accepted: the id of a page, or its index from 0 to 0",
        ),
        (
            "x.json",
            '{"user": "a\\u0007", "pages": [{"user_input": "a", "agent_response": ""}]}',
            "user: expected: text without control characters (a backslash in JSON is written twice)",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line_with_the_place(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")

    with pytest.raises(ConfigError) as raised:
        read(path)

    assert str(raised.value) == f"{path}: {message}"


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "talk.json"
    path.write_bytes(b'["\xff"]')

    with pytest.raises(ConfigError) as raised:
        read(path)

    assert str(raised.value) == f"{path}: byte 2 is not UTF-8; save the file as UTF-8"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        read(tmp_path / "talk.json")

    assert str(raised.value) == f"{tmp_path / 'talk.json'}: No such file or directory; name a file that can be read"
