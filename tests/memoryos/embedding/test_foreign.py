"""Which texts the default model cannot read."""

from __future__ import annotations

import pytest

from memoryos.embedding.foreign import Reader, default_reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return default_reader()


@pytest.mark.parametrize(
    "text",
    [
        "Mon frère habite à Nantes.",
        "je vis dans le cloud.",
        "Manhattan a une bonne pizza.",
        "Aku suka makan bakso dengan adik perempuanku.",
        "我的猫叫小米。",
        "我用 Kubernetes 部署了 PostgreSQL 和 Redis",
        "Мою собаку зовут Бублик.",
        "где я живу",
        "제 고양이 이름은 나비예요.",
        "알레르기",
        "Mein Fahrrad steht im Keller.",
        "wo wohne ich",
        "Mi gato duerme encima de la lavadora.",
        "¿cuándo es mi cita?",
        "うちの猫はとても元気です。",
        "اسم كلبي هو سلطان",
        "Il mio cane si chiama Briciola.",
        "Mój pies wabi się Burek.",
        "ＡＢＣ ｄｅｆ",
        "🎉🙂",
    ],
)
def test_other_languages_are_foreign(reader: Reader, text: str) -> None:
    assert reader.is_foreign(text)


@pytest.mark.parametrize(
    "text",
    [
        "My brother lives in Nantes.",
        "where do I live",
        "user location",
        "allergies",
        "OAuth",
        "pytest xdist flags",
        "What did Priyanka Chowdhury say about Bhubaneswar?",
        "What does 谢谢 mean?",
        "We ordered crème brûlée at the café and it was delicious.",
        "I want to visit Rio de Janeiro and Buenos Aires.",
        "She was diagnosed with hypothyroidism by Dr. Szczepański.",
        "2026-03-01 14:00",
        "",
    ],
)
def test_english_is_not_foreign_whatever_names_and_terms_stand_in_it(reader: Reader, text: str) -> None:
    assert not reader.is_foreign(text)


def test_familiarity_falls_with_what_the_model_cannot_read(reader: Reader) -> None:
    texts = [
        "The train to Kyoto was late, and we missed our dinner.",
        "The train to 京都 was late, and we missed our 夕食.",
        "京都行きの電車 was late, 夕食に間に合わない!",
    ]

    english, mixed, japanese = map(reader.familiarity, texts)

    assert (english, japanese) == (1.0, 0.0)
    assert 0.0 < mixed < 1.0


def test_a_long_text_is_judged_by_its_beginning(reader: Reader) -> None:
    assert not reader.is_foreign("The weather was fine. " * 100 + "Мою собаку зовут Бублик. " * 10_000)
