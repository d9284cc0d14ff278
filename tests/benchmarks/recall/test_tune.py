"""The choice of weights, and the tuning end to end on conversations of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.recall.tune import SHIPPED, TUNED, choose, compared, main, read_weight, tuning_sheets, with_weight
from memoryos.retrieval.scoring import Weights

FOUND = {
    "chats": {"shipped": 80.0, "bold": 90.0, "even": 86.0},
    "messages": {"shipped": 60.0, "bold": 52.0, "even": 58.0},
}


def test_one_weight_changes_alone() -> None:
    changed = with_weight(with_weight(Weights(), "dates", 7.0), "question.words", 0.1)
    assert (changed.dates, changed.question.words) == (7.0, 0.1)
    assert with_weight(with_weight(changed, "dates", 4.0), "question.words", 0.8) == Weights()


def test_what_is_compared_is_the_same_in_every_run_and_every_weight_is_halved_and_doubled() -> None:
    weights = compared(Weights(), draws=3)
    assert weights == compared(Weights(), draws=3)
    assert list(weights)[:3] == [SHIPPED, "page_meaning x 0.5", "page_meaning x 2"]
    assert len(set(weights.values())) == len(weights) == 1 + 2 * len(TUNED) + 3
    assert read_weight(weights["dates x 2"], "dates") == 2 * Weights().dates


def test_chosen_is_what_loses_least_where_it_loses_most() -> None:
    # By the mean "bold" and "even" are no better than each other by 1 point; bold loses 8 on messages.
    assert choose(FOUND, ["chats", "messages"]) == "even"
    assert choose(FOUND, ["chats"]) == "bold"
    assert choose(FOUND, ["messages"]) == "shipped"


def test_a_kind_is_measured_with_what_the_others_chose() -> None:
    sets = ("locomo", "realmem")
    weights = {SHIPPED: Weights(), **{name: with_weight(Weights(), "dates", 1.0) for name in ("bold", "even")}}
    ranked = dict(zip(sets, FOUND.values(), strict=True))
    others = {"locomo": {"bm25": 70.0, "dense": 75.0}, "realmem": {"bm25": 50.0, "dense": 40.0}}

    held_out, choices, _ = tuning_sheets({**compared(Weights(), 0), **weights}, _everywhere(ranked), others)

    assert held_out.rows == (
        ("two people's chats", "80.0", "80.0", "86.0", "90.0", "75.0", "+5.0", "+5.0"),
        ("a user and an assistant", "60.0", "52.0", "58.0", "60.0", "50.0", "+10.0", "+2.0"),
        ("worst", "", "", "", "", "", "+5.0", "+2.0"),
    )
    assert [(who, name, loss) for who, name, _, loss in choices.rows] == [
        ("all but two people's chats", "shipped", "10.0"),
        ("all but a user and an assistant", "bold", "8.0"),
        ("all", "even", "4.0"),
        ("nobody", "shipped", "10.0"),
    ]


def _everywhere(ranked: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """With the weights that are halved and doubled, which find nothing."""
    nothing = dict.fromkeys(compared(Weights(), 0), 0.0)
    return {name: {**nothing, **found} for name, found in ranked.items()}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with two sets of one conversation each."""
    for name, topics in (("locomo", ("a lighthouse", "pottery")), ("realmem", ("sourdough bread", "a grey cat"))):
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
        line = json.dumps({"id": name, "pages": pages, "questions": [question]})
        (tmp_path / f"{name}.jsonl").write_text(line, encoding="utf-8")
    return tmp_path


def test_every_kind_is_left_out_once(data: Path, tmp_path: Path) -> None:
    options = ["--sets", "locomo,realmem", "--draws", "0", "--out", str(tmp_path / "out")]
    assert main(["--data", str(data), *options]) == 0
    held_out, *_ = json.loads((tmp_path / "out" / "tuning.json").read_text(encoding="utf-8"))["tables"]
    assert held_out["rows"] == [
        ["two people's chats", *["100.0"] * 5, "+0.0", "+0.0"],
        ["a user and an assistant", *["100.0"] * 5, "+0.0", "+0.0"],
        ["worst", *[""] * 5, "+0.0", "+0.0"],
    ]


def test_data_that_is_missing_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(data), "--sets", "locomo,madial_zh"]) == 2
    assert capsys.readouterr().err == (
        "tune: needs locomo, madial_zh in --data FOLDER or in the folder MEMORYOS_EVAL\n"
    )
