"""The facade: what each call answers, what it leaves, and what it refuses."""

from __future__ import annotations

import inspect
import itertools
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hash_embedder import HashEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryos import (
    Added,
    Config,
    ConfigError,
    Counts,
    InvalidArgumentError,
    Memoryos,
    ModelNotConfiguredError,
    Page,
    Pending,
    Profile,
    RankedPage,
    Recall,
    StoreDamagedError,
    StoreError,
    StoreGoneError,
    WaitTimeoutError,
    assembly,
)
from memoryos.config.settings import ModelEndpoint
from memoryos.embedding import OnDemandEmbedder
from memoryos.language.words import SEGMENTER_VERSION
from memoryos.storage.tables import reindexing

OpenMemory = Callable[..., Memoryos]
BOUND = 60.0


@pytest.fixture
def open_quickly(open_memory: OpenMemory, monkeypatch: pytest.MonkeyPatch) -> OpenMemory:
    """`open_memory` with an embedder that hashes words, where meaning does not matter."""
    monkeypatch.setattr(assembly, "configured_embedder", lambda config: OnDemandEmbedder("hash/1", HashEmbedder))
    return open_memory


def texts(recall: Recall) -> list[str]:
    return [ranked.page.user_input for ranked in recall.pages]


def filled(memory: Memoryos, *user_inputs: str) -> Memoryos:
    for user_input in user_inputs:
        memory.add_memory(user_input, "")
    return memory


# Adding


def test_an_added_page_is_answered_as_it_is_stored(open_quickly: OpenMemory) -> None:
    memory = open_quickly(timezone="Europe/Berlin")
    before = datetime.now(timezone.utc)

    added = memory.add_memory("I moved to Bern", "How is it?", "2026-03-01 09:30:00", {"channel": "mail"})

    page = added.page
    assert added == Added(
        Page(
            seq=1,
            id=page.id,
            user_input="I moved to Bern",
            agent_response="How is it?",
            timestamp="2026-03-01 09:30:00",
            happened_at=datetime(2026, 3, 1, 8, 30, tzinfo=timezone.utc),
            added_at=page.added_at,
            meta_data={"channel": "mail"},
            assistant_id="default_assistant_profile",
        )
    )
    assert before <= page.added_at <= datetime.now(timezone.utc)


def test_a_page_without_a_time_happened_now(open_quickly: OpenMemory) -> None:
    page = open_quickly(timezone="Asia/Kolkata").add_memory("hi", "").page

    shown = datetime.strptime(page.timestamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZoneInfo("Asia/Kolkata"))
    assert page.happened_at == page.added_at
    assert timedelta(0) <= page.happened_at - shown < timedelta(seconds=1)


def test_a_clients_retry_is_answered_with_the_page_that_is_there(open_quickly: OpenMemory) -> None:
    memory = open_quickly()
    first = memory.add_memory("hi", "hello")

    again = memory.add_memory("hi", "hello")

    assert (again.page.id, again.repeated, first.repeated) == (first.page.id, True, False)
    assert memory.status().counts.pages == 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"user_input": " ", "agent_response": ""}, "user_input and agent_response"),
        ({"user_input": "x" * 200_001, "agent_response": ""}, "user_input"),
        ({"user_input": "hi", "agent_response": "", "timestamp": "yesterday"}, "timestamp"),
        ({"user_input": "hi", "agent_response": "", "meta_data": {"when": object()}}, "meta_data"),
    ],
)
def test_an_add_that_is_refused_stores_nothing(open_quickly: OpenMemory, arguments: dict[str, Any], named: str) -> None:
    memory = open_quickly()

    with pytest.raises(InvalidArgumentError) as refused:
        memory.add_memory(**arguments)

    assert refused.value.argument == named
    assert memory.status().counts.pages == 0


def test_pages_added_by_many_threads_are_all_kept(open_quickly: OpenMemory) -> None:
    memory = open_quickly()
    wanted = {f"parcel {name}x{number}" for name in range(6) for number in range(10)}

    def add_and_look(name: int) -> None:
        for number in range(10):
            memory.add_memory(f"parcel {name}x{number}", "")
            memory.retrieve(f"{name}x{number}")

    threads = [threading.Thread(target=add_and_look, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(BOUND)

    memory.wait_until_idle(BOUND)
    assert memory.status().counts.pages == 60
    assert {text for wish in wanted for text in texts(memory.retrieve(wish, max_results=1))} == wanted


# Retrieving


def test_a_page_is_found_from_the_moment_it_is_added(open_quickly: OpenMemory) -> None:
    memory = filled(open_quickly(), "I moved to Bern", "Tea is ready")
    page = memory.add_memory("The parcel went to Basel", "", meta_data={"carrier": "post"}).page

    recall = memory.retrieve("Basel", max_results=1)

    assert [ranked.page for ranked in recall.pages] == [page]
    assert recall.pages[0].page.meta_data == {"carrier": "post"}
    assert recall.query == "Basel"


ANY_TEXT = st.lists(
    st.text(st.characters(codec="utf-8"), max_size=5)
    | st.text(st.characters(categories=["Mn", "Me", "Mc", "Cf", "Zs"]), max_size=3)
    | st.sampled_from(
        [
            *"月日?.\"'*^(){}:\n\0",
            "May",
            "5 APRİL",
            "2023",
            "<Bart>:",
            "Hey Tom,",
            "AND",
            "NEAR(",
            "\u030a",
            "\u0301",
            "\u30a2",
        ]
    ),
    min_size=1,
    max_size=12,
).map("".join)


def test_whatever_a_text_holds_it_is_remembered_and_may_be_asked_for(open_quickly: OpenMemory) -> None:
    memory = open_quickly()
    seconds = itertools.count()

    @settings(max_examples=200)
    @given(ANY_TEXT.filter(str.strip))
    def add_and_ask(text: str) -> None:
        when = datetime(2026, 3, 1, tzinfo=timezone.utc) + timedelta(
            seconds=next(seconds)
        )  # else a text that comes again is a retry
        page = memory.add_memory(text, "", when.isoformat()).page
        assert memory.retrieve(text, 1).short_term[-1].id == page.id

    add_and_ask()
    memory.wait_until_idle(BOUND)
    assert not memory.status().pending


def test_a_query_finds_what_is_meant_in_other_words(open_memory: OpenMemory) -> None:
    memory = filled(
        open_memory(),
        "My puppy Rex chewed the sofa again.",
        "The quarterly numbers are due on Friday.",
        "We hiked up to the glacier on Sunday.",
        "I baked sourdough with rye flour.",
    )
    memory.wait_until_idle(BOUND)

    assert texts(memory.retrieve("Does he own a dog?", max_results=1)) == ["My puppy Rex chewed the sofa again."]


def test_a_page_is_brought_by_its_id_and_nothing_with_it(open_quickly: OpenMemory) -> None:
    memory = filled(open_quickly(), "I moved to Bern", "Tea is ready")
    page = memory.add_memory("The parcel went to Basel", "").page

    recall = memory.retrieve(page.id.lower())

    nothing = Profile("", (), "extractive")
    assert recall == Recall(page.id.lower(), nothing, (), (RankedPage(page, 1.0, {"id": 1.0}),), (), ())


@pytest.mark.parametrize("query", ["{0} {2}", "{0},{2}, {0}", " {0}\n{2},"])
def test_several_ids_bring_their_pages_in_the_order_asked_for(open_quickly: OpenMemory, query: str) -> None:
    memory = open_quickly()
    ids = [memory.add_memory(text, "").page.id for text in ("two", "nobody asks", "one")][::-1]

    assert texts(memory.retrieve(query.format(*ids))) == ["one", "two"]
    assert texts(memory.retrieve(query.format(*ids), max_results=1)) == ["one"]


@pytest.mark.parametrize("query", ["0" * 26, "{0} and tea", "tea {0}"])
def test_what_is_no_id_of_a_page_is_a_query_in_words(open_quickly: OpenMemory, query: str) -> None:
    memory = filled(open_quickly(), "Tea is ready")
    page = memory.add_memory("The parcel went to Basel", "").page

    assert {ranked.signals.get("id") for ranked in memory.retrieve(query.format(page.id)).pages} == {None}


def test_a_recall_brings_all_tiers(open_quickly: OpenMemory) -> None:
    memory = filled(
        open_quickly(short_term_capacity=1),
        "I'm Tom, I work as a data scientist in San Francisco.",
        "What is the weather like?",
    )
    memory.wait_until_idle(BOUND)
    memory.force_mid_term_analysis()

    recall = memory.retrieve("work in San Francisco")

    assert [page.user_input for page in recall.short_term] == ["What is the weather like?"]
    assert recall.profile == memory.profile()
    assert {fact.text for fact in memory.user_knowledge()} == {
        "I'm Tom",
        "I work as a data scientist in San Francisco.",
    }
    assert [ranked.knowledge.text for ranked in recall.user_knowledge] == [
        "I work as a data scientist in San Francisco."
    ]
    assert recall.assistant_knowledge == ()


def test_a_query_brings_as_many_pages_as_it_asks_for(open_quickly: OpenMemory) -> None:
    memory = filled(open_quickly(retrieval_queue_capacity=3), *(f"parcel {number}" for number in range(12)))

    counts = [len(memory.retrieve("parcel", wanted).pages) for wanted in (None, 1, 5, 100)]

    assert counts == [3, 1, 5, 12]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"query": ""}, "query"),
        ({"query": "x" * 200_001}, "query"),
        ({"query": "hi", "max_results": 0}, "max_results"),
        ({"query": "hi", "max_results": 101}, "max_results"),
    ],
)
def test_a_query_out_of_bounds_is_refused(open_quickly: OpenMemory, arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        open_quickly().retrieve(**arguments)

    assert refused.value.argument == named


def test_an_empty_memory_recalls_nothing(open_quickly: OpenMemory) -> None:
    nothing = Profile("", (), "extractive")

    assert open_quickly().retrieve("anything") == Recall("anything", nothing, (), (), (), (), bears=False)


@pytest.mark.parametrize(("count_visits", "visits"), [(True, 1), (False, 0)])
def test_retrieving_a_page_warms_its_segment_unless_switched_off(
    open_quickly: OpenMemory, count_visits: bool, visits: int
) -> None:
    memory = filled(open_quickly(short_term_capacity=1, count_visits=count_visits), "leek soup", "tea")
    memory.wait_until_idle(BOUND)
    ((segment, heat),) = memory.segments()
    assert segment.n_visit == 0

    memory.retrieve("soup")
    memory.close()

    ((visited, hotter),) = open_quickly(short_term_capacity=1).segments()
    assert visited.n_visit == visits
    assert hotter == pytest.approx(heat + visits, abs=0.01)


# Long-term memory


def test_forced_analysis_reads_every_segment_whatever_its_heat(open_quickly: OpenMemory) -> None:
    memory = filled(
        open_quickly(short_term_capacity=1), "I work as a baker in Lyon.", "I have two cats.", "See you tomorrow!"
    )
    memory.wait_until_idle(BOUND)
    assert {segment.l_interaction for segment, _ in memory.segments()} != {0}

    memory.force_mid_term_analysis()

    assert {segment.l_interaction for segment, _ in memory.segments()} == {0}


def test_what_a_person_says_once_is_known_at_once_whatever_its_heat(open_quickly: OpenMemory) -> None:
    """Facts waited for a topic of one page to get hot, and were never known."""
    memory = filled(open_quickly(short_term_capacity=10), "I work as a baker in Lyon.", "I'm allergic to peanuts.")

    memory.wait_until_idle(BOUND)

    known = [(fact.text, fact.slot, fact.author, fact.state) for fact in memory.user_knowledge()]
    assert known == [
        ("I work as a baker in Lyon.", "job", "rule", "current"),
        ("I'm allergic to peanuts.", "allergy", "rule", "current"),
    ]
    assert memory.status().pending == Pending(0, 0, 0)


def test_of_two_homes_the_one_said_last_is_known_and_stands_first(open_quickly: OpenMemory) -> None:
    memory = open_quickly(short_term_capacity=10)
    old = memory.add_memory("I live in Lisbon.", "Noted.", "2026-01-01 10:00:00").page
    new = memory.add_memory("We've just moved to Denver!", "Noted.", "2026-02-01 10:00:00").page
    memory.wait_until_idle(BOUND)

    recall = memory.retrieve("Where do I live?")

    assert [fact.text for fact in memory.user_knowledge()] == ["We've just moved to Denver!"]
    assert [(ranked.page.id, ranked.outdated_by) for ranked in recall.pages] == [(new.id, None), (old.id, new.id)]
    assert memory.retrieve("Where did I live before?").pages[0].page.id == old.id


def test_what_took_the_place_of_a_page_is_brought_although_the_query_does_not_find_it(open_quickly: OpenMemory) -> None:
    memory = open_quickly(short_term_capacity=10)
    old = memory.add_memory("我住在北京。", "好的。", "2026-01-01 10:00:00").page
    new = memory.add_memory("上周我们搬到了上海。", "好的。", "2026-02-01 10:00:00").page
    memory.wait_until_idle(BOUND)

    found = memory.retrieve("用户住在哪里？").pages

    assert [ranked.page.id for ranked in found] == [new.id, old.id]


def test_what_was_said_again_later_is_not_brought_to_an_earlier_time(open_quickly: OpenMemory) -> None:
    memory = open_quickly(short_term_capacity=10)
    memory.add_memory("I live in Berlin.", "Noted.", "2026-01-01 10:00:00")
    memory.wait_until_idle(BOUND)
    then = datetime.now(timezone.utc).isoformat()
    again = memory.add_memory("I live in Berlin.", "As you said.", "2026-02-01 10:00:00").page
    memory.wait_until_idle(BOUND)

    found = memory.retrieve("Where do I live?", 10, as_of=then).pages

    assert found
    assert again.id not in {ranked.page.id for ranked in found}


def test_what_took_the_place_of_one_thing_on_a_page_does_not_take_the_pages_place(open_quickly: OpenMemory) -> None:
    """The page that says where somebody lives says of a dog, too: when that died is no answer to where they live."""
    memory = open_quickly(short_term_capacity=10)
    home = memory.add_memory("I live in Lyon. My dog is called Rex.", "Noted.", "2026-01-01 10:00:00").page
    memory.add_memory("Rex died last week.", "I am sorry.", "2026-02-01 10:00:00")
    memory.wait_until_idle(BOUND)

    (found,) = memory.retrieve("Where do I live now?", 1).pages

    assert found.page.id == home.id


def test_a_name_that_was_told_with_a_home_stays_when_the_home_changes(open_quickly: OpenMemory) -> None:
    memory = open_quickly(short_term_capacity=10)
    memory.add_memory("Hi, I'm Jonas, I live in Bremen.", "Hello!", "2026-01-01 10:00:00")
    memory.add_memory("Wir sind gerade nach Leipzig gezogen!", "Oh!", "2026-02-01 10:00:00")
    memory.wait_until_idle(BOUND)

    known = [(fact.slot, fact.value) for fact in memory.user_knowledge()]

    assert known == [("name", "jonas"), ("home", "leipzig")]


def test_the_profile_summary_tells_topics_and_dated_facts(open_quickly: OpenMemory) -> None:
    memory = open_quickly(short_term_capacity=1)
    memory.add_memory("I work as a baker in Lyon.", "", timestamp="2021-05-04 08:00:00")
    memory.add_memory("See you tomorrow!", "")
    memory.wait_until_idle(BOUND)
    memory.force_mid_term_analysis()

    summary = memory.get_user_profile_summary()

    assert summary == f"{memory.profile().text}\n- I work as a baker in Lyon. (2021-05-04 08:00:00)"
    card, topics = memory.profile().text.splitlines()
    assert card.startswith("Work: I work as a baker in Lyon. (2021-05-04, #")
    assert topics.startswith("Recurring topics: ")
    assert memory.get_assistant_knowledge_summary() == ""


def test_an_answer_without_a_model_is_refused_and_stores_nothing(open_quickly: OpenMemory) -> None:
    memory = open_quickly()

    with pytest.raises(ModelNotConfiguredError) as refused:
        memory.get_response("What do you remember about my job?")

    assert str(refused.value) == (
        "get_response needs a language model: set openai_base_url (and openai_api_key where it wants one) "
        "and llm_model, or llm_command, in the configuration"
    )
    assert memory.status().counts.pages == 0


# Who sees what


def test_two_users_of_one_folder_see_nothing_of_each_other(open_quickly: OpenMemory) -> None:
    tom = filled(open_quickly(user_id="tom", short_term_capacity=1), "I have two cats.", "Tea is ready")
    ann = filled(open_quickly(user_id="Tom", short_term_capacity=1), "The parcel went to Basel")
    for memory in (tom, ann):
        memory.wait_until_idle(BOUND)
        memory.force_mid_term_analysis()

    assert sorted(texts(tom.retrieve("cats tea parcel Basel"))) == ["I have two cats.", "Tea is ready"]
    assert texts(ann.retrieve("cats tea parcel Basel")) == ["The parcel went to Basel"]
    assert [fact.text for fact in tom.user_knowledge()] == ["I have two cats."]
    assert ann.user_knowledge() == ()


def test_what_an_assistant_says_of_itself_is_known_of_it_whoever_reads_it_and_what_the_user_says_by_all(
    open_quickly: OpenMemory,
) -> None:
    ada = open_quickly(assistant_id="ada", short_term_capacity=1)
    ada.add_memory("I have two cats.", "My son Leo plays chess.")
    ada.add_memory("Tea is ready", "I live in Rome.")
    ada.close()
    bob = open_quickly(assistant_id="bob", short_term_capacity=1)
    bob.add_memory("Is it?", "My son Leo plays chess.")
    bob.add_memory("So it is", "I live in Bern.")
    bob.add_memory("See you tomorrow!", "")

    bob.wait_until_idle(BOUND)
    bob.force_mid_term_analysis()

    of_ada, of_bob = (memory.assistant_knowledge() for memory in (open_quickly(assistant_id="ada"), bob))
    assert {fact.text for fact in of_ada} == {"My son Leo plays chess.", "I live in Rome."}
    assert {fact.text for fact in of_bob} == {"My son Leo plays chess.", "I live in Bern."}
    assert [fact.text for fact in bob.user_knowledge()] == ["I have two cats."]


# Opening and closing


def test_everything_is_there_after_reopening(open_quickly: OpenMemory) -> None:
    memory = filled(open_quickly(short_term_capacity=1), "I have two cats.", "Tea is ready")
    memory.wait_until_idle(BOUND)
    memory.force_mid_term_analysis()
    before = (memory.status().counts, memory.user_knowledge(), [segment for segment, _ in memory.segments()])
    memory.close()

    again = open_quickly(short_term_capacity=1)

    assert (again.status().counts, again.user_knowledge(), [segment for segment, _ in again.segments()]) == before
    assert texts(again.retrieve("cats", max_results=1)) == ["I have two cats."]


def test_work_that_was_pending_goes_on_at_the_next_opening(open_quickly: OpenMemory) -> None:
    patient = {"short_term_capacity": 1, "consolidation_idle_seconds": 3600}
    memory = filled(open_quickly(**patient), "I have two cats.", "Tea is ready")
    assert memory.status().pending.consolidate == 1
    memory.close()

    again = open_quickly(short_term_capacity=1)
    again.wait_until_idle(BOUND)

    assert again.status().pending == Pending(0, 0, 0)
    assert [segment.pages for segment, _ in again.segments()] == [1]


def test_a_wait_after_a_change_of_embedder_lasts_until_all_is_embedded_anew(
    open_quickly: OpenMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was pending until the new model was loaded."""
    memory = filled(open_quickly(short_term_capacity=1), "I have two cats.", "Tea is ready")
    memory.wait_until_idle(BOUND)
    memory.force_mid_term_analysis()
    memory.close()
    load = threading.Event()

    def load_slowly() -> HashEmbedder:
        assert load.wait(BOUND)
        return HashEmbedder("hash/2", dim=32)

    monkeypatch.setattr(assembly, "configured_embedder", lambda config: OnDemandEmbedder("hash/2", load_slowly))
    again = open_quickly(short_term_capacity=1)

    with pytest.raises(WaitTimeoutError):
        again.wait_until_idle(0.01)
    assert again.status().pending == Pending(embed=4, consolidate=0, analyse=0)
    load.set()
    again.wait_until_idle(BOUND)

    assert len(again._parts.store.page_vectors([1, 2])) == 2
    assert [segment.vector is not None for segment, _ in again.segments()] == [True]
    assert [fact.vector is not None for fact in again.user_knowledge()] == [True]


def test_a_wait_after_a_change_of_segmenter_lasts_until_all_words_are_renewed(
    open_quickly: OpenMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = filled(open_quickly(), "I have two cats.", "Tea is ready")
    memory.close()
    monkeypatch.setattr(reindexing, "SEGMENTER_VERSION", SEGMENTER_VERSION + 1)

    again = open_quickly()
    again.wait_until_idle(BOUND)

    assert not again._parts.store.renew_words(1), "nothing is left to renew"


def test_a_memory_that_lacks_a_page_that_nobody_has_forgotten_is_not_used_for_long(
    open_quickly: OpenMemory, tmp_path: Path
) -> None:
    filled(open_quickly(), "I have two cats.", "Tea is ready").close()
    (file,) = tmp_path.rglob("memory.db")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DELETE FROM pages WHERE seq = 1")
        connection.commit()

    again = open_quickly()
    for use in (
        lambda: again.wait_until_idle(BOUND),
        lambda: again.retrieve("cats?"),
        lambda: again.add_memory("hm", ""),
    ):
        with pytest.raises(StoreDamagedError, match="lacks pages that nobody has forgotten, 1 at least"):
            use()


def test_a_closed_memory_says_so(open_quickly: OpenMemory, tmp_path: Path) -> None:
    with open_quickly() as memory:
        memory.add_memory("hi", "")

    with pytest.raises(StoreError, match=r": the memory was closed; open it again to use it$"):
        memory.add_memory("there", "")
    memory.close()


@pytest.mark.skipif(os.name != "posix", reason="Windows lets nobody delete an open file")
def test_a_memory_whose_file_was_deleted_says_so_and_stores_nothing(open_quickly: OpenMemory, tmp_path: Path) -> None:
    memory = filled(open_quickly(), "before")
    assert not memory.file_is_gone()

    shutil.rmtree(tmp_path / "data")

    assert memory.file_is_gone()
    with pytest.raises(StoreGoneError):
        memory.add_memory("lost", "")
    memory.close()
    assert texts(filled(open_quickly(), "after").retrieve("lost before after")) == ["after"]


def test_status_of_a_new_memory_tells_where_it_lies_and_that_nothing_is_left_to_do(
    open_quickly: OpenMemory, tmp_path: Path
) -> None:
    status = open_quickly(assistant_id="helper").status()

    assert (status.user_id, status.assistant_id, status.analyst) == ("tom", "helper", "extractive")
    assert Path(status.data_path) == tmp_path / "data" / "users" / "tom-e1608f75c5d7813f" / "memory.db"
    assert status.counts == Counts(0, 0, 0, 0, 0, 0, 0, 0)
    assert (status.pending, status.failures, status.model) == (Pending(0, 0, 0), (), None)
    assert status.embedder == "hash/1"


def test_status_tells_when_another_process_took_over_with_another_embedder(
    open_quickly: OpenMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its server stopped embedding without a word."""
    first = filled(open_quickly(), "I moved to Bern")
    first.wait_until_idle(BOUND)
    other = OnDemandEmbedder("hash/2", lambda: HashEmbedder("hash/2", dim=32))
    monkeypatch.setattr(assembly, "configured_embedder", lambda config: other)
    open_quickly()
    assert any(first.status().embedder_state != "ready" for _ in range(10_000)), "the embedder is never replaced"
    assert first.status().embedder_state == (
        "replaced: another process opened this memory with the embedding model hash/2 since. This one embeds and "
        "groups no pages any more and finds them by words only; set the same embedding model for both and restart it"
    )


# The reference's constructor


def test_settings_may_be_given_by_position_and_by_name(tmp_path: Path, open_quickly: OpenMemory) -> None:
    with Memoryos("ann", "", str(tmp_path), None, "helper", 7, long_term_knowledge_capacity=50) as memory:
        config = memory.config

    assert (config.user_id, config.assistant_id, config.data_storage_path) == ("ann", "helper", str(tmp_path))
    assert (config.short_term_capacity, config.long_term_knowledge_capacity) == (7, 50)


def test_an_argument_comes_before_the_environment_and_a_default_after_it(
    tmp_path: Path, open_quickly: OpenMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMORYOS_SHORT_TERM_CAPACITY", "3")
    monkeypatch.setenv("MEMORYOS_RETRIEVAL_QUEUE_CAPACITY", "5")

    with Memoryos("ann", data_storage_path=str(tmp_path), retrieval_queue_capacity=2) as memory:
        config = memory.config

    assert (config.short_term_capacity, config.retrieval_queue_capacity) == (3, 2)


@pytest.mark.parametrize(
    ("key", "of_the_environment", "given"),
    [
        ("short_term_capacity", "5", 10),
        ("assistant_id", "helper", "default_assistant_profile"),
        ("mid_term_heat_threshold", "2.5", 5.0),
        ("consolidation_batch", "20", 10),
    ],
)
def test_an_argument_comes_before_the_environment_even_where_it_is_the_default(
    tmp_path: Path,
    open_quickly: OpenMemory,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    of_the_environment: str,
    given: Any,
) -> None:
    """`MEMORYOS_SHORT_TERM_CAPACITY=5` and `short_term_capacity=10` gave 5."""
    monkeypatch.setenv(f"MEMORYOS_{key.upper()}", of_the_environment)

    with Memoryos("ann", data_storage_path=str(tmp_path), **{key: given}) as memory:
        assert getattr(memory.config, key) == given
    with Memoryos("ann", data_storage_path=str(tmp_path)) as memory:
        assert str(getattr(memory.config, key)) == of_the_environment


def test_the_defaults_of_the_constructor_are_those_of_the_configuration() -> None:
    parameters = inspect.signature(Memoryos).parameters.values()
    settings = {parameter.name: parameter.default for parameter in parameters if parameter.default}
    defaults = {key: default for key, default in settings.items() if default is not inspect.Parameter.empty}

    assert defaults == {key: Config.model_fields[key].default for key in defaults}
    assert len(defaults) == 9


def test_a_model_that_is_named_is_on_even_where_it_is_the_default_one(
    tmp_path: Path, open_quickly: OpenMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-meant-for-this")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1/v1")

    with Memoryos("ann", data_storage_path=str(tmp_path), llm_model="gpt-4o-mini") as memory:
        assert memory.config.model_endpoint == ModelEndpoint(
            "http://localhost:1/v1", "sk-meant-for-this", "gpt-4o-mini"
        )


def test_a_key_lying_about_in_the_environment_switches_no_model_on(
    tmp_path: Path, open_quickly: OpenMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-lying-about")

    with Memoryos("ann", data_storage_path=str(tmp_path)) as memory:
        assert memory.status().analyst == "extractive"


def test_an_unknown_setting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="short_term_capasity"):
        Memoryos("ann", data_storage_path=str(tmp_path), short_term_capasity=7)
