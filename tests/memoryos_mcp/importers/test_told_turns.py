"""A client's turn is one page, whoever brings it: its hook, its agent, or an import of its transcript."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from memoryos import Config, Memoryos
from memoryos.models import NewPage
from memoryos.storage.paths import file_of
from memoryos.storage.registry import open_store
from memoryos_mcp.commands.transfer import export, import_
from memoryos_mcp.hooks.capture import Capture
from memoryos_mcp.hooks.events import READERS, Event, Kind
from memoryos_mcp.hooks.spool import Spool

MakeConfig = Callable[..., Config]
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


def at(seconds: float) -> str:
    return (NOON + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def hook(config: Config, kind: Kind, seconds: float, client: str = "claude-code", **told: str) -> None:
    event = Event(kind, session="s1", **told)  # type: ignore[arg-type]  # all are texts
    spool = Spool(str(file_of(config)), client, "s1")
    Capture(READERS[client], spool).take(event, NOON.timestamp() + seconds)


def turn(config: Config, said: str, seconds: float, client: str = "claude-code", id_: str = "") -> None:
    hook(config, "prompt", seconds, client, prompt=said, turn=id_)
    hook(config, "stop", seconds + 20, client, answer="Noted.", turn=id_)


def transcript(tmp_path: Path, *said: tuple[str, float], prompt_id: str = "") -> Path:
    """One of Claude Code, in which each answer comes 20 seconds after its prompt."""
    lines: list[dict[str, object]] = []
    for number, (words, seconds) in enumerate(said):
        common = {"sessionId": "s1", "cwd": "/gone", "parentUuid": lines[-1]["uuid"] if lines else None}
        user = {"type": "user", "uuid": f"u{number}", "message": {"role": "user", "content": words}}
        text = [{"type": "text", "text": "Noted."}]
        answer = {"type": "assistant", "uuid": f"a{number}", "message": {"role": "assistant", "content": text}}
        named = {"promptId": f"{prompt_id}{number}"} if prompt_id else {}
        lines += [
            {**common, **user, **named, "timestamp": at(seconds)},
            {**common, **answer, "parentUuid": f"u{number}", "timestamp": at(seconds + 20)},
        ]
    path = tmp_path / "s1.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def rollout(tmp_path: Path, words: str, turn_id: str) -> Path:
    """One of Codex."""
    payloads = [
        ("session_meta", {"id": "s1", "cwd": "/gone"}),
        ("event_msg", {"type": "task_started", "turn_id": turn_id}),
        ("event_msg", {"type": "user_message", "message": words}),
        ("event_msg", {"type": "task_complete", "turn_id": turn_id, "last_agent_message": "Noted."}),
    ]
    path = tmp_path / "rollout-s1.jsonl"
    lines = [{"timestamp": at(0), "type": kind, "payload": payload} for kind, payload in payloads]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def said(config: Config) -> list[str]:
    """What stands in the memory, in the order of arrival, once its inbox is taken in."""
    with closing(Memoryos.open(config)) as memory:
        return [page.user_input for page in memory.browsing.pages(20).pages[::-1]]


def exported(config: Config, path: Path) -> Path:
    path.unlink(missing_ok=True)
    export(config, path)
    return path


def test_a_turn_is_exported_and_brought_once_by_whoever_tells_it_afterwards(
    make_config: MakeConfig, tmp_path: Path
) -> None:
    """Times alone would tell too little: the hook of a turn that went on for an hour brings it again."""
    here, there = make_config(), make_config(user_id="anna")
    turn(here, "I moved to Lyon.", 0, id_="p0")
    turn(here, "I have a boat.", 60)
    assert said(here) == ["I moved to Lyon.", "I have a boat."]

    source = exported(here, tmp_path / "export.jsonl")
    import_(there, source)
    import_(there, source)
    turn(there, "I moved to Lyon.", 3_600, id_="p0")
    import_(there, transcript(tmp_path, ("I moved to Lyon.", 7_200), prompt_id="p"))

    assert said(there) == ["I moved to Lyon.", "I have a boat."]
    pages = [line for line in source.read_text(encoding="utf-8").splitlines() if '"kind":"page"' in line]
    assert exported(there, tmp_path / "again.jsonl").read_text(encoding="utf-8").splitlines() == pages


def test_an_export_brings_no_turn_that_a_hook_kept_there_already(make_config: MakeConfig, tmp_path: Path) -> None:
    here, there = make_config(), make_config(user_id="anna")
    for config in (here, there):
        turn(config, "I moved to Lyon.", 0, id_="p0")
        assert said(config) == ["I moved to Lyon."]

    import_(there, exported(here, tmp_path / "export.jsonl"))

    assert said(there) == ["I moved to Lyon."]


@pytest.mark.parametrize("prompt_id", ["", "p"])
def test_a_turn_that_a_hook_kept_is_not_imported(make_config: MakeConfig, tmp_path: Path, prompt_id: str) -> None:
    """A version that names the prompt to its hooks names it in the transcript, too; without, words and time tell."""
    config = make_config()
    turn(config, "I moved to Lyon.", 1.5, id_="p0" if prompt_id else "")
    assert said(config) == ["I moved to Lyon."]

    path = transcript(tmp_path, ("I moved to Lyon.", 0), ("I have a boat.", 60), prompt_id=prompt_id)
    import_(config, path)
    import_(config, path)

    assert said(config) == ["I moved to Lyon.", "I have a boat."]


@pytest.mark.parametrize("prompt_id", ["", "p"])
def test_a_turn_that_was_imported_is_not_kept_again(make_config: MakeConfig, tmp_path: Path, prompt_id: str) -> None:
    config = make_config()
    import_(config, transcript(tmp_path, ("I moved to Lyon.", 0), prompt_id=prompt_id))
    turn(config, "I moved to Lyon.", 1.5, id_="p0" if prompt_id else "")

    assert said(config) == ["I moved to Lyon."]


def test_what_the_user_said_twice_is_two_pages_though_a_hook_kept_one_of_them(
    make_config: MakeConfig, tmp_path: Path
) -> None:
    config = make_config()
    turn(config, "yes", 61)
    assert said(config) == ["yes"]

    path = transcript(tmp_path, ("yes", 0), ("yes", 60))
    import_(config, path)
    import_(config, path)
    assert said(config) == ["yes", "yes"]


def test_imported_turns_stand_for_one_turn_of_a_hook_each(make_config: MakeConfig, tmp_path: Path) -> None:
    config = make_config()
    import_(config, transcript(tmp_path, ("yes", 0)))
    turn(config, "yes", 1)
    turn(config, "yes", 61)

    assert said(config) == ["yes", "yes"]


def test_the_same_words_at_another_time_are_another_turn(make_config: MakeConfig, tmp_path: Path) -> None:
    config = make_config()
    turn(config, "Go on.", 3_600)
    assert said(config) == ["Go on."]

    import_(config, transcript(tmp_path, ("Go on.", 0)))
    assert said(config) == ["Go on.", "Go on."]


def test_secrets_are_masked_alike_by_hook_and_import(make_config: MakeConfig, tmp_path: Path) -> None:
    config = make_config()
    secret = "The token is ghp_" + "a1B2" * 9 + "."
    turn(config, secret, 1)
    assert said(config) == ["The token is [masked: GitHub token]."]

    import_(config, transcript(tmp_path, (secret, 0)))
    assert said(config) == ["The token is [masked: GitHub token]."]


def test_a_turn_that_the_agent_added_is_not_imported(make_config: MakeConfig, tmp_path: Path) -> None:
    config = make_config()
    page = NewPage("I moved to Lyon.", "How nice!", NOON + timedelta(seconds=10))
    with closing(open_store(config)) as store:
        store.add_page(page, timestamp="2026-03-01 12:00:10", now=NOON + timedelta(seconds=10))
    path = transcript(tmp_path, ("I moved to Lyon.", 0), ("I moved to Lyon.", 90))
    import_(config, path)
    import_(config, path)

    assert said(config) == ["I moved to Lyon.", "I moved to Lyon."]


def test_a_turn_of_codex_is_known_by_its_id(make_config: MakeConfig, tmp_path: Path) -> None:
    """Also where what the hook was told and what the client wrote down are not the same words."""
    config = make_config()
    turn(config, "Make it 9000", 5_000, client="codex", id_="t1")
    assert said(config) == ["Make it 9000"]

    import_(config, rollout(tmp_path, "Make it 9000, please", "t1"))
    assert said(config) == ["Make it 9000"]
    import_(config, rollout(tmp_path, "Make it 9000, please", "t2"))
    assert said(config) == ["Make it 9000", "Make it 9000, please"]
