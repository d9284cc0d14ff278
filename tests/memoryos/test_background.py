"""One call beside another."""

from __future__ import annotations

import threading

import pytest

from memoryos.background import in_background


def test_a_call_in_the_background_runs_while_its_caller_goes_on() -> None:
    caller_went_on = threading.Event()

    result = in_background(lambda: caller_went_on.wait(30))
    caller_went_on.set()

    assert result()


def test_what_a_call_in_the_background_raises_is_raised_where_its_result_is_asked_for() -> None:
    def fail() -> None:
        raise ValueError("no soup")

    with pytest.raises(ValueError, match="no soup"):
        in_background(fail)()
