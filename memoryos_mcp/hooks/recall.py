"""What bears on a prompt, and what is known of the user, by words alone: out of the memory's file, which is only read.

Meaning would take a model, for whose loading a client does not wait. So what is injected must share enough rare words
with the prompt; the agent asks the server for the rest.
"""

from __future__ import annotations

import json
import math
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Final, NamedTuple
from urllib.parse import quote

from memoryos.language.stems import stems, words_with_stems
from memoryos.language.words import content_words, sentences
from memoryos_mcp.hooks.fence import plain, quoted

FLOOR: Final = 0.35
"""The share of a prompt's words, by their rarity, that stands in what is injected, since that costs tokens."""

_FEW_WORDS: Final = 2.0
"""As much weight as a word that stands in a fifth of the pages: one common word in common is no bearing."""

_LEAST_PAGES: Final = 50
_FREQUENT: Final = 2_000
"""A word that stands in more pages finds nothing that rarer ones do not, and takes long."""

_CANDIDATES: Final = 20
_RECENT_FACTS: Final = 400
_MOST_PAGES, _MOST_FACTS = 3, 3
_SIDE_CHARACTERS: Final = 260
_PROMPT_CHARACTERS: Final = 2_000
_CARD_CHARACTERS: Final = 1_200
_CARD_FACTS: Final = 14
_WAIT_SECONDS: Final = 0.05
"""For a lock: a reader of a file in WAL mode hardly ever meets one."""

_OF_SCOPE: Final = "(project IS NULL OR project = ?)"
_HOLDS: Final = (
    f"owner = 'user' AND superseded_by IS NULL AND archived_at IS NULL AND state = 'current' AND {_OF_SCOPE}"
)


class _Found(NamedTuple):
    bearing: float
    line: str


def bearing_on(memory: str, prompt: str, session: str, project: str | None) -> list[str]:
    """Lines about what bears on a prompt, best first: facts, then exchanges of other sessions than this one.

    Raises `OSError` and `sqlite3.Error`.
    """
    with closing(_opened(memory)) as connection:
        asked = _weights(connection, prompt[:_PROMPT_CHARACTERS])
        if not asked:
            return []
        facts = sorted(_facts(connection, asked, project), reverse=True)[:_MOST_FACTS]
        pages = sorted(_pages(connection, asked, session, project), reverse=True)[:_MOST_PAGES]
        return [found.line for found in (*facts, *pages)]


def card(memory: str, project: str | None) -> list[str]:
    """Lines about what is known of the user in their own words: pinned facts, then those that fill a slot, the newest.

    Raises `OSError` and `sqlite3.Error`.
    """
    lines: list[str] = []
    with closing(_opened(memory)) as connection:
        rows = connection.execute(
            f"SELECT text, timestamp FROM knowledge WHERE {_HOLDS} AND author IN ('rule', 'person')"
            " AND (slot IS NOT NULL OR pinned) ORDER BY pinned DESC, happened_at DESC LIMIT ?",
            (project, _CARD_FACTS),
        )
        for text, timestamp in rows:
            line = _fact_line(text, timestamp)
            if sum(map(len, lines)) + len(line) > _CARD_CHARACTERS:
                break
            lines.append(line)
    return lines


def _opened(memory: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(os.path.abspath(memory))}?mode=ro", uri=True, timeout=_WAIT_SECONDS)


def _weights(connection: sqlite3.Connection, prompt: str) -> Mapping[str, tuple[str, float]]:
    """What a prompt says: by stem the word as written, and its weight by its rarity; words that stand nowhere too."""
    telling = frozenset(content_words(prompt))
    said = {word.stem: word.written for word in words_with_stems(prompt) if word.written in telling}
    pages = max(_LEAST_PAGES, connection.execute("SELECT coalesce(max(seq), 0) FROM pages").fetchone()[0])
    connection.execute("CREATE VIRTUAL TABLE temp.hook_words USING fts5vocab(main, words, 'row')")
    weights = {}
    for stem, written in said.items():
        row = connection.execute("SELECT doc FROM temp.hook_words WHERE term = ?", (stem,)).fetchone()
        count = min(pages, 0 if row is None else row[0])
        if count <= _FREQUENT:
            weights[stem] = written, math.log1p((pages - count + 0.5) / (count + 0.5))
    return weights


def _pages(
    connection: sqlite3.Connection, asked: Mapping[str, tuple[str, float]], session: str, project: str | None
) -> Iterator[_Found]:
    query = " OR ".join(f'"{written}"' for written, _ in asked.values())
    rows = connection.execute(
        "SELECT user_input, agent_response, timestamp, meta_data FROM pages WHERE seq IN"
        f" (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?) AND {_OF_SCOPE}",
        (query, _CANDIDATES, project),
    )
    for said, answer, timestamp, meta_data in rows:
        more = json.loads(meta_data) if meta_data else {}
        # What was asked tells nothing, whatever it holds of the prompt.
        bearing = _bearing(asked, answer if _asks(said) else f"{said}\n{answer}")
        if bearing < FLOOR or (session and more.get("session") == session):
            continue
        origin = f" in {plain(str(more['client']))[:40]}" if more.get("client") else ""
        sides = [f"user: {quoted(_part(said, asked))}"] if said.strip() else []
        sides += [f"assistant: {quoted(_part(answer, asked))}"] if answer.strip() else []
        yield _Found(bearing, f"{plain(timestamp)[:40]}{origin}, {', '.join(sides)}")


def _facts(
    connection: sqlite3.Connection, asked: Mapping[str, tuple[str, float]], project: str | None
) -> Iterator[_Found]:
    rows = connection.execute(
        f"SELECT text, timestamp FROM knowledge WHERE {_HOLDS} ORDER BY happened_at DESC LIMIT ?",
        (project, _RECENT_FACTS),
    )
    for text, timestamp in rows:
        bearing = _bearing(asked, text)
        if bearing >= FLOOR:
            yield _Found(bearing, _fact_line(text, timestamp))


def _fact_line(text: str, timestamp: str) -> str:
    return f"{plain(timestamp)[:10]}, known of the user: {quoted(text[:_SIDE_CHARACTERS])}"


def _bearing(asked: Mapping[str, tuple[str, float]], text: str) -> float:
    held = frozenset(stems(text))
    total = sum(weight for _, weight in asked.values())
    return sum(weight for stem, (_, weight) in asked.items() if stem in held) / (total + _FEW_WORDS)


def _asks(said: str) -> bool:
    return said.rstrip().endswith(("?", "？"))


def _part(side: str, asked: Mapping[str, tuple[str, float]]) -> str:
    """A side from the sentence on that bears most on what is asked."""
    pieces: Sequence[str] = sentences(side) or (side,)
    best = max(range(len(pieces)), key=lambda at: (_bearing(asked, pieces[at]), -at))
    text = " ".join(" ".join(pieces[best:]).split())
    return text if len(text) <= _SIDE_CHARACTERS else f"{text[: _SIDE_CHARACTERS - 1]}…"
