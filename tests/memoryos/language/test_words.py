"""Words, sentences and the text of the keyword index."""

from __future__ import annotations

import sqlite3
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryos.language.words import cjk_share, content_words, folded, index_text, only_asks, sentences, words


@pytest.mark.parametrize(
    ("text", "indexed"),
    [
        ("Plain English, untouched.", "Plain English, untouched."),
        ("Café — déjà vu", "Café — déjà vu"),
        ("Cafe\u0301", "Café"),
        ("我喜欢猫", " 我 喜 欢 猫 我喜 喜欢 欢猫 "),
        ("猫", " 猫 "),
        ("Lisa从上海来", "Lisa 从 上 海 来 从上 上海 海来 "),
        ("東京タワー", " 東 京 タ ワ ー 東京 京タ タワ ワー "),
        ("고양이", " 고 양 이 고양 양이 "),
        ("我，你", " 我 , 你 "),
        ("Ｃｌｏｕｄ", "Cloud"),
        ("a\U0001f355b \u2764\ufe0f", "a \U000ff355 b  \U000f2764 "),
        ("", ""),
    ],
)
def test_only_unspaced_scripts_become_characters_and_pairs(text: str, indexed: str) -> None:
    assert index_text(text) == indexed


def test_a_chinese_word_inside_a_sentence_is_found_by_the_keyword_index() -> None:
    """Without pairs the tokenizer takes a whole Chinese clause for one word."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE words USING fts5(text, tokenize='porter unicode61 remove_diacritics 2')")
    database.execute("INSERT INTO words VALUES (?)", (index_text("今天元旦我给家人做了海南鸡饭"),))

    def found(query: str) -> bool:
        terms = " ".join(f'"{term}"' for term in index_text(query).split())
        return database.execute("SELECT rowid FROM words WHERE words MATCH ?", (terms,)).fetchall() != []

    assert [found(query) for query in ("海南鸡饭", "元旦", "鸡", "北京")] == [True, True, True, False]
    database.close()


@given(st.text())
def test_the_index_text_of_a_composed_and_a_decomposed_text_is_the_same(text: str) -> None:
    assert index_text(unicodedata.normalize("NFD", text)) == index_text(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("", 0.0),
        ("12 + 34", 0.0),
        ("English", 0.0),
        ("Zoë", 0.0),
        ("我喜欢猫", 1.0),
        ("我喜欢cats", 3 / 7),
        ("한글!", 1.0),
    ],
)
def test_the_cjk_share_is_of_the_letters_alone(text: str, share: float) -> None:
    assert cjk_share(text) == share


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I paint. Do you? Great!", ("I paint.", "Do you?", "Great!")),
        ("It costs 3.50 at Dr. Lee's.", ("It costs 3.50 at Dr. Lee's.",)),
        ("J. R. Tolkien wrote it.", ("J. R. Tolkien wrote it.",)),
        ("So do I. You too.", ("So do I.", "You too.")),
        ("See http://a.org/b.html?c=1 now. Thanks.", ("See http://a.org/b.html?c=1 now.", "Thanks.")),
        ("Bring salt, e.g. Fleur de sel. Bye.", ("Bring salt, e.g. Fleur de sel.", "Bye.")),
        ("We met at 5 p.m. Then we left.", ("We met at 5 p.m.", "Then we left.")),
        ("Milk, eggs, etc. are here.", ("Milk, eggs, etc. are here.",)),
        ("I live at No. 5. No. I mean it.", ("I live at No. 5.", "No.", "I mean it.")),
        ("Well... maybe. Hmm... Yes.", ("Well... maybe.", "Hmm...", "Yes.")),
        ('He said "go." Then left.', ('He said "go."', "Then left.")),
        ("i like dogs. my name is bob", ("i like dogs.", "my name is bob")),
        ("Todo:\n1. Buy milk.\n- call mum\n\n", ("Todo:", "1. Buy milk.", "- call mum")),
        ("Ich bin am 3. März 1990 geboren. Du?", ("Ich bin am 3. März 1990 geboren.", "Du?")),
        ("I have 3. Then I left.", ("I have 3.", "Then I left.")),
        ("I have a Ph.D. in physics. You?", ("I have a Ph.D. in physics.", "You?")),
        ("one line\r\nanother", ("one line", "another")),
        ("我喜欢猫。你呢？太好了！！", ("我喜欢猫。", "你呢？", "太好了！！")),
        ("彼は「行く。」と言った。", ("彼は「行く。」", "と言った。")),
        ("मैं लिखता हूँ। तुम?", ("मैं लिखता हूँ।", "तुम?")),
        ("Great! 😊 !!", ("Great!",)),
        ("", ()),
        ("...", ()),
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(text: str, found: tuple[str, ...]) -> None:
    assert sentences(text) == found


@given(st.text())
def test_sentences_lose_no_letter_and_invent_none(text: str) -> None:
    said = "".join(filter(str.isalnum, text))
    assert "".join(filter(str.isalnum, "".join(sentences(text)))) == said
    assert all(sentence in text and "\n" not in sentence for sentence in sentences(text))


@pytest.mark.parametrize("text", ["." * 100_000 + "x", "Dr. " * 20_000, '."' * 50_000 + "x", "1. " * 30_000])
def test_a_hostile_text_ends_too(text: str) -> None:
    """A search that starts anew at every mark takes hours on the first of them."""
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("word", "fold"), [("Dog", "dog"), ("Müller", "muller"), ("ÉTÉ", "ete"), ("Straße", "strasse"), ("が", "が")]
)
def test_a_folded_word_has_no_case_and_no_accents(word: str, fold: str) -> None:
    assert folded(word) == fold


def test_words_are_folded_and_unspaced_scripts_come_in_pairs() -> None:
    assert words("Zoë's 2 cats: 白猫 und हिन्दी") == ("zoe", "s", "2", "cats", "白猫", "und", "हिन्दी")


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("I went to the museum with my son and the car", ("museum", "son", "car")),
        ("Mon fils a pris sa voiture car son vélo est cassé", ("fils", "pris", "voiture", "velo", "casse")),
        ("Ich habe einen Hund in München", ("hund", "munchen")),
        ("Tengo un perro y vivo en Málaga", ("perro", "vivo", "malaga")),
        ("Saya punya dua anjing di Jakarta", ("anjing", "jakarta")),
        ("Eu tenho um cachorro em Lisboa", ("cachorro", "lisboa")),
        ("Ho un cane e vivo a Milano", ("cane", "vivo", "milano")),
        ("Ik heb een hond in Utrecht", ("hond", "utrecht")),
        ("Я живу в Москве и у меня есть собака", ("живу", "москве", "собака")),
        ("我喜欢海南鸡饭和风筝", ("海南", "南鸡", "鸡饭", "风筝")),
        ("今天我在上海过生日，天气很好", ("上海", "生日", "天气")),
        ("我在中国的路上看到了水果", ("中国", "水果")),
        ("東京に住んでいます", ("東京",)),
        ("GPT4 in 2024, 5k or U2", ("gpt4",)),
        ("...", ()),
    ],
)
def test_content_words_leave_out_the_function_words_of_the_texts_language(text: str, content: tuple[str, ...]) -> None:
    """Judged by the text as a whole: "son" and "car" are words in English and function words in French."""
    assert content_words(text) == content


@pytest.mark.parametrize(
    ("word", "asks"),
    [("what", True), ("不", True), ("什么", True), ("happy", False), ("day", False), ("上海", False), ("的人", False)],
)
def test_few_words_only_ask(word: str, asks: bool) -> None:
    """Far fewer than name no topic: "happy" may be what tells one page from another."""
    assert only_asks(word) is asks
    assert not content_words("Is it a happy day?")
