"""What was read without a model is read again once there is one, whatever happens on the way."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from typing import Any

import pytest
from engine import NOON, Clock
from faults import BAD_CONTENT
from hash_embedder import HashEmbedder
from reading_model import ReadingModel, is_analysis
from scripted_llm import Request, Response, ScriptedLLM, fails, says
from synthetic_talk import SUBJECTS, synthetic_talk

from memoryos import ClaimLostError, Config, ModelBudgetError, ModelNotConfiguredError, ModelUnavailableError, Runtime
from memoryos.assembly import Parts, assemble
from memoryos.embedding import OnDemandEmbedder
from memoryos.language.stems import words_with_stems
from memoryos.models import NewPage
from memoryos.status import Pending
from memoryos.storage.plans import ConsolidationPlan
from memoryos.updating.reanalysis import Outlook, Progress, Reanalysis
from memoryos.updating.updater import ANALYSE_BATCH

OUTAGES = 5
"""In a row, after which nobody waits for the endpoint any longer."""
PAGES = 60
SHORT_TERM = 10
READ = PAGES - SHORT_TERM
SIMILARITY = 1.2

Open = Callable[..., AbstractContextManager[Reanalysis]]
Begin = Callable[..., Reanalysis]


def subject_of(text: str) -> str:
    return next(subject for subject in SUBJECTS if subject in text)


def open_parts(config: Config, clock: Clock) -> Parts:
    return assemble(config, Runtime(), clock, OnDemandEmbedder(HashEmbedder().id, HashEmbedder))


def finish(parts: Parts) -> None:
    """Do all the work there is."""
    updater = parts.updater
    steps = (
        updater.embed,
        updater.read,
        lambda: updater.consolidate(now_due=True),
        lambda: updater.analyse(whatever_heat=True),
    )
    while any(step() for step in steps):
        pass


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as server:
        yield server


@pytest.fixture
def settings(server: ScriptedLLM) -> dict[str, object]:
    return {"openai_base_url": server.base_url, "openai_api_key": "sk-again", "llm_timeout_seconds": 5.0}


@pytest.fixture
def extractive(make_config: Callable[..., Config], clock: Clock) -> Config:
    """A memory that was filled and worked through without a model."""
    config = make_config(mid_term_similarity_threshold=SIMILARITY)
    parts = open_parts(config, clock)
    for exchange in synthetic_talk(PAGES, seed=3, start=NOON):
        page = NewPage(exchange.user_input, exchange.agent_response, NOON, exchange.timestamp)
        parts.store.add_page(page, timestamp=exchange.timestamp, now=clock())
    finish(parts)
    parts.store.close()
    return config


@pytest.fixture
def open_again(
    make_config: Callable[..., Config], extractive: Config, settings: dict[str, object], clock: Clock
) -> Open:
    """Opens the reanalysis of that memory, its waits moving the clock."""

    @contextmanager
    def open_one(**further: object) -> Iterator[Reanalysis]:
        config = make_config(mid_term_similarity_threshold=SIMILARITY, **settings, **further)
        with closing(open_parts(config, clock)) as parts:
            yield Reanalysis(parts.updater, clock, clock.advance)

    return open_one


@pytest.fixture
def begin(open_again: Open) -> Iterator[Begin]:
    """Opens one that nobody closes before the end of the test, as when its process is killed."""
    with ExitStack() as stack:
        yield lambda **further: stack.enter_context(open_again(**further))


def rows(config: Config, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path_of(config))) as connection:
        return connection.execute(query).fetchall()


def path_of(config: Config) -> str:
    parts = open_parts(config, Clock())
    parts.store.close()
    return str(parts.store.path)


def check_all_read(config: Config, parked: int = 0) -> None:
    """Every page is there once, in one active segment outside short-term memory, and nothing extractive is current."""
    pages = rows(config, "SELECT seq, segment, chain, analysed FROM pages ORDER BY seq")
    assert [seq for seq, *_ in pages] == list(range(1, PAGES + 1))
    assert [seq for seq, segment, chain, analysed in pages if not (segment and chain and analysed)] == [
        *range(READ + 1, PAGES + 1)
    ]
    counted = dict(rows(config, "SELECT id, pages FROM segments WHERE archived_at IS NULL"))
    assert counted == Counter(segment for _, segment, _, _ in pages if segment)
    assert rows(config, "SELECT sum(pages), sum(l_interaction) FROM segments WHERE archived_at IS NOT NULL") == [(0, 0)]
    assert rows(config, "SELECT count(DISTINCT page) FROM parked") == [(parked,)]
    if not parked:
        assert rows(config, EXTRACTIVE) == []
    assert rows(config, "SELECT * FROM extractive_pages") == []


EXTRACTIVE = """
    SELECT 'segment', id FROM segments WHERE analysis = 'extractive' AND archived_at IS NULL
    UNION SELECT 'chain', id FROM chains WHERE analysis = 'extractive'
"""


def test_everything_read_without_a_model_is_read_again(
    server: ScriptedLLM, extractive: Config, open_again: Open
) -> None:
    server.reply(ReadingModel(subject_of), times=None)
    kinds = {kind for kind, _ in rows(extractive, EXTRACTIVE)}

    with open_again() as again:
        told = list(again.run())

    assert kinds == {"segment", "chain"}
    assert (told[0], told[-1]) == (Progress(READ, 0, 0), Progress(READ, READ, READ))
    assert [progress for progress in told if progress.problem] == []
    check_all_read(extractive)


def test_reading_again_once_more_asks_the_model_nothing(
    server: ScriptedLLM, extractive: Config, open_again: Open
) -> None:
    server.reply(ReadingModel(subject_of), times=None)
    with open_again() as again:
        list(again.run())
    asked = len(server.requests)

    with open_again() as again:
        assert again.outlook() == Outlook(0, 0, 0)
        assert list(again.run()) == [Progress(0, 0, 0)]

    assert len(server.requests) == asked


def test_the_outlook_counts_what_the_run_then_takes(server: ScriptedLLM, extractive: Config, open_again: Open) -> None:
    server.reply(ReadingModel(subject_of), times=None)
    ((size,),) = rows(
        extractive,
        f"SELECT sum(length(CAST(user_input || agent_response AS BLOB))) FROM pages WHERE seq <= {READ}",
    )

    with open_again() as again:
        outlook = again.outlook()
        list(again.run())

    calls = READ // 10 + -(-READ // 20)
    assert outlook == Outlook(READ, calls, round(2 * size / 4) + 2 * READ * 60 + calls * 1_000)
    consolidations = [request for request in server.requests if not is_analysis(request)]
    assert len(consolidations) == READ // 10
    assert len(server.requests) - len(consolidations) == -(-READ // 20)


@pytest.mark.parametrize("steps", [0, 1, 3, 5, 6, 7, 8])
def test_a_run_that_ends_after_any_step_is_completed_by_the_next(
    server: ScriptedLLM, extractive: Config, open_again: Open, begin: Begin, steps: int
) -> None:
    """Nothing is closed and no claim given back, as when the process is killed."""
    server.reply(ReadingModel(subject_of), times=None)
    killed = begin()
    work = killed.run()
    told = [next(work) for _ in range(steps)]

    with open_again() as again:
        left = again.outlook().pages
        told += again.run()

    done = told[steps - 1].analysed if steps else 0
    assert left == READ - done
    assert told[-1] == Progress(left, left, left)
    check_all_read(extractive)


def test_a_claim_that_a_killed_run_left_is_not_waited_for(
    server: ScriptedLLM, extractive: Config, open_again: Open, clock: Clock
) -> None:
    server.reply(ReadingModel(subject_of), times=None)
    dead = open_parts(extractive, clock)
    dead.store.claim("consolidate", "dead", lease_seconds=1e6, now=clock())
    dead.store.close()

    with open_again() as again:
        list(again.run())

    assert clock.now == NOON
    check_all_read(extractive)


def test_what_a_server_has_under_way_when_it_begins_is_not_committed(
    server: ScriptedLLM, extractive: Config, open_again: Open, clock: Clock
) -> None:
    server.reply(ReadingModel(subject_of), times=None)
    parts = open_parts(extractive, clock)
    claim = parts.store.claim("consolidate", "server", lease_seconds=1e6, now=clock())
    assert claim is not None

    with open_again() as again:
        next(again.run())
        with pytest.raises(ClaimLostError):
            parts.store.commit_consolidation(claim, ConsolidationPlan((), (), (), "extractive"), now=clock())

    parts.store.close()


def undo_migrations_after_the_second(connection: sqlite3.Connection) -> None:
    for table in (
        "extractive_pages",
        "analyse_again",
        "tombstones",
        "refused_facts",
        "unread",
        "fresh",
        "told_facts",
        "exclusions",
        "audit",
    ):
        connection.execute(f"DROP TABLE {table}")
    for index in ("pages_of_turn", "pages_of_project", "pages_by_content", "knowledge_of_slot"):
        connection.execute(f"DROP INDEX {index}")
    added = {
        "pages": "assistant_id project origin turn asks",
        "talks": "project",
        "chains": "project",
        "segments": "project",
        "knowledge": "held_from held_until learned_at subject slot value author state doubted_by pinned project",
    }
    for table, columns in added.items():
        for column in columns.split():
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in ("page_vectors", "side_vectors"):
        connection.execute(f"DROP INDEX {table}_of_page")
    connection.execute("PRAGMA user_version = 2")


def test_pages_that_were_read_before_the_store_noted_it_are_read_again_too(
    extractive: Config, open_again: Open
) -> None:
    with closing(sqlite3.connect(path_of(extractive))) as connection:
        undo_migrations_after_the_second(connection)

    with open_again() as again:
        assert again.outlook().pages == READ


def test_a_server_completes_what_a_killed_run_began(
    make_config: Callable[..., Config],
    server: ScriptedLLM,
    extractive: Config,
    begin: Begin,
    settings: dict[str, object],
    clock: Clock,
) -> None:
    server.reply(ReadingModel(subject_of), times=None)
    next(begin().run())
    clock.advance(100_000)

    parts = open_parts(make_config(mid_term_similarity_threshold=SIMILARITY, **settings), clock)
    steps = (parts.updater.read, parts.updater.embed, parts.updater.consolidate, parts.updater.analyse)
    while any(step() for step in steps):
        pass

    assert parts.updater.pending() == Pending(0, 0, 0)
    parts.close()
    check_all_read(extractive)


def test_other_processes_find_all_pages_while_they_are_read_again(
    server: ScriptedLLM, extractive: Config, open_again: Open, clock: Clock
) -> None:
    server.reply(ReadingModel(subject_of), times=None)
    store = open_parts(extractive, clock).store
    store.use_embedder(HashEmbedder().id, HashEmbedder().dim)
    with open_again() as again:
        for _ in again.run():
            assert sorted(store.match_words(words_with_stems("number"), PAGES + 1)) == list(range(1, PAGES + 1))
            assert sorted(store.page_vectors(range(1, PAGES + 1))) == list(range(1, PAGES + 1))
    store.close()


def test_facts_found_without_a_model_stay_until_it_has_put_them_into_its_words(
    server: ScriptedLLM, extractive: Config, open_again: Open, clock: Clock
) -> None:
    server.reply(ReadingModel(subject_of), times=None)
    other = open_parts(extractive, clock)
    before = [fact.text for fact in other.long_term.user_knowledge()]
    assert before

    with open_again() as again:
        next(again.run())
        assert [fact.text for fact in other.long_term.user_knowledge()] == before
        list(again.run())

    after = other.long_term.user_knowledge()
    assert "model" in {fact.analysis for fact in after}
    assert {fact.text for fact in after if fact.analysis == "extractive"} <= {*before}
    other.store.close()


def test_bad_replies_delay_it_and_what_no_reply_serves_is_parked(
    server: ScriptedLLM, extractive: Config, open_again: Open
) -> None:
    model, draw = ReadingModel(subject_of), random.Random(5)

    def answer(request: Request) -> Response:
        if "number 7," in request.text:
            return says("no")
        return draw.choice(list(BAD_CONTENT.values()))(request, model) if draw.random() < 0.3 else model(request)

    server.reply(answer, times=None)

    with open_again() as again:
        problems = {progress.problem for progress in again.run()}
        assert again.outlook() == Outlook(0, 0, 0)

    assert "ModelReplyError" in problems
    parked = {page for (page,) in rows(extractive, "SELECT page FROM parked")}
    assert rows(extractive, "SELECT seq FROM pages WHERE user_input LIKE '%number 7,%'")[0][0] in parked
    check_all_read(extractive, parked=len(parked))


def test_a_short_outage_is_waited_out(server: ScriptedLLM, extractive: Config, open_again: Open, clock: Clock) -> None:
    server.reply(fails(401), times=OUTAGES - 1)
    server.reply(ReadingModel(subject_of), times=None)

    with open_again() as again:
        problems = [progress.problem for progress in again.run() if progress.problem]

    assert problems == ["ModelUnavailableError"] * (OUTAGES - 1)
    assert clock.now > NOON
    check_all_read(extractive)


def test_an_endpoint_that_stays_away_ends_the_run_and_the_next_goes_on(
    server: ScriptedLLM, extractive: Config, open_again: Open
) -> None:
    server.reply(fails(401), times=None)
    with open_again() as again, pytest.raises(ModelUnavailableError):
        list(again.run())
    assert len(server.requests) == OUTAGES
    server.forget()
    server.reply(ReadingModel(subject_of), times=None)

    with open_again() as again:
        assert again.outlook().pages == READ
        assert again.outlook().calls == READ // 10 + -(-READ // ANALYSE_BATCH)
        list(again.run())

    check_all_read(extractive)


def test_the_days_tokens_being_spent_ends_the_run_at_once(
    server: ScriptedLLM, extractive: Config, open_again: Open, clock: Clock
) -> None:
    server.reply(ReadingModel(subject_of), times=None)

    with open_again(llm_daily_token_budget=200) as again, pytest.raises(ModelBudgetError):
        list(again.run())

    assert clock.now == NOON


def test_what_a_server_without_a_model_reads_meanwhile_is_told_by_the_outlook(
    server: ScriptedLLM, extractive: Config, open_again: Open, clock: Clock
) -> None:
    server.reply(ReadingModel(subject_of), times=None)
    with open_again() as again:
        work = again.run()
        next(work)
        other = open_parts(extractive, clock)
        assert other.updater.consolidate(now_due=True)
        other.store.close()
        told = list(work)
        left = again.outlook().pages

        assert told[-1] == Progress(READ, READ, READ)
        assert left >= 10
        list(again.run())

    check_all_read(extractive)


def test_without_a_model_nothing_is_read_again(extractive: Config, clock: Clock) -> None:
    parts = open_parts(extractive, clock)
    with pytest.raises(ModelNotConfiguredError, match="set openai_base_url"):
        Reanalysis(parts.updater, clock)
    parts.store.close()


@pytest.mark.parametrize("work_goes_on", [True, False])
def test_a_memory_that_forgot_pages_is_read_again_to_the_end(
    work_goes_on: bool, server: ScriptedLLM, extractive: Config, open_again: Open, clock: Clock
) -> None:
    server.reply(ReadingModel(subject_of), times=None)
    parts = open_parts(extractive, clock)
    pages = parts.store.newest_pages(PAGES)
    parts.store.forget_pages([page.id for page in pages[:30:10]])
    if work_goes_on:
        finish(parts)
    parts.store.close()

    left = READ - 3
    with open_again() as again:
        assert again.outlook().pages == left
        told = list(again.run())

        assert (told[0], told[-1]) == (Progress(left, 0, 0), Progress(left, left, left))
        assert again.outlook() == Outlook(0, 0, 0)
    assert rows(extractive, "SELECT count(*) FROM pages WHERE segment AND chain AND analysed") == [(left,)]
    assert rows(extractive, EXTRACTIVE) == []
