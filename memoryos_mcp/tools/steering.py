"""The tools by which a person, through an agent, sees, corrects and forgets what is remembered, and the questions that
are put to the person before it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal

from mcp_types.version import is_version_at_least
from pydantic import BaseModel, Field

from memoryos import InvalidArgumentError, Selection, arguments, timestamps
from memoryos_mcp.tools import replies
from memoryos_mcp.tools.fitting import items_within
from memoryos_mcp.tools.schemas import (
    CorrectMemoryResult,
    ForgetMemoryResult,
    ListedMemory,
    ListMemoriesResult,
)
from memoryos_mcp.tools.trimming import ELLIPSIS, beginning, json_bytes
from memoryos_mcp.wording import counted, preview_text, short_id

if TYPE_CHECKING:
    from mcp.server.session import ServerSession

    from memoryos import Knowledge, Memoryos, Page

Consent = Literal["unasked", "given", "refused"]
"""What the person said where the client could ask: a client that cannot leaves it to the argument `confirm`."""

LISTED: Final = 20
LIST_TOKENS: Final = 2_000
_SIDE_BYTES: Final = 160
_QUOTED_CHARACTERS: Final = 200

_ASKS_BY_ANSWER: Final = "2026-07-28"
"""The first version of the protocol in which an answer may ask first."""

Kind = Literal["pages", "facts", "history", "topics", "exclusions"]


class Agreement(BaseModel):
    """What a client's form asks of the person."""

    agreed: Annotated[bool, Field(description="Yes, do it")] = True


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is listed, and where the list goes on; None at its end."""

    rows: Sequence[ListedMemory]
    cursors: Sequence[str | None]


def list_memories(
    memory: Memoryos,
    kind: Annotated[
        Literal["pages", "facts", "history", "topics", "exclusions"],
        Field(description="facts hold (doubtful first), history held once, exclusions are never to be remembered"),
    ] = "facts",
    about: Annotated[str | None, Field(description="only pages or facts with these words")] = None,
    cursor: Annotated[str | None, Field(description="from the reply before, to go on")] = None,
    limit: Annotated[int, Field(description="1-100", json_schema_extra={"minimum": 1, "maximum": 100})] = LISTED,
) -> ListMemoriesResult:
    """Show the user what is remembered, newest first, as it is stored. For an answer to a question call
    retrieve_memory instead."""
    limit = arguments.within("limit", limit, 1, arguments.MAX_RESULTS)
    listed = _pages(memory, about, cursor, limit) if kind == "pages" else _others(memory, kind, about, cursor, limit)
    kept, _ = items_within(listed.rows, LIST_TOKENS)
    kept = list(listed.rows[: max(1, len(kept))])
    return ListMemoriesResult(kind=kind, items=kept, cursor=listed.cursors[len(kept) - 1] if kept else None)


def correct_memory(
    memory: Memoryos,
    fact_id: Annotated[str, Field(description="id of a fact, as list_memories gives it")],
    action: Annotated[
        Literal["correct", "retire", "pin", "unpin", "undo"],
        Field(description="retire: it is not so, never learn it again; pin: always in the profile; undo a correction"),
    ] = "correct",
    text: Annotated[str, Field(description='with correct: how it is: "I live in Bern."')] = "",
    confirm: Annotated[bool, Field(description="true only where the user themself said so")] = False,
    consent: Consent = "unasked",
) -> CorrectMemoryResult:
    """Put a known fact right, when the user says that it is wrong. What the user confirms is kept as their own word,
    above what any model says."""
    if consent == "refused":
        return CorrectMemoryResult(status="refused", message="The user did not agree: nothing was changed.")
    is_persons = confirm or consent == "given"
    if action == "correct":
        new = memory.correct_fact(fact_id, text, author="person" if is_persons else "agent")
        whose = "the user's own word" if is_persons else "your word"
        return CorrectMemoryResult(message=f"Corrected; kept as {whose}.", fact_id=new.id)
    if not is_persons and (wanted := _needs_the_person(memory, action, fact_id)):
        raise InvalidArgumentError("confirm", "false", f"true, once the user has said {wanted}")
    actor: Literal["person", "agent"] = "person" if is_persons else "agent"
    if action == "retire":
        memory.retire_fact(fact_id, actor=actor)
    elif action == "undo":
        memory.undo_correction(fact_id, actor=actor)
    else:
        memory.pin_fact(fact_id, pinned=action == "pin", actor=actor)
    done = {"retire": "Taken back", "undo": "Undone", "pin": "Pinned", "unpin": "Unpinned"}
    return CorrectMemoryResult(message=f"{done[action]}.", fact_id=arguments.fact_id(fact_id))


def forget_memory(
    memory: Memoryos,
    page_ids: Annotated[list[str] | None, Field(description="ids of exchanges, as retrieve_memory gives them")] = None,
    about: Annotated[str | None, Field(description="or words: every exchange that has them in a sentence")] = None,
    since: Annotated[str | None, Field(description="or a time: from then on")] = None,
    until: Annotated[str | None, Field(description="and before then")] = None,
    everything: Annotated[bool, Field(description="or all there is")] = False,
    dry_run: Annotated[bool, Field(description="only say what would go")] = False,
    confirm: Annotated[bool, Field(description="true once the user has said yes to what would go")] = False,
    consent: Consent = "unasked",
) -> ForgetMemoryResult:
    """Delete exchanges for good, with what was learnt from them. Only when the user asks for it: say first with
    dry_run what would go, and wait for a yes."""
    selection = _selection(memory, page_ids, about, since, until, everything)
    if dry_run or consent == "refused" or not (confirm or consent == "given"):
        preview = memory.preview_forgetting(selection)
        status: Literal["preview", "refused"] = "refused" if consent == "refused" and not dry_run else "preview"
        return replies.would_forget(preview, status)
    return replies.forgot(memory.forget_selected(selection, actor="agent"))


def can_ask(session: ServerSession, version: str | None) -> bool:
    """Whether a client shows forms, and is reached: at once, or (newer ones) by an answer that asks first."""
    capabilities = session.client_capabilities
    elicitation = None if capabilities is None else capabilities.elicitation
    if elicitation is None or (elicitation.form is None and elicitation.url is not None):
        return False
    return session.can_send_request or (version is not None and is_version_at_least(version, _ASKS_BY_ANSWER))


def asks_to_correct(memory: Memoryos, given: Mapping[str, object]) -> str | None:
    """What to ask the person before a fact is changed; None where that changes nothing for good."""
    action = given.get("action", "correct")
    fact = memory.browsing.fact(arguments.fact_id(str(given["fact_id"])))
    if fact is None:
        return None
    if action == "correct":
        text = _quoted(str(given.get("text", "")))
        return f"Keep this as your own word? {text} It takes the place of: {_quoted(fact.text)}"
    if _needs_the_person(memory, str(action), fact.id) is None:
        return None
    question = {"retire": "Take this back, and never learn it again?", "unpin": "Pin this no more?"}
    return f"{question.get(str(action), 'Take back what you said yourself?')} {_quoted(fact.text)}"


def _needs_the_person(memory: Memoryos, action: str, fact_id: str) -> str | None:
    """What a person must have said before an agent does this to a fact; None where it may do it by itself."""
    if action == "retire":
        return "that this is not so"
    if action == "unpin":
        return "that this need not stand in the profile"
    if action == "undo":
        fact = memory.browsing.fact(arguments.fact_id(fact_id))
        return "that they take back their own word" if fact is not None and fact.author == "person" else None
    return None


def asks_to_forget(memory: Memoryos, given: Mapping[str, object]) -> str | None:
    """What to ask the person before something is forgotten; None where nothing would be."""
    if given.get("dry_run"):
        return None
    names = ("page_ids", "about", "since", "until", "everything")
    selection = _selection(memory, *(given.get(name) for name in names))  # type: ignore[arg-type]
    preview = memory.preview_forgetting(selection)
    return f"{preview_text(preview)} Forget it for good?" if preview.pages else None


def _selection(
    memory: Memoryos,
    page_ids: Sequence[str] | None,
    about: str | None,
    since: str | None,
    until: str | None,
    everything: bool,
) -> Selection:
    zone = timestamps.zone(memory.config.timezone)
    return Selection(
        pages=arguments.page_ids(page_ids) if page_ids is not None else (),
        about=about,
        start=timestamps.parse(since, zone, argument="since") if since else None,
        end=timestamps.parse(until, zone, argument="until") if until else None,
        everything=bool(everything),
    )


def _pages(memory: Memoryos, about: str | None, cursor: str | None, limit: int) -> _Rows:
    browsing = memory.browsing
    if about is None:
        found = browsing.pages(limit, cursor=cursor)
        cursors: list[str | None] = [str(page.seq) for page in found.pages]
        if found.cursor is None and cursors:
            cursors[-1] = None
        return _Rows([_page(page) for page in found.pages], cursors)
    offset = arguments.cursor(cursor)
    pages = browsing.pages_about(arguments.excluded(about), limit + 1, offset)
    return _Rows([_page(page) for page in pages[:limit]], _cursors(offset, limit, len(pages)))


def _others(memory: Memoryos, kind: Kind, about: str | None, cursor: str | None, limit: int) -> _Rows:
    offset, browsing = arguments.cursor(cursor), memory.browsing
    if kind == "history":
        found = [_fact(fact) for fact in browsing.old_facts(limit + 1, offset)]
        return _Rows(found[:limit], _cursors(offset, limit, len(found)))
    if kind == "topics":
        rows = [
            ListedMemory(id=str(topic.id), text=f"{topic.theme} ({counted(topic.pages, 'exchange')}, heat {heat:.1f})")
            for topic, heat in memory.segments()
        ]
    elif kind == "exclusions":
        rows = [ListedMemory(text=about) for about in memory.exclusions()]
    else:
        wanted = (about or "").casefold()
        rows = [_fact(fact) for fact in browsing.facts() if wanted in fact.text.casefold()]
    found = rows[offset : offset + limit + 1]
    return _Rows(found[:limit], _cursors(offset, limit, len(found)))


def _cursors(offset: int, limit: int, found: int) -> list[str | None]:
    """What goes on behind each of the rows; `found` is one more than `limit` where there are more."""
    rows = min(found, limit)
    return [str(offset + at + 1) if at + 1 < rows or found > limit else None for at in range(rows)]


def _page(page: Page) -> ListedMemory:
    sides = " / ".join(" ".join(side.split()) for side in (page.user_input, page.agent_response) if side.strip())
    return ListedMemory(id=short_id(page.id), text=_beginning(sides), timestamp=page.timestamp)


def _fact(fact: Knowledge) -> ListedMemory:
    state = "replaced" if fact.superseded_by else "archived" if fact.archived_at else fact.state
    return ListedMemory(
        id=fact.id,
        text=_beginning(fact.text),
        timestamp=fact.timestamp,
        author=fact.author,
        state=None if state == "current" else state,
        pinned=fact.pinned or None,
        pages=[short_id(source) for source in fact.sources[-3:]],
    )


def _beginning(text: str) -> str:
    return text if json_bytes(text) <= _SIDE_BYTES else beginning(text, _SIDE_BYTES) + ELLIPSIS


def _quoted(text: str) -> str:
    """A text in one line, in quotes: what was said once is shown, and is no question of ours."""
    line = " ".join(text.split()).replace('"', "'")
    return f'"{line if len(line) <= _QUOTED_CHARACTERS else line[: _QUOTED_CHARACTERS - 1] + ELLIPSIS}"'
