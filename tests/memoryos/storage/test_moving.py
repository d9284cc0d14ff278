"""A memory moved from a file into PostgreSQL and back: whole, compared, gone on with, and never half."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

import postgres_server
import pytest
from store_work import NOON, TIMESTAMP, add, analyse, analysis_of, claimed, consolidate, embed, fact, topic
from ulid import ULID

from memoryos import Config
from memoryos.errors import ConfigError, StoreDamagedError, StoreError
from memoryos.models import NewPage, Selection, ToldFact, Trait, Turn
from memoryos.storage.moving import Moved, move
from memoryos.storage.paths import file_of
from memoryos.storage.registry import OpenedStore, delete_rows, open_database, open_store
from memoryos.storage.tables import moving

pytestmark = pytest.mark.skipif(postgres_server.MISSING is not None, reason=str(postgres_server.MISSING))

MakeConfig = Callable[..., Config]


@pytest.fixture
def files(make_config: MakeConfig) -> Config:
    """A memory in a file, with something in each of its tables."""
    config = make_config(user_id=f"mover {ULID()}")
    with closing(open_store(config)) as store:
        fill(store)
    return config


@pytest.fixture
def database(files: Config) -> Config:
    """Where it is moved to."""
    return files.model_copy(update={"database_url": postgres_server.app_url()})


def fill(store: OpenedStore) -> None:
    store.use_embedder("two/1", 2)
    pages = add(store, "Hi Anna, soup", "skis", "more soup", "a NUL \0 and \ue000", "passwords", "to be forgotten")
    told = NewPage("I like tea", "Ok", NOON, None, {"n": [1, "x"]}, "helper", (ToldFact("The user likes tea.", None),))
    store.add_page(told, timestamp=TIMESTAMP, now=NOON)
    turn = Turn("turn-1", NOON, NOON)
    at_work = NewPage("in a project", "yes", NOON + timedelta(hours=9), project="work", turn=turn)
    store.add_page(at_work, timestamp=TIMESTAMP, now=NOON)
    embed(store, {1: [(1.0, 0.0), (0.5, 0.25)], 2: [(0.0, 1.0)], 3: [(0.125, -0.5)]})
    store.commit_refusal(claimed(store, "embed"), pages[4].seq, "too odd", now=NOON)
    (segment,) = consolidate(store, topic(pages[0], pages[2]))
    store.add_visits({segment.id: 3}, now=NOON)
    likes, hates = fact("likes", "The user likes soup.", pages[0], pages[5]), fact("hates", "They hate soup.", pages[2])
    analyse(store, analysis_of(segment, pages[0], new=(likes,)))
    trait = Trait("calm", "High", "soup", NOON + timedelta(days=1), TIMESTAMP)
    plan = analysis_of(segment, pages[2], new=(hates, fact("skis", "They ski.", pages[1])))
    analyse(store, replace(plan, traits=(trait,), replaced={"likes": "hates"}, refused={"echo": 2}))
    store.exclude("passwords", "person", now=NOON)
    store.retire_fact("skis", "person", now=NOON)
    store.forget_pages([pages[5].id])
    store.fail(claimed(store, "analyse"), "no answer", wait_seconds=60, now=NOON)


def moved(source: Config, target: Config) -> Moved:
    return rest_of(move(source, target))


def rest_of(steps: Generator[int, None, Moved]) -> Moved:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Moved = end.value
            return result


def content(config: Config) -> dict[str, moving.Extent]:
    with closing(open_database(config, existing=True)) as database:
        return dict(moving.extents(database))


def test_a_memory_moved_there_and_back_is_what_it_was(
    files: Config, database: Config, make_config: MakeConfig, tmp_path: Path
) -> None:
    before = content(files)
    there = moved(files, database)
    home = make_config(user_id=files.user_id, data_storage_path=str(tmp_path / "home"))
    back = moved(database, home)

    assert (there.extents, there.changed, back.extents, back.changed) == (before, False, before, False)
    assert content(home) == before == content(files)
    filled = {name for name, extent in before.items() if extent.rows}
    assert {table.name for table in moving.TABLES} - filled == {"fresh"}  # of a model
    assert file_of(home).with_suffix(".mark").exists()
    assert sorted(path.name for path in file_of(home).parent.iterdir()) == ["memory.db", "memory.mark"]


def test_a_moved_memory_finds_and_numbers_as_the_one_before(files: Config, database: Config) -> None:
    moved(files, database)
    with closing(open_store(files)) as before, closing(open_store(database)) as after:
        both: list[OpenedStore] = [before, after]
        for store in both:
            store.use_embedder("two/1", 2)
        assert after.newest_pages(20) == before.newest_pages(20)
        assert after.traits() == before.traits()
        assert after.segment_visits() == before.segment_visits()
        assert after.exclusions() == before.exclusions() == ("passwords",)
        assert [after.pages_about(word, 9, 0) for word in ("soup", "skis")] == [
            before.pages_about(word, 9, 0) for word in ("soup", "skis")
        ]
        assert after.refused_facts() == before.refused_facts()
        new = [add(store, "the next one", now=NOON + timedelta(hours=3))[0] for store in both]
        assert (new[0].seq, new[0].previous) == (new[1].seq, new[1].previous) == (9, 7)


def test_a_move_that_was_cut_short_is_gone_on_with_and_nobody_opens_it_meanwhile(
    monkeypatch: pytest.MonkeyPatch, files: Config, database: Config
) -> None:
    monkeypatch.setattr(moving, "PART", 2)
    steps = move(files, database)
    first = list(islice(steps, 12))
    steps.close()
    with pytest.raises(StoreError, match=r"this memory is being moved here; run the command move again"):
        open_store(database)

    rest = list(move(files, database))

    assert content(database) == content(files)
    assert sum(first) + sum(rest) == sum(extent.rows for extent in content(files).values()) + settings_again(files)


def settings_again(config: Config) -> int:
    """The settings are written at each try."""
    return content(config)["settings"].rows


def test_what_changed_while_a_move_was_cut_short_is_in_the_copy(
    monkeypatch: pytest.MonkeyPatch, files: Config, database: Config
) -> None:
    monkeypatch.setattr(moving, "PART", 2)
    steps = move(files, database)
    list(islice(steps, 12))
    steps.close()
    with closing(open_store(files)) as store:
        add(store, "said meanwhile")

    moved(files, database)

    assert content(database) == content(files)


def test_a_move_into_files_that_was_cut_short_at_its_last_step_goes_on(
    monkeypatch: pytest.MonkeyPatch, files: Config, tmp_path: Path
) -> None:
    there = files.model_copy(update={"data_storage_path": str(tmp_path / "there")})
    with monkeypatch.context() as patched:
        patched.setattr("memoryos.storage.moving.put_in_place", refuses)
        with pytest.raises(StoreError):
            moved(files, there)
    with closing(open_store(files)) as store:
        add(store, "said meanwhile")

    moved(files, there)

    assert content(there) == content(files)


def refuses(*_: object) -> None:
    raise StoreError("the disk is gone")


def test_a_copy_that_differs_is_no_memory(monkeypatch: pytest.MonkeyPatch, files: Config, database: Config) -> None:
    original = moving.extents
    seen: list[object] = []

    def extents(of: object) -> Iterator[tuple[str, moving.Extent]]:
        seen.append(of)
        for name, extent in original(of):  # type: ignore[arg-type]
            yield (
                name,
                extent if len(seen) == 1 else replace(extent, digest="other" if name == "pages" else extent.digest),
            )

    monkeypatch.setattr(moving, "extents", extents)
    with pytest.raises(StoreDamagedError, match=r"the copy differs from its source in pages and is not used"):
        moved(files, database)
    with pytest.raises(StoreError, match="is being moved here"):
        open_store(database)
    monkeypatch.setattr(moving, "extents", original)
    moved(files, database)
    assert content(database) == content(files)


def test_a_memory_that_goes_on_while_it_is_copied_is_named(files: Config, database: Config) -> None:
    steps = move(files, database)
    next(steps)
    with closing(open_store(files)) as store:
        add(store, "said meanwhile")
    result = rest_of(steps)

    assert result.changed
    assert content(database)["pages"].rows == content(files)["pages"].rows - 1


def test_a_memory_that_is_there_is_not_touched(files: Config, database: Config) -> None:
    with closing(open_store(database)) as store:
        add(store, "mine")
    with pytest.raises(ConfigError, match="there is a memory of this user already"):
        moved(files, database)
    with pytest.raises(ConfigError, match="there is a memory already"):
        moved(database, files)
    with pytest.raises(ConfigError, match="the memory lies there"):
        moved(files, files)
    assert content(database)["pages"].rows == 1
    delete_rows(database)


def test_two_memories_can_be_read_while_one_is_moved(files: Config, database: Config) -> None:
    """The copy is made of one moment; a server goes on reading, and adding."""
    with ExitStack() as stack:
        store = stack.enter_context(closing(open_store(files)))
        for _ in move(files, database):
            assert store.newest_pages(1)[0].user_input == "in a project"
        assert store.preview_forgetting(Selection(everything=True)).pages == 7
