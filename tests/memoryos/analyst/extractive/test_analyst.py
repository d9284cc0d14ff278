"""Chains and topics without a model."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryos.analyst.base import Analyst, EmbeddedPage
from memoryos.analyst.extractive.analyst import ExtractiveAnalyst
from memoryos.models import Analysis, ChainPart, Consolidation, Page, Profile, Topic

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
DIM = 8
ANALYST: Analyst = ExtractiveAnalyst()

DOGS = (1.0, 0.12)
WINE = (0.0, 1.0)


def embedded(
    user_input: str, agent_response: str = "", *, about: Sequence[float] = DOGS, minutes: float = 0, meta_info: str = ""
) -> EmbeddedPage:
    """A page `minutes` after noon whose vector points to `about`."""
    vector = np.zeros(DIM, dtype=np.float32)
    vector[: len(about)] = about
    at = NOON + timedelta(minutes=minutes)
    page = Page(1, "p", user_input, agent_response, "2026-03-01 12:00:00", at, at, meta_info=meta_info)
    return EmbeddedPage(page, vector / np.float32(np.linalg.norm(vector)))


def breaks(*pages: EmbeddedPage, previous: EmbeddedPage | None = None) -> list[int]:
    """The positions where a talk begins."""
    return [part.pages[0] for part in ANALYST.consolidate(previous, pages).chains if not part.continues]


LONG = "and the rest of this sentence is long enough to judge"


@pytest.mark.parametrize(
    ("second", "begin"),
    [
        (embedded("More.", minutes=5), [0]),
        (embedded("More.", minutes=-5), [0]),
        (embedded("More.", minutes=13 * 60), [0, 1]),
        (embedded("More.", minutes=-13 * 60), [0, 1]),
        (embedded("Hello again, how are you?", minutes=5), [0, 1]),
        (embedded("你好，在吗？", minutes=5), [0, 1]),
        (embedded(f"Wine {LONG}", about=WINE, minutes=5), [0]),
        (embedded(f"Wine {LONG}", about=(0.0, 0.0, 1.0), minutes=5), [0, 1]),
        (embedded("Wine", about=(0.0, 0.0, 1.0), minutes=5), [0]),
    ],
)
def test_a_talk_ends_with_a_long_pause_a_greeting_or_a_clear_turn(second: EmbeddedPage, begin: list[int]) -> None:
    assert breaks(embedded("I walk my dogs."), second) == begin


def test_a_greeting_in_answer_to_a_greeting_begins_no_talk() -> None:
    assert breaks(embedded("", "Hey Mel!"), embedded("Hi Ann! Nice to see you.")) == [0]


def test_after_a_pause_of_hours_only_the_same_topic_goes_on() -> None:
    wine = [embedded("w", about=WINE, minutes=minutes) for minutes in (0, 1, 2)]
    assert breaks(*wine, embedded("dogs", minutes=120), embedded("dogs", minutes=300)) == [0, 3]


def test_a_talk_goes_on_across_batches() -> None:
    previous = embedded("I walk my dogs.", meta_info="I walk my dogs.")
    assert ANALYST.consolidate(previous, [embedded("The dogs love the park near the river.", minutes=5)]).chains == (
        ChainPart((0,), True, "I walk my dogs.\nThe dogs love the park near the river."),
    )
    assert ANALYST.consolidate(previous, [embedded("The dogs love the park.", minutes=5000)]).chains == (
        ChainPart((0,), False, "The dogs love the park."),
    )


def test_a_running_summary_keeps_its_first_sentence_and_the_newest() -> None:
    told = [f"Sentence number {n} is about the dogs and the park and the river." for n in range(9)]
    previous = embedded("x", meta_info="\n".join(told))
    summary = ANALYST.consolidate(previous, [embedded("The newest sentence is about wine.")]).chains[0].summary
    assert summary.split("\n") == [told[0], *told[5:], "The newest sentence is about wine."]
    assert len(summary) <= 400


def test_a_running_summary_says_nothing_twice() -> None:
    previous = embedded("x", meta_info="The dogs love the park.")
    assert ANALYST.consolidate(previous, [embedded("The dogs love the park.")]).chains == (
        ChainPart((0,), True, "The dogs love the park."),
    )


def test_topics_are_pages_alike_though_they_stand_apart() -> None:
    pages = [
        embedded("Our dogs chased ducks in Hyde Park.", "Dogs love ducks!"),
        embedded("We tasted a Rioja, a red wine from Spain.", "Rioja is a great wine.", about=WINE),
        embedded("The dogs sleep after the park.", "Good dogs."),
        embedded("Is the Rioja better than a Malbec wine?", "A matter of taste: wine is personal.", about=WINE),
    ]
    assert ANALYST.consolidate(None, pages) == Consolidation(
        chains=(
            ChainPart(
                (0, 1, 2, 3),
                False,
                "Our dogs chased ducks in Hyde Park.\nWe tasted a Rioja, a red wine from Spain.",
            ),
        ),
        topics=(
            Topic(
                "dogs, ducks, park",
                ("dogs", "ducks", "park", "hyde", "chased", "sleep"),
                "Our dogs chased ducks in Hyde Park.",
                (0, 2),
            ),
            Topic(
                "Rioja, wine, Malbec",
                ("rioja", "wine", "malbec", "spain", "better", "matter", "personal", "taste"),
                "We tasted a Rioja, a red wine from Spain.\nIs the Rioja better than a Malbec wine?\n"
                "A matter of taste: wine is personal.",
                (1, 3),
            ),
        ),
        analysis="extractive",
    )


def test_a_chinese_topic_is_named_by_whole_words() -> None:
    pages = [
        embedded("今天我给家人做了海南鸡饭。", "海南鸡饭很香。"),
        embedded("海南鸡饭的鸡肉还可以更嫩滑。", "做海南鸡饭要用小火。"),
    ]
    topic = ANALYST.consolidate(None, pages).topics[0]
    assert (topic.theme.split("、")[0], topic.pages) == ("海南鸡饭", (0, 1))


def test_chinese_keywords_are_whole_words_where_many_compete() -> None:
    said = (
        "万绿园、丹顶鹤、仙人掌、保龄球、俱乐部、冰淇淋、动物园、博物馆、"
        "图书馆、幼儿园、摩天轮、游泳池、滑雪场、羽毛球、马拉松"
    )
    keywords = ANALYST.consolidate(None, [embedded(said)]).topics[0].keywords
    assert set(keywords) <= set(said.split("、"))


def test_names_that_speakers_call_each_other_by_name_no_topic() -> None:
    pages = [
        embedded("Hey Mel! I paint sunsets.", "Wow, Ann! Sunsets are lovely."),
        embedded("Thanks, Mel! A sunset calms me.", "I see, Ann. Painting helps."),
    ]
    theme = ANALYST.consolidate(None, pages).topics[0].theme
    assert "Mel" not in theme
    assert "Ann" not in theme


def test_a_page_without_words_is_told_by_its_text() -> None:
    assert ANALYST.consolidate(None, [embedded("👍👍")]) == Consolidation(
        (ChainPart((0,), False, ""),), (Topic("👍👍", (), "👍👍", (0,)),), "extractive"
    )


def test_a_sentence_without_end_is_cut_at_a_space() -> None:
    text = "wine and dogs " * 100
    found = ANALYST.consolidate(None, [embedded(text)])
    assert found.topics[0].summary == found.chains[0].summary == text[:199].rsplit(" ", 1)[0]


def test_pages_of_identical_text_are_one_talk_about_one_topic() -> None:
    pages = [embedded("I love red wine.", "I love wine too.") for _ in range(10)]
    found = ANALYST.consolidate(None, pages)
    assert [part.pages for part in found.chains] == [tuple(range(10))]
    assert [(topic.pages, topic.summary) for topic in found.topics] == [(tuple(range(10)), "I love red wine.")]


def test_nothing_to_read_gives_nothing() -> None:
    assert ANALYST.consolidate(None, []) == Consolidation((), (), "extractive")
    assert ANALYST.analyse(Profile("", (), "extractive"), (), ()) == Analysis((), (), "extractive")


def test_an_analysis_leaves_facts_to_the_reading_of_each_page_and_traits_to_a_model() -> None:
    pages = [embedded("I'm a nurse in Leeds.", "My son Leo plays chess.").page]
    assert ANALYST.analyse(Profile("", (), "extractive"), (), pages) == Analysis((), (), "extractive")


SENTENCES = (
    "I have two dogs.", "Do you like wine?", "Hello!", "We went to Paris in May, it rained.", "我喜欢海南鸡饭。",
    "J'habite à Lyon.", "👍", "- a list item", "Thanks so much, Ann!", "The year 2024 was long", "...", "   ",
)  # fmt: skip
sides = st.lists(st.sampled_from(SENTENCES) | st.text(max_size=30), max_size=4).map(" ".join)
batches = st.lists(st.tuples(sides, sides, st.integers(0, 3000), st.integers(0, 2**32 - 1)), min_size=1, max_size=14)


def batch_of(drawn: Sequence[tuple[str, str, int, int]]) -> list[EmbeddedPage]:
    pages = []
    for user_input, agent_response, minutes, seed in drawn:
        about = [random.Random(seed + axis).gauss(0, 1) + 0.1 for axis in range(DIM)]
        pages.append(embedded(user_input, agent_response, about=about, minutes=minutes))
    return pages


@given(batches, st.booleans())
def test_every_page_stands_in_exactly_one_talk_and_one_topic(
    drawn: list[tuple[str, str, int, int]], has_previous: bool
) -> None:
    pages = batch_of(drawn)
    found = ANALYST.consolidate(embedded("I have a cat.") if has_previous else None, pages)
    every = list(range(len(pages)))
    assert [at for part in found.chains for at in part.pages] == every
    assert sorted(at for topic in found.topics for at in topic.pages) == every
    assert not any(part.continues for part in found.chains[0 if not has_previous else 1 :])


@given(batches)
def test_nothing_is_invented(drawn: list[tuple[str, str, int, int]]) -> None:
    pages = batch_of(drawn)
    said = [side for page in pages for side in (page.page.user_input, page.page.agent_response)]
    found = ANALYST.consolidate(None, pages)
    told = [summary for derived in (found.chains, found.topics) for summary in (part.summary for part in derived)]
    facts = ANALYST.analyse(Profile("", (), "extractive"), (), [page.page for page in pages]).facts
    for line in [line for summary in told for line in summary.split("\n")] + [fact.text for fact in facts]:
        assert any(line in side for side in said)
    assert all(len(summary) <= 400 for summary in told)
    assert all(len(topic.theme) <= 60 and len(topic.keywords) <= 8 for topic in found.topics)


@given(batches)
def test_the_same_batch_gives_the_same_reading(drawn: list[tuple[str, str, int, int]]) -> None:
    pages = batch_of(drawn)
    again = [replace(page, vector=page.vector.copy()) for page in pages]
    assert ANALYST.consolidate(None, pages) == ANALYST.consolidate(None, again)
