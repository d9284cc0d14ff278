"""Short runs of the kills, the faults and the corruptions."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

faults = pytest.importorskip("benchmarks.crash.faults", reason="limits of a process are POSIX's", exc_type=ImportError)
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


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a file that is open cannot be taken away there")
@pytest.mark.parametrize("fault", faults.FAULTS)
def test_a_fault_of_the_machine_harms_no_page_and_the_server_goes_on_once_it_is_over(fault: str) -> None:
    command = [sys.executable, str(SCRIPT), "faults", "--only", fault]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a process is forked")
def test_damage_is_named_and_no_more_is_said_to_be_saved_than_was() -> None:
    command = [sys.executable, str(SCRIPT), "corruptions", "--rounds", "5"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    assert done.returncode == 0, done.stdout
