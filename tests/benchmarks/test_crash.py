"""A short run of the kills, whose tally is what a long one rests on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "crash.py"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal there")
def test_nothing_is_lost_by_a_few_kills_and_the_run_can_be_continued(tmp_path: Path) -> None:
    for kills in (8, 14):
        command = [sys.executable, str(SCRIPT), "kills", str(tmp_path), "--kills", str(kills), "--processes", "2"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout
    tally = json.loads((tmp_path / "tally.json").read_text("utf-8"))
    counts = tally["current"]

    assert counts["kills"] == 14
    assert counts["acknowledged"] > 0
    assert sum(tally["deaths"].values()) > 0
    findings = ("lost", "doubled", "back", "unfound", "unsound", "errors", "notes")
    assert {name: counts[name] for name in findings} == {**dict.fromkeys(findings, 0), "notes": []}
