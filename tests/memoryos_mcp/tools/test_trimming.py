"""A page in less room than it needs: what answers a query stays, in order, and never more than fits."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryos_mcp.tools.trimming import ELLIPSIS, beginning, json_bytes, trimmed

MOVE = "I had tea. We moved to Bern in May. The flat is bright. My sister came along. It rained a lot."
REPLY = "How nice! I hope you like it there. Tell me more."

PIECES = st.sampled_from(
    ["Tea is hot. ", "我喜歡喝茶。", "🐕‍🦺", '"', '"\n', "\\", "\x01\n", "\x7f", "e.g. no. 5 ", "\n\n  "]
)
TEXTS = st.lists(PIECES | st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=30).map("".join)
WORDS = st.lists(st.sampled_from(["tea", "hot", "喝茶", "no"]), unique=True)

seeded = settings(deadline=None, derandomize=True, max_examples=200)


def stands_in_order(told: str, side: str) -> bool:
    """Whether the parts between the ellipses of a text stand in a side one after the other."""
    position = 0
    for part in filter(None, map(str.strip, told.split(ELLIPSIS))):
        found = side.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return True


def test_a_page_with_room_for_all_is_whole() -> None:
    assert trimmed(MOVE, REPLY, ("bern",), 1_000) == (MOVE, REPLY)


@pytest.mark.parametrize(
    ("query_words", "max_bytes", "told"),
    [
        (("bern",), 65, ("I had tea. We moved to Bern in May. …", "…")),
        (("bern",), 100, ("I had tea. We moved to Bern in May. The flat is bright. …", "How nice! …")),
        (("sister", "moving"), 80, ("… We moved to Bern in May. … My sister came along. …", "…")),
        (("hope",), 60, ("…", "How nice! I hope you like it there. …")),
    ],
    ids=["one neighbour", "both neighbours, then beginnings", "rarest first", "the other side"],
)
def test_the_sentences_that_hold_the_query_and_those_beside_them_are_kept(
    query_words: Sequence[str], max_bytes: int, told: tuple[str, str]
) -> None:
    assert trimmed(MOVE, REPLY, query_words, max_bytes) == told


def test_a_page_without_a_word_of_the_query_is_told_from_both_beginnings() -> None:
    assert trimmed(MOVE, REPLY, ("violin",), 70) == ("I had tea. We moved to Bern in May. …", "How nice! …")


def test_a_sentence_that_is_too_long_is_cut_after_a_word() -> None:
    text = "We moved to Bern in May because my sister found a flat there."
    assert trimmed(text, "", (), 50) == ("We moved to Bern in May because my …", "")


def test_words_are_found_in_other_forms_but_short_ones_only_as_they_are() -> None:
    text = "He paints. She is good. They go out."
    assert trimmed(text, "", ("painting",), 32) == ("He paints. …", "")
    assert trimmed(text, "", ("go",), 32) == ("… They go out.", "")


def test_a_chinese_page_keeps_the_sentence_that_answers() -> None:
    text = "今天天气很好。我们下周去北京看爷爷。晚饭吃了面条。然后看了电影。"
    assert trimmed(text, "", ("北京",), 55) == ("… 我们下周去北京看爷爷。 …", "")


@seeded
@given(TEXTS, TEXTS, WORDS, st.integers(10, 2_000))
def test_no_page_is_larger_than_its_room(user: str, agent: str, query_words: list[str], max_bytes: int) -> None:
    assert sum(map(json_bytes, trimmed(user, agent, query_words, max_bytes))) <= max_bytes


@seeded
@given(TEXTS.filter(lambda text: ELLIPSIS not in text), WORDS, st.integers(10, 400))
def test_what_is_kept_stands_in_the_page_in_the_same_order(text: str, query_words: list[str], max_bytes: int) -> None:
    told, _ = trimmed(text, "", query_words, max_bytes)
    assert stands_in_order(told, text)
    assert ELLIPSIS in told or told == text or not text.strip()


@pytest.mark.parametrize(
    ("text", "max_bytes", "begun"),
    [
        ("We moved to Bern", 16, "We moved to Bern"),
        ("We moved to Bern", 13, "We moved to"),
        ("Supercalifragilisticexpialidocious", 5, "Super"),
        ("喝茶", 4, "喝"),
        ('""""', 5, '""'),
        ("\x01\x01", 7, "\x01"),
        ("tea", 0, ""),
        ("tea", -3, ""),
    ],
)
def test_a_beginning_is_as_much_as_fits_and_ends_with_a_word(text: str, max_bytes: int, begun: str) -> None:
    assert beginning(text, max_bytes) == begun


@pytest.mark.parametrize(
    ("before", "told", "after"),
    [
        (
            '{"items": [' + '{"id": 1, "text": "silver river"}, ' * 300,
            '{"wifi password": "maple-42"}, ',
            '{"id": 2}, ' * 300 + "]}",
        ),
        ("<ul>" + "<li>silver river</li>" * 300, "<li>wifi password maple-42</li>", "<li>stone</li>" * 300 + "</ul>"),
        ("data:image/png;base64," + "iVBORw0KGgo" * 900, " The wifi password is maple-42.", ""),
        ("银河很美，" * 600, "wifi password 是 maple-42，", "河水很清，" * 600),
    ],
)
def test_what_the_query_asks_for_is_kept_of_a_piece_without_sentences(before: str, told: str, after: str) -> None:
    user_input, _ = trimmed(before + told + after, "OK.", ("password", "wifi"), 800)

    assert "maple-42" in user_input
    assert json_bytes(user_input) <= 800
