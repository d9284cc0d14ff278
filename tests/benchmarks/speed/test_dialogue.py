"""Made-up dialogue: the same for everyone, and shaped like talk."""

from __future__ import annotations

import re
from collections import Counter

from benchmarks.common.conversations import Conversation, Exchange, Question
from benchmarks.speed.dialogue import Dialogue, MixedDialogue


def test_a_page_of_a_seed_is_always_the_same() -> None:
    assert [Dialogue(seed=7).page(number) for number in range(5)] == [Dialogue(seed=7).page(n) for n in range(5)]


def test_pages_of_different_seeds_and_numbers_differ() -> None:
    texts = {Dialogue(seed).page(number).user_input for seed in (1, 2) for number in range(200)}
    assert len(texts) == 400


def test_pages_follow_each_other_in_time() -> None:
    assert [Dialogue().page(number).timestamp for number in (0, 1, 100)] == [
        "2024-01-01 08:00:00",
        "2024-01-01 08:17:00",
        "2024-01-02 12:20:00",
    ]


def test_most_words_are_rare_and_a_few_stand_in_most_pages() -> None:
    pages = [Dialogue().page(number) for number in range(500)]
    with_word = Counter(
        word for page in pages for word in set(f"{page.user_input} {page.agent_response}".lower().split())
    )
    rare = [word for word, count in with_word.items() if count <= 5]
    assert len(rare) > len(with_word) * 0.8
    assert with_word["the"] > 450


def test_a_question_names_nouns_of_one_page() -> None:
    question = Dialogue().question(3, pages=1)
    page = Dialogue().page(0)
    nouns = re.findall(r"the (\w+)", question)
    assert len(nouns) == 3
    assert all(noun in re.findall(r"\w+", f"{page.user_input} {page.agent_response}") for noun in nouns)


def test_a_mixed_page_has_its_two_sides_from_one_talk_and_the_time_of_its_number() -> None:
    talks = [
        Conversation(
            id=name,
            pages=(Exchange("1", f"{name} asks", "", None), Exchange("2", "", f"{name} answers", None)),
            questions=(Question("1", f"Who is {name}?", "single", ("1",), 2),),
            left_out=0,
        )
        for name in ("Ann", "Bo")
    ]
    mixed = MixedDialogue(talks)
    pages = [mixed.page(number) for number in range(40)]

    assert {(page.user_input, page.agent_response) for page in pages} == {
        ("Ann asks", ""),
        ("Ann asks", "Ann answers"),
        ("Bo asks", ""),
        ("Bo asks", "Bo answers"),
    }
    assert [page.timestamp for page in pages] == [Dialogue().page(number).timestamp for number in range(40)]
    assert [mixed.page(number) for number in range(40)] == pages
    assert {mixed.question(number, 1) for number in range(40)} == {"Who is Ann?", "Who is Bo?"}
