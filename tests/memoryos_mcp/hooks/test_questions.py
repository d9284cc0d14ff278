"""The two messages between a hook and a server: what is not one is not understood, whatever it is."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryos_mcp.hooks.local_socket import MAX_BYTES
from memoryos_mcp.hooks.questions import PROMPT_CHARACTERS, VERSION, Question, decoded, encoded
from memoryos_mcp.hooks.recall import SIDE_CHARACTERS, Brought, Exchange, Fact

QUESTION = Question("/data/memory.db", "tom", "github.com/tom/x", "s1", "Wo wohnt Anaïs? 😀")
BROUGHT = Brought(
    [Fact("The user lives in Lyon.", "2026-03-01")], [Exchange("Hé", "…", "2026-03-01 09:30:00", "codex")]
)

told = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
)


def test_what_is_asked_and_answered_arrives_as_it_was() -> None:
    assert Question.decoded(QUESTION.encoded()) == QUESTION
    assert Question.decoded(QUESTION._replace(project=None).encoded()) == QUESTION._replace(project=None)
    assert decoded(encoded(BROUGHT)) == BROUGHT
    assert decoded(encoded(Brought())) == Brought([], [])
    assert decoded(encoded(None)) is None


def test_the_longest_messages_are_within_the_bound() -> None:
    worst = "\0"  # six bytes in JSON
    question = Question("/d" * 2_000, "u" * 128, "p" * 256, "s" * 256, worst * PROMPT_CHARACTERS)
    exchange = Exchange(worst * SIDE_CHARACTERS, worst * SIDE_CHARACTERS, "2026-03-01 09:30:00", "c" * 40)
    brought = Brought([Fact(worst * SIDE_CHARACTERS, "2026-03-01")] * 9, [exchange] * 9)

    assert len(question.encoded()) <= MAX_BYTES
    assert len(encoded(brought)) <= MAX_BYTES


@pytest.mark.parametrize("version", [None, 0, VERSION + 1, str(VERSION), [VERSION]])
def test_another_version_is_not_understood(version: object) -> None:
    question = {**json.loads(QUESTION.encoded()), "version": version}
    answer = {**json.loads(encoded(BROUGHT)), "version": version}

    assert Question.decoded(json.dumps(question).encode()) is None
    assert decoded(json.dumps(answer).encode()) is None


@pytest.mark.parametrize("field", Question._fields)
def test_a_question_with_a_field_of_another_kind_is_none(field: str) -> None:
    message = {**json.loads(QUESTION.encoded()), field: 5}

    assert Question.decoded(json.dumps(message).encode()) is None


@pytest.mark.parametrize("read", [Question.decoded, decoded])
@given(message=st.binary() | st.builds(lambda value: json.dumps(value).encode(), told))
def test_whatever_else_comes_is_no_message(read: Callable[[bytes], object], message: bytes) -> None:
    assert read(message) is None


@given(facts=told, exchanges=told)
def test_an_answer_is_lists_of_texts_or_none(facts: object, exchanges: object) -> None:
    brought = decoded(json.dumps({"version": VERSION, "facts": facts, "exchanges": exchanges}).encode())

    assert brought is None or all(
        isinstance(text, str) for each in (*brought.facts, *brought.exchanges) for text in each
    )


def test_deep_nesting_is_no_message() -> None:
    assert decoded(b"[" * MAX_BYTES) is None
