"""A short run of the fuzzing: some hundred cases of each target, and that a run goes on where it ended."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import strategies as st

from benchmarks.fuzz.command import _batch
from benchmarks.fuzz.target import Fed

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "fuzz.py"
TARGETS = ("tools", "lines", "configs", "imports", "hooks")


def fed(folder: Path, cases: int, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), str(folder), "--cases", str(cases), "--batch", "50", *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


@pytest.mark.slow
def test_nothing_is_found_in_some_hundred_cases_and_the_run_can_be_continued(tmp_path: Path) -> None:
    for cases in (250, 1_000):
        done = fed(tmp_path, cases)
        assert done.returncode == 0, done.stdout

    tally = json.loads((tmp_path / "fuzz.json").read_text("utf-8"))

    assert {target: (mine["cases"], mine["seed"], mine["found"]) for target, mine in tally.items()} == dict.fromkeys(
        TARGETS, (200, 5, [])
    )


def test_a_case_that_breaks_its_target_is_found_in_its_smallest_form() -> None:
    def check(case: int) -> None:
        assert case < 1_000, f"broken by {case}"

    with pytest.raises(AssertionError, match=r"^broken by 1000\n"):
        _batch(Fed(st.integers(0, 100_000), check), seed=1, batch=200)
