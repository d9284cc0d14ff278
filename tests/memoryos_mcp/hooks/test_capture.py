"""What hooks keep where not every event came: the transcript has the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

import pytest

from memoryos import Config, Memoryos
from memoryos.storage.paths import file_of
from memoryos_mcp.hooks.capture import Capture, fit
from memoryos_mcp.hooks.events import READERS, Event, Kind
from memoryos_mcp.hooks.place import place_of
from memoryos_mcp.hooks.spool import Spool

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc).timestamp()
DAY = 86_400.0

MakeConfig = Callable[..., Config]


def codex(payload: dict[str, object]) -> dict[str, object]:
    return {"timestamp": "2026-03-01T12:00:00.000Z", "type": "event_msg", "payload": payload}


def codex_message(answer: str) -> dict[str, object]:
    content = [{"type": "output_text", "text": answer}]
    return {"type": "response_item", "payload": {"type": "message", "role": "assistant", "content": content}}


def codex_turn(turn: str, said: str, *answers: str) -> list[dict[str, object]]:
    """As Codex writes a turn; its last answer is the final one."""
    return [
        codex({"type": "task_started", "turn_id": turn}),
        codex({"type": "user_message", "message": said}),
        codex({"type": "agent_message", "message": "I look."}),
        *map(codex_message, answers),
        codex({"type": "task_complete", "turn_id": turn, "last_agent_message": answers[-1] if answers else None}),
    ]


def codex_items(turn: str, said: str, *answers: str) -> list[dict[str, object]]:
    """As versions write it that tell items."""
    told = [("UserMessage", said), *(("AgentMessage", answer) for answer in answers)]
    return [
        codex({"type": "task_started", "turn_id": turn}),
        *(
            codex({"type": "item_completed", "item": {"type": kind, "content": [{"type": "Text", "text": text}]}})
            for kind, text in told
        ),
    ]


def claude_message(answer: str) -> dict[str, object]:
    return {"type": "assistant", "message": {"role": "assistant", "content": [{"type": "text", "text": answer}]}}


def claude_turn(turn: str, said: str, *answers: str) -> list[dict[str, object]]:
    """As Claude Code writes it."""
    return [
        {"type": "user", "uuid": f"u-{turn}", "promptId": turn, "message": {"role": "user", "content": said}},
        *map(claude_message, answers),
    ]


Turn = Callable[..., list[dict[str, object]]]
CLIENTS = [("codex", codex_turn), ("codex", codex_items), ("claude-code", claude_turn)]


def written(tmp_path: Path, *turns: list[dict[str, object]]) -> str:
    path = tmp_path / "transcript.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for turn in turns for line in turn), encoding="utf-8")
    return str(path)


def take(config: Config, client: str, kind: Kind, seconds: float, session: str = "s1", **told: str) -> None:
    event = Event(client, kind, session, **told)  # type: ignore[arg-type]  # all are texts
    Capture(READERS[client], Spool(str(file_of(config)), client, session)).take(event, NOON + seconds)


def kept(config: Config) -> list[tuple[str, str]]:
    with closing(Memoryos.open(config)) as memory:
        return [(page.user_input, page.agent_response) for page in memory.browsing.pages(20).pages[::-1]]


@pytest.mark.parametrize(("client", "turn"), CLIENTS)
def test_a_turn_whose_stop_never_came_gets_its_answer_with_the_next_one(
    make_config: MakeConfig, tmp_path: Path, client: str, turn: Turn
) -> None:
    config = make_config()
    first, second = turn("t1", "Which port?", "It is 8000.", "No, 8765."), turn("t2", "And the host?", "localhost.")
    path = written(tmp_path, first, second)

    take(config, client, "prompt", 0, prompt="Which port?", turn="t1", transcript=path)
    take(config, client, "prompt", 60, prompt="And the host?", turn="t2", transcript=path)
    take(config, client, "stop", 90, answer="localhost.", turn="t2", transcript=path)

    assert kept(config) == [("Which port?", "No, 8765."), ("And the host?", "localhost.")]


@pytest.mark.parametrize(("client", "turn"), CLIENTS)
def test_a_session_that_ended_without_a_stop_is_kept_with_its_answer_a_day_later(
    make_config: MakeConfig, tmp_path: Path, client: str, turn: Turn
) -> None:
    config = make_config()
    path = written(tmp_path, turn("t1", "Which port?", "8765."))
    take(config, client, "prompt", 0, prompt="Which port?", turn="t1", transcript=path)
    assert kept(config) == []

    take(config, client, "start", 10 * 365 * DAY, session="s2")

    assert kept(config) == [("Which port?", "8765.")]


@pytest.mark.parametrize(("client", "turn"), CLIENTS)
def test_a_prompt_that_no_hook_was_told_is_found_in_the_transcript(
    make_config: MakeConfig, tmp_path: Path, client: str, turn: Turn
) -> None:
    config = make_config()
    path = written(tmp_path, turn("t1", "Which port?", "8765."))
    take(config, client, "stop", 0, turn="t1", transcript=path)

    assert kept(config) == [("Which port?", "8765.")]


@pytest.mark.parametrize(("client", "turn"), CLIENTS)
def test_a_transcript_that_lags_behind_tells_no_earlier_turn_again(
    make_config: MakeConfig, tmp_path: Path, client: str, turn: Turn
) -> None:
    config = make_config()
    path = written(tmp_path, turn("t1", "Which port?", "8765."))
    take(config, client, "stop", 0, answer="localhost.", turn="t2", transcript=path)

    assert kept(config) == []


def test_the_clients_own_notes_are_no_words_of_the_user(make_config: MakeConfig, tmp_path: Path) -> None:
    config = make_config()
    note = codex_turn("t2", "<environment_context>...</environment_context>")
    path = written(tmp_path, codex_turn("t1", "Notes\n## My request for Codex:\nWhich port?", "8765."), note)
    take(config, "codex", "stop", 0, turn="t1", transcript=path)

    assert kept(config) == [("Which port?", "8765.")]
    assert fit("<task-notification>done</task-notification>") == ""


@pytest.mark.parametrize(
    ("written_as", "environ", "masks"),
    [
        ({}, {}, True),
        ({"mask_secrets": True}, {}, True),
        ({"mask_secrets": False}, {}, False),
        ({"mask_secrets": False}, {"MEMORYOS_MASK_SECRETS": "true"}, True),
        ({}, {"MEMORYOS_MASK_SECRETS": "off"}, False),
    ],
)
def test_secrets_are_masked_unless_the_user_says_otherwise(
    tmp_path: Path, written_as: dict[str, object], environ: dict[str, str], masks: bool
) -> None:
    secret = "ghp_" + "a1B2" * 9
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"data_storage_path": "data", **written_as}), encoding="utf-8")

    place = place_of(str(config), environ)

    assert place is not None
    assert fit(f"Use {secret}", masks=place.masks) == ("Use [masked: GitHub token]" if masks else f"Use {secret}")
