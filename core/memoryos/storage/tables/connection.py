"""What the statements of this package ask of a database: to run them, and two tables that each database has its own way
with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from memoryos.language.stems import Word
    from memoryos.models import Matrix, PageVectors
    from memoryos.storage.index_rows import SideVectors, WindowVectors


NUMBERED: Final = {
    "pages": "seq",
    "knowledge": "seq",
    "segments": "id",
    "chains": "id",
    "talks": "id",
    "embedders": "id",
    "changes": "version",
    "told_facts": "id",
    "audit": "id",
}
"""Tables whose rows are numbered as they come, by the column that has the number."""


class EmbedderRow(NamedTuple):
    """An embedder as the store knows it."""

    id: int
    dim: int


class Cursor(Protocol):
    """The rows that a statement brought."""

    @property
    def description(self) -> Any:
        """The columns of the rows: a sequence for each, its name first."""

    def fetchone(self) -> Any:
        """The next row, None where there is none left."""

    def fetchall(self) -> list[Any]:
        """The rows that are left."""

    def __iter__(self) -> Iterator[Any]:
        """The rows that are left, one after the other."""


class Connection(Protocol):
    """A connection inside a transaction on one user's memory, and that user's rows alone.

    A statement is written as for SQLite, with `?` or `?1` for values and integers listed where `rows.in_list` does it,
    and of what SQLite knows it uses no more than `memoryos.storage.postgres.dialect` can say to PostgreSQL.
    """

    @property
    def words(self) -> WordTable:
        """The words of pages."""

    @property
    def windows(self) -> WindowTable:
        """The vectors of pages."""

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Cursor:
        """Run a statement."""

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> Cursor:
        """Run a statement for each of several rows of values."""


class WordTable(Protocol):
    """The words of pages, found by the stems of `memoryos.language.stems` and ranked by BM25."""

    def put(self, connection: Any, seq: int, user_input: str, agent_response: str, stems: Mapping[str, int]) -> None:
        """Index the words of a page; `stems` is how often each of them stands in it."""

    def replace(
        self, connection: Any, seq: int, user_input: str, agent_response: str, stems: Mapping[str, int]
    ) -> None:
        """Index the words of a page anew."""

    def remove(self, connection: Any, seqs: Collection[int]) -> None:
        """Take pages out that are about to be deleted."""

    def merge(self, connection: Any) -> None:
        """Overwrite removed words, as far as a transaction can."""

    def pages_with(self, connection: Any, stems: Collection[str], known: Mapping[str, int]) -> dict[str, int]:
        """In how many pages each stem stands, those in none left out; counts that are `known` are not taken again."""

    def match(self, connection: Any, words: Sequence[Word], limit: int | None, *, together: bool) -> list[int]:
        """The best pages by BM25 over any of the words, or with all of them, best first; without a limit all."""


class WindowTable(Protocol):
    """The window vectors of pages and of both sides of them, of several embedders beside each other."""

    def put(self, connection: Any, embedder: EmbedderRow, vectors: Sequence[PageVectors]) -> None:
        """Store pages' vectors in the place of those there are."""

    def remove(self, connection: Any, seqs: Collection[int]) -> None:
        """Delete the vectors of pages."""

    def of_pages(self, connection: Any, embedder: EmbedderRow, seqs: Collection[int]) -> dict[int, Matrix]:
        """Window vectors by page."""

    def after(self, connection: Any, embedder: EmbedderRow, seq: int, pages: int) -> WindowVectors:
        """Window vectors of the next pages after a seq."""

    def of_sides(self, connection: Any, embedder: EmbedderRow, seqs: Sequence[int]) -> SideVectors:
        """Window vectors of both sides of pages."""


class Database(Protocol):
    """One user's memory in a database. What it raises is `StoreError` and its subclasses."""

    def read(self) -> AbstractContextManager[Connection]:
        """A connection inside a transaction that sees one moment."""

    def write(self, *, durable: bool = False) -> AbstractContextManager[Connection]:
        """A connection inside a transaction that nobody else writes in meanwhile.

        It is committed at the end, rolled back on any exception; `durable` waits until the commit is on disk.
        """

    def snapshot(self) -> AbstractContextManager[None]:
        """Within it all reads of the calling thread see one moment."""

    def numbers(self) -> Mapping[str, int]:
        """The last number given to a row of each table of `NUMBERED`; 0 where none was."""

    def set_numbers(self, numbers: Mapping[str, int]) -> None:
        """Let the next rows of tables have the numbers after these."""

    def checkpoint(self) -> None:
        """Move what was written to where it stays, where the database has another place for it first."""

    def close(self) -> None:
        """Release the connections."""
