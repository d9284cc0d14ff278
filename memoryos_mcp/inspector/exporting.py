"""What is seen, as a file: the exchanges or facts of a view, a batch at a time, as the command `export` writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from memoryos_mcp.inspector.views import House, NotThere, Request, facts_matching, found_by, selection_of

if TYPE_CHECKING:
    from memoryos import Knowledge, Page, Selection

_BATCH: Final = 200
_BEGINNING: Final = datetime(1, 1, 2, tzinfo=timezone.utc)
_END: Final = datetime(9999, 12, 30, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of what is exported; `cursor` leads to the next one, None at the end."""

    items: Sequence[Page | Knowledge]
    cursor: str | None


def batch(house: House, request: Request, cursor: str | None) -> Batch:
    """The next part of what a view shows, named by the view's own query: `of` says what.

    That is "facts" with the words of a filter, "old" facts, a "search" with its question, or "pages" by the fields that
    select what would be forgotten. Raises `NotThere` for anything else, and `InvalidArgumentError`.
    """
    of = request.query.get("of", "")
    if of not in _KINDS:
        raise NotThere
    return _KINDS[of](house, request, cursor)


def _facts(house: House, request: Request, _: str | None) -> Batch:
    return Batch(facts_matching(house, request.query.get("q", "")), None)


def _old(house: House, _: Request, cursor: str | None) -> Batch:
    offset = int(cursor or 0)
    return _at_offset(house.memory.browsing.old_facts(_BATCH + 1, offset), offset)


def _found(house: House, request: Request, _: str | None) -> Batch:
    return Batch([ranked.page for ranked in found_by(house, request.query.get("q", "")).pages], None)


def _pages(house: House, request: Request, cursor: str | None) -> Batch:
    selection, _ = selection_of(house, request.query)
    if selection is None:
        raise NotThere
    browsing = house.memory.browsing
    if selection.pages:
        around = [browsing.page(id_, around=0) for id_ in selection.pages]
        return Batch([each.page for each in around if each is not None], None)
    if selection.everything or selection.segment is not None:
        listed = browsing.pages(_BATCH, cursor=cursor, segment=selection.segment)
        return Batch(listed.pages, listed.cursor)
    return _of_words_or_time(house, selection, int(cursor or 0))


def _of_words_or_time(house: House, selection: Selection, offset: int) -> Batch:
    browsing = house.memory.browsing
    if selection.about is not None:
        return _at_offset(browsing.pages_about(selection.about, _BATCH + 1, offset), offset)
    start, end = selection.start or _BEGINNING, selection.end or _END
    return _at_offset(browsing.pages_between(start, end, _BATCH + 1, offset), offset)


def _at_offset(found: Sequence[Page | Knowledge], offset: int) -> Batch:
    return Batch(found[:_BATCH], str(offset + _BATCH) if len(found) > _BATCH else None)


_KINDS: Final[dict[str, Callable[[House, Request, str | None], Batch]]] = {
    "facts": _facts,
    "old": _old,
    "search": _found,
    "pages": _pages,
}
