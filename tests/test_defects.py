"""The eighteen defects of the reference implementation, each the opposite of a test here."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import pytest
from embedding_endpoint import EmbeddingEndpoint

from memoryos import Memoryos, MemoryOSError, ModelUnavailableError, StoreDamagedError
from memoryos.language.words import cjk_share
from memoryos.models import Page

PATIENCE_SECONDS = 60

TEA = (
    "I brew oolong tea in a clay pot every morning.",
    "Which water temperature suits an oolong tea best?",
    "The second infusion of this tea tastes of orchids.",
    "My tea pot holds only a hundred millilitres.",
    "Green tea turns bitter when I brew it too hot.",
    "I bought a new tea caddy for the oolong.",
)
MOTORCYCLE = (
    "The clutch of my motorcycle slips when I accelerate.",
    "How often should a motorcycle chain be oiled?",
    "My motorcycle needs new brake pads before summer.",
    "The mechanic adjusted the clutch cable of the motorcycle.",
    "I rode the motorcycle over the pass with a loud exhaust.",
    "Its rear tyre is worn after nine thousand kilometres.",
)

OpenMemory = Callable[..., Memoryos]


def add(memory: Memoryos, *texts: str, agent_response: str = "I see.", minute: int = 0, year: int = 2026) -> None:
    """Add a page for each text, a minute apart."""
    for at, text in enumerate(texts, start=minute):
        memory.add_memory(text, agent_response, f"{year}-03-01 09:{at:02d}:00")


def pages_found(memory: Memoryos, query: str) -> list[Page]:
    """Up to a hundred pages for a query, in order of arrival."""
    return sorted((ranked.page for ranked in memory.retrieve(query, 100).pages), key=lambda page: page.seq)


def said(memory: Memoryos, query: str) -> list[str]:
    return [page.user_input for page in pages_found(memory, query)]


@pytest.fixture
def broken_model(tmp_path: Path) -> str:
    """A file in the place of the embedding model that is none."""
    path = tmp_path / "model.onnx"
    path.write_bytes(b"this is no model")
    return str(path)


# 1


def test_the_engine_writes_nothing_to_standard_output(
    open_memory: OpenMemory, capfd: pytest.CaptureFixture[str]
) -> None:
    memory = open_memory(short_term_capacity=1)
    add(memory, *TEA)
    memory.wait_until_idle()
    memory.force_mid_term_analysis()
    memory.retrieve("tea")
    memory.close()
    assert capfd.readouterr().out == ""


# 2


def test_the_similarity_threshold_decides_how_many_segments_there_are(open_memory: OpenMemory) -> None:
    segments = {}
    for threshold in (0.0, 2.0):
        memory = open_memory(
            user_id=f"threshold {threshold}",
            mid_term_similarity_threshold=threshold,
            short_term_capacity=1,
            consolidation_batch=3,
        )
        add(memory, *TEA, *MOTORCYCLE, "So much for today.")
        memory.wait_until_idle()
        segments[threshold] = len(memory.segments())
    assert segments[0.0] <= 2 < 4 <= segments[2.0]


# 3


def test_meta_data_outlives_the_process_that_added_it(open_memory: OpenMemory) -> None:
    memory = open_memory()
    memory.add_memory("I like tea", "Noted", meta_data={"session": "s-17", "tags": ["drink"]})
    memory.close()
    (page,) = pages_found(open_memory(), "tea")
    assert page.meta_data == {"session": "s-17", "tags": ["drink"]}


# 4


def test_a_model_that_cannot_be_reached_leaves_no_word_of_its_error_in_the_memory(open_memory: OpenMemory) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        memory = open_memory(openai_base_url=f"http://127.0.0.1:{unused.getsockname()[1]}/v1", short_term_capacity=1)
        add(memory, *TEA)
        with pytest.raises(ModelUnavailableError):
            memory.get_response("Which tea do I drink?")
        assert said(memory, "tea pot caddy") == list(TEA)
        derived = [segment.summary for segment, _ in memory.segments()]
        derived += [fact.text for fact in (*memory.user_knowledge(), *memory.assistant_knowledge())]
        derived += [memory.profile().text, *(page.meta_info for page in pages_found(memory, "tea"))]
    assert [text for text in derived if "error" in text.lower() or "connection" in text.lower()] == []


# 5


@pytest.mark.parametrize("damage", ["half", "other"])
def test_a_damaged_file_is_refused_and_left_as_it_is(open_memory: OpenMemory, damage: str) -> None:
    memory = open_memory()
    add(memory, *TEA)
    memory.wait_until_idle()
    path = Path(memory.status().data_path)
    memory.close()
    sound = path.read_bytes()
    path.write_bytes(sound[: len(sound) // 2] if damage == "half" else b'{"pages": [' * 1_000)
    damaged = path.read_bytes()
    with pytest.raises(StoreDamagedError, match="recover"):
        open_memory().retrieve("tea")
    assert path.read_bytes() == damaged


# 6


def test_reading_writes_nothing(open_memory: OpenMemory) -> None:
    memory = open_memory(short_term_capacity=1)
    add(memory, *TEA)
    memory.wait_until_idle()
    memory.close()
    memory = open_memory(short_term_capacity=1, count_visits=False)
    memory.wait_until_idle()
    before = contents(memory)
    for query in TEA:
        memory.retrieve(query)
    memory.get_user_profile_summary()
    memory.status()
    assert contents(memory) == before


def contents(memory: Memoryos) -> dict[str, bytes]:
    """A memory's files; the index of shared memory beside them holds locks of readers, too."""
    folder = Path(memory.status().data_path).parent
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith("-shm")}


# 7


def test_pages_whose_consolidation_fails_stay_where_they_are(open_memory: OpenMemory, broken_model: str) -> None:
    memory = open_memory(short_term_capacity=2, embedding_model_file=broken_model)
    add(memory, *TEA)
    with pytest.raises(MemoryOSError):
        memory.wait_until_idle(timeout=0.5)
    assert memory.status().pending.consolidate == len(TEA) - 2
    assert [page.user_input for page in memory.retrieve("tea").short_term] == list(TEA[-2:])
    assert said(memory, "tea pot infusion oolong caddy") == list(TEA)


# 8


def test_a_query_builds_no_index(open_memory: OpenMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = open_memory()
    add(memory, *TEA)
    memory.wait_until_idle()
    memory.retrieve("tea")
    built: list[str] = []
    for name in [name for name in dir(faiss) if name.startswith("Index") and isinstance(getattr(faiss, name), type)]:
        monkeypatch.setattr(faiss, name, recorded(built, name, getattr(faiss, name)))
    for query in TEA:
        memory.retrieve(query)
    add(memory, *MOTORCYCLE, minute=10)
    memory.wait_until_idle()
    assert MOTORCYCLE[1] in said(memory, "motorcycle chain")
    assert built == []


def recorded(calls: list[str], name: str, make: Callable[..., Any]) -> Callable[..., Any]:
    def making(*args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        return make(*args, **kwargs)

    return making


# 9


def test_words_alone_find_a_page(open_memory: OpenMemory, broken_model: str) -> None:
    memory = open_memory(embedding_model_file=broken_model)
    add(memory, *TEA, "The locker's code is XK-7731-QZ.", *MOTORCYCLE)
    assert memory.retrieve("XK-7731-QZ", 1).pages[0].page.user_input == "The locker's code is XK-7731-QZ."


# 10


def test_a_batch_of_two_topics_stores_every_page_once(open_memory: OpenMemory) -> None:
    memory = open_memory(short_term_capacity=1, mid_term_similarity_threshold=2.0, consolidation_batch=12)
    add(memory, *TEA, *MOTORCYCLE, "So much for today.")
    memory.wait_until_idle()
    segments = [segment for segment, _ in memory.segments()]
    assert len(segments) > 1
    assert sum(segment.pages for segment in segments) == len(TEA + MOTORCYCLE)
    assert said(memory, "tea motorcycle clutch oolong tyre") == [*TEA, *MOTORCYCLE, "So much for today."]


# 11


def test_a_chain_goes_on_after_a_restart(open_memory: OpenMemory) -> None:
    memory = open_memory(short_term_capacity=1)
    add(memory, *TEA[:3])
    memory.wait_until_idle()
    memory.close()
    memory = open_memory(short_term_capacity=1)
    add(memory, *TEA[3:], minute=3)
    memory.wait_until_idle()
    chains = [page.chain for page in pages_found(memory, "tea")]
    assert len(chains) == len(TEA)
    assert chains[0] is not None
    assert set(chains[:-1]) == {chains[0]}


# 12


def test_every_hot_segment_is_analysed_whichever_is_hottest(open_memory: OpenMemory) -> None:
    memory = open_memory(
        short_term_capacity=1, mid_term_similarity_threshold=2.0, mid_term_heat_threshold=1.5, consolidation_batch=6
    )
    add(memory, *TEA, "So much for tea.")
    memory.wait_until_idle()
    for _ in range(50):  # the first topic is now the hottest by far and has nothing new
        memory.retrieve("oolong tea")
    add(memory, *MOTORCYCLE, "So much for today.", minute=20)
    memory.wait_until_idle()
    assert memory.status().pending.analyse == 0
    motorcycle = [page for page in pages_found(memory, "motorcycle clutch") if page.user_input in MOTORCYCLE]
    assert [page.analysed for page in motorcycle] == [True] * len(MOTORCYCLE)


# 13


def test_facts_and_summaries_carry_the_time_of_the_talk(open_memory: OpenMemory) -> None:
    memory = open_memory(short_term_capacity=1)
    add(memory, "I live in Lancaster.", "I work as a flood modeller.", *TEA, year=2019)
    memory.wait_until_idle()
    memory.force_mid_term_analysis()
    facts = memory.user_knowledge()
    assert facts
    assert {fact.timestamp[:10] for fact in facts} == {"2019-03-01"}
    assert {segment.last_page_at.year for segment, _ in memory.segments()} == {2019}


# 14


def test_a_fact_said_twice_is_kept_once_and_what_gives_way_is_archived(open_memory: OpenMemory) -> None:
    memory = open_memory(short_term_capacity=1, long_term_knowledge_capacity=2)
    add(
        memory,
        "I live in Lancaster.",
        "My name is Marit.",
        "I live in Lancaster.",
        "I work as a flood modeller.",
        "Bye",
    )
    memory.wait_until_idle()
    memory.force_mid_term_analysis()
    texts = all_facts(memory)
    assert len([text for text in texts if "Lancaster" in text]) == 1
    assert [fact.text for fact in memory.user_knowledge()] == texts[-2:]
    assert len(texts) == 3


def all_facts(memory: Memoryos) -> list[str]:
    """Every fact ever derived, archived or not, oldest first."""
    connection = sqlite3.connect(memory.status().data_path)
    try:
        return [text for (text,) in connection.execute("SELECT text FROM knowledge ORDER BY id")]
    finally:
        connection.close()


# 15


def test_a_chinese_talk_has_chinese_summaries_and_facts(open_memory: OpenMemory) -> None:
    memory = open_memory(short_term_capacity=1)
    talk = (
        "我住在杭州，每天早上都喝龙井茶。",
        "我是一名中学数学老师，教了十二年书。",
        "我喜欢在西湖边跑步，周末常常去爬山。",
        "昨天我在茶园里买了新的龙井茶，味道很香。",
        "我女儿今年八岁，她也喜欢喝茶。",
    )
    add(memory, *talk, "再见。", agent_response="好的，我记住了。")
    memory.wait_until_idle()
    memory.force_mid_term_analysis()
    summaries = [segment.summary for segment, _ in memory.segments()]
    facts = [fact.text for fact in memory.user_knowledge()]
    assert summaries
    assert facts
    assert [text for text in (*summaries, *facts) if cjk_share(text) < 0.9] == []


# 16

WRITER = """
import sys
from memoryos import Memoryos
memory = Memoryos("tom", data_storage_path=sys.argv[1])
for number in range(50):
    memory.add_memory(f"Motorcycle number {number}", "Noted", f"2026-03-02 09:{number:02d}:00")
memory.close()
"""


def test_two_processes_on_one_folder_keep_and_find_each_others_pages(open_memory: OpenMemory) -> None:
    memory = open_memory()
    writer = subprocess.Popen([sys.executable, "-c", WRITER, memory.config.data_storage_path])
    add(memory, *(f"Oolong number {number}" for number in range(50)))
    assert writer.wait(PATIENCE_SECONDS) == 0
    assert memory.status().counts.pages == 100
    for name in ("Oolong", "Motorcycle"):
        mine = {f"{name} number {number}" for number in range(50)}
        assert mine - set(said(memory, name)) == set()


# 17


def test_knowledge_about_an_assistant_is_its_own_and_its_users(open_memory: OpenMemory) -> None:
    toms = open_memory(user_id="tom", assistant_id="aide", short_term_capacity=1)
    add(toms, "Who are you?", "Where do you live?", "Bye", agent_response="I am a retired lighthouse keeper.")
    toms.wait_until_idle()
    toms.force_mid_term_analysis()
    assert "lighthouse" in toms.get_assistant_knowledge_summary()
    assert open_memory(user_id="ann", assistant_id="aide").assistant_knowledge() == ()
    assert open_memory(user_id="tom", assistant_id="other").assistant_knowledge() == ()


# 18


def test_pages_are_added_and_found_while_the_background_waits_for_a_model(open_memory: OpenMemory) -> None:
    with EmbeddingEndpoint() as endpoint:
        endpoint.open.clear()
        memory = open_memory(embedding_base_url=endpoint.url, embedding_model_name="some-model")
        add(memory, TEA[0])
        assert endpoint.asked.wait(PATIENCE_SECONDS)
        add(memory, *TEA[1:], *MOTORCYCLE, minute=1)
        assert memory.status().counts.pages == len(TEA + MOTORCYCLE)
        assert memory.status().pending.embed == len(TEA + MOTORCYCLE)
        assert TEA[0] in said(memory, "oolong in a clay pot")
