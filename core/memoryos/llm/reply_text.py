"""What a language model wrote, before anybody believes it: its words without its thoughts, its JSON, its stumbles."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

from memoryos.errors import ModelReplyError

JsonObject = dict[str, object]

# At the beginning, or up to a mark that ends its line: elsewhere the marks are what the reply is about.
_THOUGHTS: Final = re.compile(r"\s*<(think|thinking)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_THOUGHTS_END: Final = re.compile(r".*</think(?:ing)?>[^\S\n]*\n", re.DOTALL | re.IGNORECASE)

_TEMPLATE_TOKEN: Final = re.compile(r"<\|[a-z_]+\|?>?|<(?:start|end)_of_turn>|\[/?INST\]|</s>")

_ERROR: Final = re.compile(
    r"""\W*(?:\{\s*"(?:error|detail)"|error(?:\s+code)?\s*[:\d]|[a-z.]*(?:error|exception):|traceback \(most recent"""
    r"""|(?:http\S*\s+)?(?:error\s+)?[45]\d\d\s+(?:bad|client|error|forbidden|gateway|internal|not found|payment"""
    r"""|server|service|too many|unauthorized)|http\S*\s+[45]\d\d\b|api\s+error|internal server error"""
    r"""|service unavailable|bad gateway|rate limit (?:exceeded|reached)|too many requests"""
    r"""|(?:failed|unable) to (?:get|generate|fetch|produce) (?:an? |the )?(?:answer|completion|llm|model|response))""",
    re.IGNORECASE,
)
_LONGEST_ERROR: Final = 400

_LOOP_WINDOW: Final = 200
_LOOP_SHARE: Final = 0.2
"""200 characters of a loop compress to 0.09-0.12 of their size, of talk (48,000 texts) or JSON never below 0.36."""

_OPENINGS: Final = 50
"""So many places of a text are tried as the beginning of a JSON object."""

_ECHO_CHARS: Final = 40


def spoken(text: str) -> str:
    """The text without what the model thought aloud before it, whether it marked both ends of that or only one."""
    for thoughts in (_THOUGHTS, _THOUGHTS_END):  # some templates open the thoughts before the reply begins
        if found := thoughts.match(text):
            text = text[found.end() :]
    return text.strip()


def json_object(text: str) -> JsonObject:
    """The first JSON object in a text, whatever stands around it. Raises `ModelReplyError`."""
    if not text:
        raise ModelReplyError("the answer is empty")
    for start in _openings(text):
        try:
            value, _ = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and value:
            return value
    raise ModelReplyError("the answer holds no whole JSON object with anything in it")


def is_loop(text: str) -> bool:
    """Whether some stretch of the text says the same again and again, with words, without, or in blanks."""
    starts = range(0, max(1, len(text) - _LOOP_WINDOW + 1), _LOOP_WINDOW // 2)
    windows = (text[start : start + _LOOP_WINDOW].encode() for start in starts)
    return any(
        len(window) >= _LOOP_WINDOW and len(zlib.compress(window)) < _LOOP_SHARE * len(window) for window in windows
    )


def is_error(text: str) -> bool:
    """Whether the text is an error message, such as some gateways send where an answer should be."""
    return len(text) <= _LONGEST_ERROR and _ERROR.match(text) is not None


def has_template_tokens(text: str) -> bool:
    """Whether control tokens of a chat template stand in the text."""
    return _TEMPLATE_TOKEN.search(text) is not None


def echoes(text: str, instructions: Sequence[str]) -> bool:
    """Whether the text repeats a line of what the model was told to do."""
    lines = (line.strip() for told in instructions for line in told.splitlines())
    return any(len(line) >= _ECHO_CHARS and line in text for line in lines)


def _openings(text: str) -> Iterator[int]:
    """Where an object may begin, the outermost first."""
    start = text.find("{")
    for _ in range(_OPENINGS):
        if start < 0:
            return
        yield start
        start = text.find("{", start + 1)


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse)
