"""The project of a page survives every way out of a memory and back in."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from memoryos.errors import StoreDamagedError
from memoryos.models import NewPage, Page
from memoryos.storage.sqlite.copies import back_up, verified
from memoryos.storage.sqlite.database import Database
from memoryos.storage.sqlite.recovery import salvage
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.storage.tables.contents import Contents
from memoryos.storage.tables.intake import Intake
from memoryos.storage.transfer import incoming_page
from memoryos_mcp.importers import import_pages
from memoryos_mcp.importers.json_lines import export_line

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
TIME = "2026-03-01 12:00:00"
PROJECTS = ("alpha", None, "beta", "alpha")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A memory of the same exchange in each project, twice in one."""
    path = tmp_path / "memory.db"
    with closing(SqliteStore(path)) as store:
        for at, project in enumerate(PROJECTS):
            page = NewPage(f"soup {at // 3}", "noted", NOW, None, None, "helper", project=project)
            store.add_page(page, timestamp=TIME, now=NOW)
    return path


def pages(path: Path) -> list[Page]:
    with closing(Database(path)) as database:
        return [*Contents(database).pages()]


def test_a_backup_and_what_is_saved_from_a_damaged_file_have_it(path: Path, tmp_path: Path) -> None:
    before = pages(path)

    assert [page.project for page in before] == [*PROJECTS]
    assert pages(back_up(path, tmp_path / "copies", name="memory", now=NOW).path) == before
    saved = salvage(path)
    assert (pages(saved.recovered), saved.unverified) == (before, ())


def test_a_page_that_changed_its_project_on_disk_is_noticed(path: Path) -> None:
    with closing(Database(path)) as database, database.write() as connection:
        connection.execute("UPDATE pages SET project = 'beta' WHERE seq = 1")

    with pytest.raises(StoreDamagedError, match="not as it was stored"):
        verified(path)
    assert [page.project for page in pages(salvage(path).recovered)] == [*PROJECTS[1:]]


def test_an_export_brings_it_back_and_an_equal_exchange_of_another_project_is_another(
    path: Path, tmp_path: Path
) -> None:
    before = pages(path)
    file = tmp_path / "memory.jsonl"
    file.write_bytes(b"".join(map(export_line, before)))
    with closing(Database(tmp_path / "new.db")) as new:
        intake = Intake(new)
        exported = [*import_pages(file, timezone.utc, "helper")]
        assert intake.add(exported) == len(PROJECTS)
        first = exported[0]
        assert intake.add([replace(first, page=replace(first.page, project="x"))]) == 0
        assert intake.differing == [before[0].id]
        again = [
            incoming_page("soup 0", "noted", timestamp=TIME, project=project) for project in ("alpha", "gamma", None)
        ]
        assert intake.add(again) == 1

    assert pages(tmp_path / "new.db")[:-1] == before
    assert pages(tmp_path / "new.db")[-1].project == "gamma"
