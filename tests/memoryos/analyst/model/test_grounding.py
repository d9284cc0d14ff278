"""Which facts of a model are believed, over the kinds in which right and wrong ones come.

`cases` holds a fact a line: right ones with the pages that a good model draws them from, wrong ones with an exchange
that they do not follow from and the kind of their fault.
"""

from __future__ import annotations

import json
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from memoryos.analyst.model.grounding import Grounds
from memoryos.models import Page

CASES = Path(__file__).with_name("cases")


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CASES / name).read_text(encoding="utf-8").splitlines()]


def page(seq: int, said_on: str, user: str, agent: str = "") -> Page:
    at = datetime.fromisoformat(f"{said_on} 12:00:00").replace(tzinfo=timezone.utc)
    return Page(seq, f"P{seq}", user, agent, f"{said_on} 12:00:00", at, at)


@pytest.mark.parametrize(
    "said",
    [
        "I moved to Oslo yesterday.",
        "Ich bin gestern nach Oslo gezogen.",
        "Ik ben gisteren naar Oslo verhuisd.",
        "Wczoraj przeprowadziłem się do Oslo.",
        "Dün Oslo'ya taşındım.",
        "어제 오슬로로 이사했어요, Oslo.",
        "Saya pindah ke Oslo kemarin.",
    ],
)
def test_a_day_is_counted_in_every_language_that_queries_are_read_in(said: str) -> None:
    talk = page(0, "2026-05-01", said)

    facts = ("The user moved to Oslo on 2026-04-30.", "The user moved to Oslo on 2026-04-28.")
    assert [Grounds([talk]).supported(fact, "user", (0,))[1] for fact in facts] == [None, "date"]


def test_a_list_that_the_pages_tell_is_no_loop() -> None:
    told = "I went to the zoo, went to the lake, went to the museum."
    talks = [page(0, "2026-03-18", told), page(1, "2026-03-18", "I went to the zoo.")]

    fact = "The user went to the zoo, went to the lake, went to the museum."
    assert [Grounds([talk]).supported(fact, "user", (0,))[1] for talk in talks] == [None, "loop"]


@pytest.mark.parametrize(
    ("shown", "at"),
    [
        ("2026-03-18 08:00:00", "2026-03-17T23:00:00+00:00"),  # Tokyo in the morning
        ("2026-03-18T23:30:00-08:00", "2026-03-19T07:30:00+00:00"),  # California at night
    ],
)
@pytest.mark.parametrize(
    ("fact", "believed"), [("User moved on 2026-03-17.", True), ("User moved on 2026-03-16.", False)]
)
def test_yesterday_is_the_day_before_the_one_that_the_page_shows(
    shown: str, at: str, fact: str, believed: bool
) -> None:
    moment = datetime.fromisoformat(at)
    talk = Page(0, "P0", "I moved yesterday.", "", shown, moment, moment)

    _, problem = Grounds([talk]).supported(fact, "user", (0,))

    assert problem == (None if believed else "date")


@pytest.mark.parametrize("reply", ["", "Got it, thanks for telling me.", "That is good to know!"])
@pytest.mark.parametrize("case", rows("facts_good.jsonl"), ids=lambda case: case["fact"])
def test_a_right_fact_is_believed_in_whatever_words(case: dict[str, Any], reply: str) -> None:
    pages = [page(seq, case["said_on"], said, reply) for seq, said in enumerate(case["pages"])]

    _, problem = Grounds(pages).supported(case["fact"], "user", range(len(pages)))

    assert problem is None


@pytest.mark.parametrize("case", rows("facts_bad.jsonl"), ids=lambda case: f"{case['kind']}: {case['fact']}")
def test_a_wrong_fact_is_refused_for_its_reason(case: dict[str, Any]) -> None:
    pages = [page(0, case["said_on"], case["user_input"], case["agent_response"])]

    sources, problem = Grounds(pages).supported(case["fact"], "user", (0,))

    assert (sources, problem) == ((), case["reason"])


@pytest.mark.parametrize(
    ("fact", "believed"),
    [
        ("The assistant plays the drums.", True),
        ("The assistant is called Nova.", True),
        ("The assistant should answer in German.", True),
        ("The assistant sold a boat.", False),
    ],
)
def test_what_an_assistant_is_stands_on_its_own_words_or_on_what_it_was_asked(fact: str, believed: bool) -> None:
    talk = page(0, "2026-03-18", "I sold my boat. I'll call you Nova, answer in German.", "Nova plays the drums.")

    _, problem = Grounds([talk]).supported(fact, "assistant", (0,))

    assert (problem is None) == believed


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "1",
        " ",
        "if ",
        "not ",
        "9,",
        "Rex ",
        "年",
        "ない",
        "in 2 ",
        "'",
        "no me ",
        "«i ",
        '"i ',
        "my dog ",
        "a, ",
        "one of my ",
        "Rex said he ",
    ],
)
def test_reading_a_page_takes_time_in_proportion_to_its_length(unit: str) -> None:
    """Compared with itself, so that a slow machine does not matter."""

    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        started = time.perf_counter()
        Grounds([page(0, "2026-03-18", text, text)]).supported("User has 3 cats in May.", "user", (0,))
        return time.perf_counter() - started

    seconds(1_000)
    assert seconds(32_000) < 40 * max(seconds(4_000), 0.005)
