"""Processes that die anywhere, and processes that share a folder: nothing is lost and nothing is done twice."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from engine import NOON, Clock, Engine, build_engine
from hash_embedder import HashEmbedder

from memoryos.language.stems import words_with_stems
from memoryos.status import Pending

SUPPORT = Path(__file__).resolve().parents[2] / "support"
ROUNDS = 30
PAGES_EACH = 200


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SUPPORT / script), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def picture(engine: Engine) -> dict[str, object]:
    """All that a memory holds but ids and times of work: equal for equal histories."""
    store = engine.store
    pages = store.newest_pages(10_000)
    text_of = {page.id: page.user_input for page in pages}
    return {
        "pages": [(p.seq, p.user_input, p.previous, p.chain, p.segment, p.analysed, p.meta_info) for p in pages],
        "segments": [(s.id, s.theme, s.summary, s.keywords, s.pages, s.l_interaction) for s in store.segments()],
        "facts": [
            (fact.text, fact.timestamp, [text_of[id_] for id_ in fact.sources], fact.vector is not None)
            for facts in (store.knowledge("user", None), store.knowledge("assistant", "helper"))
            for fact in facts
        ],
        "vectors": {seq: rows.tolist() for seq, rows in store.page_vectors(range(len(pages) + 1)).items()},
        "pending": engine.updater.pending(),
        "counts": store.counts("helper"),
    }


# Death at every step

COMMITS = (
    "commit_vectors",
    "commit_segment_vectors",
    "commit_knowledge_vectors",
    "commit_consolidation",
    "commit_analysis",
)
POINTS = [
    *(f"{when} {commit}" for commit in COMMITS for when in ("before", "midway", "uncommitted", "after")),
    *(f"after {method} {kind}" for kind in ("embed", "consolidate", "analyse") for method in ("claim", "release")),
    "after use_embedder",
    "after add_page",
]


def history(path: Path) -> None:
    """A memory with something in every tier, and pages that wait for another embedder."""
    engine = build_engine(path)
    engine.add("soup: likes leek", "soup: likes potato", "skis: waxed", agent_response="knows Davos")
    engine.finish()
    engine.add("soup: likes LEEK", "skis: lost one", "skis: found it", agent_response="knows Davos")
    engine.store.close()


def reopened(path: Path) -> Engine:
    """The engine after the crash, when the dead process's leases have run out."""
    clock = Clock(NOON + timedelta(hours=2))
    return build_engine(path, clock=clock, embedder=HashEmbedder("hash/2"), holder="heir")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What the same history comes to when nobody dies."""
    path = tmp_path_factory.mktemp("undisturbed") / "memory.db"
    history(path)
    engine = reopened(path)
    engine.add("tea: the newest page")
    engine.finish()
    result = picture(engine)
    engine.store.close()
    return result


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_wherever_a_process_dies_the_next_one_completes_its_work(
    tmp_path: Path, undisturbed: dict[str, object], point: str
) -> None:
    path = tmp_path / "memory.db"
    history(path)
    with start("dying_updater.py", path, *point.split()) as dying:
        assert dying.communicate(timeout=60) == ("", "")
    assert dying.returncode == 9, "it never came to this point"

    engine = reopened(path)
    engine.finish()

    assert picture(engine) == undisturbed
    assert undisturbed["pending"] == Pending(0, 0, 0)
    engine.store.close()


@pytest.mark.parametrize("when", ["before", "midway", "uncommitted"])
def test_a_page_whose_add_was_never_answered_is_wholly_absent(tmp_path: Path, when: str) -> None:
    path = tmp_path / "memory.db"
    history(path)
    with start("dying_updater.py", path, when, "add_page") as dying:
        assert dying.communicate(timeout=60) == ("", "")
    assert dying.returncode == 9

    engine = reopened(path)
    engine.finish()

    assert [page.seq for page in engine.store.newest_pages(10)] == [1, 2, 3, 4, 5, 6]
    assert engine.store.match_words(words_with_stems("newest"), 10) == []
    assert [page.seq for page in engine.add("tea: the newest page")] == [7]
    engine.store.close()


# Death at any moment


def acknowledged_until_killed(path: Path, round_: int, ids: int) -> list[str]:
    """The ids of the pages that a process was told are stored, killed after so many of them."""
    with start("endless_adder.py", path, round_) as adding:
        assert adding.stdout is not None
        assert adding.stderr is not None
        told = "".join(adding.stdout.readline() for _ in range(ids))
        adding.kill()
        told += adding.stdout.read()
        assert adding.stderr.read() == ""
    return told.split("\n")[:-1]  # what follows the last line end was not told to the end


@pytest.mark.slow
def test_no_acknowledged_page_is_lost_and_none_is_stored_twice_by_thirty_kills(tmp_path: Path) -> None:
    path, chance = tmp_path / "memory.db", random.Random(4)

    acknowledged = [
        id_ for round_ in range(ROUNDS) for id_ in acknowledged_until_killed(path, round_, chance.randint(1, 25))
    ]

    clock = Clock(NOON + timedelta(hours=ROUNDS))
    engine = build_engine(path, clock=clock, holder="heir", knowledge_capacity=10_000)
    engine.finish()
    pages = engine.store.newest_pages(100_000)
    stored = {page.id: page for page in pages}
    assert [id_ for id_ in acknowledged if id_ not in stored] == []
    assert [stored[id_].seq for id_ in acknowledged] == sorted(stored[id_].seq for id_ in acknowledged)
    assert len({page.user_input for page in pages}) == len(pages) <= len(acknowledged) + ROUNDS
    assert [(p.seq, p.previous) for p in pages] == [(seq, seq - 1 or None) for seq in range(1, len(pages) + 1)]
    in_mid_term = pages[:-1]
    assert [p.seq for p in in_mid_term if p.segment is None or p.chain is None or not p.analysed] == []
    assert sum(segment.pages for segment in engine.store.segments()) == len(in_mid_term)
    assert sorted(engine.store.page_vectors(range(len(pages) + 1))) == [page.seq for page in pages]
    engine.store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        facts = [text for (text,) in connection.execute("SELECT text FROM knowledge WHERE owner = 'user'")]
    assert sorted(facts) == sorted({page.user_input.partition(": ")[2] for page in in_mid_term})


# Sharing


@pytest.mark.slow
def test_two_processes_that_fill_one_folder_at_once_both_find_everything(tmp_path: Path) -> None:
    processes = [start("filling_memory.py", tmp_path, name, PAGES_EACH) for name in ("ada", "bob")]

    def tell(line: str) -> None:
        for process in processes:
            assert process.stdin is not None
            process.stdin.write(f"{line}\n")
            process.stdin.flush()

    def hear() -> list[str]:
        return [process.stdout.readline() for process in processes if process.stdout is not None]

    try:
        heard = [hear()]
        tell("add")
        heard.append(hear())
        tell(json.dumps(["ada", "bob"]))
        heard.append(hear())
    finally:
        errors = [process.communicate(timeout=60)[1] for process in processes]

    assert errors == ["", ""]
    assert heard == [["open\n"] * 2, ["added\n"] * 2, [f"{2 * PAGES_EACH}\n"] * 2]
