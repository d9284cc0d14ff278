"""What is known of a page before it is stored, and where it belongs: the rules of adding, the same for every store."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from memoryos.language.sessions import PageBefore, begins_talk, greets, names_called
from memoryos.language.stems import stems
from memoryos.models import Page
from memoryos.storage.seals import content_digest

if TYPE_CHECKING:
    from memoryos.models import Metadata, NewPage

Origin: TypeAlias = Literal["tool", "hook", "import"]
"""What brought a page: a call, a client's hook, or an import."""

REPEAT_WINDOW: Final = timedelta(minutes=10)
"""A page equal to one of its project, added at most 10 minutes before or (the clock may have been set back) after it,
is that one sent again by a client that got no answer, however many others came in between."""


@dataclass(frozen=True, slots=True)
class NamesCalled:
    """The names by which the two sides of a page address each other."""

    by_user: frozenset[str]
    by_agent: frozenset[str]


@dataclass(frozen=True, slots=True)
class PageToAdd:
    """A page with all that is worked out of it alone: done before the transaction, which others wait for.

    `shown` is the timestamp as others see it, `digest` what equal pages have in common, `stems` how often each stem
    stands in it, `greets` whether one of its sides begins with a greeting.
    """

    id: str
    page: NewPage
    shown: str
    added_at: datetime
    digest: bytes
    stems: Counter[str]
    names: NamesCalled
    greets: bool
    origin: Origin

    def begins_talk(self, before: PageBefore | None) -> bool:
        """Whether a new talk begins with the page; `before` is the last one of its project."""
        return before is None or begins_talk(self.page.happened_at, self.greets, before)

    def stored(self, seq: int, previous: int | None) -> Page:
        """The page as the store has it from now on."""
        return Page(
            seq=seq,
            id=self.id,
            user_input=self.page.user_input,
            agent_response=self.page.agent_response,
            timestamp=self.shown,
            happened_at=self.page.happened_at,
            added_at=self.added_at,
            meta_data=self.page.meta_data,
            previous=previous,
            assistant_id=self.page.assistant_id,
            project=self.page.project,
            turn=None if self.page.turn is None else self.page.turn.id,
        )


def page_to_add(page: NewPage, *, id_: str, shown: str, added_at: datetime, origin: Origin | None = None) -> PageToAdd:
    """A page on its way into a store; without an `origin` a call or, where it has a turn, a hook brings it."""
    return PageToAdd(
        id=id_,
        page=page,
        shown=shown,
        added_at=added_at,
        digest=content_digest(page.user_input, page.agent_response, page.timestamp, canonical_json(page.meta_data)),
        stems=page_stems(page.user_input, page.agent_response),
        names=page_names(page.user_input, page.agent_response),
        greets=page_greets(page.user_input, page.agent_response),
        origin=origin or ("tool" if page.turn is None else "hook"),
    )


def repeats_between(new: PageToAdd) -> tuple[datetime, datetime]:
    """When the page that is sent again was added: the first and the last time at which it can have been."""
    return new.added_at - REPEAT_WINDOW, new.added_at + REPEAT_WINDOW


TWIN_PAGES: Final = 200
_TWIN_SLACK: Final = timedelta(minutes=1)
_TWIN_WINDOW: Final = timedelta(minutes=10)
_ANY_LATER: Final = datetime.max.replace(tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class PossibleTwin:
    """What tells whether a page is the same turn as another one: what was said, when it came, and whose word."""

    seq: int
    user_input: str
    agent_response: str
    added_at: datetime
    by_hook: bool
    turn: str | None


def twins_between(new: PageToAdd) -> tuple[datetime, datetime]:
    """When a twin of a page was added: the first and the last time at which it can have been."""
    turn = new.page.turn
    if turn is None:
        return new.added_at - _TWIN_WINDOW, _ANY_LATER  # the clock may have been set back
    return turn.begun_at - _TWIN_SLACK, turn.ended_at + _TWIN_SLACK


def twin(new: PageToAdd, recent: Iterable[PossibleTwin]) -> int | None:
    """The seq of the page by which an agent told the turn that a hook brings, or a hook the one that an agent tells.

    Of a hook's turn that is a page that an agent added while it lasted, in which the user says the same and which is no
    other turn's. Of an agent's page it is one that a hook brought in the last 10 minutes, in which both sides say the
    same, or one of the answers is the beginning of the other. None for a new one. `recent` are the last `TWIN_PAGES`
    ones. Pages that hooks brought are never each other's: who says "yes" twice says it twice.
    """
    said = _as_said(new.page.user_input)
    first, last = twins_between(new)
    same = [page for page in recent if first <= page.added_at <= last and _as_said(page.user_input) == said]
    if new.page.turn is None:
        answer = _as_said(new.page.agent_response)
        brought = (page for page in same if page.by_hook)
        return max((page.seq for page in brought if _agree(answer, _as_said(page.agent_response))), default=None)
    return min((page.seq for page in same if not page.by_hook and page.turn is None), default=None)


@dataclass(frozen=True, slots=True)
class ToldTurn:
    """What tells whether a page that a hook brought is a transcript's turn, or the other way round."""

    seq: int
    user_input: str
    happened_at: datetime
    meta_data: Metadata | None


RETOLD_WINDOW: Final = timedelta(minutes=10)
"""A hook notes when it was called, a transcript when the client wrote the prompt down."""


def retold(new: PageToAdd, told: Iterable[ToldTurn]) -> int | None:
    """The seq of the page by which a hook told the turn that a transcript brings, or a transcript the one of a hook.

    That is one of the same client in which the user says the same at nearly the same time: the nearest one, within
    10 minutes. None for a new one.
    """
    turn = new.page.turn
    if turn is None:
        return None
    said, client = _as_said(new.page.user_input), _client(new.page.meta_data)
    apart = (
        (abs(page.happened_at - turn.begun_at), page.seq)
        for page in told
        if _as_said(page.user_input) == said and _client(page.meta_data) == client
    )
    return min(((time, seq) for time, seq in apart if time <= RETOLD_WINDOW), default=(None, None))[1]


def _client(meta_data: Metadata | None) -> object:
    """The client that a page comes from: hooks name it, and of an import it is the source."""
    return (meta_data or {}).get("client") or (meta_data or {}).get("source")


def _agree(one: str, other: str) -> bool:
    """Whether two answers may be the same one, told whole or by its beginning."""
    return one == other or bool(one and other and (one.startswith(other) or other.startswith(one)))


def _as_said(text: str) -> str:
    return " ".join(text.split()).casefold()


def page_stems(user_input: str, agent_response: str) -> Counter[str]:
    """How often each stem stands in a page."""
    return Counter(stems(f"{user_input}\n{agent_response}"))


def page_names(user_input: str, agent_response: str) -> NamesCalled:
    """The names called in a page."""
    return NamesCalled(by_user=names_called(user_input), by_agent=names_called(agent_response))


def page_greets(user_input: str, agent_response: str) -> bool:
    """Whether one side of a page begins with a greeting."""
    return greets(user_input) or greets(agent_response)


def canonical_json(value: Metadata | tuple[str, ...] | None) -> str | None:
    """Compact JSON with sorted keys, so that equal values are equal texts; None stays None."""
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def has_meta_data(meta_data: Metadata | None, pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether metadata has these keys with these values as text, or with lists that hold them.

    Numbers, true and false are compared as JSON writes them.
    """
    return all(value in _as_texts((meta_data or {}).get(key)) for key, value in pairs)


def _as_texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in values]
