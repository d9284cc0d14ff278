"""The judge with the weights of the package and the vectors of the shipped model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memoryos.analyst.statements import JudgeWeightsError, StatementJudge
from memoryos.analyst.statements.features import buckets
from memoryos.embedding.onnx_minilm import OnnxMiniLM

if TYPE_CHECKING:
    from pathlib import Path

    from memoryos.analyst.statements import Verdict


@pytest.fixture(scope="module")
def embedder() -> OnnxMiniLM:
    return OnnxMiniLM()


@pytest.fixture(scope="module")
def judge() -> StatementJudge:
    return StatementJudge.load()


def read(judge: StatementJudge, embedder: OnnxMiniLM, *sentences: str) -> list[Verdict]:
    return judge.read(sentences, embedder.embed(sentences))


@pytest.mark.parametrize(
    ("sentence", "kind", "slot"),
    [
        ("I'm allergic to cashews.", "lasting", "allergy"),
        ("I live in Tallinn.", "lasting", "home"),
        ("We've just moved to Tallinn!", "lasting", "home"),
        ("Always answer in Dutch.", "instruction", "preferred_language"),
        ("Ich bin allergisch gegen Pistazien.", "lasting", "allergy"),
        ("Je suis allergique aux pistaches.", "lasting", "allergy"),
        ("Soy alérgica a los pistachos.", "lasting", "allergy"),
        ("我对腰豆过敏。", "lasting", "allergy"),
        ("私はくるみアレルギーがあります。", "lasting", "allergy"),
    ],
)
def test_what_lasts_is_told_with_its_slot(
    judge: StatementJudge, embedder: OnnxMiniLM, sentence: str, kind: str, slot: str
) -> None:
    (verdict,) = read(judge, embedder, sentence)
    assert (verdict.kind, verdict.slot) == (kind, slot)


@pytest.mark.parametrize(
    "sentence",
    [
        "I opened a PR.",
        "I have a bug in my code: it crashes at line 3.",
        "What's the weather like in Lisbon?",
        "Great, Hanna!",
        "Hey Hanna, great to hear from you.",
        "You both looked so lovely at the party.",
        "Our town held a fair last weekend.",
        "Es war so schön gestern.",
        "I'm not saying I'm a vegan.",
        "Write a story about a nurse in Lisbon.",
        "Wie sortiere ich eine Liste?",
        "今日は疲れました。",
        "我昨天看了电影。",
    ],
)
def test_what_says_nothing_lasting_is_left(judge: StatementJudge, embedder: OnnxMiniLM, sentence: str) -> None:
    (verdict,) = read(judge, embedder, sentence)
    assert (verdict.kind, verdict.slot, verdict.is_worth_keeping) == ("neither", None, False)


def test_a_sentence_is_judged_alike_alone_and_among_others(judge: StatementJudge, embedder: OnnxMiniLM) -> None:
    sentences = ["I live in Rome.", "It rained.", "我是护士。"]
    vectors = embedder.embed(sentences)
    alone = [judge.read([sentence], vectors[at : at + 1])[0] for at, sentence in enumerate(sentences)]
    together = judge.read(sentences, vectors)
    assert [(each.kind, each.slot, each.state) for each in alone] == [
        (each.kind, each.slot, each.state) for each in together
    ]


def test_no_sentences_give_no_verdicts(judge: StatementJudge, embedder: OnnxMiniLM) -> None:
    assert judge.read([], embedder.embed(["x"])[:0]) == []


def test_other_weights_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "judge.npz"
    file.write_bytes(b"not these")
    with pytest.raises(JudgeWeightsError, match="SHA-256"):
        StatementJudge.load(file)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(JudgeWeightsError, match="cannot be read"):
        StatementJudge.load(tmp_path / "none.npz")


def test_buckets_are_the_same_with_every_python() -> None:
    assert buckets("ok").tolist() == BUCKETS_OF_OK


BUCKETS_OF_OK = [0, 3428, 7116, 10437, 20768, 25705, 27614, 32288, 32302]
