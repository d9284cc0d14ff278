"""Asks a model and keeps each answer as a JSON line at once, so that a run can stop and go on."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import openai

from benchmarks.answers.locomo_contexts import Context
from benchmarks.answers.locomo_questions import Asked
from benchmarks.answers.locomo_scores import ADVERSARIAL

MAX_ANSWER_TOKENS = 40
SEED = 7

_TIMEOUT_SECONDS = 1_200.0
_RETRIES = 3

_MANNER = "You answer questions about a conversation between two people, in as few words as possible."

_TASK = (
    "Based on the conversation above, answer the question with a short phrase and nothing else: a name, a thing, a "
    "list of things or a date. Use exact words of the conversation where you can. Each part of it begins with its date "
    'in brackets: where somebody says "yesterday" or "last week", count from that date and answer with day, month '
    "and year."
)
"""The task stands after the conversation: a small model that reads the task first answers the last line of the talk."""

PROMPT = hashlib.sha256(f"{_MANNER}\n{_TASK}".encode()).hexdigest()[:8]
"""A hash of the prompt's wording, kept with each answer: answers to another wording are not mixed in."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer to a question after reading a context, with its tokens and seconds."""

    conversation: str
    question: str
    method: str
    text: str
    cut: bool
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    calls: int
    seconds: float
    context_tokens: int
    context_seconds: float
    pages: tuple[str, ...]


class Reader:
    """A chat model that answers questions, always the same way: temperature 0 and a fixed seed."""

    def __init__(self, base_url: str, model: str, api_key: str, task: str = _TASK) -> None:
        self._model, self._task = model, task
        self._client = openai.OpenAI(base_url=base_url, api_key=api_key, timeout=_TIMEOUT_SECONDS, max_retries=_RETRIES)

    def answer(self, conversation: str, method: str, question: Asked, context: Context) -> Answer:
        """The model's answer. Raises `openai.OpenAIError` where there is none after a few tries."""
        started = time.perf_counter()
        raw = self._client.chat.completions.with_raw_response.create(
            model=self._model,
            messages=[
                {"role": "system", "content": _MANNER},
                {"role": "user", "content": prompt(question, context.text, self._task)},
            ],
            max_tokens=MAX_ANSWER_TOKENS,
            temperature=0,
            seed=SEED,
        )
        seconds = time.perf_counter() - started
        reply = raw.parse()
        used = reply.usage
        details = None if used is None else used.prompt_tokens_details
        return Answer(
            conversation=conversation,
            question=question.id,
            method=method,
            text=(reply.choices[0].message.content or "").strip(),
            cut=reply.choices[0].finish_reason == "length",
            prompt_tokens=0 if used is None else used.prompt_tokens,
            cached_tokens=0 if details is None else details.cached_tokens or 0,
            completion_tokens=0 if used is None else used.completion_tokens,
            calls=1 + raw.retries_taken,
            seconds=seconds,
            context_tokens=context.tokens,
            context_seconds=context.seconds,
            pages=context.pages,
        )


def prompt(question: Asked, context: str, task: str = _TASK) -> str:
    """The conversation first and the question last, so that a server can cache what equal contexts have in common."""
    asked = question.text
    if question.category == ADVERSARIAL:
        first, second = question.choices(SEED)
        asked = f"{asked} Select the correct answer: (a) {first} (b) {second}"
    return f"<conversation>\n{context}\n</conversation>\n\n{task}\nQuestion: {asked}\nShort answer:"


class Answers:
    """The answers of a run in a file, each on disk once it is added."""

    def __init__(self, file: Path, settings: Mapping[str, object]) -> None:
        """Raises `ValueError` where the file holds answers that were got with other settings."""
        self._file = file
        self._answers: dict[tuple[str, str, str], Answer] = {}
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        if not lines:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(dict(settings)) + "\n", encoding="utf-8")
        elif json.loads(lines[0]) != dict(settings):
            raise ValueError(f"{file} holds answers got with other settings, {lines[0]}; choose another --out")
        for line in lines[1:]:
            data = json.loads(line)
            self._keep(Answer(**{**data, "pages": tuple(data["pages"])}))

    def add(self, answer: Answer) -> None:
        """Keep an answer."""
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(answer), ensure_ascii=False) + "\n")
        self._keep(answer)

    def get(self, conversation: str, question: str, method: str) -> Answer | None:
        """The answer, if it was got."""
        return self._answers.get((conversation, question, method))

    def to_all(self, conversation: str, questions: Sequence[Asked], methods: Sequence[str]) -> list[Asked]:
        """The questions that were answered by every method."""
        return [q for q in questions if all(self.get(conversation, q.id, method) for method in methods)]

    def _keep(self, answer: Answer) -> None:
        self._answers[answer.conversation, answer.question, answer.method] = answer
