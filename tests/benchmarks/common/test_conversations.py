"""Reading conversations: what is measured, and when it is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.common.conversations import Conversation, Exchange, Question, missing, parsed, read_set, together

PAGES = [
    {"id": "s/0", "session": "s", "user_input": "Hi", "agent_response": "Hello", "timestamp": "2026-01-05 20:12:37"},
    {"id": "s/1", "session": "s", "user_input": "Bye", "agent_response": "", "timestamp": ""},
    {"id": "s/2", "session": "s", "user_input": "Hi", "agent_response": "Hello", "timestamp": "2026-01-06 08:00:00"},
]


def question(
    id_: str, *, category: str = "temporal", evidence: list[str], asked_after: int | None
) -> dict[str, object]:
    return {
        "id": id_,
        "question": f"{id_}?",
        "answer": "",
        "category": category,
        "evidence": evidence,
        "asked_after": asked_after,
    }


def conversation(*questions: dict[str, object]) -> Conversation:
    return parsed({"id": "c", "lang": "en", "pages": PAGES, "questions": list(questions)})


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    data = {"id": "c", "pages": PAGES, "questions": [question("q", evidence=["s/1"], asked_after=2)]}
    (tmp_path / "locomo.jsonl").write_text(json.dumps(data) + "\n\n", encoding="utf-8")
    assert read_set(tmp_path / "locomo.jsonl") == (
        Conversation(
            id="c",
            pages=(
                Exchange("s/0", "Hi", "Hello", "2026-01-05 20:12:37"),
                Exchange("s/1", "Bye", "", None),
                Exchange("s/2", "Hi", "Hello", "2026-01-06 08:00:00"),
            ),
            questions=(Question("q", "q?", "temporal", ("s/1",), 2),),
            left_out=0,
            sessions={"s/0": "s", "s/1": "s", "s/2": "s"},
        ),
    )


def test_questions_that_nothing_answers_are_left_out_and_counted() -> None:
    read = conversation(
        question("adversarial", category="adversarial", evidence=["s/0"], asked_after=None),
        question("without evidence", evidence=[], asked_after=None),
        question("measured", evidence=["s/0"], asked_after=None),
    )
    assert ([each.id for each in read.questions], read.left_out) == (["measured"], 2)
    assert read.unanswerable == (Question("adversarial", "adversarial?", "adversarial", (), 3),)


def test_a_talk_of_unanswerable_questions_alone_is_asked_at_its_end() -> None:
    read = conversation(question("nowhere", category="Unanswerable", evidence=[], asked_after=None))
    assert (read.questions, read.rounds()) == ((), [(3, [])])


def test_the_newest_time_is_that_of_the_last_page_with_one() -> None:
    read = conversation()
    assert [read.newest_time(pages) for pages in (0, 1, 2, 3)] == [
        None,
        "2026-01-05 20:12:37",
        "2026-01-05 20:12:37",
        "2026-01-06 08:00:00",
    ]


def test_questions_are_asked_in_the_order_in_which_their_pages_are_in() -> None:
    late, early, whole, late_too = (
        question("late", evidence=["s/1"], asked_after=2),
        question("early", evidence=["s/0"], asked_after=1),
        question("whole", evidence=["s/0"], asked_after=None),
        question("late too", evidence=["s/0"], asked_after=2),
    )
    rounds = conversation(late, early, whole, late_too).rounds()
    assert [(pages, [each.id for each in questions]) for pages, questions in rounds] == [
        (1, ["early"]),
        (2, ["late", "late too"]),
        (3, ["whole"]),
    ]


def test_pages_of_the_same_texts_are_twins_whatever_their_times() -> None:
    assert conversation().twins() == {"s/0": "s/0", "s/1": "s/1", "s/2": "s/0"}


def test_evidence_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"conversation c: .* \['s/9'\]"):
        conversation(question("q", evidence=["s/9"], asked_after=None))


def test_sets_together_are_one_conversation_asked_at_its_end_by_set() -> None:
    first = conversation(question("q", evidence=["s/1"], asked_after=2), question("none", evidence=[], asked_after=1))
    second = conversation(question("q", evidence=["s/0", "s/2"], asked_after=None))

    one = together({"one": [first], "other": [second]})

    assert [page.id for page in one.pages] == [
        *(f"one/c/s/{n}" for n in range(3)),
        *(f"other/c/s/{n}" for n in range(3)),
    ]
    assert [page.user_input for page in one.pages] == ["Hi", "Bye", "Hi"] * 2
    assert (one.id, one.left_out) == ("together", 1)
    assert one.questions == (
        Question("one/c/q", "q?", "one", ("one/c/s/1",), asked_after=6),
        Question("other/c/q", "q?", "other", ("other/c/s/0", "other/c/s/2"), asked_after=6),
    )


def test_missing_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "realmem.jsonl").touch()
    assert missing(tmp_path, ("locomo", "realmem")) == ["locomo"]
