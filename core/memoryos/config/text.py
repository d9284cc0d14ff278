"""Settings and their values in words, for the one line of an error and the tables of the documents."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence

MAX_SHOWN_CHARACTERS = 80

# Words of letters, between them marks or a short number.
_WORDS = re.compile(r"[^\W\d_]{0,18}(?:[_\-. $][^\W\d_]{0,18}|\d{1,4}(?![^\W_])){0,12}")
_SECRET_BEGINNING = re.compile(r"(?:sk|pk|rk|gsk|gh[a-z]|hf|xai|xox[a-z]|pat|glpat)[-_]|AIza|AKIA|eyJ|Bearer ")


def one_line(text: str) -> str:
    """The text with whatever would break its line, or a terminal, written as an escape."""
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)


def closest(name: str, known: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """The known name most like this one, capitals or not; None where none is so much like it, 1 being the same."""
    folded = {candidate.casefold(): candidate for candidate in known}
    matches = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=likeness)
    return folded[matches[0]] if matches else None


def first_of(problems: Sequence[str]) -> str:
    """One line for several problems: the first, and how many more there are."""
    more = len(problems) - 1
    return one_line(problems[0] + (f" ({more} more problem{'s' if more > 1 else ''})" if more else ""))


def shown_name(name: str) -> str:
    """A key's name as a message may show it, quoted: its first four characters where it may be a secret.

    Who pastes a key in the wrong place pastes it before a colon, too. What is made of words, as settings are, is shown.
    """
    if _WORDS.fullmatch(name.strip()) and not _SECRET_BEGINNING.match(name.strip()):
        return json.dumps(name)
    return f'{json.dumps(name[:4])[:-1]}..." (a name that may be a secret is not shown)'


def shown(value: object, secret: bool) -> str:
    """A rejected value as a message may show it: short, and never a key, wherever it was pasted."""
    if isinstance(value, str):
        if secret or value.strip().startswith("sk-"):
            return "a text that is not shown"
        quoted = json.dumps(value, ensure_ascii=False)
        return quoted if len(quoted) <= MAX_SHOWN_CHARACTERS else f"{quoted[:MAX_SHOWN_CHARACTERS]}... (cut)"
    if value is None:
        return "null"
    if isinstance(value, int | float) and not secret:
        large = isinstance(value, int) and value.bit_length() > 256
        return "a very large number" if large else json.dumps(value)
    if isinstance(value, list | Mapping):
        return "a list" if isinstance(value, list) else "an object"
    return f"a value of type {type(value).__name__}"


def type_text(schema: Mapping[str, object]) -> str:
    """What a setting accepts, from its JSON schema: 'whole number, 1 to 50', '"stdio", "sse" or ...'."""
    choices = schema.get("enum")
    if isinstance(choices, list):
        *first, last = (json.dumps(choice) for choice in choices)
        return f"{', '.join(first)} or {last}"
    if schema["type"] == "boolean":
        return "true or false"
    if schema["type"] == "string":
        return f"text, at most {schema['maxLength']} characters"
    if schema["type"] == "array":
        return f"list of at most {schema['maxItems']} texts"
    noun = "whole number" if schema["type"] == "integer" else "number"
    return f"{noun}, {_range(schema)}"


def _range(schema: Mapping[str, object]) -> str:
    least, above, most = (_bound(schema.get(name)) for name in ("minimum", "exclusiveMinimum", "maximum"))
    if above is not None:
        return f"more than {above}" if most is None else f"more than {above}, at most {most}"
    return f"{least} or more" if most is None else f"{least} to {most}"


def _bound(value: object) -> object:
    """A bound without an idle ".0", which the schema of some pydantic versions has."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
