"""The question answering end to end, on a conversation of one's own and a model that says what a test scripted."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from scripted_llm import ScriptedLLM, fails, says

from benchmarks.answers.locomo_qa import main

TOPICS = ("a lighthouse in Bergen", "the tax form", "pottery on Tuesdays", "a grey cat", "the choir", "sourdough bread")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with one conversation of twelve pages and four questions, one of them without an answer."""
    pages = [
        {
            "id": f"s/{number}",
            "user_input": f"Number {number}: tell me about {TOPICS[number % 6]}",
            "agent_response": "Gladly.",
            "timestamp": f"2026-01-{number + 1:02} 10:00:00",
        }
        for number in range(12)
    ]
    base = {"evidence": ["s/2"], "asked_after": None}
    questions = [
        {**base, "id": "q0", "question": "When is pottery?", "category": "temporal", "answer": "Tuesdays"},
        {**base, "id": "q1", "question": "What else is on Tuesdays?", "category": "single-hop", "answer": "pottery"},
        {**base, "id": "q2", "question": "Which days?", "category": "multi-hop", "answer": "Tuesday, Sunday"},
        {**base, "id": "q3", "question": "Why Monday?", "category": "adversarial", "answer": "", "trap_answer": "x"},
    ]
    folder = tmp_path / "data"
    folder.mkdir()
    conversation = {"id": "own", "speakers": ["Ann", "Bea"], "pages": pages, "questions": questions}
    (folder / "locomo.jsonl").write_text(json.dumps(conversation), encoding="utf-8")
    return folder


def command(data: Path, model: ScriptedLLM, out: Path, *more: str) -> list[str]:
    endpoint = ["--base-url", model.base_url, "--model", "scripted", "--memory", "extractive"]
    return ["--data", str(data), *endpoint, "--adversarial", "1", "--out", str(out), *more]


def results(out: Path) -> dict[tuple[str, str], dict[str, Any]]:
    report = json.loads((out / "locomo_qa.json").read_text(encoding="utf-8"))
    return {(row["method"], row["category"]): row for row in report["results"]}


@pytest.mark.slow
def test_every_question_is_answered_by_every_method_and_scored(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with ScriptedLLM() as model:
        model.reply(says("(a) or (b), it is not mentioned"), to="Why Monday?", times=None)
        model.reply(says("Tuesday", prompt_tokens=500), times=None)
        assert main(command(data, model, out)) == 0
    assert Counter(request.text.split("Question: ")[1] for request in model.requests) == {
        "When is pottery?\nShort answer:": 3,
        "What else is on Tuesdays?\nShort answer:": 3,
        "Which days?\nShort answer:": 3,
        "Why Monday? Select the correct answer: (a) Not mentioned in the conversation (b) x\nShort answer:": 3,
    }
    assert {
        (request.body["temperature"], request.body["seed"], request.body["max_tokens"]) for request in model.requests
    } == {(0, 7, 40)}
    found = results(out)
    for method in ("full", "bm25", "memory"):
        # "Tuesdays" is met by its stem, "pottery" not at all, and of two days one
        scores = [found[method, category]["f1"] for category in ("temporal", "single-hop", "multi-hop", "all")]
        assert scores == [100.0, 0.0, 50.0, 50.0]
        assert found[method, "all"]["prompt_tokens"] == 500
        assert found[method, "adversarial"]["abstained"] == 100.0
    table = (out / "locomo_qa.md").read_text(encoding="utf-8")
    assert "| memory | 0.0 / 0.0 | 50.0 / 36.8 | 100.0 / 100.0 | - |" in table
    assert "| MemoryOS paper, Qwen2.5-3B | 23.3 / 15.4 | 21.4 / 14.9 | 10.2 / 8.2 | 26.2 / 22.4 |" in table


@pytest.mark.slow
def test_a_run_goes_on_where_it_was_stopped(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with ScriptedLLM() as model:
        model.reply(says("Tuesday"), times=5)
        model.reply(fails(401), times=None)
        assert main(command(data, model, out)) == 1
        model.forget()
        model.reply(says("Tuesday"), times=None)
        assert main(command(data, model, out)) == 0
        assert len(model.requests) == 5 + 1 + 7
        assert main(command(data, model, out)) == 0
        assert len(model.requests) == 5 + 1 + 7
    assert {method: row["questions"] for (method, category), row in results(out).items() if category == "all"} == {
        "full": 3,
        "bm25": 3,
        "memory": 3,
    }


def test_answers_of_other_settings_are_not_mixed(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    with ScriptedLLM() as model:
        model.reply(says("Tuesday"), times=None)
        assert main(command(data, model, out, "--methods", "bm25")) == 0
        assert main(command(data, model, out, "--methods", "bm25", "--context-tokens", "300")) == 2
    assert "holds answers got with other settings" in capsys.readouterr().err


def test_missing_data_is_said_in_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    endpoint = ["--base-url", "http://127.0.0.1:9/v1", "--model", "none"]
    assert main(["--data", str(tmp_path), *endpoint, "--out", str(tmp_path / "out")]) == 2
    assert f"locomo_qa: missing: {tmp_path / 'locomo.jsonl'}" in capsys.readouterr().err
