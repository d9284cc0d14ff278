"""A running server that hooks ask: by the real command and at the real socket, over a real memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from waiting import BOUND, until

from memoryos import Config, load_config
from memoryos.storage.paths import file_of
from memoryos_mcp.auth.caller import CALLER, Caller
from memoryos_mcp.hooks.doors import doors
from memoryos_mcp.hooks.local_socket import Door, ask
from memoryos_mcp.hooks.questions import VERSION, Question, decoded
from memoryos_mcp.hooks.recall import Brought, Exchange
from memoryos_mcp.session import MemorySession
from memoryos_mcp.transport.hook_questions import answered_to_hooks

OPENED = "2026-03-01 09:30:00"
DOG = Exchange("My greyhound Fennel was born in Lyon.", "A lovely name.", OPENED)

OpenSession = Callable[..., MemorySession]


@pytest.fixture
def served(open_session: OpenSession) -> Iterator[MemorySession]:
    """A session that hooks may ask, with three exchanges, one of them a project's and one of the session "here"."""
    session = open_session(timezone="UTC")
    with answered_to_hooks(session):
        memory = session.memory()
        memory.add_memory(DOG.said, DOG.answer, OPENED)
        memory.add_memory("The database of the shop is PostgreSQL.", "Noted.", OPENED, project="github.com/tom/shop")
        memory.add_memory("My cat Ginger was born in Paris.", "Sweet.", OPENED, {"session": "here", "client": "codex"})
        memory.wait_until_idle(BOUND)
        yield session


def question(session: MemorySession, prompt: str) -> Question:
    return Question(str(file_of(session.config)), "tom", None, "", prompt)


def told(served: MemorySession, prompt: str, **changed: Any) -> Brought | None:
    """What is answered at the session's door."""
    (door,) = doors(str(file_of(served.config).parent))
    return decoded(ask(door, question(served, prompt)._replace(**changed).encoded(), BOUND))


def hook(config: Config, prompt: str, tmp_path: Path, seconds: str = "30") -> str:
    """What the hook of a prompt prints."""
    file = tmp_path / "config.json"
    settings = {"data_storage_path": str(config.data_storage_path), "user_id": "tom"}
    file.write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "memoryos_mcp", "hook", "UserPromptSubmit", "--config", str(file)],
        input=json.dumps({"session_id": "s", "prompt": prompt}),
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, "MEMORYOS_HOOK": seconds},
    )
    return done.stdout


def test_a_hook_brings_what_bears_on_a_prompt_without_a_word_in_common(served: MemorySession, tmp_path: Path) -> None:
    printed = hook(served.config, "What is my dog's name?", tmp_path)

    text = json.loads(printed)["hookSpecificOutput"]["additionalContext"]
    assert text.splitlines()[2:-1] == [
        f'- {OPENED}, user: "My greyhound Fennel was born in Lyon.", assistant: "A lovely name."'
    ]


def test_what_bears_is_told_best_first_and_nothing_else(served: MemorySession) -> None:
    assert told(served, "What is my dog's name?") == Brought([], [DOG])
    assert told(served, "How do I center a div?") == Brought([], [])
    assert told(served, "hi") == Brought([], [])


def test_what_this_session_said_is_not_told_to_it(served: MemorySession) -> None:
    cat = Exchange("My cat Ginger was born in Paris.", "Sweet.", OPENED, "codex")

    assert told(served, "Who is Ginger?", session="there") == Brought([], [cat])
    assert told(served, "Who is Ginger?", session="here") == Brought([], [])


def test_a_project_is_told_to_who_names_it_and_to_nobody_else(served: MemorySession) -> None:
    asked = "Which database does the shop use?"
    shop = Exchange("The database of the shop is PostgreSQL.", "Noted.", OPENED)

    assert told(served, asked, project="github.com/tom/shop") == Brought([], [shop])
    assert told(served, asked) == Brought([], [])
    assert told(served, asked, project="github.com/tom/other") == Brought([], [])
    assert told(served, asked, project="*") is None


@pytest.mark.parametrize("changed", [{"user": "eve"}, {"user": ""}, {"memory": "/elsewhere/memory.db"}])
def test_a_question_about_another_memory_is_not_answered(served: MemorySession, changed: dict[str, str]) -> None:
    assert told(served, "What is my dog's name?", **changed) is None


@pytest.mark.parametrize("message", [b"", b"{}", b"\xff", b"[" * 9_000, b'{"version": 1, "prompt": "\\ud800"}'])
def test_what_is_no_question_is_not_answered_and_the_next_one_is(served: MemorySession, message: bytes) -> None:
    (door,) = doors(str(file_of(served.config).parent))

    assert decoded(ask(door, message, BOUND)) is None
    assert told(served, "What is my dog's name?") == Brought([], [DOG])


@pytest.mark.parametrize("prompt", ["", " ", "\ud800", "\0", "?" * 2_000])
def test_a_prompt_that_says_nothing_brings_nothing_and_ends_nothing(served: MemorySession, prompt: str) -> None:
    asked = json.dumps({"version": VERSION, **question(served, "")._asdict(), "prompt": prompt}).encode()
    (door,) = doors(str(file_of(served.config).parent))

    assert decoded(ask(door, asked, BOUND)) in (None, Brought([], []))
    assert told(served, "What is my dog's name?") == Brought([], [DOG])


def test_an_earlier_question_without_an_answer_is_not_told(served: MemorySession) -> None:
    served.memory().add_memory("What is the name of my dog?", "I do not know.", OPENED)
    served.memory().wait_until_idle(BOUND)

    assert told(served, "What is my dog's name?") == Brought([], [DOG])


def test_a_memory_that_was_deleted_and_made_anew_is_asked_again(served: MemorySession) -> None:
    folder = file_of(served.config).parent
    for entry in folder.iterdir():
        entry.unlink()
    served.memory().add_memory("My dog is called Rex.", "Noted.", OPENED)
    served.memory().wait_until_idle(BOUND)

    assert told(served, "What is my dog's name?") == Brought([], [Exchange("My dog is called Rex.", "Noted.", OPENED)])


def test_a_server_of_many_users_is_not_asked(open_session: OpenSession) -> None:
    session = open_session(transport="streamable-http", multi_user=True)
    caller = CALLER.set(Caller("tom"))
    try:
        with answered_to_hooks(session), session.using():
            assert doors(str(file_of(session.config).parent)) == []
    finally:
        CALLER.reset(caller)


def test_when_a_session_ends_its_door_is_gone(open_session: OpenSession) -> None:
    session = open_session()
    folder = str(file_of(session.config).parent)
    with answered_to_hooks(session):
        session.memory()
        assert len(doors(folder)) == 1

    assert doors(folder) == []


def test_a_hook_whose_server_is_too_slow_goes_by_words(open_session: OpenSession, tmp_path: Path) -> None:
    session = open_session(timezone="UTC")
    session.memory().add_memory(DOG.said, DOG.answer, OPENED)
    go_on = threading.Event()

    def wait(message: bytes) -> bytes:
        go_on.wait(BOUND)
        return message

    door = Door(str(file_of(session.config).parent))
    threading.Thread(target=door.serve, args=(wait,), daemon=True).start()
    try:
        assert DOG.said in hook(session.config, "Where was Fennel born?", tmp_path, "3")
        assert hook(session.config, "What is my dog's name?", tmp_path, "3") == ""
    finally:
        go_on.set()
        door.close()


def test_a_hook_of_a_killed_server_goes_by_words_and_the_next_server_is_asked(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"data_storage_path": "data", "user_id": "tom"}), encoding="utf-8")
    folder = file_of(load_config(config, environ={})).parent
    killed = started(config)
    until(lambda: len(doors(str(folder))) == 1)
    (door,) = doors(str(folder))
    killed.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    killed.communicate()
    assert doors(str(folder)) == [door]
    assert hook(load_config(config, environ={}), "What is my dog's name?", tmp_path) == ""

    server = started(config)
    until(lambda: doors(str(folder)) not in ([], [door]))
    assert len(doors(str(folder))) == 1
    server.communicate()
    assert server.returncode == 0


def started(config: Path) -> subprocess.Popen[bytes]:
    """A server over stdio that has been asked for its first answer, which opens the memory."""
    server = subprocess.Popen(
        [sys.executable, "-m", "memoryos_mcp", "--config", str(config)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    request = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    assert server.stdin is not None
    server.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": request}).encode())
    server.stdin.write(b"\n")
    server.stdin.flush()
    return server
