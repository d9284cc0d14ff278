"""The words that pages are searched by: as people know their stems, and the same as SQLite's full-text index has."""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryos.language.stems import Word, stem, stems, words_with_stems
from memoryos.language.words import index_text

TOKENIZER = "porter unicode61 remove_diacritics 2 categories 'L* M* N* Co'"
DOCUMENTS = [path for path in sorted(Path(__file__).parents[3].glob("**/*.md")) if ".venv" not in path.parts]


class FullText:
    """The words of texts as SQLite has them in an index like a memory's."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        # A stem that ends within a character is no UTF-8.
        self._connection.text_factory = lambda stored: stored.decode("utf-8", "replace")
        self._connection.execute(f'CREATE VIRTUAL TABLE texts USING fts5 (text, tokenize = "{TOKENIZER}")')
        self._connection.execute("CREATE VIRTUAL TABLE found USING fts5vocab ('texts', 'instance')")

    def stems(self, texts: Sequence[str]) -> list[list[str]]:
        """The stems of each text, in order."""
        self._connection.execute("BEGIN")
        self._connection.execute("DELETE FROM texts")
        rows = ((row, index_text(text)) for row, text in enumerate(texts, 1))
        self._connection.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", rows)
        found: list[list[str]] = [[] for _ in texts]
        # An accent by itself is a word to the tokenizer, and nothing once accents are removed.
        for row, term in self._connection.execute(
            "SELECT doc, term FROM found WHERE term IS NOT NULL ORDER BY doc, offset"
        ):
            found[row - 1].append(term)
        self._connection.execute("COMMIT")
        return found

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def full_text() -> Iterator[FullText]:
    with closing(FullText()) as index:
        yield index


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        ("hike hikes hiked hiking", {"hike"}),
        ("relate related relating relational", {"relat"}),
        ("hop hops hopped hopping", {"hop"}),
        ("happy happiness", {"happi"}),
        ("agreed agrees", {"agre"}),
        ("caresses caress", {"caress"}),
        ("generalizations generalization", {"gener"}),
        ("controlling controlled", {"control"}),
        ("sky", {"sky"}),
        ("bed", {"bed"}),
        ("is as", {"is", "as"}),
        ("Zürich ZURICH zürich", {"zurich"}),
        ("cafés CAFE", {"cafe"}),
        ("ПРИВЕТ привет", {"привет"}),
    ],
)
def test_forms_of_a_word_have_one_stem(forms: str, expected: set[str]) -> None:
    assert set(stems(forms)) == expected


def test_words_come_in_order_as_written_and_with_their_stems() -> None:
    assert words_with_stems("Hiking, café hikes — 4711!") == [
        Word("hiking", "hike"),
        Word("cafe", "cafe"),
        Word("hikes", "hike"),
        Word("4711", "4711"),
    ]
    assert words_with_stems("我住") == [Word("我", "我"), Word("住", "住"), Word("我住", "我住")]


def test_a_stem_that_would_end_within_a_character_is_a_text_all_the_same() -> None:
    """The last two bytes of this letter are equal, which looks like a doubled consonant before "ing"."""
    assert stems("a\u0924ing") == ["a\ufffd"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_words_of_a_document_are_those_of_the_index(document: Path, full_text: FullText) -> None:
    lines = document.read_text(encoding="utf-8").splitlines()

    assert [stems(line) for line in lines] == full_text.stems(lines)


def test_words_with_every_ending_have_the_stems_of_the_index(full_text: FullText) -> None:
    beginnings = ["", *"abcy", "by", "app", "sky", "tr", "hop", "fall", "miss", "fix", "rel", "oper", "electr", "gener"]
    endings = """al ance ence er ic able ible ant ement ment ent ion tion sion ou ism ate iti ous ive ize ational tional
        enci anci izer logi bli alli entli eli ousli ization ation ator alism iveness fulness ousness aliti iviti biliti
        icate ative alize iciti ical ful ness s es ss sses ies eed ed ing y e ll at bl iz ly""".split()
    words = [a + b + c for a, b, c in itertools.product(beginnings, endings, ["", "s", "ed", "ing", "ly", "e"])]

    assert [[stem(word)] for word in words] == full_text.stems(words)


@pytest.mark.slow
def test_every_character_is_the_same_in_a_word_as_in_the_index(full_text: FullText) -> None:
    codes = [code for code in range(1, 0x20000) if not 0xD800 <= code < 0xE000]
    codes += range(0x20000, 0x110000, 97)  # Chinese, and what stands for nothing
    texts = [f"q{chr(code)}q" for code in codes]

    assert [stems(text) for text in texts] == full_text.stems(texts)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30), max_size=5))
def test_any_text_has_the_words_of_the_index(texts: list[str]) -> None:
    with closing(FullText()) as index:
        found = index.stems(texts)

    assert [stems(text) for text in texts] == found


@pytest.mark.slow
@pytest.mark.eval_data
def test_real_talk_has_the_words_of_the_index(full_text: FullText) -> None:
    data = os.environ.get("MEMORYOS_EVAL")
    if not data:
        pytest.skip("MEMORYOS_EVAL is not set: the words of real conversations are not compared")
    for file in sorted(Path(data).glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            texts = [f"{page['user_input']}\n{page['agent_response']}" for page in json.loads(line)["pages"]]
            assert [stems(text) for text in texts] == full_text.stems(texts)
