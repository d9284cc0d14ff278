"""The cursor of a walk over pages: what it keeps, and which texts are none."""

from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryos.errors import InvalidArgumentError
from memoryos.walk import Walk

SEQS = st.integers(min_value=1, max_value=2**62)


@given(asked=st.text(max_size=20), newest=SEQS, brought=st.frozensets(SEQS, min_size=1, max_size=40))
def test_a_cursor_is_read_as_the_walk_that_it_was_made_of(asked: str, newest: int, brought: frozenset[int]) -> None:
    walk = Walk(asked, newest).behind(brought)

    assert Walk.read(walk.cursor, asked) == walk == Walk(asked, max(newest, *brought), brought)


def test_a_walk_offers_each_page_once_and_none_that_came_after_it_began() -> None:
    walk = Walk("tea", 5).behind([2, 4])

    assert [seq for seq in range(1, 8) if walk.offers(seq)] == [1, 3, 5]
    assert [seq for seq in range(1, 8) if walk.behind([1]).offers(seq)] == [3, 5]


@pytest.mark.parametrize("pages", [0, 1, 12])
def test_a_walk_goes_on_once_pages_were_brought(pages: int) -> None:
    walk = Walk("tea", 20).behind(range(1, pages + 1))

    assert (walk.goes_on, walk.brought) == (pages > 0, frozenset(range(1, pages + 1)))


def test_a_page_of_many_takes_a_byte_or_two_of_the_cursor() -> None:
    """Each byte is four thirds of a letter, and the sum and the newest page take six bytes."""
    assert len(Walk("tea", 10_000).behind(range(800, 9_601, 800)).cursor) == 40  # of 12 pages
    assert len(Walk("tea", 10_000).behind(range(100, 10_001, 100)).cursor) == 142  # of 100


@given(text=st.text(max_size=30))
def test_what_is_no_cursor_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidArgumentError) as refusal:
        Walk.read(text, "tea")
    assert refusal.value.argument == "cursor"


def test_a_cursor_of_another_query_or_with_another_letter_is_refused() -> None:
    cursor = Walk("tea", 300).behind([17, 200]).cursor

    for given_, asked in [
        (cursor, "coffee"),
        (cursor[:-1], "tea"),
        (cursor + "A", "tea"),
        (cursor.swapcase(), "tea"),
        (cursor[:6], "tea"),
        ("17", "tea"),
    ]:
        with pytest.raises(InvalidArgumentError, match=r"cursor: .* is not accepted|cursor"):
            Walk.read(given_, asked)
    assert Walk.read(f" {cursor}\n", "tea").brought == {17, 200}


def test_a_number_without_an_end_is_refused_before_it_is_read() -> None:
    numbers = b"\xff" * 2_000_000 + b"\x01"
    made = zlib.crc32(numbers, zlib.crc32(b"asked")).to_bytes(4, "big") + numbers

    with pytest.raises(InvalidArgumentError, match=r"^cursor: got "):
        Walk.read(base64.urlsafe_b64encode(made).decode().rstrip("="), "asked")
