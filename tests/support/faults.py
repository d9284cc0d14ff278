"""Everything an endpoint and a model can do wrong, by name, for the scripted server."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from bad_outputs import bad_outputs
from reading_model import ReadingModel, is_analysis
from scripted_llm import HANG, NO_CHOICES, RESET, RESET_MID_BODY, Request, Response, fails, says, says_json, sends

POISON: Final = "zzpoisonzz"
"""Stands in every text that must never be stored."""

Fault = Callable[[Request, ReadingModel], Response]

OUTAGES: Final[Mapping[str, Fault]] = {
    "reset": lambda request, model: RESET,
    "reset mid-body": lambda request, model: RESET_MID_BODY,
    "hang": lambda request, model: HANG,
    "401": lambda request, model: fails(401, f"Incorrect API key provided {POISON}"),
    "429": lambda request, model: fails(429, f"slow down {POISON}"),
    "429 with Retry-After": lambda request, model: fails(429, f"slow down {POISON}", retry_after="90"),
    "500": lambda request, model: fails(500, f"internal error {POISON}"),
    "503": lambda request, model: fails(503, f"overloaded {POISON}"),
    "an upstream's error in a sound response": lambda request, model: sends(
        {"error": {"code": 502, "message": POISON}}
    ),
}


def _poisoned(request: Request, model: ReadingModel) -> dict[str, Any]:
    """A good answer with poison in every text."""

    def poison(value: object) -> object:
        if isinstance(value, dict):
            return {key: poison(part) for key, part in value.items()}
        if isinstance(value, list):
            return [poison(part) for part in value]
        return f"{value} {POISON}" if isinstance(value, str) else value

    poisoned = poison(model.draft(request))
    assert isinstance(poisoned, dict)
    return poisoned


def _poisoned_text(request: Request, model: ReadingModel) -> str:
    return json.dumps(_poisoned(request, model), ensure_ascii=False)


def _with_texts(request: Request, text: str) -> Response:
    """A sound answer whose every statement is this text."""
    if is_analysis(request):
        fact = {"about": "user", "fact": text, "pages": [1], "replaces": 0}
        trait = {"dimension": "Openness", "level": "High", "evidence": text, "page": 1}
        return says_json({"facts": [fact], "traits": [trait]})
    topic = {"theme": text[:40], "keywords": [text[:20]], "summary": text, "pages": list(range(1, 51))}
    return says_json({"continues": False, "talks": [{"first_page": 1, "summary": text}], "topics": [topic]})


_FRENCH = (
    f"L'utilisateur a parlé de la maison de sa mère et il est allé au marché avec ses amis pour acheter du pain "
    f"{POISON}, ce qui lui a beaucoup plu parce que c'était une belle journée dans la ville."
)
_CHINESE = f"用户谈到了他母亲的房子，并且和朋友们一起去市场买面包，因为那天天气很好，他非常高兴。{POISON}"

BAD_CONTENT: Final[Mapping[str, Fault]] = {
    "empty choices": lambda request, model: NO_CHOICES,
    "null content": lambda request, model: says(None),
    "empty string": lambda request, model: says(""),
    "invalid JSON": lambda request, model: says(_poisoned_text(request, model).replace(":", " ")),
    "truncated JSON": lambda request, model: says(_poisoned_text(request, model)[:40]),
    "wrong shape": lambda request, model: says_json({"memories": [POISON]}),
    "an empty object": lambda request, model: says("{ \t \t \t }"),
    "prompt echo": lambda request, model: says(f"{request.messages[0][1]}\n{_poisoned_text(request, model)}"),
    "French": lambda request, model: _with_texts(request, _FRENCH),
    "Chinese": lambda request, model: _with_texts(request, _CHINESE),
    "10,000 repeated tokens": lambda request, model: says(f"{POISON} " * 10_000, finish_reason="length"),
    "a loop inside JSON": lambda request, model: _with_texts(request, f"the {POISON} of " * 100),
    "an error message as content": lambda request, model: says(f"Error: 429 rate limit exceeded {POISON}"),
    "an error message inside JSON": lambda request, model: _with_texts(request, f"Error: LLM call failed {POISON}"),
    "a refusal inside JSON": lambda request, model: _with_texts(request, f"I'm sorry, I cannot do that {POISON}"),
    "instructions from the page obeyed": lambda request, model: says(f"The sea, the sea, the {POISON} sea"),
    "instructions obeyed inside JSON": lambda request, model: _with_texts(request, f"Salty waves roar, {POISON}"),
    "an example's facts": lambda request, model: _with_texts(request, f"Mia works as a nurse with Leo {POISON}"),
    "a schema answer cut by max_tokens": lambda request, model: says(
        _poisoned_text(request, model)[:-40], finish_reason="length"
    ),
    "400 for a prompt over the context": lambda request, model: fails(
        400, f"This model's maximum context length is 64 tokens {POISON}", code="context_length_exceeded"
    ),
    **{
        f"real bad answer {number}: {bad.kind}": lambda request, model, bad=bad: says(  # type: ignore[misc]
            bad.text, finish_reason=bad.finish_reason
        )
        for number, bad in enumerate(bad_outputs(), 1)
    },
}


def _renumbered(request: Request, model: ReadingModel, change: Callable[[list[int]], list[int]]) -> Response:
    answer: dict[str, Any] = model.read(request)
    for item in (*answer.get("topics", ()), *answer.get("facts", ())):
        item["pages"] = change(item["pages"])
    return says_json(answer)


def _in_two_topics(request: Request, model: ReadingModel) -> Response:
    answer: dict[str, Any] = model.read(request)
    items = [*answer.get("topics", ()), *answer.get("facts", ())]
    items[-1]["pages"] = [*items[-1]["pages"], *items[0]["pages"]]
    return says_json(answer)


HARMLESS: Final[Mapping[str, Fault]] = {
    "fenced JSON": lambda request, model: says(f"```json\n{json.dumps(model.read(request))}\n```"),
    "<think>": lambda request, model: says(f'<think>{{"{POISON}": 1}}</think>{json.dumps(model.read(request))}'),
    "</think> alone": lambda request, model: says(f"hm {POISON} </think>\n\n{json.dumps(model.read(request))}"),
    "text around JSON": lambda request, model: says(f"Sure, {POISON}! {json.dumps(model.read(request))} Well?"),
    "wrong page numbers": lambda request, model: _renumbered(request, model, lambda pages: [0, *pages, 99, -3]),
    "the same page in two topics": _in_two_topics,
    "pages left out": lambda request, model: _renumbered(request, model, lambda pages: pages[: max(1, len(pages) - 1)]),
    "the last brackets left out": lambda request, model: says(json.dumps(model.read(request))[:-2]),
    "quotes of the other kind": lambda request, model: says(json.dumps(model.read(request)).replace('"', "'")),
    "no usage": lambda request, model: says(json.dumps(model.read(request)), prompt_tokens=None),
}

FAULTS: Final[Mapping[str, Fault]] = {**OUTAGES, **BAD_CONTENT, **HARMLESS}
