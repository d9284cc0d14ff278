"""The order in which a reader gets most for what it pays."""

from __future__ import annotations

from memoryos.retrieval.spreading import SPREAD_PAGES, Placed, spread


def test_pages_of_a_few_lines_keep_the_order_of_their_scores() -> None:
    pages = [Placed(1 - number / 100, talk=1, tokens=25) for number in range(15)]
    assert spread(pages) == list(range(15))


def test_a_talk_that_has_taken_a_third_of_a_reply_lets_another_one_in() -> None:
    # Twelve so that the tens, within which length decides, keep what the talks decided apart.
    long = [Placed(1 - number / 100, talk=1, tokens=160) for number in range(12)]
    other = Placed(0.8, talk=2, tokens=160)
    assert spread([*long, other]).index(12) < 10
    assert spread([*long, Placed(0.8, talk=1, tokens=160)]).index(12) == 12


def test_of_two_pages_about_as_good_the_shorter_one_stands_first() -> None:
    long, short = Placed(1.0, talk=1, tokens=640), Placed(0.85, talk=2, tokens=80)
    assert spread([long, short]) == [1, 0]
    assert spread([long, Placed(0.79, talk=2, tokens=80)]) == [0, 1]


def test_length_moves_no_page_out_of_its_ten() -> None:
    first = [Placed(1.0, talk=number, tokens=2_000) for number in range(10)]
    short = [Placed(0.99, talk=10 + number, tokens=20) for number in range(10)]
    assert set(spread([*first, *short])[:10]) == set(range(10))


def test_where_all_is_asked_for_each_page_of_a_talk_makes_the_next_one_worth_less() -> None:
    talk = [Placed(1 - number / 100, talk=1, tokens=25) for number in range(4)]
    others = [Placed(0.955, talk=2, tokens=25), Placed(0.945, talk=3, tokens=25)]
    assert spread([*talk, *others]) == [0, 1, 2, 3, 4, 5]
    assert spread([*talk, *others], collects=True) == [0, 1, 4, 5, 2, 3]


def test_what_stands_far_below_keeps_its_place() -> None:
    pages = [Placed(1 - number / 1_000, talk=1, tokens=20) for number in range(SPREAD_PAGES + 5)]
    assert spread(pages)[SPREAD_PAGES:] == list(range(SPREAD_PAGES, SPREAD_PAGES + 5))


def test_no_page_is_lost_or_comes_twice() -> None:
    pages = [Placed(1 / (1 + number), talk=number % 3, tokens=50 * (number % 17)) for number in range(60)]
    assert sorted(spread(pages)) == list(range(60))
    assert spread([]) == []
