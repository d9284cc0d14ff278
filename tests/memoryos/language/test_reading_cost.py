"""No text stalls what reads it: twice as long a text costs about twice as much, whatever it is made of.

Processor time is measured, in a process of its own: a count of steps does not see inside `re`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
import reading_cost

HALF, WHOLE = 100_000, 200_000
"""Characters; the latter are the most that one side of a page may have."""

MOST_SECONDS: Final = 5.0
MOST_RATIO: Final = 3.0
_TOLD_FROM_NOISE_SECONDS: Final = 0.1


@pytest.mark.slow
def test_reading_a_text_twice_as_long_takes_about_twice_the_time() -> None:
    """A page of dashes and abbreviations, 24,000 characters of them, held up an innocent recall for 56 s."""
    done = subprocess.run(
        [sys.executable, reading_cost.__file__, str(HALF), str(WHOLE)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
        timeout=1_200,
    )
    costs: dict[str, tuple[float, float]] = json.loads(done.stdout)

    assert len(costs) == len(reading_cost.FAMILIES) * len(reading_cost.READERS)
    assert {name: both for name, both in costs.items() if both[1] > MOST_SECONDS} == {}
    assert {
        name: (half, whole)
        for name, (half, whole) in costs.items()
        if whole > _TOLD_FROM_NOISE_SECONDS and whole > MOST_RATIO * half
    } == {}


def test_a_sentence_of_abbreviations_is_read_around_each_mark_only() -> None:
    """The same fault at a length at which a fast test meets it: it cost 13 s here."""
    text = reading_cost.FAMILIES["dashes, then abbreviations"](24_000)

    assert reading_cost.least_seconds(reading_cost.READERS["sentences"], text, 1) < MOST_SECONDS


def test_the_blanks_that_end_a_reply_are_read_once() -> None:
    """A small model's reply often ends in them; 20,000 cost 2.6 s, and ten times as many two hundred times that."""
    text = reading_cost.FAMILIES["blanks"](60_000)

    assert reading_cost.least_seconds(reading_cost.READERS["reply"], text, 1) < MOST_SECONDS
