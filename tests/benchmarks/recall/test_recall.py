"""The recall benchmark end to end, on a conversation of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.recall.ablation import VARIANTS, WHOLE
from benchmarks.recall.command import main

TOPICS = ("a lighthouse in Bergen", "the tax form", "pottery on Tuesdays", "a grey cat", "the choir", "sourdough bread")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with one set: a conversation of twelve pages, the last of them a retry of the one before."""
    pages = [
        {
            "id": f"s/{number}",
            "user_input": f"Number {min(number, 10)}: tell me about {TOPICS[min(number, 10) % 6]}",
            "agent_response": "",
            "timestamp": f"2026-01-{min(number, 10) + 1:02} 10:00:00",
        }
        for number in range(12)
    ]
    questions = [
        {"id": "q0", "question": "Where is the grey cat?", "category": "x", "evidence": ["s/3"], "asked_after": 4},
        {"id": "q1", "question": "Who bakes sourdough?", "category": "x", "evidence": ["s/5"], "asked_after": 6},
        {
            "id": "q2",
            "question": "When is the choir, number 10?",
            "category": "y",
            "evidence": ["s/11"],
            "asked_after": None,
        },
        {"id": "q3", "question": "?", "category": "adversarial", "evidence": ["s/0"], "asked_after": None},
    ]
    folder = tmp_path / "data"
    folder.mkdir()
    conversation = {"id": "own", "pages": pages, "questions": questions}
    (folder / "locomo.jsonl").write_text(json.dumps(conversation), encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("way", [["--in-process"], []], ids=["library", "server"])
def test_every_method_is_asked_every_question_once(data: Path, tmp_path: Path, way: list[str]) -> None:
    out = tmp_path / "out"
    assert main(["--data", str(data), "--sets", "locomo", "--out", str(out), *way]) == 0
    report = json.loads((out / "recall.json").read_text(encoding="utf-8"))
    assert report["sets"] == {"locomo": {"conversations": 1, "pages": 12, "questions": 3, "questions_left_out": 1}}
    assert [(row["method"], row["questions"]) for row in report["results"]] == [
        ("hybrid", 3),
        ("two_stage", 3),
        ("bm25", 3),
        ("dense", 3),
        ("fusion", 3),
        ("recent", 3),
    ]
    lines = (out / "recall-questions.jsonl").read_text(encoding="utf-8").splitlines()
    ranks = {(row["method"], row["question"]): row["ranks"] for row in map(json.loads, lines)}
    assert {key: rank for key, rank in ranks.items() if key[0] in ("hybrid", "recent")} == {
        ("hybrid", "q0"): [1],
        ("hybrid", "q1"): [1],
        ("hybrid", "q2"): [1],
        ("recent", "q0"): [1],
        ("recent", "q1"): [1],
        ("recent", "q2"): [1],
    }


def test_questions_asked_before_leave_pages_that_are_no_evidence(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["--data", str(data), "--sets", "locomo", "--method", "hybrid", "--in-process", "--out", str(out)]
    assert main([*arguments, "--asked", "2"]) == 0

    report = json.loads((out / "recall.json").read_text(encoding="utf-8"))
    lines = (out / "recall-questions.jsonl").read_text(encoding="utf-8").splitlines()
    ranks = {row["question"]: row["ranks"] for row in map(json.loads, lines)}
    assert (report["asked_before"], ranks) == (2, {"q0": [1], "q1": [1], "q2": [1]})


def test_an_ablation_is_of_the_talk_alone(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(data), "--sets", "locomo", "--ablate", "--asked", "1"]) == 2
    assert "leave out --asked" in capsys.readouterr().err


def test_memories_that_are_kept_serve_every_later_run_and_stay_as_they_are(data: Path, tmp_path: Path) -> None:
    kept, out = tmp_path / "kept", tmp_path / "out"

    def ranks(report: str, *options: str) -> list[tuple[str, list[int]]]:
        arguments = ["--data", str(data), "--sets", "locomo", "--memories", str(kept), "--out", str(out), *options]
        assert main(arguments) == 0
        lines = (out / f"{report}-questions.jsonl").read_text(encoding="utf-8").splitlines()
        return [(row["question"], row["ranks"]) for row in map(json.loads, lines) if row["method"] == "hybrid"]

    def written() -> dict[Path, int]:
        return {file: file.stat().st_mtime_ns for file in kept.rglob("*") if file.is_file()}

    first, filled = ranks("recall", "--in-process", "--method", "hybrid"), written()
    assert sorted(file.name for file in filled) == ["memory.db"] * 3 + ["pages.json"] * 3
    assert ranks("recall", "--in-process", "--method", "hybrid") == first
    assert ranks("ablation", "--ablate") == first
    assert written() == filled


def test_without_data_it_says_where_to_name_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MEMORYOS_EVAL", raising=False)
    assert main([]) == 2
    assert capsys.readouterr().err == (
        "recall: no data: name its folder with --data FOLDER or in the variable MEMORYOS_EVAL\n"
    )


def test_a_set_that_is_not_there_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(data), "--sets", "locomo,realmem"]) == 2
    assert capsys.readouterr().err == (f"recall: missing: {data / 'realmem.jsonl'}; leave sets out with --sets\n")


def test_an_ablation_asks_the_memory_alone_with_each_signal_switched_off(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["--data", str(data), "--sets", "locomo", "--out", str(out), "--ablate"]) == 0
    report = json.loads((out / "ablation.json").read_text(encoding="utf-8"))
    assert report["through"] == "the ranking alone, each query read and embedded once"
    assert [(row["method"], row["questions"]) for row in report["results"]] == [
        (name, 3) for name in (WHOLE, *VARIANTS)
    ]
