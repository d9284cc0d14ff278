"""Transcripts of coding agents, on small samples made after what these clients write."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from imported import Imported, ids, imported

from memoryos.errors import ConfigError
from memoryos_mcp.hooks.transcripts import of_claude_code
from memoryos_mcp.importers import importer_of


def lines(path: Path, *values: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(value)}\n" for value in values), encoding="utf-8")
    return path


def entry(kind: str, id_: str, parent: str | None, content: object, minute: int, **more: object) -> dict[str, object]:
    """A line of Claude Code."""
    return {
        "parentUuid": parent,
        "isSidechain": False,
        "userType": "external",
        "cwd": "/gone/app",
        "sessionId": "s1",
        "version": "2.1.12",
        "gitBranch": "main",
        "type": kind,
        "message": {"role": kind, "content": content, **({"id": f"msg_{id_}"} if kind == "assistant" else {})},
        "uuid": id_,
        "timestamp": f"2026-01-20T11:{minute:02}:17.716Z",
        **more,
    }


def text(words: str) -> list[dict[str, str]]:
    return [{"type": "text", "text": words}]


TALK = [
    {"type": "summary", "summary": "The port", "leafUuid": "a3"},
    {"type": "file-history-snapshot", "messageId": "m", "snapshot": {}, "isSnapshotUpdate": False},
    {"type": "queue-operation", "operation": "dequeue", "timestamp": "2026-01-20T11:00:00.000Z", "sessionId": "s1"},
    entry("user", "u0", None, "<local-command-caveat>Caveat: ...</local-command-caveat>", 0, isMeta=True),
    entry("user", "u1", "u0", "Which port?<system-reminder>Use tools.</system-reminder>", 1),
    entry("assistant", "a0", "u1", [{"type": "thinking", "thinking": "Hm.", "signature": "x"}], 1),
    entry("assistant", "a1", "a0", text("Let me look."), 1),
    entry("assistant", "a2", "a1", [{"type": "tool_use", "id": "t", "name": "Read", "input": {}}], 1),
    entry("user", "r1", "a2", [{"type": "tool_result", "tool_use_id": "t", "content": "port = 8765"}], 2),
    entry("assistant", "x1", "r1", text("A subagent."), 2, isSidechain=True),
    entry("assistant", "a3", "r1", text("8765."), 2),
    entry("user", "u2", "a3", text("Make it 9000, no, wait"), 3),
    entry("assistant", "a4", "u2", text("Done: 9000."), 4),
    entry("user", "u3", "a3", text("Make it 9001"), 5),
    entry("assistant", "a5", "u3", text("Done: 9001."), 6),
    entry("user", "u4", "a5", "<command-name>/compact</command-name><command-args></command-args>", 7),
    entry("user", "u5", "u4", "This session is being continued ...", 8, isCompactSummary=True),
    entry("user", "u6", "u5", [{"type": "text", "text": "[Request interrupted by user]"}], 9),
    entry("user", "u7", "u6", "And the host?", 10),
]
ABOUT: dict[str, object] = {
    "source": "claude-code",
    "conversation": "The port",
    "conversation_id": "s1",
    "folder": "/gone/app",
}


def test_a_transcript_of_claude_code_has_the_users_words_and_the_last_answers_of_the_newest_branch(
    tmp_path: Path,
) -> None:
    path = lines(tmp_path / "projects" / "-gone-app" / "s1.jsonl", *TALK)

    read = imported(path)

    assert importer_of(path)[0] == "claude-code"
    assert read == [
        Imported("Which port?", "8765.", "2026-01-20T11:01:17", ABOUT),
        Imported("Make it 9001", "Done: 9001.", "2026-01-20T11:05:17", ABOUT),
        Imported("And the host?", "", "2026-01-20T11:10:17", ABOUT),
    ]
    assert imported(tmp_path / "projects") == read
    assert ids(path) == ids(tmp_path / "projects")
    assert len(set(ids(path))) == 3


def test_what_is_said_to_a_command_is_no_answer_to_the_prompt_before_it(tmp_path: Path) -> None:
    told = "<command-message>review</command-message><command-name>/review</command-name>"
    path = lines(
        tmp_path / "s1.jsonl",
        entry("user", "u1", None, "I moved to Bern.", 1),
        entry("assistant", "a1", "u1", text("Noted: Bern."), 2),
        entry("user", "u2", "a1", told, 3),
        entry("assistant", "a2", "u2", text("The diff has three problems."), 4),
    )

    assert [(page.said, page.answered) for page in imported(path)] == [("I moved to Bern.", "Noted: Bern.")]
    assert [(each.said, each.answer) for each in of_claude_code(str(path))] == [("I moved to Bern.", "Noted: Bern.")]


def test_talks_that_follow_no_other_one_are_all_read_and_repeated_ones_once(tmp_path: Path) -> None:
    """A file has several beginnings, and a talk that was gone on with stands in two files."""
    first = [entry("user", "u1", None, "One", 1), entry("assistant", "a1", "u1", text("1"), 1)]
    again = [entry("user", "u2", None, "Two", 2), entry("assistant", "a2", "u2", text("2"), 2)]
    lines(tmp_path / "b" / "s1.jsonl", *first, *again)
    lines(tmp_path / "a" / "s2.jsonl", *first, entry("user", "u3", "a1", "Three", 3))

    assert sorted(page.said for page in imported(tmp_path)) == ["One", "Three", "Two"]


def test_turns_belong_to_the_project_of_their_folder(tmp_path: Path) -> None:
    repository = tmp_path / "app"
    subprocess.run(["git", "init", "-q", str(repository)], check=True)
    remote = "git@github.com:Acme/App.git"
    subprocess.run(["git", "-C", str(repository), "remote", "add", "origin", remote], check=True)
    path = lines(tmp_path / "s1.jsonl", entry("user", "u1", None, "One", 1, cwd=str(repository)))

    assert [page.project for page in imported(path)] == ["github.com/acme/app"]


def test_the_parts_of_one_message_are_one_answer(tmp_path: Path) -> None:
    parts = [entry("assistant", f"a{part}", "u1", text(f"Part {part}."), 1) for part in (1, 2)]
    for part in parts:
        message = part["message"]
        assert isinstance(message, dict)
        message["id"] = "msg_1"
    parts[1]["parentUuid"] = "a1"
    path = lines(tmp_path / "s1.jsonl", entry("user", "u1", None, "One", 1), *parts)

    assert [page.answered for page in imported(path)] == ["Part 1.\nPart 2."]


def test_a_line_that_is_torn_is_named_and_passed_over_on_request(tmp_path: Path) -> None:
    path = lines(tmp_path / "s1.jsonl", entry("user", "u1", None, "One", 1))
    path.write_text(path.read_text(encoding="utf-8") + '{"type": "user", "uuid', encoding="utf-8")

    with pytest.raises(ConfigError, match=r"s1\.jsonl: line 2, column 18: not JSON"):
        imported(path)
    broken: list[str] = []
    assert [page.said for page in imported(path, broken)] == ["One"]
    assert len(broken) == 1
    assert broken[0].startswith(f"{path}: line 2, column 18: not JSON")


def event(minute: int, line: str, **payload: object) -> dict[str, object]:
    """A line of Codex."""
    return {"timestamp": f"2026-05-08T15:{minute:02}:02.548Z", "type": line, "payload": payload}


def message(minute: int, role: str, words: str, **more: object) -> dict[str, object]:
    kind = "input_text" if role == "user" else "output_text"
    part = {"type": kind, "text": words}
    return event(minute, "response_item", type="message", role=role, content=[part], **more)


META = event(0, "session_meta", id="s1", timestamp="2026-05-08T15:00:02.548Z", cwd="/gone/app", source="cli")
CODEX: dict[str, object] = {"source": "codex", "conversation_id": "s1", "folder": "/gone/app"}


def test_a_transcript_of_codex_has_the_users_words_and_the_final_answers(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "2026" / "05" / "08" / "rollout-2026-05-08T15-00-02-s1.jsonl",
        META,
        message(0, "user", "<environment_context>...</environment_context>"),
        message(1, "user", "Which port?"),
        event(1, "event_msg", type="user_message", message="Which port?", kind="plain"),
        event(1, "turn_context", cwd="/gone/app", model="gpt-5-codex"),
        event(1, "event_msg", type="agent_reasoning", text="Hm."),
        event(1, "response_item", type="reasoning", summary=[], content=None, encrypted_content="x"),
        message(2, "assistant", "I look.", phase="commentary"),
        event(2, "response_item", type="function_call", name="shell", arguments="{}", call_id="c"),
        event(2, "response_item", type="function_call_output", call_id="c", output="8765"),
        event(3, "event_msg", type="agent_message", message="8765.", phase="final_answer"),
        message(3, "assistant", "8765.", phase="final_answer"),
        event(4, "event_msg", type="user_message", message="# Context\n## My request for Codex:\nMake it 9000\n"),
        message(5, "assistant", "Done."),
        event(5, "event_msg", type="token_count", info=None),
    )

    assert importer_of(tmp_path)[0] == importer_of(path)[0] == "codex"
    assert imported(tmp_path) == [
        Imported("Which port?", "8765.", "2026-05-08T15:01:02", CODEX),
        Imported("Make it 9000", "Done.", "2026-05-08T15:04:02", CODEX),
    ]
    assert ids(path) == ids(tmp_path)


def test_older_transcripts_of_codex_are_read_and_those_of_subagents_are_not(tmp_path: Path) -> None:
    old = {"id": "s0", "timestamp": "2025-06-01T10:00:00.000Z", "instructions": None}
    lines(
        tmp_path / "rollout-old.jsonl",
        old,
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello"}]},
        {"record_type": "state"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi."}]},
    )
    lines(
        tmp_path / "rollout-sub.jsonl",
        event(0, "session_meta", id="s2", cwd="/gone", source={"subagent": "review"}),
        event(1, "event_msg", type="user_message", message="Review it."),
    )

    assert [(page.said, page.answered) for page in imported(tmp_path)] == [("Hello", "Hi.")]


def test_transcripts_of_codex_that_tell_items_have_the_last_text_of_each_turn(tmp_path: Path) -> None:
    def item(minute: int, kind: str, words: str, **more: object) -> dict[str, object]:
        content = [{"type": "text", "text": words}]
        return event(minute, "event_msg", type="item_completed", item={"type": kind, "content": content, **more})

    path = lines(
        tmp_path / "rollout-s1.jsonl",
        META,
        event(1, "event_msg", type="task_started", turn_id="t1"),
        item(1, "UserMessage", "Which port?"),
        item(2, "AgentMessage", "I look.", phase="commentary"),
        item(2, "AgentMessage", "876"),
        event(3, "event_msg", type="task_complete", turn_id="t1", last_agent_message="8765."),
        event(4, "event_msg", type="task_started", turn_id="t2"),
        item(4, "UserMessage", "And the host?"),
        item(5, "AgentMessage", "localhost"),
        event(5, "event_msg", type="task_complete", turn_id="t2", last_agent_message=None),
    )

    assert imported(path) == [
        Imported("Which port?", "8765.", "2026-05-08T15:01:02", CODEX),
        Imported("And the host?", "localhost", "2026-05-08T15:04:02", CODEX),
    ]


def test_a_talk_of_claude_code_has_the_title_that_was_found_for_it(tmp_path: Path) -> None:
    titled = {"type": "ai-title", "aiTitle": "Ports", "sessionId": "s1"}
    path = lines(tmp_path / "s1.jsonl", entry("user", "u1", None, "One", 1), titled)

    assert [page.about["conversation"] for page in imported(path)] == ["Ports"]
