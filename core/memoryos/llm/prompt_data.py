"""Pages as data in a prompt: numbered, dated, cut to size, and fenced by tags that no page can close."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from memoryos.models import Page

MAX_SIDE_CHARS: Final = 1_500
"""Of a side with more characters the model sees the beginning and the end."""

_TAG: Final = re.compile(
    r"<(?=/?(?:pages?|user|assistant|talk|previous_page|known_facts|known_traits|memory|profile|facts|about_you|conversation)\b)",
    re.IGNORECASE,
)


def as_data(text: str) -> str:
    """The text with a fence's tags broken up, so that it cannot close the fence."""
    return _TAG.sub("‹", text)


def has_tags(text: str) -> bool:
    """Whether a text holds tags of a fence."""
    return _TAG.search(text) is not None


def fenced(pages: Sequence[Page], total_chars: int, talks: Sequence[str] = ()) -> str:
    """The pages, numbered from 1, in at most about `total_chars` characters.

    `talks` are summaries of the talks they belong to, "" where there is nothing to say.
    """
    most = side_chars(len(pages), total_chars)
    lines = ["<pages>"]
    for at, page in enumerate(pages):
        lines.append(f'<page number="{at + 1}" time="{as_data(page.timestamp)}">')
        if talks and talks[at]:
            lines.append(f"<talk>{as_data(talks[at])}</talk>")
        for tag, side in (("user", page.user_input), ("assistant", page.agent_response)):
            if side.strip():
                lines.append(f"<{tag}>{as_data(clipped(side.strip(), most))}</{tag}>")
        lines.append("</page>")
    return "\n".join((*lines, "</pages>"))


def side_chars(pages: int, total_chars: int) -> int:
    """The characters each side of a page may have where `pages` pages share `total_chars`."""
    return min(MAX_SIDE_CHARS, total_chars // (2 * max(1, pages)))


def listed(tag: str, lines: Sequence[str]) -> str:
    """Lines of data between tags of that name."""
    return "\n".join((f"<{tag}>", *map(as_data, lines or ("none",)), f"</{tag}>"))


def clipped(text: str, most: int) -> str:
    """The text, or its beginning and end around a mark for what is left out."""
    if len(text) <= most:
        return text
    head = most * 2 // 3
    return f"{text[:head]} [... {len(text) - most} characters left out ...] {text[len(text) - most + head :]}"
