"""What processes were told, against what is there after they were killed."""

from __future__ import annotations

import itertools
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from benchmarks.crash.load import Journal, set_clock, settings
from memoryos import Memoryos, WaitTimeoutError
from memoryos.language.stems import words_with_stems
from memoryos.models import Page
from memoryos.storage.adding import REPEAT_WINDOW
from memoryos.storage.paths import file_of
from memoryos.storage.sqlite.database import Database
from memoryos.storage.sqlite.examination import examine
from memoryos.storage.sqlite.store import SqliteStore

_TOKEN: Final = re.compile(r"zq\d+x\d+")
_IDLE_SECONDS: Final = 600.0
_MOST: Final = 10_000_000


@dataclass(slots=True)
class Told:
    """What the processes of one memory were told."""

    added: dict[str, str] = field(default_factory=dict)
    """Of each id the token in its text; "" for what was there before."""
    imported: set[str] = field(default_factory=set)
    forgetting: set[str] = field(default_factory=set)
    """What a process had asked to be forgotten: it may be gone, or not."""
    forgotten: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    """How often it was asked for a token to be added."""
    refused: int = 0
    deaths: Counter[str] = field(default_factory=Counter)

    @classmethod
    def read(cls, folder: Path) -> Told:
        told = cls()
        for lines in Journal.lines(folder):
            for line in lines:
                told._take(line)
        return told

    def _take(self, line: dict[str, str]) -> None:
        did = line["did"]
        if did == "adding":
            self.asked[line["token"]] += 1
        elif did == "added":
            self.added[line["id"]] = line["token"]
        elif did == "imported":
            self.imported.add(line["token"])
        elif did == "forgetting":
            self.forgetting.add(line["id"])
        elif did == "forgotten":
            self.forgotten.add(line["id"])
        elif did == "error":
            self.errors.append(line["text"])
        elif did == "refused":
            self.refused += 1
        elif did == "died":
            self.deaths[line["place"]] += 1


@dataclass(frozen=True, slots=True)
class Found:
    """What a memory is short of, or has too much of, each with all there is to know."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    unfound: tuple[str, ...] = ()
    unsound: tuple[str, ...] = ()

    def record(self) -> dict[str, list[str]]:
        return {name: list(getattr(self, name)) for name in self.__slots__}


def check(folder: Path) -> Found:
    """A memory that nobody uses, against what was told of it. Raises `StoreError` where it does not open."""
    told, path = Told.read(folder), file_of(settings(folder))
    with closing(SqliteStore(path)) as store:
        pages = {page.id: page for page in store.newest_pages(_MOST)}
        owed = {id_: token for id_, token in told.added.items() if id_ not in told.forgetting}
        tokens: dict[str, list[datetime]] = {}
        for page in pages.values():
            tokens.setdefault(_token(page), []).append(page.added_at)
        lost = [f"{id_} {token}" for id_, token in owed.items() if id_ not in pages]
        lost += [token for token in sorted(told.imported) if token not in tokens]
        unfound = [id_ for id_, token in owed.items() if token and id_ in pages and not _is_found(store, pages[id_])]
        # Of what is there as two pages, since it was asked for twice with others in between, one may be left.
        ids_of = Counter(told.added.values())
        single = {id_: told.added[id_] for id_ in told.forgotten if ids_of[told.added[id_]] == 1}
        words_back = [id_ for id_, token in single.items() if _has_words(store, token)]
    content = b"".join(file.read_bytes() for file in sorted(path.parent.glob("memory.db*")))
    back = [id_ for id_ in told.forgotten if id_ in pages]
    back += [id_ for id_, token in single.items() if f"{token} ".encode() in content]
    with closing(Database(path)) as database:
        unsound = [f"{found.subject}: {found.found}" for found in examine(database) if found.verdict == "bad"]
    return Found(
        lost=tuple(f"lost: {line}" for line in lost),
        doubled=tuple(
            f"doubled: {token} was added {', '.join(map(str, times))}"
            for token, times in tokens.items()
            if token and _doubled(times, told.asked[token])
        ),
        back=tuple(f"back: {id_} {told.added[id_]}" for id_ in dict.fromkeys((*back, *words_back))),
        unfound=tuple(f"unfound: {id_} {_all_about(path, pages[id_].seq)}" for id_ in unfound),
        unsound=tuple(unsound),
    )


def finish(folder: Path, round_: int) -> tuple[str, ...]:
    """Have all work of a memory done by a process that nobody kills; what is then not as it should be."""
    set_clock(round_)
    with Memoryos.open(settings(folder)) as memory:
        left, before = memory.status().pending, None
        while left != before:
            try:
                memory.wait_until_idle(_IDLE_SECONDS)
                break
            except WaitTimeoutError:  # a machine with more to do than this takes its time, and gets on
                left, before = memory.status().pending, left
        else:
            return (f"its work is never done: {memory.status()}",)
        status = memory.status()
    found = [f"a kind of work failed: {failure}" for failure in status.failures]
    found += [f"a page was left without work: {page}" for page in status.parked]
    return tuple(found)


def _token(page: Page) -> str:
    """The word that is in no other page; "" in one that was there before."""
    match = _TOKEN.search(page.user_input)
    return "" if match is None else match.group()


def _doubled(times: Sequence[datetime], asked: int) -> bool:
    """Whether a page is there twice that should be one; asked for once more, it is only so for some minutes."""
    pairs = itertools.pairwise(sorted(times))
    return any(asked < 2 or later - earlier <= REPEAT_WINDOW for earlier, later in pairs)


def _is_found(store: SqliteStore, page: Page) -> bool:
    return page.seq in store.match_words(words_with_stems(_token(page)), 5)


def _has_words(store: SqliteStore, token: str) -> bool:
    return bool(store.match_words(words_with_stems(token), 5))


def _all_about(path: Path, seq: int) -> str:
    """All that a database holds of a page: what tells how it could be there and not be found."""
    queries = (
        "SELECT * FROM pages WHERE seq = ?",
        "SELECT * FROM words WHERE rowid = ?",
        "SELECT seq, hex(terms) FROM page_terms WHERE seq = ?",
        "SELECT seq, embedder, length(windows) FROM page_vectors WHERE seq = ?",
        "SELECT * FROM unembedded WHERE seq = ?",
        "SELECT * FROM changes WHERE ref = ? ORDER BY version",
    )
    with closing(sqlite3.connect(path)) as connection:
        return json.dumps([repr(connection.execute(query, (seq,)).fetchall()) for query in queries])
