"""What the memories of one process share, and what is left when they are closed."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hash_embedder import HashEmbedder
from reading_model import ReadingModel
from scripted_llm import HANG, ScriptedLLM

from memoryos import Config, Memoryos, MemoryOSError, Runtime, StoreError, assembly
from memoryos.embedding import OnDemandEmbedder

BOUND = 60.0
MakeConfig = Callable[..., Config]


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    with Runtime() as runtime:
        yield runtime


class Loads:
    """Configured embedders that hash words; it counts how many were built and how many loaded."""

    def __init__(self) -> None:
        self.built = 0
        self.loaded = 0

    def __call__(self, config: Config) -> OnDemandEmbedder:
        self.built += 1
        return OnDemandEmbedder("hash/1", self._load)

    def _load(self) -> HashEmbedder:
        self.loaded += 1
        return HashEmbedder()


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Loads:
    loads = Loads()
    monkeypatch.setattr(assembly, "configured_embedder", loads)
    return loads


@pytest.fixture
def server() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as server:
        yield server


def threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("memoryos-")}


def talked(memory: Memoryos, *texts: str) -> Memoryos:
    for text in texts:
        memory.add_memory(text, "")
    memory.wait_until_idle(BOUND)
    return memory


def found(memory: Memoryos, query: str) -> list[str]:
    return [ranked.page.user_input for ranked in memory.retrieve(query).pages]


def test_ten_memories_load_one_embedder_and_use_the_threads_of_one(
    runtime: Runtime, make_config: MakeConfig, loads: Loads
) -> None:
    before = threads()
    first = talked(Memoryos.open(make_config(user_id="user 0"), runtime), "user 0 has a kite")
    first.retrieve("kite")
    of_one = {thread.name for thread in threads() - before}

    others = [
        talked(Memoryos.open(make_config(user_id=f"user {number}"), runtime), f"user {number} has a kite")
        for number in range(1, 10)
    ]

    assert [found(memory, "kite") for memory in (first, *others)] == [[f"user {n} has a kite"] for n in range(10)]
    assert {thread.name for thread in threads() - before} == of_one == {"memoryos-local", "memoryos-lookup_0"}
    assert (loads.built, loads.loaded) == (1, 1)


def test_an_embedder_stays_loaded_while_memories_open_and_close_in_turn(
    runtime: Runtime, make_config: MakeConfig, loads: Loads
) -> None:
    for number in range(5):
        with Memoryos.open(make_config(user_id=f"user {number}"), runtime) as memory:
            talked(memory, "hi")

    assert loads.loaded == 1


def test_memories_that_are_configured_otherwise_have_another_embedder(
    runtime: Runtime, make_config: MakeConfig, loads: Loads
) -> None:
    different: tuple[dict[str, object], ...] = (
        {},
        {"embedding_threads": 1},
        {"embedding_base_url": "http://localhost:1/v1"},
        {},
    )
    memories = [Memoryos.open(make_config(**settings), runtime) for settings in different]

    first, *others, last = [memory._parts.embedder for memory in memories]
    assert first is last
    assert len({first, *others}) == loads.built == 3


def test_memories_of_one_endpoint_ask_through_one_model_that_is_closed_with_the_last(
    runtime: Runtime, make_config: MakeConfig, loads: Loads, server: ScriptedLLM
) -> None:
    server.reply(ReadingModel(lambda text: "kite"), times=None)
    settings = {"openai_base_url": server.base_url, "short_term_capacity": 1}
    ann, tom = (Memoryos.open(make_config(user_id=name, **settings), runtime) for name in ("ann", "tom"))
    other = Memoryos.open(make_config(user_id="eve", llm_model="bigger", **settings), runtime)
    model = ann._parts.model
    assert model is not None

    talked(ann, "I have a kite with number 1.", "I have a kite with number 2.")
    ann.close()
    talked(tom, "I have a kite with number 3.", "I have a kite with number 4.")

    assert tom._parts.model is model
    assert other._parts.model is not model
    status = tom.status().model
    assert status is not None
    assert (status.state, status.today.calls) == ("ready", len(server.requests))
    tom.close()
    assert model.state().state.startswith("failed: StoreError: ")


def test_an_endpoint_that_hangs_for_one_memory_holds_up_no_other_ones_embedding(
    runtime: Runtime, make_config: MakeConfig, loads: Loads, server: ScriptedLLM
) -> None:
    server.reply(HANG, times=None)
    settings = {"openai_base_url": server.base_url, "short_term_capacity": 1, "llm_timeout_seconds": 600.0}
    ann = Memoryos.open(make_config(user_id="ann", **settings), runtime)
    ann.add_memory("I moved to Bern", "")
    ann.add_memory("I like it", "")
    assert server.hanging.wait(BOUND)

    tom = talked(Memoryos.open(make_config(user_id="tom", short_term_capacity=1), runtime), "I have a kite", "Yes")

    assert [segment.pages for segment, _ in tom.segments()] == [1]
    assert ann.status().pending.consolidate == 1


def test_nothing_crosses_from_one_memory_of_a_runtime_to_another(
    runtime: Runtime, make_config: MakeConfig, loads: Loads
) -> None:
    ann, tom = (Memoryos.open(make_config(user_id=name, short_term_capacity=1), runtime) for name in ("ann", "tom"))
    talked(ann, "I have two cats.", "Tea is ready")
    talked(tom, "The parcel went to Basel", "So it is")
    ann.force_mid_term_analysis()

    assert sorted(found(ann, "cats tea parcel Basel")) == ["I have two cats.", "Tea is ready"]
    assert sorted(found(tom, "cats tea parcel Basel")) == ["So it is", "The parcel went to Basel"]
    assert tom.user_knowledge() == ()


def test_two_runtimes_of_one_process_share_nothing(make_config: MakeConfig, loads: Loads) -> None:
    with Runtime() as one, Runtime() as two:
        ann = talked(Memoryos.open(make_config(user_id="ann"), one), "I have a kite")
        tom = talked(Memoryos.open(make_config(user_id="tom"), two), "I have a violin")
        one.close()

        with pytest.raises(StoreError, match="the memory was closed"):
            ann.retrieve("kite")
        assert found(talked(tom, "It is red"), "violin")[0] == "I have a violin"
        assert loads.loaded == 2


def test_two_runtimes_may_open_the_same_memory(make_config: MakeConfig, loads: Loads) -> None:
    """As two processes may."""
    with Runtime() as one, Runtime() as two:
        first, second = Memoryos.open(make_config(), one), Memoryos.open(make_config(), two)
        talked(first, "I have a kite")
        talked(second, "I have a violin")

        assert found(first, "violin")[0] == found(second, "violin")[0] == "I have a violin"


def test_a_runtime_closes_what_is_open_and_opens_nothing_more(make_config: MakeConfig, loads: Loads) -> None:
    before = threads()
    runtime = Runtime()
    memory = talked(Memoryos.open(make_config(), runtime), "I have a kite")
    memory.retrieve("kite")

    runtime.close()
    runtime.close()

    assert threads() == before
    with pytest.raises(StoreError, match="the memory was closed"):
        memory.add_memory("lost", "")
    with pytest.raises(MemoryOSError, match=r"^the runtime was closed; open the memory with another one$"):
        Memoryos.open(make_config(), runtime)
    assert threads() == before
    memory.close()


def test_a_memory_alone_leaves_no_thread_behind(make_config: MakeConfig, loads: Loads) -> None:
    """The thread of its look-ups stayed."""
    before = threads()
    with Memoryos.open(make_config()) as memory:
        talked(memory, "I have a kite").retrieve("kite")
        assert len(threads() - before) == 2

    assert threads() == before


def test_a_memory_that_cannot_be_opened_leaves_nothing_behind(
    runtime: Runtime, make_config: MakeConfig, loads: Loads, server: ScriptedLLM, tmp_path: Path
) -> None:
    before = threads()
    with Memoryos.open(make_config(), runtime) as memory:
        path = Path(memory.status().data_path)
    path.write_bytes(b"no database" * 1_000)

    with pytest.raises(StoreError):
        Memoryos.open(make_config(openai_base_url=server.base_url), runtime)

    assert threads() == before
    assert runtime._models == {}


def test_a_memory_may_be_closed_while_its_step_runs(
    runtime: Runtime, make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The step ends and what it did is kept or done again; nobody else waits for it."""
    embedding, go_on = threading.Event(), threading.Event()

    class Slow(HashEmbedder):
        def embed(self, texts: Any) -> Any:
            embedding.set()
            assert go_on.wait(BOUND)
            return super().embed(texts)

    monkeypatch.setattr(assembly, "configured_embedder", lambda config: OnDemandEmbedder("hash/1", Slow))
    memory, other = (Memoryos.open(make_config(user_id=name), runtime) for name in ("tom", "ann"))
    memory.add_memory("I have a kite", "")
    assert embedding.wait(BOUND)
    closer = threading.Thread(target=memory.close)
    closer.start()
    while not memory._parts.work.is_closed:
        assert closer.is_alive()
    go_on.set()
    closer.join(BOUND)

    assert not closer.is_alive()
    assert caplog.records == []
    assert found(talked(other, "I have a violin"), "violin") == ["I have a violin"]
    again = Memoryos.open(make_config(user_id="tom"), runtime)
    assert found(talked(again, "hi"), "kite")[0] == "I have a kite"


def test_many_threads_may_open_use_and_close_memories(runtime: Runtime, make_config: MakeConfig, loads: Loads) -> None:
    before = threads()
    problems: list[BaseException] = []

    def use(name: str) -> None:
        try:
            for number in range(5):
                with Memoryos.open(make_config(user_id=name), runtime) as memory:
                    memory.add_memory(f"{name} has kite {number}", "")
                    assert len(found(memory, "kite")) == number + 1
        except BaseException as problem:
            problems.append(problem)
            raise

    users = [threading.Thread(target=use, args=(f"user {number}",)) for number in range(8)]
    for user in users:
        user.start()
    for user in users:
        user.join(BOUND)

    assert problems == []
    assert {thread.name.rpartition("_")[0] for thread in threads() - before} == {"memoryos-lookup"}
    assert loads.loaded == 1


_NEVER_CLOSED = """
import sys
from memoryos import Memoryos, Runtime, load_config

runtime = Runtime()
for user in range(5):
    config = load_config(None, environ={}, arguments={"user_id": f"user {user}", "data_storage_path": sys.argv[1]})
    memory = Memoryos.open(config, runtime)
    globals()[f"memory{user}"] = memory
    for number in range(10):
        memory.add_memory(f"I moved to Bern {number}, " + "and I like it very much, " * 20, "How is it?")
memory.retrieve("Where do I live?")
"""


def test_a_script_that_never_closes_its_runtime_ends_well(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", _NEVER_CLOSED, str(tmp_path)], capture_output=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_memory_that_nobody_closed_is_let_go_with_its_last_reference(
    runtime: Runtime, make_config: MakeConfig, loads: Loads
) -> None:
    before = threads()
    memory = Memoryos.open(make_config(), runtime)
    talked(memory, "I have a kite")
    del memory

    assert threads() == before


# What it costs

_MANY = """
import gc, json, os, sys, threading
from pathlib import Path
from memoryos import Memoryos, Runtime, load_config

folder, count = sys.argv[1], int(sys.argv[2])

def state():
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    megabytes = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return megabytes, len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))

def opened(number, runtime):
    arguments = {"user_id": f"user {number}", "data_storage_path": folder}
    return Memoryos.open(load_config(None, environ={}, arguments=arguments), runtime)
"""

_TOGETHER = """
with Runtime() as runtime:
    memories = [opened(number, runtime) for number in range(count)]
    for memory in memories:
        for page in range(50):
            memory.add_memory(f"Exchange {page}: I bought {page} apples for my cat.", "Apples are many things.")
        memory.wait_until_idle(120)
        memory.retrieve("Who bought apples?")
    sys.stdout.write(json.dumps(state()))
"""

_IN_TURN = """
states = []
with Runtime() as runtime:
    for number in range(count):
        with opened(number % 50, runtime) as memory:
            memory.add_memory(f"I have {number} cats", "Nice")
            memory.retrieve("cats")
        if number in (count // 4, count - 1):
            states.append(state())
sys.stdout.write(json.dumps(states))
"""

needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts by /proc, which only Linux has")


def measured(script: str, folder: Path, count: int) -> Any:
    """What a process of its own says that runs the script."""
    ended = subprocess.run(
        [sys.executable, "-c", _MANY + script, str(folder), str(count)], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return json.loads(ended.stdout)


@needs_proc
@pytest.mark.slow
def test_ten_memories_of_one_process_take_little_more_than_one(tmp_path: Path) -> None:
    one = measured(_TOGETHER, tmp_path / "one", 1)
    ten = measured(_TOGETHER, tmp_path / "ten", 10)

    assert ten[0] <= 1.3 * one[0]
    assert ten[1] == one[1]


@needs_proc
@pytest.mark.slow
def test_a_thousand_memories_opened_and_closed_in_turn_leave_nothing_behind(tmp_path: Path) -> None:
    early, late = measured(_IN_TURN, tmp_path, 1_000)

    assert late[1:] == early[1:]
    assert late[0] - early[0] <= 10, "megabytes; the fifty memories grow meanwhile"
