"""The search for weights, and the tuning end to end on conversations of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.recall.tune import COORDINATES, lowest, main, read_weight, search, with_weight
from memoryos.retrieval.scoring import Weights


def test_a_search_finds_the_best_value_of_every_weight_where_each_counts_alone() -> None:
    wanted = {name: values[position % len(values)] for position, (name, values) in enumerate(COORDINATES.items())}

    def goodness(weights: Weights) -> float:
        return -sum(abs(read_weight(weights, name) - value) for name, value in wanted.items())

    best = search(lowest(Weights()), goodness)
    assert {name: read_weight(best, name) for name in COORDINATES} == wanted


def test_of_equally_good_values_the_one_named_first_is_chosen() -> None:
    assert search(Weights(), lambda weights: 0.0) == lowest(Weights())


def test_one_weight_changes_alone() -> None:
    changed = with_weight(with_weight(Weights(), "dates", 7.0), "question.words", 0.1)
    assert (changed.dates, changed.question.words) == (7.0, 0.1)
    assert with_weight(with_weight(changed, "dates", 4.0), "question.words", 0.8) == Weights()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with one set of two conversations."""
    lines = []
    for name, topics in (("first", ("a lighthouse", "pottery")), ("second", ("sourdough bread", "a grey cat"))):
        pages = [
            {
                "id": f"{name}/{number}",
                "user_input": f"I saw {topic}",
                "agent_response": "Nice",
                "timestamp": f"2026-01-0{number + 1} 10:00:00",
            }
            for number, topic in enumerate(topics)
        ]
        question = {
            "id": f"{name}?",
            "question": f"Who saw {topics[1]}?",
            "category": "x",
            "evidence": [f"{name}/1"],
            "asked_after": None,
        }
        lines.append(json.dumps({"id": name, "pages": pages, "questions": [question]}))
    (tmp_path / "locomo.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_every_conversation_is_left_out_once(data: Path, tmp_path: Path) -> None:
    assert main(["--data", str(data), "--check", "", "--out", str(tmp_path / "out")]) == 0
    tables = json.loads((tmp_path / "out" / "tuning.json").read_text(encoding="utf-8"))["tables"]
    chosen = tables["Weights by the conversations that chose them"]
    assert [row["chosen by"] for row in chosen] == ["all but first", "all but second", "all", "shipped"]
    assert [(row["weights"], row["@10"]) for row in tables["locomo, %"]] == [
        ("the start", "100.0"),
        ("chosen by the other conversations", "100.0"),
        ("chosen by all", "100.0"),
        ("shipped", "100.0"),
    ]


def test_a_question_is_rated_by_what_the_memory_knew_when_it_was_asked(data: Path, tmp_path: Path) -> None:
    file = data / "locomo.jsonl"
    file.write_text(file.read_text(encoding="utf-8").replace('"asked_after": null', '"asked_after": 1'), "utf-8")
    kept = ["--memories", str(tmp_path / "kept")]
    assert main(["--data", str(data), "--check", "", *kept, "--out", str(tmp_path / "out")]) == 0
    tables = json.loads((tmp_path / "out" / "tuning.json").read_text(encoding="utf-8"))["tables"]
    # The evidence is the second page.
    assert {row["weights"]: row["3000t"] for row in tables["locomo, %"]} == dict.fromkeys(
        ("the start", "chosen by the other conversations", "chosen by all", "shipped"), "0.0"
    )
    assert sorted(path.name for path in (tmp_path / "kept").glob("*/*")) == ["1", "1"]


def test_data_that_is_missing_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(data), "--check", "madial_zh"]) == 2
    assert capsys.readouterr().err == (
        "tune: needs locomo, madial_zh in --data FOLDER or in the folder MEMORYOS_EVAL\n"
    )
