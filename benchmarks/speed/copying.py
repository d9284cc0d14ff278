"""A memory grown by rows: its first pages again and again, each copy with a word of its own and moved vectors."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.storage.paths import file_of
from memoryos.storage.seals import DIGEST_BYTES, page_seal
from memoryos.storage.sqlite.database import Database

if TYPE_CHECKING:
    from benchmarks.speed.dialogue import Talk
    from benchmarks.speed.filling import Tick
    from memoryos import Config

COPIED_PAGES: Final = 10_000
"""So many of a memory's first pages are copied at most."""

_NOISE: Final = 0.03
"""The standard deviation added to each of 384 dimensions; a copy's cosine to its original is then 0.86."""
_DAY_MICROS: Final = 86_400_000_000

_NUMBERS: Final = (
    "SELECT (SELECT max(seq) FROM pages) AS o, (SELECT max(id) FROM talks) AS talks,"
    " (SELECT max(id) FROM chains) AS chains, (SELECT max(id) FROM segments) AS segments"
)

_COPIES: Final = (
    "INSERT INTO talks (id, first_page, pages, project) SELECT id + :talks, first_page + :o, pages, project FROM talks"
    " WHERE id IN (SELECT talk FROM pages WHERE seq <= :last)",
    "INSERT INTO chains (id, summary, analysis, project) SELECT id + :chains, summary, analysis, project FROM chains"
    " WHERE id IN (SELECT chain FROM pages WHERE seq <= :last)",
    "INSERT INTO segments (id, theme, summary, keywords, analysis, last_visit_at, pages, first_page_at, last_page_at,"
    " embedder, vector, project)"
    " SELECT id + :segments, theme, summary, keywords, analysis, last_visit_at + :t, pages, first_page_at + :t,"
    " last_page_at + :t, embedder, vector, project"
    " FROM segments WHERE id IN (SELECT segment FROM pages WHERE seq <= :last)",
    "UPDATE segments SET archived_at = last_visit_at"
    " WHERE archived_at IS NULL AND id <= (SELECT max(id) FROM segments) - :capacity",
    "INSERT INTO pages (seq, id, happened_at, added_at, previous, talk, chain, segment, analysed, digest, timestamp,"
    " user_input, agent_response, meta_data, assistant_id, project, origin)"
    " SELECT seq + :o, printf('01%024d', seq + :o), happened_at + :t, added_at + :t, previous + :o,"
    " talk + :talks, chain + :chains, segment + :segments, analysed,"
    " resealed(digest, printf('01%024d', seq + :o), happened_at + :t, added_at + :t, timestamp,"
    " user_input || ' ' || :word, agent_response, meta_data, assistant_id, project), timestamp,"
    " user_input || ' ' || :word, agent_response, meta_data, assistant_id, project, origin"
    " FROM pages WHERE seq <= :last ORDER BY seq",
    "INSERT INTO words (rowid, user_words, agent_words)"
    " SELECT rowid + :o, user_words || ' ' || :word, agent_words FROM words WHERE rowid <= :last",
    "INSERT INTO page_terms (seq, terms) SELECT seq + :o, terms FROM page_terms WHERE seq <= :last",
    "INSERT INTO side_vectors (seq, embedder, user_side, agent_side)"
    " SELECT seq + :o, embedder, user_side, agent_side FROM side_vectors WHERE seq <= :last",
    "INSERT INTO extractive_pages (page, released) SELECT page + :o, 0 FROM extractive_pages WHERE page <= :last",
)


def fill_copied(config: Config, dialogue: Talk, first: int, last: int, tick: Tick) -> None:
    """Grow a memory of `first` pages, all work on which is done, to `last`.

    A copy has the words of its original and one more, the time a day later for each before it, and vectors with noise:
    good for speed and size alone. Facts and traits are not copied, nor is `dialogue` asked for more pages.
    """
    database = Database(file_of(config))
    try:
        number = 0
        while first < last:
            number += 1
            many = min(COPIED_PAGES, first, last - first)
            with database.write(durable=first + many == last) as connection:
                _copy(connection, number, many, config.mid_term_capacity)
            first += many
            for _ in range(many):
                tick()
        database.empty_log()
    finally:
        database.close()


def _copy(connection: sqlite3.Connection, number: int, many: int, capacity: int) -> None:
    """Copy the first so many pages once, with what belongs to them; `number` tells the copies apart."""
    cursor = connection.execute(_NUMBERS)
    values: dict[str, object] = dict(zip((name for name, *_ in cursor.description), cursor.fetchone(), strict=True))
    values |= {"last": many, "t": _DAY_MICROS * number, "word": f"copy{number}", "capacity": capacity}
    connection.create_function("resealed", 10, _resealed, deterministic=True)
    for statement in _COPIES:
        connection.execute(statement, values)
    rows = connection.execute("SELECT seq + :o, embedder, windows FROM page_vectors WHERE seq <= :last", values)
    chance = np.random.default_rng(number)
    copies = [(seq, embedder, _moved(windows, chance)) for seq, embedder, windows in rows]
    connection.executemany("INSERT INTO page_vectors (seq, embedder, windows) VALUES (?, ?, ?)", copies)


def _resealed(
    digest: bytes,
    id_: str,
    happened_at: int,
    added_at: int,
    shown: str,
    user_input: str,
    agent_response: str,
    meta_data: str | None,
    assistant_id: str | None,
    project: str | None,
) -> bytes:
    """The digest of a copy: what its original has in common with equal pages, and a seal of its own."""
    of_project = () if project is None else (project,)
    texts = (shown, user_input, agent_response, meta_data, assistant_id, *of_project)
    return digest[:DIGEST_BYTES] + page_seal(id_, happened_at, added_at, *texts)


def _moved(windows: bytes, chance: np.random.Generator, dim: int = 384) -> bytes:
    """A page's windows, moved a little and of unit length."""
    vectors = np.frombuffer(windows, dtype="<f2").reshape(-1, dim).astype(np.float32)
    vectors += chance.normal(0, _NOISE, vectors.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype("<f2").tobytes()
