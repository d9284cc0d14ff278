"""From values to HTML: templates that escape everything, and the few words and shapes they need."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from memoryos_mcp.wording import counted, short_id

if TYPE_CHECKING:
    from memoryos import Knowledge

_SHORT_CHARACTERS: Final = 280
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""What is not seen and changes what is: controls, and marks that turn the direction of the text around them."""

_SOURCES: Final = {
    "rule": "as you said it",
    "model": "worded by a model",
    "agent": "told by an agent",
    "person": "your own word",
}


@cache
def environment() -> Environment:
    """The templates; what they show is escaped, and a name they do not know is an error."""
    found = Environment(
        loader=PackageLoader("memoryos_mcp.inspector"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(seen=seen, short=short, counted=counted, short_id=short_id, source=source, standing=standing)
    return found


def rendered(template: str, context: Mapping[str, Any]) -> str:
    """The page."""
    return environment().get_template(template).render(context)


def seen(text: str) -> Markup:
    """A text as it is, with a mark for each character that cannot be seen."""
    return Markup(_UNSEEN.sub(lambda found: f"<mark>U+{ord(found[0]):04X}</mark>", str(escape(text))))


def short(text: str, most: int = _SHORT_CHARACTERS) -> Markup:
    """The beginning of a text in one line, cut where a word ends."""
    line = " ".join(text[: most * 4].split())
    if len(line) <= most and len(text) <= most * 4:
        return seen(line)
    cut = line[:most]
    head, space, _ = cut.rpartition(" ")
    return seen((head if space and len(head) > most // 2 else cut) + " …")


def source(fact: Knowledge) -> str:
    """Who put a fact into words."""
    return _SOURCES[fact.author]


def standing(fact: Knowledge) -> str:
    """How a fact stands, in a word; "" where it simply holds."""
    if fact.superseded_by is not None:
        return "replaced"
    if fact.state != "current":
        return {"doubtful": "doubtful", "ended": "over", "retired": "taken back"}[fact.state]
    return "put away" if fact.archived_at is not None else ""
