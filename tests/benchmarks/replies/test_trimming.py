"""The benchmark of tight budgets end to end, on a conversation of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.common.fits import WAYS
from benchmarks.recall.leftovers import BUDGETS
from benchmarks.replies.trimming import main

CHAT = "It rained again, and nothing else happened that day. " * 12


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with one set: a conversation of three long pages, of which one sentence answers the question."""
    said = ["My greyhound Fennel won the race.", "The tax form is due.", "I bake sourdough on Sundays."]
    pages = [
        {
            "id": f"s/{number}",
            "user_input": f"{CHAT}{sentence} {CHAT}",
            "agent_response": "I see.",
            "timestamp": f"2026-01-0{number + 1} 10:00:00",
        }
        for number, sentence in enumerate(said)
    ]
    question = {"id": "q0", "question": "What did Fennel do?", "answer": "won the race", "category": "x"}
    conversation = {
        "id": "own",
        "pages": pages,
        "questions": [{**question, "evidence": ["s/0"], "asked_after": None}],
    }
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "locomo.jsonl").write_text(json.dumps(conversation), encoding="utf-8")
    return folder


def test_the_sentence_that_answers_is_left_where_a_beginning_loses_it(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["--data", str(data), "--sets", "locomo", "--out", str(out)]) == 0
    records = json.loads((out / "trimming.json").read_text(encoding="utf-8"))["results"]
    assert {(record["way"], record["budget"]) for record in records} == {(way, b) for way in WAYS for b in BUDGETS}
    left = {record["way"]: record["answer_left"] for record in records if record["budget"] == BUDGETS[0]}
    assert left == {
        "whole pages, summaries with them": 0.0,
        "whole pages": 0.0,
        "whole pages by score / tokens^0.25": 0.0,
        "whole pages by score / tokens": 0.0,
        "shortened to beginnings": 0.0,
        "shortened to sentences (MemoryOS)": 100.0,
    }


def test_without_data_it_says_where_to_name_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MEMORYOS_EVAL", raising=False)
    assert main([]) == 2
    assert capsys.readouterr().err == (
        "trimming: no data; name the folder of the sets with --data FOLDER or in MEMORYOS_EVAL\n"
    )
