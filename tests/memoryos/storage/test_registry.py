"""Which store a configuration means, and what is answered where there is none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from plugins import install

from memoryos import Config, ConfigError, Memoryos, MissingDependencyError
from memoryos.storage.paths import existing_file_of, file_of, memory_file
from memoryos.storage.registry import delete_rows, open_store
from memoryos.storage.sqlite.store import SqliteStore

MakeConfig = Callable[..., Config]


@pytest.mark.parametrize("url", ["", "sqlite:", "SQLite:"])
def test_a_memory_lies_in_a_sqlite_file_unless_a_url_says_otherwise(make_config: MakeConfig, url: str) -> None:
    config = make_config(database_url=url)

    with closing(open_store(config)) as store:
        assert (type(store), store.path) == (SqliteStore, file_of(config))


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_postgresql_without_its_extra_is_answered_with_the_install_line(
    monkeypatch: pytest.MonkeyPatch, make_config: MakeConfig, scheme: str
) -> None:
    monkeypatch.setattr(
        "memoryos.storage.registry.find_spec", lambda name: None if name == "psycopg_pool" else object()
    )

    with pytest.raises(MissingDependencyError) as raised:
        open_store(make_config(database_url=f"{scheme}://tom:hunter2@db.example/memories"))

    assert str(raised.value) == (
        f"database_url: {scheme}: needs psycopg_pool, not installed; pip install '.[postgres]'"
    )


def test_an_unknown_scheme_is_answered_with_the_known_ones_and_nothing_else_of_the_url(make_config: MakeConfig) -> None:
    with pytest.raises(ConfigError) as raised:
        open_store(make_config(database_url="mysql://tom:hunter2@db.example/memories"))

    assert str(raised.value) == "database_url: got 'mysql'; known: sqlite, postgresql, postgres"


ELSEWHERE = """
from pathlib import Path
from memoryos.storage.sqlite.store import SqliteStore

def open_elsewhere(config):
    folder = config.database_url.partition(":")[2]
    return SqliteStore(Path(folder) / f"{config.user_id}.acme")
"""


def test_another_package_brings_a_store(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make_config: MakeConfig
) -> None:
    install(monkeypatch, tmp_path / "site", ELSEWHERE, stores="acme = acme:open_elsewhere")
    config = make_config(database_url=f"acme:{tmp_path}")

    with closing(open_store(config)) as store:
        assert store.path == tmp_path / "tom.acme"
    with Memoryos.open(config) as memory:
        memory.add_memory("I moved to Lyon.", "")
        assert memory.status().data_path == str(tmp_path / "tom.acme")
    assert not memory_file(tmp_path / "data", "tom").exists()


def test_rows_are_deleted_of_a_database_of_all_users_and_of_no_file(make_config: MakeConfig) -> None:
    """Else it would be that of whatever database the environment names."""
    with pytest.raises(ConfigError, match="is no database of all users"):
        delete_rows(make_config())


@pytest.mark.parametrize("path_of", [file_of, existing_file_of])
def test_what_works_on_files_refuses_a_memory_that_is_in_none(
    make_config: MakeConfig, path_of: Callable[[Config], Path]
) -> None:
    """It would otherwise work on another memory, of the same user in the data folder."""
    with pytest.raises(ConfigError) as raised:
        path_of(make_config(database_url="acme://db.example"))

    assert str(raised.value) == (
        "database_url: acme: this works on a memory in a SQLite file; use what the database brings, such as pg_dump, "
        "or leave database_url empty"
    )
