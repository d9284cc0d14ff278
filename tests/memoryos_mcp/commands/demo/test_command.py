"""The demo as a user runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from memoryos import Memoryos, load_config

INTRODUCTION = """
MemoryOS demo: Marit Asare
A conversation of 62 exchanges, 2026-01-05 to 2026-06-28, told to a real server
(python -m memoryos_mcp) by a real MCP client over stdio. Offline: no language
model, no network.
"""
COMMAND = (sys.executable, "-m", "memoryos_mcp", "demo")


def environment(**variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MEMORYOS_")}
    return {**kept, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", **variables}


def run_demo(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(**variables),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def lines(text: str) -> str:
    """The text without the blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.split("\n"))


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    """A short conversation in a file."""
    path = tmp_path / "talk.json"
    exchanges = [
        {"user_input": f"On day {day} I fed the 狮子.", "agent_response": "How brave!", "timestamp": f"2026-03-0{day}"}
        for day in range(1, 4)
    ]
    question = {"question": "What did I feed on day 2?", "answer": "the 狮子", "evidence": [1]}
    path.write_text(json.dumps({"user": "Ann", "pages": exchanges, "questions": [question]}), encoding="utf-8")
    return path


@pytest.mark.slow
def test_the_shipped_conversation_is_remembered_recalled_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "kept"

    done = run_demo("--questions", "2", "--keep", str(folder), MEMORYOS_USER_ID="someone else")

    shown = lines(done.stdout)
    headings = [
        line.split(":")[0]
        for line in shown.split("\n")
        if line.startswith(("What it", "How it", "How long", "Connect"))
    ]
    config = load_config(folder / "config.json", environ={})
    with Memoryos.open(config) as memory:
        pages = memory.status().counts.pages
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"The server answered after \d+\.\d\d s\.\n", done.stderr)
    assert shown.startswith(INTRODUCTION)
    assert headings == [
        "What it recalls",
        "How it sorted the talk",
        "What it knows of Marit Asare",
        "How long it took",
        "Connect your client",
    ]
    assert re.search(r"\nEvidence among the first 5 pages: \d of 2 questions \(all of it for \d\)\n", shown)
    assert f'\n  {sys.executable} -m memoryos_mcp mcp-json --config "{folder / "config.json"}"\n' in shown
    assert f'\n  {sys.executable} -m memoryos_mcp --config "{folder / "config.json"}"\n' in shown
    assert (config.user_id, pages) == ("Marit Asare", 62)


def test_a_narrow_encoding_of_the_output_shows_numbers_for_letters_and_hides_nothing(talk: Path) -> None:
    done = run_demo("--conversation", str(talk), PYTHONIOENCODING="ascii")

    assert done.returncode == 0, done.stderr
    assert "\n->  the \\u72ee\\u5b50\n" in lines(done.stdout)
    assert re.search(r"\n\*  \d\.\d\d  2026-03-02  user   On day 2 I fed the \\u72ee\\u5b50\.", done.stdout)


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path, talk: Path) -> None:
    done = run_demo("--conversation", str(talk), "--keep", str(tmp_path))

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"memoryos: --keep: {tmp_path} is not empty; name a new folder\n"
    assert [path.name for path in tmp_path.iterdir()] == ["talk.json"]


def test_a_bad_conversation_ends_with_one_line_before_anything_is_started(tmp_path: Path) -> None:
    path = tmp_path / "talk.jsonl"
    path.write_text('{"pages": [{"user_input": "a", "agent_response": "b", "timestamp": "noon"}]}', encoding="utf-8")

    done = run_demo("--conversation", str(path))

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"memoryos: {path}: line 1: pages[0]: timestamp: got 'noon'; accepted: \"YYYY-MM-DD HH:MM:SS\" or ISO 8601, "
        'such as "2026-03-01T09:30:00+01:00"\n'
    )


def test_a_negative_number_of_questions_is_refused() -> None:
    done = run_demo("--questions", "-1")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "memoryos: --questions: got -1; accepted: a whole number, 0 or more\n"


def test_where_the_server_fails_the_end_of_its_log_is_shown(tmp_path: Path, talk: Path) -> None:
    # Python runs this file at its start; only the server is started with --config.
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "if '--config' in sys.orig_argv:\n"
        "    sys.stderr.write('the disk is on fire\\n')\n"
        "    sys.stderr.flush()\n"
        "    os._exit(3)\n",
        encoding="utf-8",
    )

    done = run_demo("--conversation", str(talk), PYTHONPATH=str(tmp_path))

    assert done.returncode == 1
    assert done.stderr == (
        "memoryos: the server failed: Connection closed; the end of its log:\n  the disk is on fire\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a console's Ctrl-C cannot be sent to one process there")
def test_ctrl_c_leaves_no_server_behind(tmp_path: Path) -> None:
    talk, folder = tmp_path / "talk.json", tmp_path / "kept"
    exchanges = [{"user_input": f"Day {day} came.", "agent_response": "And went."} for day in range(20_000)]
    talk.write_text(json.dumps(exchanges), encoding="utf-8")
    demo = subprocess.Popen(
        [*COMMAND, "--conversation", str(talk), "--keep", str(folder)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert demo.stderr is not None
    _first_line(demo.stderr)
    running = _processes_with(str(folder))

    demo.send_signal(signal.SIGINT)
    stdout, stderr = demo.communicate(timeout=30)

    assert len(running) == 2  # the demo and its server
    assert _processes_with(str(folder)) == []
    assert demo.returncode == 130
    assert stdout.endswith("Interrupted; the server is stopped.\n")
    assert stderr == ""


def _first_line(stream: IO[str]) -> str:
    """The line that says the server is up."""
    line = stream.readline()
    assert line.startswith("The server answered after ")
    return line


def _processes_with(argument: str) -> list[str]:
    """Command lines of running processes that hold a text."""
    listed = subprocess.run(["ps", "-axww", "-o", "args"], capture_output=True, encoding="utf-8", check=True).stdout
    return [line for line in listed.splitlines() if argument in line]
