"""The command `doctor`: a line for each thing, the worst one is the exit code, and what is derived is mended."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command_line import run

from memoryos import load_config
from memoryos.models import NewPage
from memoryos.storage.paths import file_of
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.timestamps import parse

NOON = parse("2026-03-01T12:00:00Z", None)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"user_id": "tom", "data_storage_path": "data"}), encoding="utf-8")
    return file


@pytest.fixture
def path(config: Path) -> Path:
    """A memory of three pages."""
    path = file_of(load_config(config, environ={}))
    with closing(SqliteStore(path)) as store:
        for number in range(3):
            store.add_page(NewPage(f"leek soup {number}", "", NOON), timestamp="2026-03-01 12:00:00", now=NOON)
    return path


def examined(config: Path, *options: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """The exit code, and verdict and text by subject."""
    done = run("doctor", "--config", config, *options, cwd=config.parent)
    assert done.stderr == ""
    lines = (line.split(maxsplit=1) for line in done.stdout.splitlines())
    return done.returncode, {rest.split(": ")[0]: (verdict, rest.split(": ", 1)[1]) for verdict, rest in lines}


def changed(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_sound_memory_is_said_to_be_so(config: Path, path: Path) -> None:
    code, found = examined(config)

    assert code == 0
    assert {subject: verdict for subject, (verdict, _) in found.items()} == dict.fromkeys(
        (
            "sqlite",
            "folder",
            "rights",
            "integrity",
            "count",
            "texts",
            "words",
            "words of no page",
            "vectors",
            "topics",
            "embedder",
            "model",
        ),
        "ok",
    )
    assert found["count"][1] == "3 pages, and 3 when one was last acknowledged"


def test_missing_words_are_found_and_mended(config: Path, path: Path) -> None:
    changed(path, "DELETE FROM words WHERE rowid = 2", "DELETE FROM page_terms WHERE seq = 3")

    code, found = examined(config)
    assert (code, found["words"]) == (
        2,
        ("bad", "2 pages are not found by their words  ->  doctor --repair mends it"),
    )

    code, found = examined(config, "--repair")
    assert (code, found["repair"][1], found["words"][0]) == (0, "2 pages helped", "ok")
    with closing(SqliteStore(path)) as store:
        assert store.pages_with(["leek"]) == {"leek": 3}
        assert store.outlines_after(0, 10).seqs.tolist() == [1, 2, 3]


def test_pages_that_are_gone_or_not_as_they_were_stored_are_found(config: Path, path: Path) -> None:
    changed(path, "DELETE FROM pages WHERE seq = 1", "UPDATE pages SET agent_response = 'No.' WHERE seq = 2")

    code, found = examined(config)

    assert (code, found["count"], found["texts"]) == (
        2,
        (
            "bad",
            "2 pages, and 3 by their numbers  ->  save what can be read with the command recover, or restore a backup",
        ),
        (
            "bad",
            "pages that are not as they were stored, and are not shown: 1"
            "  ->  save the others with the command recover, or restore a backup",
        ),
    )


@pytest.mark.skipif(os.name != "posix", reason="Windows has no permission bits")
def test_rights_of_others_are_found_and_taken(config: Path, path: Path) -> None:
    path.chmod(0o644)
    path.parent.parent.chmod(0o755)

    code, found = examined(config)
    assert (code, found["rights"]) == (
        1,
        ("odd", f"others may read {path.parent.parent}  ->  doctor --repair shuts them out"),
    )

    assert examined(config, "--repair")[0] == 0
    assert (path.stat().st_mode & 0o777, path.parent.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_damaged_memory_is_named_left_alone_and_what_can_be_read_saved(config: Path, path: Path) -> None:
    content = bytes(100) + path.read_bytes()[100:]
    path.write_bytes(content)

    code, found = examined(config)
    assert code == 2
    assert found["memory"][0] == "bad"

    code, found = examined(config, "--repair")
    assert code == 2
    assert found["rescue"][1].startswith(f"3 pages saved to {path}.recovered, 0 pages could not be read")
    assert path.read_bytes() == content


def test_a_memory_that_is_not_there_yet_is_no_fault(config: Path) -> None:
    code, found = examined(config)

    assert (code, found["memory"][0]) == (0, "ok")


def test_a_model_that_does_not_answer_is_named(config: Path, path: Path) -> None:
    config.write_text(
        json.dumps({"user_id": "tom", "data_storage_path": "data", "openai_base_url": "http://127.0.0.1:9/v1"}),
        encoding="utf-8",
    )

    code, found = examined(config)

    assert (code, found["model"][0]) == (1, "odd")
    assert "it cannot be reached" in found["model"][1]
