"""A program as the model: what it is given, what it may answer, what becomes of its failures."""

from __future__ import annotations

import itertools
import json
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path

import pytest
from engine import Clock
from scripted_program import command

from memoryos.config.settings import ModelProgram
from memoryos.errors import ModelBudgetError, ModelError, ModelLengthError, ModelReplyError, ModelUnavailableError
from memoryos.llm.command import CommandChat
from memoryos.llm.model import ChatModel, JsonSchema, Message
from memoryos.llm.presets import PRESETS
from memoryos.status import ModelState, Use
from memoryos.storage.sqlite.usage import UsageStore

NOW = datetime(2026, 3, 1, 23, 0, tzinfo=timezone.utc)
QUESTION = (Message("system", "You tell the mood of a text as JSON."), Message("user", "What a lovely day!"))
SCHEMA = JsonSchema("mood", {"type": "object"})
NAME = ModelProgram((sys.executable,), None).name

OpenModel = Callable[..., ChatModel]


@pytest.fixture
def open_model(tmp_path: Path) -> Iterator[OpenModel]:
    """Opens the model behind a program; all are closed at the end."""
    opened: list[ChatModel] = []

    def open_one(*words: str, timeout_seconds: float = 60.0, budget: int = 0) -> ChatModel:
        clock = Clock(NOW)
        opened.append(
            ChatModel(
                ModelProgram(words, None),
                timeout_seconds=timeout_seconds,
                concurrency=1,
                daily_token_budget=budget,
                usage=UsageStore(tmp_path / "server.db", clock),
                clock=clock,
            )
        )
        return opened[-1]

    yield open_one
    for model in opened:
        model.close()


def mood(value: dict[str, object]) -> object:
    if not isinstance(value.get("mood"), str):
        raise ModelReplyError("mood: not a text")
    return value["mood"]


def asked(model: ChatModel) -> object:
    return model.structured(QUESTION, SCHEMA, mood, max_tokens=100)


def failure(model: ChatModel) -> ModelError:
    with pytest.raises(ModelError) as caught:
        asked(model)
    return caught.value


# What it is given, and what it answers


def test_a_program_answers_like_an_endpoint_and_its_tokens_are_estimated(open_model: OpenModel) -> None:
    model = open_model(*command("says", 'Of course:\n```json\n{"mood": "froh über 🎂"}\n```'))

    assert asked(model) == "froh über 🎂"
    assert model.state() == ModelState(f"program {NAME}", "its own choice", "ready", Use(1, 14, 13), 0)


def test_a_program_runs_in_an_empty_folder_without_our_settings_and_with_our_hooks_off(
    open_model: OpenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMORYOS_OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("CLAUDECODE", "1")
    monkeypatch.setenv("OF_THE_USER", "kept")
    model = open_model(*command("reports", "two words", "$HOME", ""))

    report = json.loads(model.answer((*QUESTION, Message("assistant", "Glad.")), max_tokens=100))

    assert report == {
        "prompt": f"{QUESTION[0].content}\n\n{QUESTION[1].content}\n\n<your_answer>\nGlad.\n</your_answer>\n",
        "arguments": ["two words", "$HOME", ""],
        "files": [],
        "hook": "off",
        "kept": ["MEMORYOS_HOOK", "OF_THE_USER"],
    }


def test_nothing_of_a_question_is_left_on_disk(
    open_model: OpenModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))

    open_model(*command("says", "Glad.")).answer(QUESTION, max_tokens=100)

    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_question_larger_than_a_pipe_comes_through(open_model: OpenModel) -> None:
    model = open_model(*command("reports"))
    long = "我住在柏林。" * 20_000

    assert json.loads(model.answer((Message("user", long),), max_tokens=100))["prompt"] == f"{long}\n"


def test_an_answer_that_cannot_be_used_is_asked_for_once_more(open_model: OpenModel) -> None:
    model = open_model(*command("says", '{"feeling": "glad"}'))

    assert str(failure(model)) == "mood: not a text"
    assert model.state().today.calls == 2


def test_a_spent_budget_starts_no_program(open_model: OpenModel) -> None:
    model = open_model(*command("says", '{"mood": "glad"}'), budget=10)
    asked(model)

    assert isinstance(failure(model), ModelBudgetError)
    assert model.state().today.calls == 1


# Faults


@pytest.mark.parametrize(
    ("words", "kind", "message"),
    [
        (command("says", ""), ModelReplyError, "the answer is empty"),
        (command("says", "I would rather not."), ModelReplyError, "the answer holds no whole JSON object"),
        (command("floods"), ModelReplyError, f"program {NAME}: it wrote more than 1,000,000 bytes"),
        (command("fails", "Not logged in"), ModelUnavailableError, f"program {NAME}: it ended with status 3; run it"),
        (command("fails", "no", "lovely"), ModelReplyError, f"program {NAME}: it ended with status 3 for this"),
        (command("fails", "prompt is too long", "lovely"), ModelLengthError, "the request is too long for its own"),
        (["no-such-program-here"], ModelUnavailableError, "program no-such-program-here: there is no such program on"),
        ([os.path.abspath("none")], ModelUnavailableError, "program none: there is no such program on the PATH"),
    ],
)
def test_a_fault_is_named_with_what_to_do(
    open_model: OpenModel, words: list[str], kind: type[ModelError], message: str
) -> None:
    model = open_model(*words)

    error = failure(model)

    assert type(error) is kind
    assert message in str(error)


def test_what_a_program_complains_of_is_not_repeated(open_model: OpenModel, caplog: pytest.LogCaptureFixture) -> None:
    error = failure(open_model(*command("fails", "What a lovely day! sk-secret")))

    assert "lovely" not in f"{error}{error.__cause__}{caplog.text}"


@pytest.fixture
def phone() -> Iterator[socket.socket]:
    """What a program that hangs connects to; the connection breaks when it is ended."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60.0)
        yield server


@pytest.mark.parametrize("child", [[], ["child"]])
def test_a_program_that_gives_no_answer_in_time_is_ended_with_what_it_started(
    phone: socket.socket, child: list[str]
) -> None:
    words = command("hangs", phone.getsockname()[1], *child)
    connected: list[socket.socket] = []

    def monotonic() -> float:
        """Time passes once the program is there."""
        if not connected and next(looks):
            connected.append(phone.accept()[0])
        return 1_000.0 if connected else 0.0

    looks = itertools.count()
    chat = CommandChat(ModelProgram(tuple(words), None), 5.0, monotonic)

    with pytest.raises(ModelUnavailableError, match=r"no answer within 5 s \(llm_timeout_seconds\); run it by hand"):
        chat.complete([{"role": "user", "content": "Hello?"}], {}, somebody_waits=False)

    assert ended(connected[0])


@pytest.mark.parametrize(
    "said", ["What lovely weather!", "The content policy annoyed me.", "My context window is too small."]
)
def test_a_program_that_repeats_what_it_was_asked_is_out_of_order_whatever_that_is(
    open_model: OpenModel, said: str
) -> None:
    model = open_model(*command("repeats"))
    with pytest.raises(ModelUnavailableError, match="ended with status 1"):
        model.structured([Message("user", said)], SCHEMA, mood, max_tokens=100)


def test_closing_ends_a_program_under_way_and_starts_none_any_more(phone: socket.socket) -> None:
    chat = CommandChat(ModelProgram(tuple(command("hangs", phone.getsockname()[1])), None), 60.0)

    def reason() -> str:
        with pytest.raises(ModelUnavailableError) as caught:
            chat.complete([{"role": "user", "content": "Hello?"}], {}, somebody_waits=False)
        return str(caught.value)

    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(reason)
        connection, _ = phone.accept()
        chat.close()
        reasons = [under_way.result(60.0), reason()]

    assert reasons == 2 * [f"program {NAME}: the memory was closed; open it again to use it"]
    assert ended(connection)


def ended(connection: socket.socket) -> bool:
    """Whether the other side is gone; waits for it."""
    with connection:
        connection.settimeout(60.0)
        try:
            return connection.recv(1) == b""
        except ConnectionResetError:
            return True


# Programs that are known by name


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_known_program_is_asked_with_its_tools_and_hooks_off(name: str, tmp_path: Path) -> None:
    fake = tmp_path / name
    fake.write_text(
        f"#!{sys.executable}\nimport json, os, sys\n"
        "paths = [*sys.argv[1:], os.environ.get('GEMINI_CLI_SYSTEM_SETTINGS_PATH', '')]\n"
        "files = [json.load(open(path)) for path in paths if path.endswith('settings.json')]\n"
        "json.dump([sys.argv[1:], files], sys.stdout)\n"
    )
    fake.chmod(0o755)
    if sys.platform == "win32":
        pytest.skip("a script with a first line that names its interpreter is no program there")
    chat = CommandChat(ModelProgram((name,), "some-model"), 60.0, environ={**os.environ, "PATH": str(tmp_path)})

    reply = chat.complete([{"role": "user", "content": "Hello?"}], {}, somebody_waits=False)

    arguments, files = json.loads(reply.text)
    needed, settings = OFF[name]
    assert set(needed) <= set(arguments)
    assert "some-model" in arguments
    assert files == settings
    assert not any("Hello" in word for word in arguments)


OFF: dict[str, tuple[list[str], list[object]]] = {
    "claude": (
        ["--print", "--tools=", "--strict-mcp-config", "--no-session-persistence"],
        [{"disableAllHooks": True}],
    ),
    "codex": (
        ["exec", "--ephemeral", "--ignore-user-config", "read-only", "features.shell_tool=false", "-"],
        [],
    ),
    "gemini": (
        ["--extensions", "none", "--allowed-mcp-server-names"],
        [
            {
                "tools": {"core": []},
                "hooksConfig": {"enabled": False},
                "security": {"folderTrust": {"enabled": False}},
            }
        ],
    ),
    "llm": (["prompt", "--no-log"], []),
    "ollama": (["run", "--hidethinking", "--nowordwrap"], []),
}
