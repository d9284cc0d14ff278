"""The value that a sentence gives a slot, and the values that it says ended."""

from __future__ import annotations

import pytest

from memoryos.analyst.statements.values import ended_values, introduction, key_of, value_of


@pytest.mark.parametrize(
    ("slot", "text", "value"),
    [
        ("home", "We've just moved to Denver!", "denver"),
        ("home", "I moved from Oslo to New York in March.", "new york"),
        ("home", "Ich bin letzte Woche nach Leipzig umgezogen.", "leipzig"),
        ("home", "J'ai déménagé à Nantes.", "nantes"),
        ("home", "Me he mudado a Buenos Aires.", "buenos aires"),
        ("home", "我搬到上海了。", "上海"),
        ("home", "先月、東京に引っ越しました。", "東京"),
        ("home", "부산으로 이사했어요.", "부산"),
        ("home", "I moved the button to the left.", None),
        ("name", "Please call me Alex.", "alex"),
        ("name", "Nenn mich bitte Katrin.", "katrin"),
        ("name", "我叫李雷。", "李雷"),
        ("name", "健太と呼んでください。", "健太"),
        ("birthday", "My birthday is March 14.", "03-14"),
        ("birthday", "Ich habe am 14. März Geburtstag.", "03-14"),
        ("birthday", "我的生日是3月14日。", "03-14"),
        ("plan", "The flight moved to Tuesday.", "tuesday"),
        ("plan", "Mi vuelo es el martes.", "tuesday"),
        ("age", "I'm 34 years old.", "34"),
        ("age", "Since I was 17 or so.", None),
        ("age", "Ich spiele, seit ich 12 war", None),
        ("budget", "My budget is 1,500 dollars.", "1500"),
        ("email", "My email is Anna.K@example.com.", "anna.k@example.com"),
        ("phone", "My number is +44 20 7946 0011.", "442079460011"),
        ("allergy", "I'm allergic to peanuts.", "peanuts"),
        ("allergy", "我对花生过敏。", "花生"),
        ("favourite", "My favorite color is green now.", "green"),
        (None, "I like it here.", None),
    ],
)
def test_the_value_is_told_where_it_is_sure(slot: str | None, text: str, value: str | None) -> None:
    assert value_of(text, slot) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I've switched from Vim to Helix.", "vim"),
        ("Please call me Katherine, not Kate.", "kate"),
        ("Rex died last week.", "rex"),
        ("Marco and I broke up.", "marco"),
        ("I sold the Corolla.", "corolla"),
        ("Ich habe bei Bosch gekündigt.", "bosch"),
        ("Claire et moi avons divorcé.", "claire"),
        ("Dejé Madrid.", "madrid"),
        ("我和李雷分手了。", "李雷"),
        ("トヨタを辞めました。", "トヨタ"),
    ],
)
def test_what_ended_is_named(text: str, value: str) -> None:
    assert value in ended_values(text)


@pytest.mark.parametrize(
    ("slot", "text", "key"),
    [
        ("favourite", "My favourite colour is blue.", "color"),
        ("favourite", "My current favorite football player is Messi.", "football player"),
        ("favourite", "Meine Lieblingsfarbe ist Blau.", "farbe"),
        ("diet", "I've started eating fish again.", "meat"),
        ("diet", "I quit smoking.", "smoking"),
        ("job", "I'm a nurse.", None),
    ],
)
def test_the_key_says_what_the_value_is_of(slot: str, text: str, key: str | None) -> None:
    assert key_of(text, slot) == key


@pytest.mark.parametrize(
    ("text", "words", "name"),
    [
        ("Hi, I'm Jonas, I live in Ghent.", "I'm Jonas", "jonas"),
        ("Hello, my name is Tom and I live in Oslo", "my name is Tom", "tom"),
        ("Hallo, ich bin Lukas, 41, aus Graz.", "ich bin Lukas", "lukas"),
        ("Salut, je suis Claire, j'habite à Lyon.", "je suis Claire", "claire"),
        ("Hola, soy Marta y vivo en Sevilla.", "soy Marta", "marta"),
        ("我叫李雷，住在上海。", "我叫李雷", "李雷"),
    ],
)
def test_who_introduces_themselves_is_told_by_name(text: str, words: str, name: str) -> None:
    assert introduction(text) == (words, name)


@pytest.mark.parametrize(
    "text",
    [
        "Hi, I'm German.",
        "Hello, I'm in Berlin",
        "Hi, I'm back from Osaka!",
        "Hi, I'm Tom's sister",
        "My dog's name is Rex",
        "我叫了一辆车",
        "I'm Batman lol",
    ],
)
def test_who_says_something_else_introduces_nobody(text: str) -> None:
    assert introduction(text) is None
