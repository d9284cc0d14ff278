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
        ("hybrid", "q3"): [],
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
    assert (report["asked_before"], ranks) == (2, {"q0": [1], "q1": [1], "q2": [1], "q3": []})


def test_an_ablation_is_of_the_talk_alone(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(data), "--sets", "locomo", "--ablate", "--asked", "1"]) == 2
    assert "leave out --asked and --dress" in capsys.readouterr().err


def test_memories_that_are_kept_serve_every_later_run_and_stay_as_they_are(data: Path, tmp_path: Path) -> None:
    kept, out = tmp_path / "kept", tmp_path / "out"

    def ranks(report: str, *options: str) -> list[tuple[str, list[int]]]:
        arguments = ["--data", str(data), "--sets", "locomo", "--memories", str(kept), "--out", str(out), *options]
        assert main(arguments) == 0
        lines = (out / f"{report}-questions.jsonl").read_text(encoding="utf-8").splitlines()
        return [
            (row["question"], row["ranks"])
            for row in map(json.loads, lines)
            if row["method"] == "hybrid" and row["ranks"]
        ]

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


def test_findings_that_are_kept_are_not_measured_again_unless_it_is_asked_for(data: Path, tmp_path: Path) -> None:
    kept = tmp_path / "findings"

    def run(*options: str) -> dict[str, int]:
        arguments = ["--data", str(data), "--sets", "locomo", "--method", "bm25", "recent", "--findings", str(kept)]
        assert main([*arguments, *options]) == 0
        return {file.stem: file.stat().st_mtime_ns for file in kept.rglob("*.jsonl")}

    first = run()
    assert sorted(first) == ["bm25", "recent"]
    assert run() == first
    again = run("--again", "bm25")
    assert (again["bm25"] > first["bm25"], again["recent"]) == (True, first["recent"])


def test_by_sessions_the_first_page_of_each_is_one_place(tmp_path: Path) -> None:
    history = {
        "question_id": "kitten",
        "question_type": "single-session-user",
        "question": "What is the kitten called?",
        "question_date": "2023/05/30 (Tue) 23:40",
        "haystack_session_ids": ["cats", "answer_1"],
        "haystack_dates": ["2023/05/20 (Sat) 02:21", "2023/05/25 (Thu) 10:05"],
        "haystack_sessions": [
            [
                {"role": "user", "content": "A kitten!"},
                {"role": "assistant", "content": "Which one?"},
                {"role": "user", "content": "Any kitten."},
            ],
            [
                {"role": "user", "content": "She sleeps a lot."},
                {"role": "assistant", "content": "As they do, and that is very well and good."},
                {"role": "user", "content": "Pepper is fine then.", "has_answer": True},
            ],
        ],
        "answer_session_ids": ["answer_1"],
    }
    file, out = tmp_path / "longmemeval_s.json", tmp_path / "out"
    file.write_text(json.dumps([history]), encoding="utf-8")

    def ranks(unit: str) -> list[int]:
        options = ["--format", "longmemeval", "--data", str(file), "--method", "bm25", "--unit", unit]
        assert main([*options, "--out", str(out)]) == 0
        ranks: list[int] = json.loads((out / "recall-questions.jsonl").read_text(encoding="utf-8"))["ranks"]
        return ranks

    # The answer's session holds no word of the question: it comes with the newest pages.
    assert (ranks("page"), ranks("session")) == ([3], [2])


def test_a_question_without_an_answer_counts_by_what_the_memory_says_of_it(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["--data", str(data), "--sets", "locomo", "--method", "hybrid", "--in-process", "--out", str(out)]
    assert main(arguments) == 0
    lines = (out / "recall-questions.jsonl").read_text(encoding="utf-8").splitlines()
    assert [(row["question"], row["ranks"], row["bears"]) for row in map(json.loads, lines)][-1] == ("q3", [], False)


@pytest.mark.parametrize("dress", ['without "?"', "key words", 'small letters without "?"'])
def test_a_question_in_another_dress_finds_the_same(data: Path, tmp_path: Path, dress: str) -> None:
    out = tmp_path / "out"
    options = ["--method", "bm25", "--dress", dress, "--out", str(out)]
    assert main(["--data", str(data), "--sets", "locomo", *options]) == 0
    report = json.loads((out / "recall.json").read_text(encoding="utf-8"))
    assert (report["dress"], report["results"][0]["recall"]["@5"]) == (dress, 100.0)
