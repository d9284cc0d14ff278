"""What becomes of the engine's statements on their way to PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

pytest.importorskip("sqlglot")
pytest.importorskip("psycopg")

from user_key_check import check

from memoryos.storage.postgres.dialect import translated

USER = "CAST(%(user)s AS BIGINT)"


@pytest.mark.parametrize(
    ("statement", "values", "text", "named"),
    [
        (
            "SELECT id FROM pages WHERE seq IN (1,2) AND id IN (?, ?) AND talk = ? ORDER BY seq DESC LIMIT ?",
            ("a", "b", 7, 3),
            f"SELECT id FROM pages WHERE (seq = ANY(%(l0)s) AND id = ANY(%(l1)s) AND talk = %(p3)s)"
            f" AND pages.user_key = {USER} ORDER BY seq DESC LIMIT %(p4)s",
            {"l0": [1, 2], "l1": ["a", "b"], "p3": 7, "p4": 3},
        ),
        (
            "SELECT id FROM pages WHERE project IS ? AND turn IS NOT ? AND seq NOT IN ()",
            (None, "x"),
            "SELECT id FROM pages WHERE (project IS NULL AND turn IS DISTINCT FROM %(p2)s AND seq <> ALL(%(l2)s))"
            f" AND pages.user_key = {USER}",
            {"p1": None, "p2": "x", "l2": []},
        ),
        (
            "SELECT id FROM pages INDEXED BY pages_without_segment WHERE segment IS NULL",
            (),
            f"SELECT id FROM pages WHERE segment IS NULL AND pages.user_key = {USER}",
            {},
        ),
        (
            "SELECT p.id FROM pages p LEFT JOIN chains c ON c.id = p.chain WHERE p.seq = ?1 OR p.previous = ?1",
            (5,),
            f"SELECT p.id FROM pages AS p LEFT JOIN chains AS c ON c.id = p.chain AND c.user_key = {USER}"
            f" WHERE (p.seq = %(p1)s OR p.previous = %(p1)s) AND p.user_key = {USER}",
            {"p1": 5},
        ),
        (
            "INSERT INTO traits (dimension, level) VALUES (?, '50% ?')"
            " ON CONFLICT (dimension) DO UPDATE SET level = excluded.level",
            ("calm",),
            f"INSERT INTO traits (user_key, dimension, level) VALUES ({USER}, %(p1)s, '50%% ?')"
            " ON CONFLICT(user_key, dimension) DO UPDATE SET level = excluded.level",
            {"p1": "calm"},
        ),
        (
            "UPDATE segments SET pages = (SELECT count(*) FROM pages WHERE segment = segments.id),"
            " last_page_at = max(last_page_at, ?) WHERE id = ?",
            (9, 1),
            "UPDATE segments SET pages = (SELECT COUNT(*) FROM pages WHERE segment = segments.id"
            f" AND pages.user_key = {USER}), last_page_at = GREATEST(last_page_at, %(p1)s)"
            f" WHERE id = %(p2)s AND segments.user_key = {USER}",
            {"p1": 9, "p2": 1},
        ),
        (
            "SELECT sum(length(CAST(user_input AS BLOB))) FROM pages WHERE CAST(meta_data AS INTEGER) > 0",
            (),
            "SELECT SUM(OCTET_LENGTH(user_input)) FROM pages"
            f" WHERE CAST(meta_data AS BIGINT) > 0 AND pages.user_key = {USER}",
            {},
        ),
    ],
)
def test_a_statement_is_said_as_postgresql_has_it_for_one_user(
    statement: str, values: tuple[Any, ...], text: str, named: dict[str, Any]
) -> None:
    call = translated(statement, values)

    assert (call.statement.text, call.values) == (text, named)
    check(text)


def test_a_new_row_is_numbered_unless_it_brings_its_number() -> None:
    new = translated("INSERT INTO chains (summary) VALUES (?)", ("soup",)).statement
    copied = translated("INSERT INTO chains (id, summary) VALUES (?, ?)", (4, "soup")).statement

    assert (new.numbered, new.text) == (
        "chains",
        f"INSERT INTO chains (user_key, id, summary) VALUES ({USER}, CAST(%(number)s AS BIGINT), %(p1)s)",
    )
    assert (copied.numbered, copied.text) == (
        None,
        f"INSERT INTO chains (user_key, id, summary) VALUES ({USER}, %(p1)s, %(p2)s)",
    )


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM pages",
        "SELECT 1 FROM pages AS p JOIN talks AS t ON t.id = p.talk WHERE p.user_key = %(user)s",
        "DELETE FROM pages WHERE seq = 1 OR pages.user_key = %(user)s",
        "INSERT INTO pages (seq) VALUES (1)",
        "INSERT INTO traits (user_key, dimension) VALUES (%(user)s, 'x') ON CONFLICT (dimension) DO NOTHING",
        "UPDATE pages SET talk = 1 WHERE pages.user_key = %(user)s AND seq IN (SELECT seq FROM fresh)",
    ],
)
def test_the_check_of_the_tests_sees_a_table_without_its_user(statement: str) -> None:
    """Else it would let pass what it is there to stop, in each test of a store."""
    with pytest.raises(AssertionError):
        check(statement)


def test_what_translates_is_whole_before_the_first_statement() -> None:
    """It would be loaded at that one, and half made for a second thread, whose wrong statement was kept for good."""
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, memoryos.storage.postgres.dialect;"
            "print(sorted({'sqlglot.dialects.sqlite', 'sqlglot.dialects.postgres'} & set(sys.modules)))",
        ],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert loaded.stdout == "['sqlglot.dialects.postgres', 'sqlglot.dialects.sqlite']\n"
