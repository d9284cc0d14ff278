"""Baselines: what each ranks first."""

from __future__ import annotations

from benchmarks.common.conversations import Exchange
from benchmarks.recall.baselines import Fusion, Newest, Words, segmented
from benchmarks.recall.evidence import Listed, page_tokens
from benchmarks.recall.methods import Baseline


def page(number: int, user_input: str, agent_response: str = "") -> Exchange:
    return Exchange(str(number), user_input, agent_response, None)


def test_words_rank_the_page_with_the_rarer_word_first() -> None:
    words = Words()
    for number, text in enumerate(("I like tea", "I like the sea", "I like tea and the lighthouse", "I sleep")):
        words.add(page(number, text))
    assert words.rank("the lighthouses", 10) == [2, 1]


def test_words_find_chinese_by_pairs_of_characters() -> None:
    words = Words()
    for number, text in enumerate(("我今天去公园", "我在图书馆看书", "天气很好")):
        words.add(page(number, text))
    assert words.rank("图书馆在哪里？", 10) == [1]


def test_a_question_of_marks_alone_finds_nothing() -> None:
    words = Words()
    words.add(page(0, "Hello"))
    assert words.rank('?! "', 10) == []


def test_runs_of_an_unspaced_script_become_characters_and_pairs() -> None:
    assert segmented("去公园 ok") == " 去 公 园 去公 公园  ok"


def test_a_list_ends_with_the_newest_pages_not_yet_in_it() -> None:
    baseline = Baseline("bm25", Words())
    baseline.add(page(number, "tea" if number in (1, 11) else "sea") for number in range(13))
    listed = baseline.ask("tea").listed
    expected = ["1", "11", "12", "10", "9", "8", "7", "6", "5", "4", "3"]
    assert listed == tuple(Listed(number, page_tokens("tea", "")) for number in expected)


def test_the_newest_pages_come_newest_first_whatever_is_asked() -> None:
    newest = Newest()
    for number in range(4):
        newest.add(page(number, "x"))
    assert newest.rank("tea", 3) == [3, 2, 1]


def test_a_fusion_adds_up_the_inverse_ranks() -> None:
    """1/62 + 1/61 > 1/61 + 1/64 > 1/64 + 1/62: second and first, first and fourth, fourth and second."""
    fusion = Fusion((Listing([0, 1, 2, 3]), Listing([1, 3, 2, 0])))
    assert fusion.rank("tea", 3) == [1, 0, 3]


class Listing:
    """A ranking that is always the same."""

    def __init__(self, numbers: list[int]) -> None:
        self._numbers = numbers

    def add(self, page: Exchange) -> None:
        raise NotImplementedError

    def settle(self) -> None:
        raise NotImplementedError

    def rank(self, question: str, limit: int) -> list[int]:
        return self._numbers[:limit]
