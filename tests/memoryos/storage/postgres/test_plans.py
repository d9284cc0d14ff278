"""How PostgreSQL finds a user's rows among those of many, as the role that row-level security binds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

pytest.importorskip("psycopg_pool")

import postgres_server
import psycopg

from memoryos.storage.postgres import schema
from memoryos.storage.postgres import words as stem_rows
from memoryos.storage.postgres.dialect import translated
from memoryos.storage.tables.rows import PAGE_COLUMNS, PAGE_TABLES

pytestmark = pytest.mark.skipif(postgres_server.MISSING is not None, reason=str(postgres_server.MISSING))

OTHERS = 100
"""Users with 100 pages of 20 words each."""

ONE = 7
"""The key of the one that asks."""

FILL = """
INSERT INTO memories SELECT o, 'other ' || o FROM generate_series(1, {others}) o;
INSERT INTO talks SELECT o, 1, 1, 100, NULL FROM generate_series(1, {others}) o;
INSERT INTO pages (user_key, seq, id, happened_at, added_at, talk, digest, timestamp, user_input, agent_response)
    SELECT o, p, 'id ' || p, p, p, 1, '', '', 'text', '' FROM generate_series(1, {others}) o, generate_series(1, 100) p;
INSERT INTO words SELECT o, 'stem' || w, p, 1, 20
    FROM generate_series(1, {others}) o, generate_series(1, 100) p, generate_series(1, 20) w;
INSERT INTO unembedded SELECT user_key, seq FROM pages WHERE user_key <= {others};
INSERT INTO changes SELECT user_key, seq, 'page', seq, 'upsert' FROM pages WHERE user_key <= {others};
ANALYZE memories, talks, pages, words, unembedded, changes;
"""


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection[Any]]:
    """A connection as the application, for one user of a full house."""
    url = postgres_server.as_app(postgres_server.new_database())
    options = f"-c search_path={schema.SCHEMA},public"
    owned = postgres_server.as_url(url, user="postgres", options=options)
    with psycopg.connect(owned, autocommit=True) as owner:
        owner.execute(FILL.format(others=OTHERS))
    with psycopg.connect(postgres_server.as_url(url, options=f"{options} -c memoryos.user_key={ONE}")) as connected:
        yield connected


def plan(connection: psycopg.Connection[Any], statement: str, values: dict[str, Any]) -> str:
    named = {"user": ONE, **values}
    return "\n".join(line for (line,) in connection.execute(f"EXPLAIN {statement}", named))


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} WHERE p.seq IN (1,2)", ()),
        (f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} WHERE p.id IN (?, ?)", ("a", "b")),
        ("SELECT seq FROM pages WHERE project IS ? ORDER BY seq DESC LIMIT ?", (None, 10)),
        ("SELECT max(seq) FROM pages WHERE project IS ?", ("work",)),
        ("SELECT seq FROM pages WHERE happened_at BETWEEN ? AND ? ORDER BY happened_at LIMIT ?", (1, 9, 5)),
        (f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} JOIN unembedded u ON u.seq = p.seq ORDER BY u.seq LIMIT ?", (9,)),
        ("SELECT coalesce((SELECT max(version) FROM changes WHERE kind = ?), 0)", ("page",)),
        ("UPDATE pages SET turn = ? WHERE seq = ?", ("x", 1)),
    ],
)
def test_a_statement_reads_the_users_rows_and_no_whole_table(
    connection: psycopg.Connection[Any], statement: str, values: Sequence[Any]
) -> None:
    call = translated(statement, values)

    found = plan(connection, call.statement.text, call.values)

    assert "Seq Scan" not in found, found


def test_words_are_found_by_the_users_index(connection: psycopg.Connection[Any]) -> None:
    """Behind row-level security PostgreSQL's full-text operator would read all of the table."""
    values = {"stems": ["stem1", "soup"], "pages": "x", "length": "y", "least": 1, "limit": 10}

    found = plan(connection, stem_rows._BEST, values)

    assert "Seq Scan" not in found, found
    assert "words_pkey" in found
