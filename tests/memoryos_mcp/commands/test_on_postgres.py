"""What a person types about a memory in PostgreSQL: move, doctor, export, import and forget."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import postgres_server
import pytest
from store_work import add
from ulid import ULID

from memoryos import Config, ConfigError
from memoryos.config.checks import without_secrets
from memoryos.storage.paths import file_of
from memoryos.storage.registry import check_existing, open_store
from memoryos_mcp.commands.doctor import look
from memoryos_mcp.commands.forget import forget, forget_all
from memoryos_mcp.commands.move import EXIT_CHANGED, move
from memoryos_mcp.commands.transfer import export, import_

pytestmark = pytest.mark.skipif(postgres_server.MISSING is not None, reason=str(postgres_server.MISSING))


@pytest.fixture
def in_file(make_config: Callable[..., Config]) -> Config:
    """A memory of three pages in a file."""
    config = make_config(user_id=f"user {ULID()}")
    with closing(open_store(config)) as store:
        add(store, "soup", "skis", "tea")
    return config


@pytest.fixture
def in_database(in_file: Config) -> Config:
    """The same user's place in a database, where nothing is yet."""
    return in_file.model_copy(update={"database_url": postgres_server.app_url()})


def test_move_says_what_it_copied_and_what_comes_next(
    in_file: Config, in_database: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    code = move(in_file, in_database.database_url)

    place = without_secrets(in_database.database_url)
    said = capsys.readouterr().out.splitlines()
    assert (code, len(said)) == (0, 2)
    assert said[0].startswith("Copied 3 pages and all that belongs to them, ")
    assert said[0].endswith(f" rows, to {place}; counts and digests of all tables are the same.")
    assert said[1] == (
        f"Nothing was deleted in {file_of(in_file)}. Set database_url to the new place, and start the servers again."
    )
    with closing(open_store(in_database)) as store:
        assert [page.user_input for page in store.newest_pages(5)] == ["soup", "skis", "tea"]


def test_move_ends_with_another_code_where_the_memory_went_on(
    monkeypatch: pytest.MonkeyPatch, in_file: Config, in_database: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    from memoryos.storage.tables import moving

    copied = moving.copy_vectors

    def copy_vectors(*databases: object) -> object:
        with closing(open_store(in_file)) as store:
            add(store, "said meanwhile")
        return copied(*databases)  # type: ignore[arg-type]

    monkeypatch.setattr(moving, "copy_vectors", copy_vectors)

    assert move(in_file, in_database.database_url) == EXIT_CHANGED
    assert "changed meanwhile, and the copy lacks that" in capsys.readouterr().out


def test_move_refuses_what_is_no_address_without_showing_it(in_file: Config) -> None:
    with pytest.raises(ConfigError) as raised:
        move(in_file, "tom hunter2")
    assert str(raised.value) == '--to: accepted: a URL with its scheme, such as "postgresql://db.example/memories"'


def test_doctor_says_whether_the_memory_can_be_read(in_file: Config, in_database: Config) -> None:
    place = without_secrets(in_database.database_url)
    before = [(finding.verdict, finding.found) for finding in look(in_database)]
    move(in_file, in_database.database_url)
    after = [(finding.verdict, finding.found) for finding in look(in_database)]
    nowhere = in_database.model_copy(update={"database_url": "postgresql://tom:hunter2@127.0.0.1:1/m"})
    (gone,) = look(nowhere)

    assert before == [("ok", f"{place}: there is none yet; the first exchange makes it")]
    assert after == [("ok", f"{place}: 3 pages")]
    assert (gone.verdict, gone.found.split(";")[0]) == (
        "bad",
        "postgresql://***@127.0.0.1:1/m: cannot be reached (nobody listens there)",
    )


def test_an_export_is_imported_into_a_database_and_out_of_it_once_more(
    in_file: Config, in_database: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    export(in_file, first)
    assert [import_(in_database, first), import_(in_database, first)] == [0, 0]
    export(in_database, second)

    pages = [[json.loads(line) for line in path.read_text("utf-8").splitlines()] for path in (first, second)]
    assert pages[0] == pages[1]
    assert f"Imported 0 pages (3 were there already) into {without_secrets(in_database.database_url)}." in (
        capsys.readouterr().out
    )


def test_exchanges_and_the_whole_memory_are_forgotten_there(
    in_file: Config, in_database: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    move(in_file, in_database.database_url)
    with closing(open_store(in_database)) as store:
        page = store.newest_pages(1)[0]
    capsys.readouterr()

    assert forget(in_database, [page.id], yes=True) == 0
    assert forget_all(in_database, yes=True) == 0

    said = capsys.readouterr().out
    assert "Forgot 1 exchange" in said
    assert said.endswith(
        f"{without_secrets(in_database.database_url)} holds 2 exchanges.\n"
        "Deleted. Copies elsewhere, backups and the server's own log too, are not reached.\n"
    )
    with pytest.raises(ConfigError, match="no memory of user"):
        check_existing(in_database)
    assert file_of(in_file).exists()
