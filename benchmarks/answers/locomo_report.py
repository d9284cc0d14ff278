"""What the question answering found, as tables beside published figures, as JSON and as a picture."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec

import numpy as np
from rich.console import Console

from benchmarks.answers import locomo_scores as scores
from benchmarks.answers.locomo_answers import MAX_ANSWER_TOKENS, SEED, Answer, Answers
from benchmarks.answers.locomo_memory import Build
from benchmarks.answers.locomo_picture import draw
from benchmarks.answers.locomo_questions import CATEGORIES, Asked, Talk
from benchmarks.recall.report import Sheet, circumstances, save

PUBLISHED = (
    ("MemoryOS paper, gpt-4o-mini", (35.27, 41.15, 20.02, 48.62), (25.22, 30.76, 16.52, 42.99)),
    ("MemoryOS paper, Qwen2.5-3B", (23.26, 21.44, 10.18, 26.23), (15.39, 14.95, 8.18, 22.39)),
)
"""F1 and BLEU-1 in the order of `CATEGORIES` (arXiv 2506.06326, section 4), by the reference's measure, over all of
LoCoMo; papers differ in which number of the data file they call what."""


_MEMORY = "memory"
_DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class Scored:
    """An answer with its scores in per cent; of a question without an answer only `abstained` is meant."""

    answer: Answer
    category: str
    f1: float
    bleu1: float
    audited_f1: float
    audited_bleu1: float
    sets_f1: float
    abstained: bool


def report(
    talks: Sequence[Talk],
    answers: Answers,
    builds: Sequence[Build],
    arguments: argparse.Namespace,
    console: Console,
) -> None:
    """Show the tables and write them into --out; only questions that all methods answered count."""
    scored = [one for talk in talks for one in _scored(talk, answers, arguments)]
    tables = sheets(scored, builds, arguments)
    for table in tables:
        table.show(console)
    document = {
        **circumstances(),
        "model": arguments.model,
        "memory": arguments.memory,
        "context_tokens": arguments.context_tokens,
        "model_context": arguments.model_context,
        "max_answer_tokens": MAX_ANSWER_TOKENS,
        "temperature": 0,
        "seed": SEED,
        "builds": [asdict(build) for build in builds],
        "results": summary(scored),
    }
    save(arguments.out, "locomo_qa", tables, document)
    if find_spec("matplotlib") is None:
        console.print("no picture: matplotlib is not installed (pip install matplotlib)")
    elif scored:
        draw(summary(scored), arguments.out / "locomo_qa.svg")
    console.print(f"written to {arguments.out}")


def sheets(scored: Sequence[Scored], builds: Sequence[Build], arguments: argparse.Namespace) -> list[Sheet]:
    """The tables, those without rows left out."""
    setting = f"{arguments.model}, memory built {_by(arguments.memory)}, {arguments.context_tokens} tokens to read"
    tables = [
        _overall(scored, f"LoCoMo questions with an answer: {setting}"),
        _by_category(scored, "By category, F1 / BLEU-1, %"),
        _lead(scored, "F1 of the memory less that of another method, and its 95 % interval (bootstrap over questions)"),
        _adversarial(scored, "Questions whose answer stands nowhere, asked as LoCoMo does, with a choice of two"),
        _builds(builds, "Building the memory"),
    ]
    return [table for table in tables if table.rows]


def summary(scored: Sequence[Scored]) -> list[dict[str, object]]:
    """For each method and category, and over all with an answer, the means of everything measured."""
    rows = []
    for method in _methods(scored):
        for category in ("all", *CATEGORIES, scores.ADVERSARIAL):
            group = _group(scored, method, category)
            if group:
                rows.append({"method": method, "category": category, "questions": len(group), **_means(group)})
    return rows


def _scored(talk: Talk, answers: Answers, arguments: argparse.Namespace) -> Iterable[Scored]:
    asked = talk.draw(arguments.questions, arguments.adversarial, SEED)
    for question in answers.to_all(talk.id, asked, arguments.methods):
        for method in arguments.methods:
            answer = answers.get(talk.id, question.id, method)
            if answer is not None:
                yield _score(question, answer)


def _score(question: Asked, answer: Answer) -> Scored:
    # The brackets are those in which the prompt puts dates.
    given, category = answer.text.strip("[]"), question.category
    return Scored(
        answer=answer,
        category=category,
        f1=100 * scores.f1(given, question.answer, category),
        bleu1=100 * scores.bleu1(given, question.answer, category),
        audited_f1=100 * scores.f1(given, question.audited_answer, category),
        audited_bleu1=100 * scores.bleu1(given, question.audited_answer, category),
        sets_f1=100 * scores.f1_of_sets(given, question.answer),
        abstained=category == scores.ADVERSARIAL and scores.abstains(given, question.choices(SEED)),
    )


def _means(group: Sequence[Scored]) -> dict[str, float]:
    answers = [one.answer for one in group]
    figures: dict[str, Sequence[float]] = {
        "f1": [one.f1 for one in group],
        "bleu1": [one.bleu1 for one in group],
        "audited_f1": [one.audited_f1 for one in group],
        "audited_bleu1": [one.audited_bleu1 for one in group],
        "sets_f1": [one.sets_f1 for one in group],
        "abstained": [100.0 * one.abstained for one in group],
        "prompt_tokens": [answer.prompt_tokens for answer in answers],
        "cached_tokens": [answer.cached_tokens for answer in answers],
        "completion_tokens": [answer.completion_tokens for answer in answers],
        "context_tokens": [answer.context_tokens for answer in answers],
        "calls": [answer.calls for answer in answers],
        "seconds": [answer.seconds for answer in answers],
        "context_seconds": [answer.context_seconds for answer in answers],
        "cut": [100.0 * answer.cut for answer in answers],
    }
    return {name: round(sum(values) / len(values), 4) for name, values in figures.items()}


def _overall(scored: Sequence[Scored], title: str) -> Sheet:
    columns = (
        *("method", "questions", "F1", "BLEU-1", "F1, audited answers", "BLEU-1, audited", "F1 of word sets"),
        *("prompt tokens", "calls an answer", "retrieval ms", "answer s"),
    )
    rows = []
    for method in _methods(scored):
        group = _group(scored, method, "all")
        if group:
            means = _means(group)
            shares = (means[name] for name in ("f1", "bleu1", "audited_f1", "audited_bleu1", "sets_f1"))
            row = (method, str(len(group)), *(f"{share:.1f}" for share in shares), f"{means['prompt_tokens']:.0f}")
            speed = (f"{1_000 * means['context_seconds']:.0f}", f"{means['seconds']:.1f}")
            rows.append((*row, f"{means['calls']:.2f}", *speed))
    return Sheet(title, columns, tuple(rows))


def _by_category(scored: Sequence[Scored], title: str) -> Sheet:
    counts = {category: len({_asked(one) for one in scored if one.category == category}) for category in CATEGORIES}
    columns = ("method", *(f"{category} ({count})" for category, count in counts.items()))
    rows = []
    for method in _methods(scored):
        groups = [_group(scored, method, category) for category in CATEGORIES]
        rows.append((method, *(_pair(group) for group in groups)))
    published = (
        (name, *(f"{f1:.1f} / {bleu1:.1f}" for f1, bleu1 in zip(f1s, bleu1s, strict=True)))
        for name, f1s, bleu1s in PUBLISHED
    )
    return Sheet(title, columns, (*rows, *published) if rows else ())


def _lead(scored: Sequence[Scored], title: str) -> Sheet:
    f1 = {method: {_asked(one): one.f1 for one in _group(scored, method, "all")} for method in _methods(scored)}
    ours = f1.pop(_MEMORY, {})
    rows = []
    for method, theirs in f1.items():
        leads = np.array([ours[asked] - theirs[asked] for asked in sorted(ours.keys() & theirs.keys())])
        if leads.size:
            drawn = np.random.default_rng(1).choice(leads, (_DRAWS, leads.size)).mean(axis=1)
            rows.append((method, *(f"{value:+.1f}" for value in (leads.mean(), *np.percentile(drawn, (2.5, 97.5))))))
    return Sheet(title, ("less", "F1", "from", "to"), tuple(rows))


def _adversarial(scored: Sequence[Scored], title: str) -> Sheet:
    rows = []
    for method in _methods(scored):
        group = _group(scored, method, scores.ADVERSARIAL)
        if group:
            rows.append((method, str(len(group)), f"{_means(group)['abstained']:.1f}"))
    return Sheet(title, ("method", "questions", "right, %"), tuple(rows))


def _builds(builds: Sequence[Build], title: str) -> Sheet:
    columns = (
        *("conversation", "built", "pages", "seconds", "calls", "calls a page", "tokens a page"),
        *("segments", "facts", "traits", "parked", "left waiting"),
    )
    rows = []
    for build in builds:
        read = max(1, build.pages)
        spent = (str(build.calls), f"{build.calls / read:.2f}", f"{build.tokens / read:.0f}")
        seconds = f"{build.seconds:.0f}{' (resumed)' if build.resumed else ''}"
        held = (build.segments, build.facts, build.traits, build.parked, build.left_waiting)
        rows.append((build.conversation, _by(build.analysis), str(build.pages), seconds, *spent, *map(str, held)))
    return Sheet(title, columns, tuple(rows))


def _by(analysis: str) -> str:
    return "by the same model" if analysis == "model" else "without a model"


def _pair(group: Sequence[Scored]) -> str:
    if not group:
        return "-"
    means = _means(group)
    return f"{means['f1']:.1f} / {means['bleu1']:.1f}"


def _methods(scored: Iterable[Scored]) -> list[str]:
    return list(dict.fromkeys(one.answer.method for one in scored))


def _group(scored: Iterable[Scored], method: str, category: str) -> list[Scored]:
    """A method's answers to the questions of a category, or ("all") to those of every category with an answer."""
    categories = CATEGORIES if category == "all" else (category,)
    return [one for one in scored if one.answer.method == method and one.category in categories]


def _asked(one: Scored) -> tuple[str, str]:
    return one.answer.conversation, one.answer.question
