"""The parameters an endpoint accepts: every provider has its own dialect of the chat completions API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

Output = Literal["json_schema", "json_schema without bounds", "json_object", "text"]

_OUTPUTS: Final[tuple[Output, ...]] = ("json_schema", "json_schema without bounds", "json_object", "text")
"""The output modes, strictest first. llama.cpp and vLLM accept a whole schema, OpenAI's strict mode refuses bounds on
lengths and numbers, DeepSeek and most Qwen models accept "a JSON object" only."""

_BOUNDS: Final = frozenset(("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"))

_ABOUT_THE_OUTPUT: Final = frozenset((400, 404, 415, 422, 500, 501))
"""Statuses with which endpoints refuse a response format they do not know; llama-cpp-python answers 500."""

_TOO_LONG: Final = re.compile(
    r"context[ _](?:length|size|window)|maximum context|exceed_context"
    r"|(?:prompt|input|request) (?:\(\d+ tokens\) )?(?:is )?too (?:long|large)"
    r"|too many tokens|reduce the length|max_(?:completion_)?tokens['\"`]? ?(?:is|are)? ?too large"
    r"|range of input length|input length|token limit|maximum (?:input|prompt) (?:length|tokens)",
    re.IGNORECASE,
)
_FILTERED: Final = re.compile(
    r"content[_ ](?:filter|policy|management)|data_inspection_failed|content exists risk|responsibleai", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class JsonSchema:
    """The shape an answer shall have; `bounds` on lengths, counts and numbers are part of it."""

    name: str
    schema: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Dialect:
    """The parameters an endpoint is known to take; `proven` once JSON came back in this output mode."""

    output: Output = "json_schema"
    proven: bool = False
    tokens_key: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    temperature: bool = True

    def parameters(self, max_tokens: int, schema: JsonSchema | None) -> dict[str, object]:
        """The request's parameters beside model and messages; without a schema the reply may be any text."""
        parameters: dict[str, object] = {self.tokens_key: max_tokens}
        if self.temperature:
            parameters["temperature"] = 0
        if schema is None or self.output == "text":
            return parameters
        if self.output == "json_object":
            return {**parameters, "response_format": {"type": "json_object"}}
        shape = schema.schema if self.output == "json_schema" else without_bounds(schema.schema)
        described = {"name": schema.name, "strict": True, "schema": shape}
        return {**parameters, "response_format": {"type": "json_schema", "json_schema": described}}

    def after_refusal(self, status: int, said: str, *, structured: bool) -> Dialect | None:
        """The dialect to try next where an endpoint refused this one; None where it refused something else."""
        if is_too_long(status, said) or is_filtered(said):
            return None
        if self.tokens_key == "max_tokens" and "max_completion_tokens" in said:
            return replace(self, tokens_key="max_completion_tokens")
        if self.temperature and "temperature" in said:
            return replace(self, temperature=False)
        following = _OUTPUTS.index(self.output) + 1
        if not structured or self.proven or status not in _ABOUT_THE_OUTPUT or following == len(_OUTPUTS):
            return None
        return replace(self, output=_OUTPUTS[following])

    def proven_by(self, schema: JsonSchema | None) -> Dialect:
        """This dialect after a reply to a request with such a schema."""
        return self if schema is None else replace(self, proven=True)


def without_bounds(schema: Mapping[str, object]) -> dict[str, object]:
    """The schema without bounds on lengths, counts and numbers."""
    return {key: _without_bounds(part) for key, part in schema.items() if key not in _BOUNDS}


def _without_bounds(part: object) -> object:
    return without_bounds(part) if isinstance(part, Mapping) else part


def is_too_long(status: int, said: str) -> bool:
    """Whether an endpoint refused a request because it is too long."""
    return status == 413 or _TOO_LONG.search(said) is not None


def is_filtered(said: str) -> bool:
    """Whether an endpoint refused a request for its content (a content filter)."""
    return _FILTERED.search(said) is not None
