"""What a kind of file holds: its tables, made and changed by migrations, and its mark."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources

APPLICATION_ID = 0x4D4F5331
"""Marks a file as ours ("MOS1")."""

# Per connection: the number of pages a stem stands in.
_TEMPORARY_TABLES = "CREATE VIRTUAL TABLE temp.word_counts USING fts5vocab ('main', 'words', 'row')"


@dataclass(frozen=True, slots=True)
class Schema:
    """What a kind of file holds: its migrations in order, its mark, and the tables each connection adds for itself.

    `has_pages`: how far it had come is noted beside it.
    """

    migrations: Callable[[], list[str]]
    application_id: int
    temporary_tables: str = ""
    has_pages: bool = False


def migrations_in(name: str) -> list[str]:
    """The migration scripts of a folder in order; the schema version is how many of them a file has seen."""
    folder = resources.files("memoryos.storage.sqlite") / name
    names = sorted(entry.name for entry in folder.iterdir() if re.fullmatch(r"\d{4}_\w+\.sql", entry.name))
    return [(folder / name).read_text(encoding="utf-8") for name in names]


def statements(script: str) -> Iterator[str]:
    """The statements of a script; `executescript` would commit the transaction around them."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


MEMORY = Schema(lambda: migrations_in("migrations"), APPLICATION_ID, _TEMPORARY_TABLES, has_pages=True)
