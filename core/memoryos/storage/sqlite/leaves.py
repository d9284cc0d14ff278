"""Rows of a table in a database whose root, tree or header is damaged, read leaf by leaf."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from memoryos.storage.tables.rows import Row

# The file format, https://www.sqlite.org/fileformat2.html
_MAGIC = b"SQLite format 3\0"
_PAGE_SIZE = slice(16, 18)
_PAGE_COUNT = slice(28, 32)
_TABLE_LEAF = 0x0D


class Leaves:
    """A file seen as a database of one table, which can be pointed at any leaf of any table in the file.

    The first page is replaced by that of such a database, so SQLite itself decodes the rows and follows the pages that
    a long text overflows to. Rows of another table come out too, in the wrong columns: the caller tells them apart.
    """

    def __init__(self, file: Path, columns: Sequence[str], text: Callable[[bytes], str]) -> None:
        """`file` is changed; `columns` are all of the table in order, the first its INTEGER PRIMARY KEY."""
        self._file = file
        self._columns = ", ".join(columns)
        table = f"CREATE TABLE leaf ({columns[0]} INTEGER PRIMARY KEY, {', '.join(columns[1:])})"
        first_page = _first_page(table, _page_size(file))
        self._page_size = len(first_page)
        # Twice: the write-ahead log is read only by a file with a sound header, and may bring the old one back.
        _put_first_page(file, first_page)
        _apply_write_ahead_log(file)
        _put_first_page(file, first_page)
        self._text = text
        self._connection = self._connected()

    def __iter__(self) -> Iterator[int]:
        """The page numbers of all leaves."""
        with self._file.open("rb") as content:
            for number in range(2, _page_count(self._file, self._page_size) + 1):
                content.seek((number - 1) * self._page_size)
                if content.read(1)[0] == _TABLE_LEAF:
                    yield number

    def rows(self, leaf: int, wanted: str) -> list[Row]:
        """The columns `wanted` of a leaf's rows by key, as far as they can be read."""
        rows: list[Row] = []
        try:
            self._connection.execute("PRAGMA writable_schema = ON")
            self._connection.execute("UPDATE sqlite_schema SET rootpage = ?", (leaf,))
            self._connection.execute("PRAGMA writable_schema = RESET")
            rows.extend(self._connection.execute(f"SELECT {wanted} FROM leaf"))
        except (sqlite3.DatabaseError, UnicodeDecodeError):  # the leaf is damaged from here on
            self._connection.close()  # one that has met damage may refuse the sound leaves, too
            self._connection = self._connected()
        return rows

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, isolation_level=None)
        connection.text_factory = self._text
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("BEGIN")  # never committed: pointing the table at a leaf writes nothing
        return connection

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def _first_page(table: str, page_size: int | None) -> bytes:
    """The first page of a database with one table; without a size, of the size this SQLite gives to new files."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "one_table.db"
        with closing(sqlite3.connect(path)) as connection:
            if page_size is not None:
                connection.execute(f"PRAGMA page_size = {page_size}")
            connection.execute(table)
        content = path.read_bytes()
    return content[: len(content) // 2]  # the schema, and the table's empty root


def _page_size(file: Path) -> int | None:
    """The page size in the header, None where there is no header."""
    with file.open("rb") as content:
        header = content.read(_PAGE_SIZE.stop)
    if not header.startswith(_MAGIC):
        return None
    size = int.from_bytes(header[_PAGE_SIZE], "big")
    return 65_536 if size == 1 else size


def _page_count(file: Path, page_size: int) -> int:
    return file.stat().st_size // page_size


def _put_first_page(file: Path, first_page: bytes) -> None:
    page, count = bytearray(first_page), max(2, _page_count(file, len(first_page)))
    page[_PAGE_COUNT] = count.to_bytes(4, "big")
    with file.open("r+b") as content:
        content.write(page)
        content.truncate(count * len(page))


def _apply_write_ahead_log(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            return  # the log is damaged too; what stands in the file itself is read
