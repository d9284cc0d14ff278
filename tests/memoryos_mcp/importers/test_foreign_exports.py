"""Importers of what other products write, on small samples made after each product's public format."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from memoryos.arguments import MAX_TEXT
from memoryos.errors import ConfigError
from memoryos.timestamps import zone
from memoryos_mcp.importers import import_pages, importer_of

UTC = timezone.utc


@dataclass(frozen=True, slots=True)
class Read:
    """What is compared of a page."""

    said: str
    answered: str
    shown: str
    conversation: str = ""
    attachments: tuple[str, ...] = ()


def read(path: Path) -> list[Read]:
    found = []
    for incoming in import_pages(path, UTC, "mine"):
        page, meta_data = incoming.page, incoming.page.meta_data or {}
        assert page.assistant_id == "mine"
        assert datetime.fromisoformat(incoming.shown).replace(tzinfo=UTC) == page.happened_at.replace(microsecond=0)
        attachments = meta_data.get("attachments", [])
        assert isinstance(attachments, list)
        conversation = str(meta_data.get("conversation", ""))
        found.append(Read(page.user_input, page.agent_response, incoming.shown, conversation, tuple(attachments)))
    return found


def ids(path: Path) -> list[str | None]:
    return [incoming.id for incoming in import_pages(path, UTC, "mine")]


def written(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def zipped(path: Path, **members: object) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("user.json", "{}")
        for name, value in members.items():
            archive.writestr(f"{name.replace('_', '-')}.json", json.dumps(value))
    return path


def chatgpt_node(
    id_: str, parent: str | None, role: str, parts: list[Any], seconds: float | None, **message: object
) -> dict[str, object]:
    content = {"content_type": message.pop("content_type", "text"), "parts": parts}
    said: dict[str, object] = {
        "id": id_,
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": seconds,
    }
    return {
        "id": id_,
        "message": {**said, "content": content, "recipient": "all", "metadata": {}, **message},
        "parent": parent,
        "children": [],
    }


def chatgpt_conversation(title: str, seconds: float, nodes: list[dict[str, Any]], current: str) -> dict[str, object]:
    root: dict[str, object] = {"id": "root", "message": None, "parent": None, "children": []}
    mapping = {node["id"]: node for node in [root, *nodes]}
    return {
        "title": title,
        "create_time": seconds,
        "update_time": seconds + 60,
        "mapping": mapping,
        "moderation_results": [],
        "current_node": current,
        "conversation_id": f"id of {title}",
        "id": f"id of {title}",
    }


TRIP = chatgpt_conversation(
    "Trip",
    1_700_000_000.5,
    [
        chatgpt_node("s", "root", "system", ["You are ..."], None),
        chatgpt_node("u1", "s", "user", ['Where is Lyon? {"chat_messages": []}'], 1_700_000_001.25),
        chatgpt_node("t1", "u1", "assistant", ["search('Lyon')"], 1_700_000_002, recipient="browser"),
        chatgpt_node("t2", "t1", "tool", ["Lyon is ..."], 1_700_000_003),
        chatgpt_node("th", "t2", "assistant", [], 1_700_000_003, content_type="thoughts"),
        chatgpt_node("a1", "th", "assistant", ["In France."], 1_700_000_004),
        chatgpt_node("u2", "a1", "user", ["And Nice?"], 1_700_000_010),
        chatgpt_node("a2", "u2", "assistant", ["By the sea."], 1_700_000_011),
        chatgpt_node("u2b", "a1", "user", ["And Davos?"], 1_700_000_020),
        chatgpt_node("a2b", "u2b", "assistant", ["In the Alps."], 1_700_000_021),
        chatgpt_node("a2c", "u2b", "assistant", ["In Switzerland."], 1_700_000_022),
        chatgpt_node(
            "h", "a2c", "user", ["hidden"], 1_700_000_023, metadata={"is_visually_hidden_from_conversation": True}
        ),
        chatgpt_node(
            "u3",
            "h",
            "user",
            [{"content_type": "image_asset_pointer", "asset_pointer": "file-service://x"}],
            1_700_000_030,
            content_type="multimodal_text",
            metadata={"attachments": [{"id": "x", "name": "ski.png"}]},
        ),
    ],
    "u3",
)
SOUP = chatgpt_conversation(
    "Soup",
    1_600_000_000,
    [chatgpt_node("u1", "root", "user", ["I like leek.\n", "A lot."], None)],
    "u1",
)
TRIP_READ = [
    Read('Where is Lyon? {"chat_messages": []}', "In France.", "2023-11-14 22:13:21", "Trip"),
    Read("And Davos?", "In Switzerland.", "2023-11-14 22:13:40", "Trip"),
    Read("[ski.png]", "", "2023-11-14 22:13:50", "Trip", ("ski.png",)),
]
SOUP_READ = [Read("I like leek.\n\nA lot.", "", "2020-09-13 12:26:40", "Soup")]


def claude_message(
    id_: str, sender: str, text: str, second: int, parent: str | None = None, **more: object
) -> dict[str, object]:
    return {
        "uuid": id_,
        "text": text,
        "content": [{"type": "text", "text": text, "citations": []}],
        "sender": sender,
        "created_at": f"2025-03-01T09:30:{second:02}.123456Z",
        "updated_at": f"2025-03-01T09:30:{second:02}.123456Z",
        "attachments": [],
        "files": [],
        **({} if parent is None else {"parent_message_uuid": parent}),
        **more,
    }


def claude_conversation(name: str, created: str, *messages: dict[str, object]) -> dict[str, object]:
    return {
        "uuid": f"id of {name}",
        "name": name,
        "created_at": created,
        "updated_at": created,
        "account": {"uuid": "me"},
        "chat_messages": list(messages),
    }


ROOT = "00000000-0000-4000-8000-000000000000"
TOOLS = [
    {"type": "thinking", "thinking": "hm"},
    {"type": "tool_use", "name": "search", "input": {}},
    {"type": "text", "text": "Leek."},
    {"type": "tool_result", "content": []},
    {"type": "text", "text": "And salt."},
]
CLAUDE = [
    claude_conversation(
        "Edited",
        "2025-03-01T09:30:00.000000Z",
        claude_message("u1", "human", "Hello", 1, ROOT),
        claude_message("a1", "assistant", "Hi", 2, "u1"),
        claude_message("u2", "human", "old question", 3, "a1"),
        claude_message("a2", "assistant", "old answer", 4, "u2"),
        claude_message("u2b", "human", "new question", 5, "a1", files=[{"file_name": "a.pdf"}]),
        claude_message("a2b", "assistant", "new answer", 6, "u2b"),
    ),
    claude_conversation(
        "Soup",
        "2025-02-01T09:30:00.000000Z",
        claude_message("u1", "human", "What is in it?", 1, attachments=[{"file_name": "b.txt", "file_size": 1}]),
        claude_message("a1", "assistant", "Leek. This block is not supported.", 2, content=TOOLS),
    ),
    claude_conversation("Empty", "2025-01-01T09:30:00.000000Z"),
]
CLAUDE_READ = [
    Read("What is in it?", "Leek.\nAnd salt.", "2025-03-01 09:30:01", "Soup", ("b.txt",)),
    Read("Hello", "Hi", "2025-03-01 09:30:01", "Edited"),
    Read("new question", "new answer", "2025-03-01 09:30:05", "Edited", ("a.pdf",)),
]


def reference(folder: Path) -> Path:
    folder.mkdir()
    page = {"user_input": "I moved to Lyon.", "agent_response": "Noted.", "timestamp": "2025-05-01 10:00:00"}
    moved: dict[str, object] = {
        **page,
        "page_id": "page_1",
        "pre_page": None,
        "next_page": None,
        "meta_info": "...",
        "page_embedding": [],
    }
    second = {"user_input": "I ski.", "agent_response": "Where?", "timestamp": "2025-05-02 10:00:00"}
    written(
        folder / "mid_term.json",
        {"sessions": {"s1": {"id": "s1", "summary": "move", "details": [moved], "H_segment": 1.0}},
         "access_frequency": {"s1": 1}},
    )  # fmt: skip
    written(folder / "short_term.json", [second, page])
    written(folder / "long_term_user.json", {"user_profiles": {}, "knowledge_base": []})
    return folder


GRAPH: list[dict[str, Any]] = [
    {"type": "entity", "name": "Tom", "entityType": "person", "observations": ["likes leek", "skis"]},
    {"type": "relation", "from": "Tom", "to": "Lyon", "relationType": "lives_in"},
]


def graph(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


SAMPLES: dict[str, tuple[str, Callable[[Path], Path], list[Read]]] = {
    "chatgpt": ("chatgpt", lambda folder: written(folder / "x.json", [TRIP, SOUP]), [*SOUP_READ, *TRIP_READ]),
    "chatgpt zip": (
        "chatgpt",
        lambda folder: zipped(folder / "x.zip", conversations_000=[TRIP], conversations_001=[SOUP]),
        [*SOUP_READ, *TRIP_READ],
    ),
    "claude": ("claude", lambda folder: written(folder / "x.json", CLAUDE), CLAUDE_READ),
    "claude zip": ("claude", lambda folder: zipped(folder / "x.zip", conversations=CLAUDE), CLAUDE_READ),
    "reference": (
        "reference-folder",
        lambda folder: reference(folder / "tom"),
        [
            Read("I moved to Lyon.", "Noted.", "2025-05-01 10:00:00"),
            Read("I ski.", "Where?", "2025-05-02 10:00:00"),
        ],
    ),
    "server-memory": (
        "server-memory",
        lambda folder: graph(folder / "memory.jsonl", GRAPH),
        [
            Read("", "Tom (person): likes leek", "2023-11-14 22:13:20"),
            Read("", "Tom (person): skis", "2023-11-14 22:13:20"),
            Read("", "Tom lives in Lyon", "2023-11-14 22:13:20"),
        ],
    ),
}


@pytest.mark.parametrize("sample", SAMPLES)
def test_what_was_said_is_read_with_its_date(tmp_path: Path, sample: str) -> None:
    name, write, expected = SAMPLES[sample]
    path = write(tmp_path)
    assert importer_of(path)[0] == name
    assert read(path) == expected


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_page_has_the_same_id_each_time_and_none_has_that_of_another(tmp_path: Path, sample: str) -> None:
    path = SAMPLES[sample][1](tmp_path)
    first = ids(path)
    assert None not in first
    assert len(set(first)) == len(first)
    assert ids(path) == first


def test_a_later_export_keeps_the_ids_of_what_was_there(tmp_path: Path) -> None:
    shorter = {**TRIP, "current_node": "a1"}
    before = ids(written(tmp_path / "before.json", [shorter]))
    assert ids(written(tmp_path / "after.json", [TRIP]))[: len(before)] == before


def test_a_note_that_was_added_leaves_the_ids_of_the_others(tmp_path: Path) -> None:
    before = ids(graph(tmp_path / "memory.jsonl", GRAPH))
    more = [{**GRAPH[0], "observations": ["likes leek", "skis", "sings"]}, GRAPH[1]]
    path = graph(tmp_path / "memory.jsonl", more)
    os.utime(path, (1_800_000_000, 1_800_000_000))
    after = ids(path)
    assert [*after[:2], after[3]] == before


def test_an_exchange_longer_than_a_page_becomes_several(tmp_path: Path) -> None:
    long = chatgpt_conversation(
        "Long", 1_700_000_000, [chatgpt_node("u", "root", "user", ["x" * MAX_TEXT + "y"], 1)], "u"
    )
    path = written(tmp_path / "x.json", [long])
    assert [page.said for page in read(path)] == ["x" * MAX_TEXT, "y"]
    assert len(set(ids(path))) == 2


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        (
            "x.json",
            [TRIP, {"mapping": {"a": {"message": {"author": {}}}}}],
            ": [1]: mapping.a.message.id: Field required",
        ),
        ("x.json", [CLAUDE[0], {"uuid": "u"}], ": [1]: chat_messages: Field required"),
        ("x.jsonl", {"type": "entity", "observations": []}, ": line 1: content.entity.name: Field required"),
    ],
)
def test_a_record_that_is_not_as_expected_is_named(tmp_path: Path, name: str, value: object, problem: str) -> None:
    path = written(tmp_path / name, value)
    with pytest.raises(ConfigError) as refused:
        read(path)
    assert str(refused.value).startswith(f"{path}{problem}; expected: ")


def test_a_time_that_is_none_is_named(tmp_path: Path) -> None:
    page = {"user_input": "a", "agent_response": "b", "timestamp": "soon"}
    written(tmp_path / "short_term.json", [page])
    with pytest.raises(ConfigError) as refused:
        read(tmp_path)
    assert str(refused.value).startswith(f"{tmp_path / 'short_term.json'}: [0]: timestamp: got 'soon'; ")


def test_a_time_that_the_calendar_ends_before_is_named(tmp_path: Path) -> None:
    begun = datetime(1, 1, 1, tzinfo=UTC).timestamp()
    talk = chatgpt_conversation("Old", begun, [chatgpt_node("u", "root", "user", ["Hello"], begun)], "u")
    path = written(tmp_path / "conversations.json", [talk])
    with pytest.raises(ConfigError) as refused:
        list(import_pages(path, zone("America/New_York"), "mine"))
    assert str(refused.value).endswith("timestamp: 0001-01-01 00:00:00+00:00; expected: a time of the years 2 to 9998")
