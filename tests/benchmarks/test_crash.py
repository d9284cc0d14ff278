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
    for kills in (4, 6):
        command = [sys.executable, str(SCRIPT), str(tmp_path), "--kills", str(kills), "--processes", "2"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout
    tally = json.loads((tmp_path / "tally.json").read_text("utf-8"))

    assert tally["kills"] == 6
    assert tally["acknowledged"] > 0
    assert {name: tally[name] for name in ("lost", "doubled", "back", "unfound", "unsound", "notes")} == {
        "lost": 0,
        "doubled": 0,
        "back": 0,
        "unfound": 0,
        "unsound": 0,
        "notes": [],
    }
