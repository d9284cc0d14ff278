"""A connection to SQLite as the statements of all stores want it."""

from __future__ import annotations

import sqlite3

from memoryos.storage.sqlite.full_text import FullText
from memoryos.storage.sqlite.windows import BlobWindows


class SqliteConnection(sqlite3.Connection):
    """SQLite's own, with its way to keep words and vectors."""

    words = FullText()
    windows = BlobWindows()
