"""All tables of the documents by one command, on conversations of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.recall.everything import BEGIN, DOCUMENT, END, RESULTS, SHOWN, main, write_tables, written

CONVERSATION = {
    "id": "own",
    "lang": "en",
    "pages": [
        {
            "id": f"s/{number}",
            "session": "s",
            "user_input": f"I saw {topic}",
            "agent_response": "",
            "timestamp": f"2026-01-0{number + 1} 10:00:00",
        }
        for number, topic in enumerate(("a lighthouse", "pottery", "a grey cat"))
    ],
    "questions": [
        {"id": "q", "question": "Who saw pottery?", "category": "x", "evidence": ["s/1"], "asked_after": None},
        {"id": "no", "question": "Who owns a boat?", "category": "adversarial", "evidence": [], "asked_after": None},
    ],
}

TIME = {
    "lang": "en",
    "now": "2026-01-10T10:00:00",
    "pages": [
        {"text": "cooked dal", "timestamp": "2026-01-09T10:00:00"},
        {"text": "cooked rice", "timestamp": "2026-01-02T10:00:00"},
    ],
    "question": "What did I cook yesterday?",
    "right": 0,
}


@pytest.fixture
def document(tmp_path: Path) -> Path:
    file = tmp_path / "benchmarks.md"
    file.write_text(f"# Benchmarks\n\n{BEGIN}\n{END}\n\nThe end.\n", encoding="utf-8")
    return file


@pytest.mark.slow
def test_every_step_writes_its_tables_and_the_documents_show_them(tmp_path: Path, document: Path) -> None:
    (tmp_path / "locomo.jsonl").write_text(json.dumps(CONVERSATION), encoding="utf-8")
    times, out = tmp_path / "times.jsonl", tmp_path / "out"
    times.write_text(json.dumps(TIME), encoding="utf-8")
    options = ["--data", str(tmp_path), "--work", str(tmp_path / "work"), "--docs", str(document), "--out", str(out)]

    assert main([*options, "--times", str(times), "--draws", "0"]) == 0

    names = ("recall", "asked", "dress", "times", "tuning", "ablation", "together")
    assert {file.stem for file in out.glob("*.md")} == set(names)
    shown = json.loads((out / SHOWN).read_text(encoding="utf-8"))
    by_set, *_, said = shown["recall"]
    assert [row[:5] for row in by_set["rows"]] == [
        ["locomo", method, "1", "100.0", "100.0 (100.0 to 100.0)"]
        for method in ("hybrid", "bm25", "dense", "fusion", "two_stage")
    ]
    assert said["rows"][0] == ["locomo", "hybrid", "1", "100.0", "1", "0.0"]
    (of_times,) = shown["times"]
    assert of_times["rows"][0][:4] == ["en", "1", "100", "100"]
    assert [row[0] for row in shown["asked"][0]["rows"]] == [f"asked {times} times before" for times in (0, 1, 3)]
    text = document.read_text(encoding="utf-8")
    assert text == f"# Benchmarks\n\n{written(out)}\n\nThe end.\n"
    assert text.count("Questions that name a time as people do") == 1

    measured = {file: file.stat().st_mtime_ns for file in (tmp_path / "work" / "findings").rglob("*.jsonl")}
    assert main([*options, "--steps", "dress", "--again", "hybrid"]) == 0
    again = {file: file.stat().st_mtime_ns for file in (tmp_path / "work" / "findings").rglob("*.jsonl")}
    assert {file.stem.split("-by-")[0] for file in measured if again.get(file) != measured[file]} == {"hybrid"}


def test_the_documents_show_what_was_measured() -> None:
    assert written(RESULTS) in DOCUMENT.read_text(encoding="utf-8")


def test_a_document_without_the_marks_is_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text("# Benchmarks\n", encoding="utf-8")
    with pytest.raises(ValueError, match="lacks the lines"):
        write_tables(tmp_path, document)
    assert document.read_text(encoding="utf-8") == "# Benchmarks\n"


def test_data_that_is_missing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--work", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "everything: needs at least locomo.jsonl in --data FOLDER\n"
