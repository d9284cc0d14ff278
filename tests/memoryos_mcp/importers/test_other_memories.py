"""What other memories hold becomes facts with date and origin; the samples are made after their public formats."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
from pathlib import Path

import pytest
from imported import Imported, ids, imported

from memoryos.errors import ConfigError
from memoryos_mcp.importers import importer_of


def written(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    os.utime(path, (1_760_000_000, 1_760_000_000))  # 2025-10-09 08:53:20
    return path


def fact(text: str, at: str, **about: object) -> Imported:
    return Imported("", text, at, about)


MEM0 = [
    {
        "id": "892db2ae-06d9-49e5-8b3e-585ef9b85b8e",
        "memory": "Is called Ann",
        "hash": "1a2b",
        "metadata": None,
        "created_at": "2024-07-20T01:30:36.275141-07:00",
        "updated_at": None,
        "user_id": "ann",
    },
    {
        "id": "2",
        "memory": "Lives in Oslo",
        "hash": "3c4d",
        "created_at": "2024-08-01T10:00:00",
        "updated_at": "2025-01-05T11:00:00Z",
        "user_id": "ann",
        "agent_id": "helper",
        "categories": ["home"],
    },
]


@pytest.mark.parametrize("value", [{"results": MEM0}, MEM0, {"memories": MEM0, "total": 2}])
def test_memories_of_mem0_are_facts_from_when_they_say_what_they_say(tmp_path: Path, value: object) -> None:
    path = written(tmp_path / "mem0.json", value)

    assert importer_of(path)[0] == "mem0"
    assert imported(path) == [
        fact("Is called Ann", "2024-07-20T08:30:36", source="mem0"),
        fact("Lives in Oslo", "2025-01-05T11:00:00", source="mem0", categories=["home"], agent="helper"),
    ]


OPEN_MEMORY = {
    "user": {"id": "1", "user_id": "ann", "name": None, "email": None, "metadata": {}},
    "apps": [{"id": "a", "owner_id": "1", "name": "openmemory"}],
    "categories": [{"id": "c", "name": "food", "description": "..."}],
    "memories": [
        {
            "id": "m1",
            "user_id": "1",
            "app_id": "a",
            "content": "Is allergic to nuts",
            "metadata": {},
            "state": "active",
            "created_at": "2026-01-02T03:04:05+00:00",
            "updated_at": "2026-01-02T03:04:05+00:00",
            "category_ids": ["c"],
        },
        {"id": "m2", "content": "Was deleted", "state": "deleted", "created_at": "2026-01-02T03:04:05+00:00"},
        {"id": "m3", "content": "Liked jazz", "state": "archived", "created_at": None, "updated_at": None},
    ],
    "memory_categories": [{"memory_id": "m1", "category_id": "c"}],
    "export_meta": {"version": "1"},
}


def test_a_backup_of_openmemory_is_read_without_what_was_deleted(tmp_path: Path) -> None:
    path = written(tmp_path / "memories.json", OPEN_MEMORY)
    archive = tmp_path / "memories_export_ann.zip"
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("memories.json", json.dumps(OPEN_MEMORY, indent=2))
        content.writestr("memories.jsonl.gz", gzip.compress(b"{}\n"))
    os.utime(archive, (1_760_000_000, 1_760_000_000))

    assert importer_of(path)[0] == importer_of(archive)[0] == "mem0"
    assert imported(path) == imported(archive)
    assert imported(path) == [
        fact("Is allergic to nuts", "2026-01-02T03:04:05", source="mem0", categories=["food"]),
        fact("Liked jazz", "2025-10-09T08:53:20", source="mem0", state="archived"),
    ]
    assert ids(path) == ids(archive)


def test_an_export_of_mcp_memory_service_has_facts_with_their_tags(tmp_path: Path) -> None:
    path = written(
        tmp_path / "export.json",
        {
            "export_metadata": {"source_machine": "desk", "export_timestamp": "2026-01-01", "total_memories": 2},
            "memories": [
                {
                    "content": "The deploy key is in the vault.",
                    "content_hash": "aa",
                    "tags": ["ops"],
                    "created_at": 1_767_323_045.5,
                    "updated_at": 1_767_323_045.5,
                    "memory_type": "note",
                    "metadata": {},
                },
                {"content": "No hash"},
            ],
        },
    )

    with pytest.raises(ConfigError, match=r"memories\[1\]: content_hash: Field required"):
        imported(path)
    broken: list[str] = []
    assert importer_of(path)[0] == "mcp-memory-service"
    assert imported(path, broken) == [
        fact(
            "The deploy key is in the vault.",
            "2026-01-02T03:04:05",
            source="mcp-memory-service",
            tags=["ops"],
            type="note",
        )
    ]
    assert len(broken) == 1


NOTE = """---
title: Coffee
type: note
permalink: food/coffee
tags:
- brewing
created: 2026-01-02T03:04:05+00:00
---

# Coffee

Ann drinks two cups a day.

## Observations
- [preference] Likes light roasts #coffee (since Oslo)
- [ ] buy a grinder
- [x] clean the kettle

## Relations
- brewed_with [[Kettle]]
- [[Oslo]]
"""


def test_notes_of_basic_memory_give_their_observations_relations_and_prose(tmp_path: Path) -> None:
    (tmp_path / "food").mkdir()
    (tmp_path / "food" / "Coffee.md").write_text(NOTE, encoding="utf-8")
    (tmp_path / ".obsidian").mkdir()
    (tmp_path / ".obsidian" / "x.md").write_text("not a note", encoding="utf-8")
    plain = tmp_path / "Plain.md"
    plain.write_text("Just text.", encoding="utf-8")
    os.utime(plain, (1_760_000_000, 1_760_000_000))

    about = {"source": "basic-memory", "entity": "Coffee", "permalink": "food/coffee", "tags": ["brewing"]}
    prose = (
        "# Coffee\n\nAnn drinks two cups a day.\n\n## Observations\n- [ ] buy a grinder\n- [x] clean the kettle\n\n"
        "## Relations"
    )
    at = "2026-01-02T03:04:05"
    assert importer_of(tmp_path)[0] == "basic-memory"
    assert imported(tmp_path) == [
        fact("Just text.", "2025-10-09T08:53:20", source="basic-memory", entity="Plain", permalink="Plain"),
        fact(prose, at, **about),
        fact("Coffee: Likes light roasts #coffee (since Oslo)", at, **about, category="preference"),
        fact("Coffee brewed with Kettle", at, **about),
        fact("Coffee relates to Oslo", at, **about),
    ]


def test_a_note_with_torn_front_matter_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\npermalink: a\n---\nText.", encoding="utf-8")
    (tmp_path / "b.md").write_text("---\ntags: [a\n---\nText.", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"b\.md: front matter: "):
        imported(tmp_path)


def letta_message(role: str, content: object, minute: int, **more: object) -> dict[str, object]:
    return {
        "role": role,
        "content": content,
        "id": f"message-{minute}",
        "created_at": f"2025-10-31T22:{minute:02}:56.459100+00:00",
        **more,
    }


def test_an_agent_file_of_letta_has_its_blocks_and_its_talk(tmp_path: Path) -> None:
    send = {"id": "c", "type": "function", "function": {"name": "send_message", "arguments": '{"message": "Hi Ann!"}'}}
    told = {"type": "user_message", "message": "Hello", "time": "2025-10-31"}
    path = written(
        tmp_path / "agent.af",
        {
            "agents": [
                {
                    "name": "helper",
                    "memory_blocks": [],
                    "block_ids": ["block-0"],
                    "agent_type": "memgpt_agent",
                    "messages": [
                        letta_message("system", [{"type": "text", "text": "You are ..."}], 1),
                        letta_message(
                            "user", [{"type": "text", "text": '{"type": "login", "last_login": "never"}'}], 2
                        ),
                        letta_message("user", [{"type": "text", "text": json.dumps(told)}], 3),
                        letta_message("assistant", [{"type": "text", "text": "I greet."}], 4, tool_calls=[send]),
                        letta_message("tool", [{"type": "text", "text": "ok"}], 5),
                        letta_message("user", [{"type": "text", "text": "Bye"}], 6),
                        letta_message("assistant", [{"type": "text", "text": "See you."}], 7),
                    ],
                }
            ],
            "groups": [],
            "blocks": [
                {"value": "\nName: Ann\n", "label": "human", "id": "block-0"},
                {"value": "I am Sam.", "label": "persona", "id": "block-1"},
            ],
        },
    )

    about: dict[str, object] = {"source": "letta", "conversation": "helper", "conversation_id": "helper"}
    assert importer_of(path)[0] == "letta"
    assert imported(path) == [
        fact("human: Name: Ann", "2025-10-31T22:07:56", source="letta", block="human"),
        Imported("Hello", "Hi Ann!", "2025-10-31T22:03:56", about),
        Imported("Bye", "See you.", "2025-10-31T22:06:56", about),
    ]


def test_an_older_agent_file_of_letta_is_read(tmp_path: Path) -> None:
    path = written(
        tmp_path / "agent.af",
        {
            "agent_type": "memgpt_agent",
            "core_memory": [{"label": "human", "value": "Name: Ann", "updated_at": "2025-03-01T10:00:00"}],
            "name": "helper",
            "messages": [{"role": "user", "text": "Hello", "created_at": "2025-03-02T10:00:00"}],
        },
    )

    assert [(page.said, page.answered, page.at) for page in imported(path)] == [
        ("", "human: Name: Ann", "2025-03-01T10:00:00"),
        ("Hello", "", "2025-03-02T10:00:00"),
    ]


def test_a_folder_of_nothing_known_is_refused_with_what_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello", encoding="utf-8")

    with pytest.raises(ConfigError) as raised:
        importer_of(tmp_path)

    known = "transcripts of Claude Code or Codex, notes of basic-memory, or files of the reference implementation"
    assert str(raised.value) == f"{tmp_path}: a folder without what is imported from one: {known}"
