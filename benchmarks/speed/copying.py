"""A memory grown by rows: its first pages again and again, each copy with a word of its own and moved vectors."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from memoryos import Config
from memoryos.storage.paths import file_of
from memoryos.storage.sqlite.database import Database

_NOISE: Final = 0.03
"""The standard deviation added to each of 384 dimensions; a copy's cosine to its original is then 0.86."""
_DAY_MICROS: Final = 86_400_000_000

_COPIES: Final = (
    "INSERT INTO talks (id, first_page, pages, project)"
    " SELECT id + :talks * :n, first_page + :o, pages, project FROM talks WHERE id <= :talks AND first_page <= :base",
    "INSERT INTO chains (id, summary, analysis, project)"
    " SELECT id + :chains * :n, summary, analysis, project FROM chains WHERE id <= :chains",
    "UPDATE segments SET archived_at = :now WHERE archived_at IS NULL AND id <= :segments * (:n + 1) - :capacity",
    "INSERT INTO segments (id, theme, summary, keywords, analysis, last_visit_at, pages, first_page_at, last_page_at,"
    " embedder, vector, project, archived_at)"
    " SELECT id + :segments * :n, theme, summary, keywords, analysis, last_visit_at + :t, pages, first_page_at + :t,"
    " last_page_at + :t, embedder, vector, project,"
    " iif(id + :segments * :n <= :segments * (:n + 1) - :capacity, :now, NULL) FROM segments WHERE id <= :segments",
    "INSERT INTO pages (seq, id, happened_at, added_at, previous, talk, chain, segment, analysed, digest, timestamp,"
    " user_input, agent_response, meta_data, assistant_id, project, origin)"
    " SELECT seq + :o, printf('01%024d', seq + :o), happened_at + :t, added_at + :t, previous + :o,"
    " talk + :talks * :n, chain + :chains * :n, segment + :segments * :n, analysed, digest, timestamp,"
    " user_input || ' ' || :word, agent_response, meta_data, assistant_id, project, origin"
    " FROM pages WHERE seq <= :base ORDER BY seq",
    "INSERT INTO words (rowid, user_words, agent_words)"
    " SELECT rowid + :o, user_words || ' ' || :word, agent_words FROM words WHERE rowid <= :base",
    "INSERT INTO page_terms (seq, terms) SELECT seq + :o, terms FROM page_terms WHERE seq <= :base",
    "INSERT INTO side_vectors (seq, embedder, user_side, agent_side)"
    " SELECT seq + :o, embedder, user_side, agent_side FROM side_vectors WHERE seq <= :base",
    "INSERT INTO extractive_pages (page, released) SELECT page + :o, 0 FROM extractive_pages WHERE page <= :base",
)


def fill_copied(config: Config, base: int, last: int, tick: Callable[[], None]) -> None:
    """Grow a memory of `base` pages, all work on which is done, to `last`, a multiple of that.

    A copy has the words of its original and one more, the time a day later for each before it, and vectors with noise:
    good for speed and size alone. Facts and traits are not copied.
    """
    database = Database(file_of(config))
    try:
        with database.read() as connection:
            sizes = _sizes(connection, base)
            rows = connection.execute(
                "SELECT seq, embedder, windows FROM page_vectors WHERE seq <= ? ORDER BY seq", (base,)
            ).fetchall()
            (dim,) = connection.execute("SELECT dim FROM embedders ORDER BY id DESC LIMIT 1").fetchone()
        lengths = [len(windows) for _, _, windows in rows]
        vectors = np.frombuffer(b"".join(windows for *_, windows in rows), dtype="<f2").reshape(-1, dim)
        for number in range(1, last // base):
            values: dict[str, object] = {
                **sizes,
                "n": number,
                "o": base * number,
                "base": base,
                "t": _DAY_MICROS * number,
            }
            values |= {"word": f"copy{number}", "capacity": config.mid_term_capacity, "now": 1}
            with database.write(durable=number == last // base - 1) as connection:
                for statement in _COPIES:
                    connection.execute(statement, values)
                moved = _moved(vectors, lengths, number)
                connection.executemany(
                    "INSERT INTO page_vectors (seq, embedder, windows) VALUES (?, ?, ?)",
                    [
                        (seq + base * number, embedder, blob)
                        for (seq, embedder, _), blob in zip(rows, moved, strict=True)
                    ],
                )
            for _ in range(base):
                tick()
        database.empty_log()
    finally:
        database.close()


def _sizes(connection: sqlite3.Connection, base: int) -> dict[str, int]:
    """How many talks, chains and segments the first pages have; raises `RuntimeError` where there are other pages."""
    pages, talks, chains, segments = connection.execute(
        "SELECT (SELECT max(seq) FROM pages), (SELECT max(id) FROM talks), (SELECT max(id) FROM chains),"
        " (SELECT max(id) FROM segments)"
    ).fetchone()
    if pages != base:
        raise RuntimeError(f"the memory has pages up to {pages}, not {base}")
    return {"talks": talks, "chains": chains, "segments": segments}


def _moved(vectors: np.ndarray, lengths: list[int], number: int) -> Iterator[bytes]:
    """The bytes of each page's windows, moved a little and of unit length."""
    chance = np.random.default_rng(number)
    moved = vectors + chance.normal(0, _NOISE, vectors.shape)
    moved /= np.linalg.norm(moved, axis=1, keepdims=True)
    content, at = moved.astype("<f2").tobytes(), 0
    for length in lengths:
        yield content[at : at + length]
        at += length
