"""Long texts in overlapping pieces."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from memoryos.embedding.base import MAX_WINDOWS
from memoryos.embedding.windows import cut, cut_bytes


def _words(first: int, last: int) -> str:
    return "".join(f"w{number} " for number in range(first, last + 1))


def _starts(pattern: str, text: str) -> list[int]:
    return [match.start() for match in re.finditer(pattern, text)]


def test_a_text_of_one_window_comes_back_as_it_is() -> None:
    text = "  sixteen words at most \n"

    assert cut(text, _starts(r"\S+", text), 16) == (text,)


def test_neighbours_share_an_eighth_of_a_window() -> None:
    text = _words(0, 39)

    assert cut(text, _starts(r"\S+", text), 16) == (_words(0, 15), _words(14, 29), _words(28, 39))


def test_a_word_of_several_tokens_stays_whole() -> None:
    text = _words(0, 13) + "extra-ordinary " + _words(15, 20)
    tokens = _starts(r"\w+|-", text)  # "extra" is the 15th of them and the window ends behind the hyphen

    assert cut(text, tokens, 16) == (_words(0, 13), _words(12, 13) + "extra-ordinary " + _words(15, 20))


def test_a_word_longer_than_the_overlap_is_cut_between_its_characters() -> None:
    text = "x" * 40

    assert cut(text, range(40), 16) == ("x" * 16, "x" * 16, "x" * 12)


def test_chinese_is_cut_between_any_two_characters() -> None:
    text = "".join(chr(0x4E00 + number) for number in range(40))

    assert cut(text, range(40), 16) == (text[:16], text[14:30], text[28:])


def test_what_lies_behind_the_last_window_is_left_out() -> None:
    text = _words(0, 999)

    windows = cut(text, _starts(r"\S+", text), 16)

    assert windows == tuple(_words(14 * number, 14 * number + 15) for number in range(MAX_WINDOWS))


@given(st.lists(st.characters(codec="utf-8"), unique=True, max_size=300), st.integers(16, 64))
def test_byte_windows_keep_their_size_and_leave_no_gap(characters: list[str], size: int) -> None:
    text = "".join(characters)  # each character once, so that a window has one place

    windows = cut_bytes(text, size)

    assert [window for window in windows if len(window.encode()) > size] == []
    spans = [(text.index(window), text.index(window) + len(window)) for window in windows]
    assert spans[0][0] == 0
    assert [(span, after) for span, after in pairwise(spans) if not span[0] < after[0] <= span[1] < after[1]] == []
    assert spans[-1][1] == len(text) or len(windows) == MAX_WINDOWS
