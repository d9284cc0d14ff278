"""Scores of answers, worked out by hand."""

from __future__ import annotations

import math

import pytest

from benchmarks.answers.locomo_scores import abstains, bleu1, f1, f1_of_sets, words


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("The cats and a dog, running!", ["cat", "dog", "run"]),
        ("7 May, 2023", ["7", "mai", "2023"]),
        ("It's an owner's self-care", ["it", "owner", "selfcar"]),
        ("And the", []),
        ("She was hiking happily", ["she", "wa", "hike", "happili"]),
        ("Anders Theroux", ["ander", "theroux"]),
    ],
)
def test_words_are_bare_stems_without_articles(text: str, stems: list[str]) -> None:
    assert words(text) == stems


@pytest.mark.parametrize(
    ("given", "right", "score"),
    [
        ("The adoption agency.", "adoption agencies", 1.0),
        # of 3 words given 2 are right, of 2 right words 2 are given: 2 * 2 / (3 + 2)
        ("in May 2023", "May 2023", 0.8),
        # "may" counts once, because it is right once: 2 * 1 / (2 + 1)
        ("May, May", "May", 2 / 3),
        ("June", "May", 0.0),
        ("", "May", 0.0),
        ("the", "a", 0.0),
    ],
)
def test_f1_counts_stems_with_repetitions(given: str, right: str, score: float) -> None:
    assert f1(given, right, "single-hop") == pytest.approx(score)


def test_each_part_of_a_multi_hop_answer_counts_by_the_best_part_given() -> None:
    # "hiking" is met in full; "pottery class" by "pottery": 2 * 1 / (1 + 2); "swimming" not at all
    assert f1("pottery, hikes", "hiking, pottery class, swimming", "multi-hop") == pytest.approx((1 + 2 / 3 + 0) / 3)


def test_commas_split_nothing_in_other_categories() -> None:
    # 2 shared, of 2 given and 4 right
    assert f1("pottery, hikes", "hiking, pottery class, swimming", "single-hop") == pytest.approx(2 * 2 / (2 + 4))


def test_of_an_open_domain_answer_what_follows_a_semicolon_does_not_count() -> None:
    assert f1("likely no", "Likely no; though she likes reading", "open-domain") == 1.0
    assert bleu1("likely no", "Likely no; though she likes reading", "open-domain") == 1.0
    assert f1("likely no", "Likely no; though she likes reading", "temporal") == pytest.approx(2 * 2 / (2 + 6))


@pytest.mark.parametrize(
    ("given", "right", "score"),
    [
        ("May 2023", "May 2023", 1.0),
        # 2 of 3 words are right; it is longer than the right answer, so nothing is taken off
        ("in May 2023", "May 2023", 2 / 3),
        # every word is right, but only 1 of 3 is there: exp(1 - 3 / 1)
        ("2023", "7 May 2023", math.exp(-2)),
        # "may" counts once of twice
        ("May May", "May", 0.5),
        ("", "May", 0.0),
    ],
)
def test_bleu1_is_precision_with_a_penalty_for_short_answers(given: str, right: str, score: float) -> None:
    assert bleu1(given, right, "multi-hop") == pytest.approx(score)


def test_the_f1_of_the_reference_neither_stems_nor_drops_nor_counts_repetitions() -> None:
    # {the, cat, cats} and {the, cats}: 2 shared of 3 and 2
    assert f1_of_sets("The cat, the cats", "the cats") == pytest.approx(2 * 2 / (3 + 2))
    # {likely, no;, really} and {likely, no}: only the marks .,!? part words
    assert f1_of_sets("Likely no; really!", "likely.no") == pytest.approx(2 * 1 / (3 + 2))
    assert f1_of_sets("agency", "agencies") == 0.0
    assert f1_of_sets("", "") == 0.0


@pytest.mark.parametrize(
    ("given", "is_right"),
    [
        ("(a)", True),
        ("A.", True),
        ("b", False),
        ("(a) Not mentioned in the conversation", True),
        ("It is not mentioned.", True),
        ("No information available", True),
        ("(b) self-care", False),
        ("self-care is important", False),
        ("", False),
    ],
)
def test_an_adversarial_answer_is_right_where_it_says_that_nothing_was_said(given: str, is_right: bool) -> None:
    assert abstains(given, ("Not mentioned in the conversation", "self-care")) is is_right


def test_a_letter_means_the_choice_that_stands_there() -> None:
    assert abstains("(b)", ("self-care", "Not mentioned in the conversation")) is True
    assert abstains("(a)", ("self-care", "Not mentioned in the conversation")) is False
