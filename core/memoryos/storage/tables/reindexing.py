"""Bringing the words of old pages up to the segmenter of this package, when a newer one cuts texts differently."""

from __future__ import annotations

from memoryos.language.words import SEGMENTER_VERSION
from memoryos.storage.adding import page_stems
from memoryos.storage.tables import changes, outlines
from memoryos.storage.tables.connection import Connection

_FIRST_VERSION = 1
"""Of memories that do not tell."""


def is_current(connection: Connection) -> bool:
    """Whether no page was cut by an older segmenter than this package's."""
    return _setting(connection, "segmenter", _FIRST_VERSION) >= SEGMENTER_VERSION


def renew(connection: Connection, pages: int) -> bool:
    """Index the words of the next pages anew, if an older segmenter cut them; False when none are left.

    Until a page's turn comes it is found by its old words. What a newer package indexed stays as it is.
    """
    if is_current(connection):
        return False
    rows = connection.execute(
        "SELECT seq, user_input, agent_response FROM pages WHERE seq > ? ORDER BY seq LIMIT ?",
        (_setting(connection, "segmented_to", 0), pages),
    ).fetchall()
    for seq, user_input, agent_response in rows:
        stems = page_stems(user_input, agent_response)
        connection.words.replace(connection, seq, user_input, agent_response, stems)
        outlines.put(connection, seq, outlines.packed(stems))
    changes.append(connection, "page", [seq for seq, _, _ in rows])
    if rows:
        _set(connection, "segmented_to", rows[-1][0])
    else:
        _set(connection, "segmenter", SEGMENTER_VERSION)
        _set(connection, "segmented_to", 0)
    return bool(rows)


def _setting(connection: Connection, key: str, default: int) -> int:
    row = connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
    return default if row is None else int(row[0])


def _set(connection: Connection, key: str, value: int) -> None:
    connection.execute(
        "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, str(value)),
    )
