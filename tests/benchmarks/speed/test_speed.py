"""The speed benchmark end to end, at its smallest: starting servers, which takes longest, is left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.speed.command import main


@pytest.mark.slow
def test_adds_and_retrievals_are_measured_through_the_server(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["--sizes", "12", "--rounds", "0", "--calls", "2", "--out", str(out)]) == 0
    report = json.loads((out / "speed.json").read_text(encoding="utf-8"))
    assert [line["what"] for line in report["budgets"] if not line["what"].startswith("server's memory")] == [
        *(
            f"add_memory at 12 pages, background {state}, {rank}"
            for state in ("idle", "busy")
            for rank in ("p50", "p95", "p99")
        ),
        "add_memory at 12 pages, over HTTP, p50",
        *(f"retrieve_memory at 12 pages, {rank}" for rank in ("p50", "p95", "p99", "over HTTP, p50")),
        "start to first recall at 12 pages",
        "start to first recall by meaning at 12 pages",
    ]
    counts = {name: len(seconds) for name, seconds in report["seconds"]["adds"]["12"].items()}
    assert counts == {"idle": 2, "over_http": 2, "busy": 2, "bare_call": 2, "fsync": 2}
