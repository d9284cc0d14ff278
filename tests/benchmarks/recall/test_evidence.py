"""The arithmetic of recall, worked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.recall.evidence import CUTS, Found, Listed, average, find, page_tokens, share_within, shares

ITSELF = {name: name for name in "abcdefghijklmnop"}


def test_a_page_costs_a_quarter_of_its_bytes_and_twelve_tokens() -> None:
    assert page_tokens("Grüße", "hi") == 9 / 4 + 12


def test_each_cut_of_a_list_worked_by_hand() -> None:
    # Six pages of 200 tokens and six of 400: 200, 400, 600, 800, 1000, 1200, 1600, 2000, 2400, 2800, 3200, 3600.
    listed = [Listed(name, 200.0) for name in "abcdef"] + [Listed(name, 400.0) for name in "ghijkl"]
    found = find(["b", "f", "j", "k", "p"], listed, ITSELF)
    assert found == (Found(1, 400.0), Found(5, 1_200.0), Found(9, 2_800.0), Found(10, 3_200.0), None)
    assert dict(zip(CUTS, shares(found), strict=True)) == {
        "@5": 1 / 5,
        "@10": 3 / 5,
        "500t": 1 / 5,
        "1500t": 2 / 5,
        "3000t": 3 / 5,
    }


def test_a_page_that_ends_exactly_at_the_budget_is_inside_it() -> None:
    found = find(["a"], [Listed("a", 500.0)], ITSELF)
    assert (share_within(found, 500), share_within(found, 499.75)) == (1.0, 0.0)


def test_a_page_with_the_same_texts_counts_for_its_twin() -> None:
    twins = {"a": "a", "b": "b", "copy of a": "a"}
    listed = [Listed("b", 20.0), Listed("copy of a", 30.0), Listed("a", 30.0)]
    assert find(["a", "copy of a"], listed, twins) == (Found(1, 50.0), Found(1, 50.0))


def test_nothing_is_found_in_an_empty_list() -> None:
    assert shares(find(["a", "b"], [], ITSELF)) == (0.0, 0.0, 0.0, 0.0, 0.0)


def test_questions_weigh_the_same_however_many_pages_answer_them() -> None:
    one_of_one = shares((Found(0, 20.0),))
    one_of_four = shares((Found(0, 20.0), None, None, None))
    assert average([one_of_one, one_of_four]) == (0.625, 0.625, 0.625, 0.625, 0.625)


def test_an_average_of_no_questions_is_refused() -> None:
    with pytest.raises(ValueError, match="no questions"):
        average([])


@given(
    costs=st.lists(st.integers(1, 900), max_size=16),
    gold=st.lists(st.sampled_from("abcdefghijklmnop"), min_size=1, max_size=5),
)
def test_a_budget_holds_what_the_longest_head_within_it_holds(costs: list[int], gold: list[str]) -> None:
    listed = [Listed(name, float(cost)) for name, cost in zip("abcdefghijklmnop", costs, strict=False)]
    head: list[str] = []
    for page in listed:
        if sum(costs[: len(head) + 1]) > 1_500:
            break
        head.append(page.page)
    assert share_within(find(gold, listed, ITSELF), 1_500) == sum(page in head for page in gold) / len(gold)
