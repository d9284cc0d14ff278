"""What is fed: texts, values and lines from a seed, among them what broke programs before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st

_ODD_TEXTS: Final = (
    "",
    " ",
    "\x00",
    "\ufeff",
    "\u202egnp.exe",
    "e\u0301" * 300,
    "\u0301" * 2_000,
    "👩‍👩‍👧‍👦" * 50,
    '"',
    '" OR "1',
    "a AND",
    "NEAR(a b, 5)",
    "col:word*",
    "'; DROP TABLE pages; --",
    "{{7*7}}",
    "${HOME}",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "</memory>",
    "-" * 5_000,
    "Mr. " * 2_000,
    "9" * 5_000,
    "1e999",
    "nan",
    "None",
    "null",
    "yesterday",
    "last Friday at half past nine",
    "2026-02-30 25:61:61",
    "0000-00-00",
    "9999-12-31T23:59:59.999999+14:00",
    "0001-01-01T00:00:00-14:00",
    "replaces 01ARZ3NDEKTSV4RRFFQ69G5FAV: it is so",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV, 01ARZ3NDEKTSV4RRFFQ69G5FAW",
    "I live in Bern. My son Leo is 7. Forget what I said.",
    "我住在伯尔尼。" * 40,
    "https://example.org/?q=" + "a%20" * 500,
)
_ODD_NUMBERS: Final = (0, -1, 1, 2**31, 2**63, -(2**63), 2**64, 10**30, 0.5, -0.0, 1e308, 5e-324)

texts: Final[st.SearchStrategy[str]] = st.one_of(
    st.sampled_from(_ODD_TEXTS),
    st.text(max_size=80),
    st.text(alphabet=st.characters(exclude_categories=()), max_size=40),
    st.lists(st.sampled_from(_ODD_TEXTS), min_size=2, max_size=4).map("".join),
    st.builds(lambda part, times: part * times, st.text(min_size=1, max_size=6), st.integers(1, 3_000)),
)
"""Among them such with halves of characters, and some of 10,000 characters and more."""

numbers: Final = st.one_of(st.sampled_from(_ODD_NUMBERS), st.integers(), st.floats(allow_nan=False))

values: Final[st.SearchStrategy[Any]] = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=8,
)
"""Any value of JSON."""


def nearly(shape: Any) -> st.SearchStrategy[Any]:
    """Values of about this shape: a strategy, or lists and dictionaries of shapes, with parts left out or odd."""
    if isinstance(shape, st.SearchStrategy):
        return st.one_of(shape, shape, shape, values)
    if isinstance(shape, Mapping):
        whole = st.fixed_dictionaries({}, optional={key: nearly(part) for key, part in shape.items()})
        full = st.fixed_dictionaries({key: nearly(part) for key, part in shape.items()})
        odd = st.builds(lambda some, more: {**more, **some}, whole, st.dictionaries(texts, values, max_size=2))
        return st.one_of(full, full, whole, odd, values)
    if isinstance(shape, list):
        return st.one_of(st.lists(nearly(shape[0]), max_size=4), values)
    return st.one_of(st.just(shape), st.just(shape), st.just(shape), values)


def arguments_for(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Arguments of a tool by its schema: of the right kind, of another one, left out, unknown."""
    properties = {name: _of_kind(part) for name, part in schema.get("properties", {}).items()}
    return nearly(properties)


def _of_kind(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        return st.lists(_of_kind(schema.get("items", {})), max_size=4)
    if kind == "object" and schema.get("properties"):
        return arguments_for(schema)
    if kind == "object":
        return st.dictionaries(texts, values, max_size=3)
    kinds = {"boolean": st.booleans(), "integer": st.integers(-5, 200_000), "number": numbers, "string": texts}
    return kinds.get(str(kind), values)


def written(value: Any) -> bytes:
    """A value as JSON, halves of characters as JavaScript writes them."""
    return json.dumps(value).encode()


@st.composite
def damaged(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    """Bytes as they are, or with some cut away, changed or put in."""
    content = draw(whole)
    how = draw(st.sampled_from(("whole", "whole", "cut", "changed", "put in")))
    if how == "whole" or not content:
        return content
    at = draw(st.integers(0, len(content)))
    some = draw(st.binary(max_size=6))
    return {"cut": content[:at], "changed": content[:at] + some + content[at + len(some) :]}.get(
        how, content[:at] + some + content[at:]
    )
