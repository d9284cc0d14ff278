"""What a language model wrote, before anybody believes it: its words without its thoughts, its JSON, its stumbles."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

from memoryos.errors import ModelReplyError

JsonObject = dict[str, object]

_THOUGHT_TAGS: Final = "think(?:ing)?|thoughts?|analysis|reasoning|reflection|scratchpad|inner_monologue"
_THOUGHTS: Final = re.compile(
    rf"\s*(?:<((?:seed:)?(?:{_THOUGHT_TAGS}))>.*?</\1>|\[(think(?:ing)?)\].*?\[/\2\]|◁think▷.*?◁/think▷"
    r"|<\|(?:start_thinking|begin_of_thought|reasoning|think)\|>.*?<\|(?:end_thinking|end_of_thought|/reasoning|/think)\|>"
    r"|analysis(?=[A-Z]).{1,20000}?assistantfinal)",
    re.DOTALL | re.IGNORECASE,
)
_UNFINISHED_THOUGHTS: Final = re.compile(
    rf"\s*(?:<(?:{_THOUGHT_TAGS})>(?! [a-z])|\[think(?:ing)?\](?! [a-z])|◁think▷)", re.IGNORECASE
)
"""A mark that nothing closes; "<think> is a tag" is a sentence about one."""

_THOUGHTS_END: Final = re.compile(
    rf"(?:^[^\S\n]*|(?<=[.!?。！？}}\])…]))(?:</(?:{_THOUGHT_TAGS})>|\[/think(?:ing)?\]|◁/think▷)"
    rf"|(?:</(?:{_THOUGHT_TAGS})>|\[/think(?:ing)?\]|◁/think▷)(?=[^\S\n]*(?:\n|\Z))",
    re.MULTILINE | re.IGNORECASE,
)
"""Some templates open the thoughts before the reply begins. Such a mark begins or ends its line or follows the end of a
sentence; elsewhere it is what the reply is about."""

_FINAL_CHANNEL: Final = re.compile(r"<\|channel\|>\s*final\b[^<]*<\|message\|>", re.IGNORECASE)
_OTHER_CHANNEL: Final = re.compile(r"\s*(?:<\|start\|>\s*\w*\s*)?<\|channel\|>", re.IGNORECASE)
_WRAPPED: Final = re.compile(
    r"\s*<(answer|final|final_answer|response|output)>((?:(?!</?\1>).)*)</\1>\s*"
    r"|\s*<\|(?:start_response|begin_of_solution)\|>(.*?)(?:<\|(?:end_response|end_of_solution)\|>\s*|\Z)",
    re.DOTALL | re.IGNORECASE,
)
"""An answer between marks that say that it is one."""

_OPENING_TOKENS: Final = re.compile(
    r"\s*(?:<\|im_start\|>\s*assistant\b|<\|start_header_id\|>\s*assistant\s*<\|end_header_id\|>"
    r"|<start_of_turn>\s*model\b|<\|assistant\|>|<\|start\|>\s*assistant(?:<\|message\|>)?|<s>(?![^<]*</s>\s*\S))\s*",
    re.IGNORECASE,
)
_END_TOKEN: Final = re.compile(
    r"(?:<\|(?:im_end|eot_id|eot|eom|endoftext|end|return|end_of_text|eom_id|endofturn)\|>|<end_of_turn>|<eos>"
    r"|<｜end▁of▁sentence｜>|</s>|\[/INST\])(?=\s*(?:\Z|\n|<|(?:human|user|assistant):))",
    re.IGNORECASE,
)
"""What follows it, a turn that the model went on to make up, is not part of the answer."""

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

_KEY: Final = re.compile(r"""\{\s*(?:["']|\w+\s*:)""")
"""An object begins with a key."""
_NO_VALUE: Final = re.compile(r":\s*-?(?:NaN|Infinity)\b")

_ECHO_CHARS: Final = 40


def spoken(text: str) -> str:
    """The answer in a reply: without what the model thought aloud before it and without the tokens around it.

    Thoughts are what stands between marks of the usual kinds at the beginning, or before a closing mark alone; of
    channels the final one is the answer.
    """
    if final := [*_FINAL_CHANNEL.finditer(text)]:
        text = text[final[-1].end() :]
    elif _OTHER_CHANNEL.match(text):
        return ""
    text = _OPENING_TOKENS.sub("", text, count=1) if _OPENING_TOKENS.match(text) else text
    while thoughts := _THOUGHTS.match(text):
        text = text[thoughts.end() :]
    if _UNFINISHED_THOUGHTS.match(text):
        text = ""
    if ends := [*_THOUGHTS_END.finditer(text)]:
        text = text[ends[-1].end() :]
    if end := _END_TOKEN.search(text):
        text = text[: end.start()]
    if wrapped := _WRAPPED.fullmatch(text):
        text = wrapped[2] or wrapped[3] or ""
    return text.strip()


def json_object(text: str, *, repair: bool = True) -> JsonObject:
    """The JSON object that a text is about, whatever stands around it: of several the last with most keys.

    A draft comes before what it is a draft of. With `repair` trailing commas, single quotes and the like are mended;
    not for a text that was cut, whose end would be made up. Raises `ModelReplyError`.
    """
    if not text:
        raise ModelReplyError("the answer is empty")
    best: JsonObject = {}
    for value in _objects(text):
        if len(value) >= len(best):
            best = value
    if not best and repair:
        best = _repaired(text)
    if not best:
        raise ModelReplyError("the answer holds no whole JSON object with anything in it")
    return best


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


def _objects(text: str) -> Iterator[JsonObject]:
    """The whole objects of a text that lie in no other one, in order."""
    start = text.find("{")
    for _ in range(_OPENINGS):
        if start < 0:
            return
        try:
            value, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            if _KEY.match(text, start):
                return  # what lies within a broken object is a part of it and not the answer
            end = start + 1
        else:
            if isinstance(value, dict):
                yield value
        start = text.find("{", end)


def _repaired(text: str) -> JsonObject:
    """The object from the first brace to the last, mended; {} where that makes none."""
    import json_repair  # here: only a reply that cannot be read otherwise needs it

    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start or _NO_VALUE.search(text):
        return {}
    try:
        value: object = json_repair.loads(text[start : end + 1], skip_json_loads=True)
    except (ValueError, RecursionError):
        return {}
    if isinstance(value, list):  # several objects with something between them
        value = next((part for part in reversed(value) if isinstance(part, dict)), None)
    return value if isinstance(value, dict) else {}


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse, strict=False)
"""Lenient in one thing: a line break may stand in a string as it is."""
