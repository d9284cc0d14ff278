"""The endpoint benchmark end to end, at its smallest, and its lines from figures worked by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.endpoint.command import main
from benchmarks.endpoint.hanging import Times
from benchmarks.endpoint.hanging import lines as hanging_lines

TALK = {
    "lighthouse": ("keeper", "beam", "cliff", "lens", "fog"),
    "taxes": ("form", "refund", "deadline", "receipt", "adviser"),
    "pottery": ("clay", "kiln", "glaze", "wheel", "bowl"),
    "astronomy": ("comet", "telescope", "eclipse", "planet", "galaxy"),
    "choir": ("alto", "rehearsal", "hymn", "conductor", "solo"),
    "sourdough": ("starter", "crust", "oven", "flour", "crumb"),
}
"""What is talked about, a subject a day."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A file with a conversation of thirty pages, five about each subject."""
    pages = [
        {
            "id": f"{day}/{number}",
            "user_input": f"{subject} and its {word}",
            "agent_response": f"{word}!",
            "timestamp": f"2026-01-{day:02} 10:0{number}:00",
        }
        for day, (subject, words) in enumerate(TALK.items(), 1)
        for number, word in enumerate(words)
    ]
    file = tmp_path / "talks.jsonl"
    file.write_text(json.dumps({"id": "own", "pages": pages, "questions": []}), encoding="utf-8")
    return file


def report(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "endpoint.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
def test_calls_are_timed_while_a_request_hangs_beside_servers_where_none_does(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["--pages", "12", "--rounds", "1", "--calls", "1", "--out", str(out)]) == 0
    found = report(out)
    others = ("healthy endpoint", "no model")
    assert [(line["what"], line["against"], line["budget"]) for line in found["budgets"]] == [
        *(
            (f"{tool} while the endpoint hangs, {rank}", other, 1.2)
            for tool in ("add_memory", "retrieve_memory")
            for rank in ("p50", "p95")
            for other in others
        ),
        *(("end of the server while a request hangs, p50", other, None) for other in others),
        ("end of the server while a request hangs, slowest", "limit", 1.0),
    ]
    counts = {name: {what: len(each) for what, each in times.items()} for name, times in found["seconds"].items()}
    assert counts == {name: {"add": 1, "retrieve": 1, "end": 1} for name in ("hanging endpoint", *others)}
    assert found["notes"] == ["calls of the model were not counted: name a file of conversations with --data"]


@pytest.mark.slow
def test_a_model_groups_ten_pages_and_reads_them_and_their_two_hot_topics_by_one_call_each(
    data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert main(["--quick", "--rounds", "0", "--data", str(data), "--out", str(out)]) == 0
    found = report(out)
    # Of thirty pages the newest ten are short-term memory.
    counts = {"pages": 30, "thought_about": 20, "consolidations": 2, "analyses": 4, "segments": 4}
    assert [{key: cost[key] for key in counts} for cost in found["costs"]] == [counts]
    assert [(line["value"], line["against"], line["ratio"], line["kept"]) for line in found["budgets"][:2]] == [
        (0.3, "limit", 1.0, True),
        (0.3, "reference implementation", 0.097, None),
    ]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (["--data", "nowhere.jsonl"], "endpoint: missing: nowhere.jsonl"),
        (["--data", "{data}", "--conversation", "other"], "has no conversation other, but own"),
    ],
)
def test_missing_data_is_said_in_a_word(
    chosen: list[str], said: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([part.format(data=data) for part in chosen]) == 2
    assert said in capsys.readouterr().err


def test_each_percentile_is_compared_to_the_same_of_the_others_and_the_end_to_its_limit() -> None:
    times = {
        "hanging endpoint": Times(add=[0.003] * 3, retrieve=[0.02] * 3, end=[1.0, 1.1, 2.5]),
        "healthy endpoint": Times(add=[0.002] * 3, retrieve=[0.02] * 3, end=[0.1] * 3),
        "no model": Times(add=[0.003] * 3, retrieve=[0.02] * 3, end=[0.1] * 3),
    }
    assert [(line.against, round(line.ratio, 2), line.kept) for line in hanging_lines(times)] == [
        *[("healthy endpoint", 1.5, False), ("no model", 1.0, True)] * 2,
        *[("healthy endpoint", 1.0, True), ("no model", 1.0, True)] * 2,
        ("healthy endpoint", 11.0, None),
        ("no model", 11.0, None),
        ("limit", 1.25, False),
    ]
