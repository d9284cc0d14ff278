"""Pages that come from elsewhere: each is taken in once, as often as it comes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from ulid import ULID

from memoryos.language.stems import words_with_stems
from memoryos.models import IncomingPage, NewPage
from memoryos.storage.sqlite.database import Database
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.storage.tables.contents import Contents
from memoryos.storage.tables.intake import Intake

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
LONG_AGO = NOON - timedelta(days=400, microseconds=1)
SHOWN = "2026-03-01 12:00:00"

THANKS = IncomingPage(NewPage("Thanks.", "You are welcome.", NOON), shown=SHOWN, added_at=NOON)
DATED = IncomingPage(NewPage("Thanks.", "You are welcome.", NOON, SHOWN), shown=SHOWN, added_at=NOON)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(tmp_path / "memory.db")) as database:
        yield database


def count(database: Database) -> int:
    return Contents(database).page_count()


def test_a_page_keeps_all_that_it_came_with(database: Database) -> None:
    page = NewPage("我的狮子 🦁", "", LONG_AGO, "last winter", {"b": [1, {"c": None}], "a": "é"}, "helper")
    incoming = IncomingPage(page, shown="last winter", added_at=NOON, id="01ARZ3NDEKTSV4RRFFQ69G5FAV")

    assert Intake(database).add([incoming]) == 1

    (stored,) = Contents(database).pages()
    assert (stored.id, stored.added_at) == (incoming.id, NOON)
    assert (stored.user_input, stored.agent_response, stored.happened_at) == ("我的狮子 🦁", "", LONG_AGO)
    assert (stored.timestamp, stored.meta_data, stored.assistant_id) == ("last winter", page.meta_data, "helper")


def test_a_page_of_an_id_that_is_there_is_left_as_it_is(database: Database) -> None:
    first = replace(THANKS, id="01ARZ3NDEKTSV4RRFFQ69G5FAV")
    other = replace(DATED, id=first.id)

    assert Intake(database).add([first, other]) == 1
    assert Intake(database).add([other]) == 0

    assert [page.user_input for page in Contents(database).pages()] == ["Thanks."]


def test_equal_exchanges_of_one_file_are_as_many_in_the_memory_and_no_more(database: Database) -> None:
    other = replace(THANKS, page=replace(THANKS.page, meta_data={"talk": 2}))
    file = [THANKS, other, THANKS, THANKS]

    intake = Intake(database)
    assert [intake.add(file[:3]), intake.add(file[3:])] == [3, 1]
    intake = Intake(database)
    assert [intake.add(file[:1]), intake.add(file[1:])] == [0, 0]
    assert Intake(database).add([*file, THANKS]) == 1

    assert count(database) == 5


def test_an_import_that_was_cut_between_equal_exchanges_is_completed(database: Database) -> None:
    Intake(database).add([DATED, DATED])

    assert Intake(database).add([DATED, DATED, DATED]) == 1

    assert count(database) == 3


def test_a_page_that_a_server_was_given_without_a_time_is_known_by_the_one_it_shows(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "memory.db")) as store:
        store.add_page(THANKS.page, timestamp=SHOWN, now=NOON)

    with closing(Database(tmp_path / "memory.db")) as database:
        assert Intake(database).add([DATED]) == 0
        assert Intake(database).add([THANKS]) == 0
        later = replace(DATED, page=replace(DATED.page, timestamp="2026-03-01 12:00:01"), shown="2026-03-01 12:00:01")
        assert Intake(database).add([later]) == 1


def test_what_another_process_adds_during_an_import_is_known(tmp_path: Path, database: Database) -> None:
    intake = Intake(database)
    intake.add([replace(DATED, page=replace(DATED.page, user_input="Hello."))])
    with closing(SqliteStore(tmp_path / "memory.db")) as store:
        store.add_page(DATED.page, timestamp=SHOWN, now=NOON)

    assert intake.add([DATED]) == 0


def test_a_page_without_an_id_gets_a_ulid(database: Database) -> None:
    Intake(database).add([THANKS])

    (page,) = Contents(database).pages()
    assert str(ULID.from_str(page.id)) == page.id


def test_imported_pages_are_found_by_words_and_wait_for_their_vectors(tmp_path: Path, database: Database) -> None:
    Intake(database).add([THANKS, DATED])

    with closing(SqliteStore(tmp_path / "memory.db")) as store:
        assert store.match_words(words_with_stems("thanks"), 10) == [1, 2]
        assert [page.seq for page in store.unembedded_pages(10)] == [1, 2]
