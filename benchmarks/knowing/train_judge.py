"""Train the judge of statements on the sentences beside this script and write its weights into the package.

    python -m benchmarks.knowing.train_judge            # cross-validated figures, then the weights
    python -m benchmarks.knowing.train_judge --figures  # the figures only

Needs SciPy (`pip install .[benchmarks]`). The sentences were written by hand for this purpose, about 8,100 in
ten languages, with `{city}` and the like filled from `fillings.json`. All fillings of a sentence fall into one fold,
so the figures are of sentences whose wording the judge has not met. The same sentences give the same file.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import random
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from rich.console import Console
from scipy import sparse
from scipy.optimize import minimize

from memoryos.analyst.statements import features
from memoryos.analyst.statements.judge import KINDS, NO_SLOT, WEIGHTS_FILE, dense_features
from memoryos.embedding.onnx_minilm import OnnxMiniLM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from memoryos.models import Matrix

SAY: Final = Console(width=120, highlight=False, markup=False).print
SENTENCES: Final = Path(__file__).with_name("statements")
WEIGHTS: Final = Path(features.__file__).with_name(WEIGHTS_FILE)
FOLDS: Final = 5
FALSE_POSITIVES: Final = 0.12
"""Share of sentences that say nothing lasting which the threshold lets pass, in cross-validation."""
FILLINGS: Final = 6
"""Times that a sentence with places to fill is filled; one without is taken in two dresses."""
CHOICES: Final = 10
"""Times that a sentence with `[one|another]` wording is filled."""
SHORT_CHARS: Final = 30
SHORT_WEIGHT: Final = 2.0
STRENGTH: Final = 3.0
"""The inverse of the penalty on large weights."""
GRAMS_WEIGHT: Final = 3.0
ENGLISH_VECTOR_WEIGHT: Final = 2.0
LATIN_VECTOR_WEIGHT: Final = 0.5
"""How little the penalty bears on each part: the more, the more the judge leans on it. The best of a few in
cross-validation; the vector of another language in Latin letters helps a little where n-grams come first."""

_PLACE: Final = re.compile(r"\{([a-z]+)(2?)\}")
CHOICE: Final = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_LEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        *("By the way, ", "Oh, ", "Just so you know, ", "Update: ", "So ", "Well, ", "Hey, ", "Also, ", "Actually, "),
        *("btw ", "ok so ", "news: ", "long story short, ", "hmm, ", "not sure I told you but ", "thanks! oh and "),
        *("what a week, ", "it's been a while, ", "quick update, ", "guess what, ", "sorry, "),
        *("Since you asked, ", "To answer your question, ", "Before I forget, ", "For context, ", "Funny story, "),
        *("It's been a long day, and ", "I was talking to a friend about it and ", "It rained all weekend, but "),
        *("I'm not sure it matters, but ", "The bus was late again, anyway, ", "You may want to know that "),
    ),
    "de": (
        *("Übrigens, ", "Ach ja: ", "Also, ", "Hallo, ", "Nur damit du es weißt: ", "kurzes Update: ", "danke! und "),
        *("Bevor ich es vergesse: ", "Zur Info: ", "War ein langer Tag, und ", "Weil du fragst: "),
    ),
    "fr": (
        *("Au fait, ", "Bon, ", "Salut, ", "Pour info, ", "En fait, ", "petite nouvelle : ", "merci ! et "),
        *("Avant que j'oublie, ", "La journée a été longue, et ", "Pour te répondre, "),
    ),
    "es": (
        *("Por cierto, ", "Bueno, ", "Hola, ", "Para que lo sepas, ", "La verdad, ", "novedades: ", "¡gracias! y "),
        *("Antes de que se me olvide, ", "Ha sido un día largo y ", "Para responderte, "),
    ),
    "it": ("Comunque, ", "Ah, ", "Ciao, ", "A proposito, ", "novità: ", "grazie! e ", "Prima che mi dimentichi, "),
    "pt": ("Aliás, ", "Ah, ", "Oi, ", "Por falar nisso, ", "novidade: ", "valeu! e ", "Antes que eu esqueça, "),
    "ru": ("Кстати, ", "Ну, ", "Привет, ", "В общем, ", "новости: ", "спасибо! и ещё ", "Пока не забыл: "),
    "zh": (
        *("对了，", "顺便说一下，", "其实", "嗯，", "说起来，", "跟你说，", "最近有点忙，"),
        *("忘了告诉你，", "今天好累，", "你问起来，"),
    ),
    "ja": (
        *("ちなみに、", "実は、", "そういえば、", "あの、", "私は", "報告ですが、", "最近忙しくて、"),
        *("忘れないうちに、", "長い一日でしたが、", "言い忘れていましたが、"),
    ),
    "ko": ("참, ", "그런데 ", "사실 ", "아, ", "요즘 바빴는데 ", "참고로 ", "잊기 전에, "),
}
_TAILS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        *(
            ", any ideas?",
            ", what do you suggest?",
            ", so what should I do?",
            ", can you help?",
            " - any tips?",
            " lol",
        ),
        *(", just for context.", ", so keep that in mind.", ", if that helps.", " and honestly it's a lot."),
        *(", which is a bit scary.", ", in case it matters.", ", I think.", " :)", " haha"),
    ),
    "de": (
        *(", hast du eine Idee?", ", was rätst du mir?", ", kannst du mir helfen?"),
        *(", nur zur Info.", ", falls das hilft.", " :)"),
    ),
    "fr": (
        *(", tu as une idée ?", ", que me conseilles-tu ?", ", tu peux m'aider ?"),
        *(", si ça peut aider.", ", pour info.", " :)"),
    ),
    "es": (", ¿alguna idea?", ", ¿qué me recomiendas?", ", ¿me ayudas?", ", por si ayuda.", ", que lo sepas.", " jaja"),
    "zh": ("，有什么建议吗？", "，怎么办？", "，你觉得呢？", "，记一下。", "，供你参考。", "哈哈"),
    "ja": ("が、どう思いますか？", "けど、おすすめはありますか？", "ので、覚えておいてください。", "（笑）"),
}


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence with what it is; those of one `seed` are the same sentence with other fillings."""

    seed: int
    lang: str
    text: str
    kind: str
    slot: str | None
    state: str | None
    weight: float


def examples() -> list[Example]:
    """All sentences, filled and dressed, in an order that does not change."""
    fillings = json.loads((SENTENCES / "fillings.json").read_text(encoding="utf-8"))
    found: list[Example] = []
    seed = 0
    for file in sorted(SENTENCES.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            chance = random.Random(f"{row['lang']} {row['text']}")
            texts = list(dict.fromkeys(_dressed(row["text"], row["lang"], fillings[row["lang"]], chance)))
            found.extend(
                Example(
                    seed,
                    row["lang"],
                    text,
                    row["kind"],
                    row["slot"],
                    row["state"],
                    _weight(row, len(texts)) / len(texts),
                )
                for text in texts
            )
            seed += 1
    return found


def _weight(row: Mapping[str, Any], texts: int) -> float:
    """More for what can be filled in many ways, and for what is said in few words: people say it most."""
    short = row["kind"] == "lasting" and row["state"] == "holds" and len(row["text"]) <= SHORT_CHARS
    return max(1.0, texts / 4) * (SHORT_WEIGHT if short else 1.0)


def _dressed(text: str, lang: str, fillings: Mapping[str, Sequence[str]], chance: random.Random) -> Iterator[str]:
    times = CHOICES if CHOICE.search(text) else FILLINGS if _PLACE.search(text) else 2
    for turn in range(times):
        said = filled(text, fillings, chance)
        yield said if turn == 0 else _varied(said, lang, chance)


def filled(text: str, fillings: Mapping[str, Sequence[str]], chance: random.Random) -> str:
    """A sentence with one of its wordings and something in each of its places."""
    chosen: dict[str, str] = {}

    def fill(place: re.Match[str]) -> str:
        name, second = place.groups()
        others = [each for each in fillings[name] if each != chosen.get(name if second else f"{name}2")]
        return chosen.setdefault(name + second, chance.choice(others))

    chosen_text = CHOICE.sub(lambda choice: chance.choice(choice[1].split("|")), text)
    said = " ".join(_PLACE.sub(fill, chosen_text).split()).replace(" .", ".").replace(" ,", ",")
    return said[0].upper() + said[1:]


def _varied(text: str, lang: str, chance: random.Random) -> str:
    """Now and then with words before or after, without a full stop, with another mark, in small letters."""
    draw = chance.random()
    bare = text.rstrip(".!。！")
    if draw < 0.13:
        return bare
    if draw < 0.2:
        return f"{bare}！" if lang in {"zh", "ja"} else f"{bare}!"
    if draw < 0.37:
        return bare.lower()
    if draw < 0.6:
        keeps = lang in {"zh", "ja", "de"} or text.startswith(("I ", "I'"))
        led = chance.choice(_LEADS[lang]) + (text if keeps else text[0].lower() + text[1:])
        return led.lower() if draw < 0.42 else led
    if draw < 0.75 and lang in _TAILS and bare == text[:-1] and "?" not in text:
        return bare + chance.choice(_TAILS[lang])
    return text


@dataclass(frozen=True, slots=True)
class Seen:
    """What the judge sees of the examples: sparse[n, BUCKETS] and float32[n, dense]."""

    grams: Any
    dense: Matrix
    group: NDArray[np.int64]

    def of(self, rows: NDArray[Any]) -> Seen:
        """Of these rows only."""
        return Seen(self.grams[rows], self.dense[rows], self.group[rows])


@dataclass(frozen=True, slots=True)
class Fitted:
    """One head: float64[BUCKETS, classes] and float64[dense, classes], to be used on what is seen as it is."""

    classes: tuple[str, ...]
    grams: NDArray[np.float64]
    dense: NDArray[np.float64]

    def shares(self, sight: Seen) -> NDArray[np.float64]:
        """float64[n, classes]: the probabilities."""
        return _softmax(np.asarray(sight.grams @ self.grams + sight.dense @ self.dense))

    def told(self, sight: Seen) -> NDArray[Any]:
        """The likeliest class of each row."""
        told: NDArray[Any] = np.array(self.classes, dtype=object)[self.shares(sight).argmax(axis=1)]
        return told


def _softmax(scores: NDArray[Any]) -> NDArray[np.float64]:
    odds: NDArray[np.float64] = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return shares


def _dense_weights() -> NDArray[np.float32]:
    parts = (
        (1.0, features.SURFACE),
        (ENGLISH_VECTOR_WEIGHT, features.VECTOR_DIM),
        (LATIN_VECTOR_WEIGHT, features.VECTOR_DIM),
    )
    return np.concatenate([np.full(length, weight, dtype=np.float32) for weight, length in parts])


def seen(texts: Sequence[str], embedder: OnnxMiniLM) -> Seen:
    """The features of texts, just as the judge computes them."""
    vectors = np.concatenate([embedder.embed(texts[at : at + 256]) for at in range(0, len(texts), 256)])
    group = features.groups(texts)
    return Seen(grams_of(texts), dense_features(texts, vectors, group), group)


def grams_of(texts: Sequence[str]) -> Any:
    """sparse[n, BUCKETS]: the n-grams of each text, its row of unit length."""
    found = [features.buckets(text) for text in texts]
    lengths = np.array([len(each) for each in found])
    return sparse.csr_matrix(
        (
            np.repeat(1 / np.sqrt(lengths), lengths).astype(np.float32),
            np.concatenate(found),
            np.cumsum([0, *lengths]),
        ),
        shape=(len(texts), features.BUCKETS),
    )


def fitted(
    sight: Seen,
    labels: Sequence[str],
    weights: NDArray[np.float64],
    bearing: NDArray[np.float32],
    strength: float = STRENGTH,
) -> Fitted:
    """A head: multinomial logistic regression without an intercept of its own, the surface holds a one.

    `bearing` says for each dense feature how little the penalty bears on it. Written out for its speed: n-grams are
    sparse and the vector is not, one matrix of both takes eight times as long.
    """
    classes = tuple(sorted(set(labels)))
    told = np.eye(len(classes), dtype=np.float32)[[classes.index(label) for label in labels]]
    weight = weights.astype(np.float32)[:, None]
    grams = (sight.grams * GRAMS_WEIGHT).astype(np.float32).tocsr()
    turned = grams.T.tocsr()
    dense = np.ascontiguousarray(sight.dense * bearing, dtype=np.float32)
    cut, shape = features.BUCKETS * len(classes), (-1, len(classes))

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        single = flat.astype(np.float32)
        shares = _softmax(grams @ single[:cut].reshape(shape) + dense @ single[cut:].reshape(shape))
        wrong = ((shares - told) * weight).astype(np.float32)
        likely = -(weight * told * np.log(np.maximum(shares, 1e-12))).sum()
        slope = np.concatenate([(turned @ wrong).ravel(), (dense.T @ wrong).ravel()]).astype(np.float64)
        return (
            float(likely) + float(flat @ flat) / (2 * strength),
            slope + flat / strength,
        )

    start = np.zeros(cut + dense.shape[1] * len(classes))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 120, "maxcor": 8, "gtol": 0.05}).x
    return Fitted(
        classes,
        found[:cut].reshape(shape) * GRAMS_WEIGHT,
        found[cut:].reshape(shape) * bearing[:, None],
    )


def folds(rows: Sequence[Example]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """The rows to learn from and the rows to try, `FOLDS` times; all fillings of a sentence on one side."""
    fold = np.array([row.seed * 2654435761 % (1 << 32) * FOLDS >> 32 for row in rows])
    for each in range(FOLDS):
        yield np.flatnonzero(fold != each), np.flatnonzero(fold == each)


def thresholds(keep: NDArray[np.float64], worth: NDArray[np.bool_], group: NDArray[np.int64]) -> list[float]:
    """The probability for each language group that `FALSE_POSITIVES` of the sentences that say nothing reach."""
    return [float(np.quantile(keep[(group == each) & ~worth], 1 - FALSE_POSITIVES)) for each in range(features.GROUPS)]


def cross_validated(rows: Sequence[Example], sight: Seen) -> list[float]:
    """Print what the judge does on unmet sentences; returns the thresholds. Slot and state are tried on one fold."""
    kinds = np.array([row.kind for row in rows])
    worth = kinds != "neither"
    weights = np.array([row.weight for row in rows])
    keep = np.zeros(len(rows))
    slots = np.array([row.slot or NO_SLOT for row in rows], dtype=object)
    states = np.array([row.state or "" for row in rows], dtype=object)
    told = {"slot": np.full(len(rows), "", dtype=object), "state": np.full(len(rows), "", dtype=object)}
    tried = np.zeros(len(rows), dtype=bool)
    for number, (train, test) in enumerate(folds(rows)):
        kind = fitted(sight.of(train), list(kinds[train]), weights[train], _dense_weights())
        keep[test] = 1 - kind.shares(sight.of(test))[:, kind.classes.index("neither")]
        if number:
            continue
        tried[test] = True
        for name, labels, known in (("slot", slots, train), ("state", states, train[worth[train]])):
            head = fitted(sight.of(known), list(labels[known]), weights[known], _dense_weights())
            told[name][test] = head.told(sight.of(test))
    cuts = thresholds(keep, worth, sight.group)
    passes = keep >= np.array(cuts)[sight.group]
    langs = np.array([row.lang for row in rows])
    SAY(f"{'':6}{'seeds':>7}{'found':>8}{'others':>8}{'slot':>8}{'state':>8}")
    for lang in (*sorted(set(langs)), "all"):
        here = np.ones(len(rows), dtype=bool) if lang == "all" else langs == lang
        SAY(
            f"{lang:6}{len({row.seed for row, of in zip(rows, here, strict=True) if of}):7}"
            f"{_share(passes, here & worth, weights):8.1%}{_share(passes, here & ~worth, weights):8.1%}"
            f"{_share(told['slot'] == slots, here & worth & tried, weights):8.1%}"
            f"{_share(told['state'] == states, here & worth & tried, weights):8.1%}"
        )
    return cuts


def _share(of: NDArray[np.bool_], among: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    return float((of * weights)[among].sum() / weights[among].sum())


def packed(rows: Sequence[Example], sight: Seen, cuts: Sequence[float]) -> bytes:
    """The weights' file."""
    weights = np.array([row.weight for row in rows])
    arrays: dict[str, NDArray[Any]] = {"thresholds": np.array(cuts, dtype=np.float32)}
    every, worth = np.arange(len(rows)), np.flatnonzero([row.kind != "neither" for row in rows])
    for name, among in (("kind", every), ("slot", every), ("state", worth)):
        labels = [getattr(rows[int(at)], name) or NO_SLOT for at in among]
        model = fitted(sight.of(among), labels, weights[among], _dense_weights())
        arrays.update({f"{name}_{part}": array for part, array in packed_head(model).items()})
    return zipped(arrays)


def packed_head(model: Fitted) -> dict[str, NDArray[Any]]:
    """A head's arrays: int8 for n-grams with a scale for each class, float16 for the rest."""
    scale = np.abs(model.grams).max(axis=0) / 127
    return {
        "classes": np.array(model.classes, dtype=np.str_),
        "grams": np.rint(model.grams / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "dense": model.dense.astype(np.float16),
    }


def zipped(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """As `np.savez_compressed` writes it, but without the time of day."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            held = io.BytesIO()
            np.lib.format.write_array(held, array, allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (2020, 1, 1, 0, 0, 0)), held.getvalue(), zipfile.ZIP_DEFLATED, 9
            )
    return content.getvalue()


def main(arguments: Sequence[str]) -> None:
    """Print the figures and, unless only these are asked for, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figures", action="store_true", help="print the figures only")
    asked = parser.parse_args(arguments)
    rows = examples()
    SAY(f"{len({row.seed for row in rows})} sentences, {len(rows)} with their fillings; kinds {', '.join(KINDS)}")
    sight = seen([row.text for row in rows], OnnxMiniLM())
    cuts = cross_validated(rows, sight)
    SAY("thresholds", ", ".join(f"{cut:.3f}" for cut in cuts))
    if asked.figures:
        return
    content = packed(rows, sight, cuts)
    WEIGHTS.write_bytes(content)
    SAY(f"{WEIGHTS.name}: {len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main(sys.argv[1:])
