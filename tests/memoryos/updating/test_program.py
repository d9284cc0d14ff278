"""A program as the model of a whole memory: it reads pages in the background, well, badly, slowly or never."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from scripted_program import command

from memoryos import Memoryos

OpenMemory = Callable[..., Memoryos]

BOUND = 60.0
SAID = ("I live in Bern", "I have a cat called Miez", "See you")


def opened(open_memory: OpenMemory, *words: object, **settings: object) -> Memoryos:
    memory = open_memory(llm_command=command(*words), short_term_capacity=1, **settings)  # type: ignore[arg-type]
    for text in SAID:
        memory.add_memory(text, "")
    return memory


def test_a_program_groups_pages_and_finds_facts(open_memory: OpenMemory) -> None:
    memory = opened(open_memory, "reads")

    memory.wait_until_idle(BOUND)

    status = memory.status()
    assert {segment.analysis for segment, _ in memory.segments()} == {"model"}
    assert "model" in {fact.author for fact in memory.user_knowledge()}
    assert status.analyst == "model"
    assert status.model is not None
    assert (status.model.state, status.model.address[:8]) == ("ready", "program ")
    assert status.model.today.prompt_tokens > 500


def test_a_program_that_answers_rubbish_leaves_the_pages_to_the_rules(open_memory: OpenMemory) -> None:
    memory = opened(open_memory, "says", "rubbish", consolidation_batch=1)

    memory.wait_until_idle(BOUND)

    assert {(parked.kind, parked.error) for parked in memory.status().parked} == {("consolidate", "ModelReplyError")}
    assert {segment.analysis for segment, _ in memory.segments()} == {"extractive"}
    assert "rubbish" not in f"{memory.segments()}{memory.user_knowledge()}{memory.profile()}"
    assert [page.page.user_input for page in memory.retrieve("Where do I live?", max_results=1).pages] == [SAID[0]]


def test_a_program_that_is_not_there_leaves_everything_else_as_it_was(open_memory: OpenMemory) -> None:
    memory = open_memory(llm_command=["no-such-program-here"], short_term_capacity=1)
    for text in SAID:
        memory.add_memory(text, "")

    with pytest.raises(TimeoutError):
        memory.wait_until_idle(1.0)

    status = memory.status()
    assert status.failures[0].error == "ModelUnavailableError"
    assert status.model is not None
    assert "there is no such program on the PATH of this server" in status.model.state
    assert [page.page.user_input for page in memory.retrieve("my cat", max_results=1).pages] == [SAID[1]]


def test_closing_does_not_wait_for_a_program_that_hangs(open_memory: OpenMemory) -> None:
    with socket.create_server(("127.0.0.1", 0)) as phone:
        phone.settimeout(BOUND)
        memory = opened(open_memory, "hangs", phone.getsockname()[1], llm_timeout_seconds=3_600.0)
        connection, _ = phone.accept()
        memory.close()
        with connection:
            connection.settimeout(BOUND)
            assert connection.recv(1) == b""
