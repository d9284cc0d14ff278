"""What reading a text costs: the processor time of each way in which the product reads one, for texts that try it.

Run as `reading_cost.py LENGTH...`, it writes one JSON object: for each family and reader, the least seconds of several
runs at each length.
"""

from __future__ import annotations

import base64
import json
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from functools import partial
from types import MappingProxyType
from typing import Final

from memoryos.analyst.extractive.analyst import ExtractiveAnalyst
from memoryos.analyst.statements.reading import sentences_worth_judging
from memoryos.language.dates import named_dates
from memoryos.language.sessions import SpeakerNames
from memoryos.language.words import content_words, distinguishing_words, index_text, sentences
from memoryos.llm.reply_text import spoken
from memoryos.models import NewPage, Page, Profile
from memoryos.retrieval.query import read_query
from memoryos.storage.adding import page_to_add
from memoryos_mcp.tools.trimming import trimmed

NOON: Final = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)

_RUNS: Final = 5
_NOISE_SECONDS: Final = 0.05
"""A run this short is not repeated: what it costs cannot be told from what the machine does besides."""


def _repeated(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]


def _noise() -> str:
    return base64.b64encode(random.Random(7).randbytes(160_000)).decode()


def _minified() -> str:
    names = random.Random(7)
    return "".join(
        f"function {names.choice('abcdef')}(t,e){{return t[{number}]?e(t,{{k:'v{number}'}}):!(t&&e)||[t,e]}}"
        for number in range(4_000)
    )


_REPEATED: Final = {
    "dots": ".",
    "commas": ",",
    "dashes": "-",
    "stars": "*",
    "hashes": "#",
    "greater": ">",
    "quotes": '"',
    "apostrophes": "'",
    "question marks": "?",
    "exclamations": "!)",
    "ellipses": "… ",
    "brackets": "([{",
    "closed": ")]}",
    "digits": "7",
    "grouped digits": "1,000.",
    "letters": "a",
    "capitals": "Ab",
    "blanks": " ",
    "tabs": "\t ",
    "lines": "\n",
    "no-break": "\u00a0",
    "abbreviations": "Mr. ",
    "dashes and abbreviations": "- - Mr. ",
    "initials": "J. R. ",
    "list numbers": "1. ",
    "letter lists": "(a. ",
    "dotted": "a.b.c.",
    "marks": "e\u0301\u0301\u0301",
    "only marks": "\u0301",
    "han": "我的猫叫李四。",
    "kana": "ねこはねこです",
    "thai": "แมวชื่อส้ม",
    "hangul": "고양이 이름은 나비 ",
    "addresses": "https://example.org/a?b=c&d=e#f/",
    "mail": "a.b@c.d-e.f,",
    "nested quotes": "\u201c\u2018he said \u201c",
    "fences": "```\n",
    "fenced": "```py\nx=1\n```\n",
    "thoughts": "<think>",
    "tags": "</b><b>",
    "braces": '{"a":',
    "escapes": "\\",
    "dates": "2026-03-01T12:00 ",
    "slashed dates": "1/2/3/4/",
    "months": "March 3 March ",
    "ago": "two weeks ago last ",
    "about oneself": "I am and I have my ",
    "names": "Anna Maria Lopez ",
    "colons": "a: b: ",
    "I was": "I was born in ",
    "not": "not no never ",
    "emoji": "\U0001f600\u200d",
    "underscores": "a_b_",
    "and": "and, ",
    "question words": "who what when ",
    "unended": "my name is my name is ",
}
FAMILIES: Final[Mapping[str, Callable[[int], str]]] = MappingProxyType(
    {
        **{name: partial(_repeated, unit) for name, unit in _REPEATED.items()},
        "base64": lambda length: (_noise() * (length // 200_000 + 1))[:length],
        "minified": lambda length: (_minified() * 2)[:length],
        "dashes, then abbreviations": lambda length: "- " * (length // 4) + "Mr. " * (length // 8),
        "abbreviations, then dashes": lambda length: "Mr. " * (length // 8) + "-" * (length // 2),
        "an open bracket far back": lambda length: "(" + "a " * (length // 2),
    }
)


def _page(text: str) -> Page:
    return Page(1, "01HZZZZZZZZZZZZZZZZZZZZZZZ", text, text[:2_000], "2026-03-01 12:00:00", NOON, NOON, None)


def _analyse(text: str) -> object:
    analyst = ExtractiveAnalyst()
    return analyst.analyse(Profile("", (), "extractive"), (), [_page(text)])


READERS: Final[Mapping[str, Callable[[str], object]]] = MappingProxyType(
    {
        "add": lambda text: page_to_add(
            NewPage(text.encode(errors="replace").decode(), "ok", NOON, None, None, "a"),
            id_="x",
            shown="",
            added_at=NOON,
        ),
        "index": index_text,
        "sentences": sentences,
        "content words": content_words,
        "distinguishing words": distinguishing_words,
        "trimming": lambda text: trimmed(text, text[:1_000], ("name", "cat", "mr"), 2_000),
        "query": lambda text: read_query(text, SpeakerNames(frozenset(), frozenset())),
        "dates": lambda text: named_dates(text, NOON, None),
        "analysis": _analyse,
        "statements": sentences_worth_judging,
        "reply": spoken,
    }
)


def least_seconds(read: Callable[[str], object], text: str, runs: int = _RUNS) -> float:
    """The least processor time of several runs, of one where that is next to nothing."""
    least = float("inf")
    for _ in range(runs):
        started = time.process_time()
        read(text)
        least = min(least, time.process_time() - started)
        if least < _NOISE_SECONDS:
            break
    return least


def costs(lengths: Sequence[int]) -> dict[str, list[float]]:
    """Seconds by "family / reader", one for each length: of one run each, or the least of several where one run gives
    more than twice the seconds for twice the length."""
    found = {}
    for family, make in FAMILIES.items():
        texts = [make(length) for length in lengths]
        for reader, read in READERS.items():
            once = [least_seconds(read, text, 1) for text in texts]
            suspicious = once[-1] > _NOISE_SECONDS and once[-1] > lengths[-1] / lengths[0] * once[0]
            found[f"{family} / {reader}"] = [least_seconds(read, text) for text in texts] if suspicious else once
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(costs([int(length) for length in sys.argv[1:]])))
