"""Formats of configuration files: an entry is put in and taken out as text, and every other byte stays as it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeAlias

Place: TypeAlias = tuple[str, str]
"""The key of the table that holds servers, and the name of one in it."""

Entry: TypeAlias = Mapping[str, object]
"""A server as a client's configuration names it: values are those of JSON."""


class Format(Protocol):
    """One format; a module can be one. All raise `ValueError`, with what is wrong, for text that is not of it."""

    def parsed(self, text: str) -> dict[str, object]:
        """The whole configuration; of blank text an empty one."""

    def entry(self, text: str, place: Place) -> dict[str, object] | None:
        """The entry at a place, None where there is none."""

    def added(self, text: str, place: Place, entry: Entry) -> str:
        """The text with the entry in it, in the place of one that was there."""

    def removed(self, text: str, place: Place) -> str:
        """The text without the entry, which must be there."""

    def pruned(self, text: str, key: str) -> str:
        """The text without the table of servers where it is empty."""


def newline(text: str) -> str:
    """How lines end in a text."""
    return "\r\n" if "\r\n" in text else "\n"
