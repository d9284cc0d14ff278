"""The bounds of a call's arguments."""

from __future__ import annotations

import math
from typing import Any

import pytest

from memoryos import arguments
from memoryos.errors import InvalidArgumentError

RECURSIVE: dict[str, Any] = {}
RECURSIVE["self"] = RECURSIVE


@pytest.mark.parametrize(
    ("user_input", "agent_response"),
    [("hi", "hello"), ("hi", ""), ("", "hello"), ("  hi \n", "\t"), ("名前", "🦜"), ("x" * 200_000, "")],
)
def test_texts_within_bounds_stay_as_they_are(user_input: str, agent_response: str) -> None:
    assert arguments.page_texts(user_input, agent_response) == (user_input, agent_response)


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    assert arguments.page_texts("smile \ud83d!", "") == ("smile ?!", "")


@pytest.mark.parametrize(
    ("user_input", "agent_response", "message"),
    [
        ("", "", "user_input and agent_response: got both empty; accepted: text in at least one of them"),
        (" \n", "\t", "user_input and agent_response: got both empty; accepted: text in at least one of them"),
        ("x" * 200_001, "", "user_input: got 200001 characters; accepted: at most 200000; split it into pages"),
        ("", "x" * 200_001, "agent_response: got 200001 characters; accepted: at most 200000; split it into pages"),
        (5, "", "user_input: got a int; accepted: text"),
        ("hi", None, "agent_response: got a NoneType; accepted: text"),
    ],
)
def test_texts_out_of_bounds_are_refused(user_input: Any, agent_response: Any, message: str) -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        arguments.page_texts(user_input, agent_response)

    assert str(refused.value) == message


def test_a_query_within_bounds_stays_as_it_is() -> None:
    assert arguments.query(" where does Tom live? ") == " where does Tom live? "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "query: got empty text; accepted: what to look for, in words"),
        (" \n", "query: got empty text; accepted: what to look for, in words"),
        ("x" * 200_001, "query: got 200001 characters; accepted: at most 200000; split it into pages"),
        (None, "query: got a NoneType; accepted: text"),
    ],
)
def test_a_query_out_of_bounds_is_refused(text: Any, message: str) -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        arguments.query(text)

    assert str(refused.value) == message


@pytest.mark.parametrize("value", [1, 7, 100])
def test_a_number_within_its_bounds_is_taken(value: int) -> None:
    assert arguments.within("max_results", value, 1, 100) == value


@pytest.mark.parametrize("value", [0, 101, -1, 7.0, math.nan, True, "7", None])
def test_a_number_out_of_its_bounds_is_refused(value: Any) -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        arguments.within("max_results", value, 1, 100)

    assert str(refused.value) == f"max_results: got {value!r}; accepted: a whole number from 1 to 100"
    assert refused.value.argument == "max_results"


@pytest.mark.parametrize("value", [None, {}])
def test_an_empty_object_is_no_meta_data(value: dict[str, object] | None) -> None:
    assert arguments.meta_data(value) is None


def test_a_json_object_is_taken_as_meta_data() -> None:
    value = {"channel": "mail", "tags": ["a", None, 1.5, True], "nested": {"名": "値"}}

    assert arguments.meta_data(value) == value


def test_meta_data_is_answered_as_it_will_be_read_back() -> None:
    """Keys of several types once passed the check and could not be sorted when they were stored."""
    value: dict[Any, object] = {1: "one", "pair": (1, 2), "nested": {2: "two", "three": 3}}

    assert arguments.meta_data(value) == {"1": "one", "pair": [1, 2], "nested": {"2": "two", "three": 3}}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"when": object()}, "meta_data: got a dict; accepted: an object of JSON values"),
        ({"number": math.nan}, "meta_data: got a dict; accepted: an object of JSON values"),
        ({"number": math.inf}, "meta_data: got a dict; accepted: an object of JSON values"),
        ({"half": "\ud83d"}, "meta_data: got a dict; accepted: an object of JSON values"),
        ({(1, 2): "tuple"}, "meta_data: got a dict; accepted: an object of JSON values"),
        (RECURSIVE, "meta_data: got a dict; accepted: an object of JSON values"),
        (["a", "list"], "meta_data: got a list; accepted: an object of JSON values"),
        ("text", "meta_data: got a str; accepted: an object of JSON values"),
        ({"text": "x" * 20_000}, "meta_data: got 20012 characters as JSON; accepted: at most 20000"),
    ],
)
def test_what_is_no_bounded_json_object_is_refused_as_meta_data(value: Any, message: str) -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        arguments.meta_data(value)

    assert str(refused.value) == message
