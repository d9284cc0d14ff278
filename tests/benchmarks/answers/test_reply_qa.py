"""Answering out of whole replies: two servers, a conversation of one's own and a model that says what is scripted."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from scripted_llm import ScriptedLLM, fails, says

from benchmarks.answers.reply_qa import main


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with one conversation of six pages and two questions."""
    told = ("Pottery is on Tuesdays", "My cat is grey", "I sing in a choir", "I bake", "I file my taxes", "I row")
    pages = [
        {"id": f"s/{at}", "user_input": text, "agent_response": "I see.", "timestamp": f"2026-01-0{at + 1} 10:00:00"}
        for at, text in enumerate(told)
    ]
    base = {"asked_after": None}
    questions = [
        {**base, "id": "q0", "question": "Which day is pottery?", "category": "temporal", "answer": "Tuesdays",
         "evidence": ["s/0"]},
        {**base, "id": "q1", "question": "What colour is the cat?", "category": "single-hop", "answer": "grey",
         "evidence": ["s/1"]},
    ]  # fmt: skip
    folder = tmp_path / "data"
    folder.mkdir()
    conversation = {"id": "own", "speakers": ["Ann", "Bea"], "pages": pages, "questions": questions}
    (folder / "locomo.jsonl").write_text(json.dumps(conversation), encoding="utf-8")
    return folder


def command(data: Path, model: ScriptedLLM, out: Path) -> list[str]:
    servers = [f"--server={name}={sys.executable}" for name in ("new", "before")]
    return ["--data", str(data), "--base-url", model.base_url, "--model", "m", *servers, "--out", str(out)]


@pytest.mark.slow
def test_each_server_is_asked_and_its_whole_reply_read(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with ScriptedLLM() as model:
        model.reply(says("Tuesday"), to="Which day is pottery?", times=None)
        model.reply(says("grey"), to="What colour", times=1)
        model.reply(fails(401), to="What colour", times=None)
        assert main(command(data, model, out)) == 1
        model.forget()
        model.reply(says("Tuesday"), to="Which day is pottery?", times=None)
        model.reply(says("black"), times=None)
        assert main(command(data, model, out)) == 0
        read = [request.text for request in model.requests]
    assert all('"user_input":"Pottery is on Tuesdays"' in text for text in read if "Which day is pottery?" in text)
    # "Tuesdays" is met by its stem; about the cat the first server was answered right before the endpoint failed.
    rows = json.loads((out / "reply_qa.json").read_text(encoding="utf-8"))["results"]
    assert [(row["server"], row["questions"], row["F1"]) for row in rows] == [
        ("new", "2", "100.0"),
        ("before", "2", "50.0"),
    ]
    table = (out / "reply_qa.md").read_text(encoding="utf-8")
    assert "| new less before | +50.0 | +0.0 | +100.0 |" in table


def test_what_is_missing_is_said_in_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    endpoint = ["--base-url", "http://127.0.0.1:9/v1", "--model", "m", f"--server=new={sys.executable}"]
    assert main(["--data", str(tmp_path), *endpoint, "--out", str(tmp_path / "out")]) == 2
    assert f"reply_qa: missing: {tmp_path / 'locomo.jsonl'}" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([*endpoint, "--server", "before"])
    assert "'before'; accepted: NAME=PYTHON, such as new=.venv/bin/python" in capsys.readouterr().err
