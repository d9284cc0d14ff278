"""What clients tell their hooks, and what they take for an answer: a client is an entry of `READERS`.

Fields follow each client's own documentation; what a version does not send is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from memoryos_mcp.hooks.transcripts import Exchange, of_claude_code, of_codex

Kind: TypeAlias = Literal["start", "prompt", "text", "stop", "exchange"]
"""A session begins; the user has sent a prompt; the agent has written a text, which may be its last one; it has
finished its turn; a whole exchange is told at once."""

Told: TypeAlias = Mapping[str, object]


class Event(NamedTuple):
    """One event of a client. `turn` is the client's own id of the turn; "" stands for what was not told."""

    kind: Kind
    session: str
    turn: str = ""
    prompt: str = ""
    answer: str = ""
    folder: str = ""
    transcript: str = ""
    again: bool = False
    """Whether another hook made the agent go on after it had stopped."""


class Reader(NamedTuple):
    """How one client talks: its events by name, how one is read, and how text goes before the model.

    `recalls` are the kinds of event at which the client takes a text; `keeps` is whether a prompt has to be kept until
    its answer comes, in another event. `exchanges` reads the client's transcript, where one is known how to.
    """

    kinds: Mapping[str, Kind]
    read: Callable[[Kind, Told], Event | None]
    answer: Callable[[str, str], Told]
    recalls: frozenset[Kind]
    keeps: bool = True
    exchanges: Callable[[str], list[Exchange]] | None = None


def reader(client: str) -> Reader | None:
    """The reader of a client's events; None for one that has no hooks, or is not known."""
    return READERS.get(client)


def _text(told: Told, name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _claude(kind: Kind, told: Told) -> Event | None:
    # A part of the agent has no user; and Cursor runs the hooks of Claude Code too, beside its own.
    if _text(told, "agent_id") or "cursor_version" in told:
        return None
    return Event(
        kind,
        session=_text(told, "session_id"),
        turn=_text(told, "turn_id") or _text(told, "prompt_id"),
        prompt=_text(told, "prompt"),
        answer=_text(told, "last_assistant_message"),
        folder=_text(told, "cwd"),
        transcript=_text(told, "transcript_path"),
    )


def _gemini(kind: Kind, told: Told) -> Event | None:
    return Event(
        kind,
        session=_text(told, "session_id"),
        turn=_text(told, "timestamp"),
        prompt=_text(told, "prompt"),
        answer=_text(told, "prompt_response"),
        folder=_text(told, "cwd"),
        again=told.get("stop_hook_active") is True,
    )


def _cursor(kind: Kind, told: Told) -> Event | None:
    roots = told.get("workspace_roots")
    folder = roots[0] if isinstance(roots, list) and roots and isinstance(roots[0], str) else ""
    return Event(
        kind,
        session=_text(told, "conversation_id") or _text(told, "session_id"),
        turn=_text(told, "generation_id"),
        prompt=_text(told, "prompt"),
        answer=_text(told, "text"),
        folder=folder,
    )


def _nested(event: str, context: str) -> Told:
    return {"hookSpecificOutput": {"hookEventName": event, "additionalContext": context}}


def _flat(event: str, context: str) -> Told:
    return {"additional_context": context}


_CLAUDE: Final[Mapping[str, Kind]] = {"SessionStart": "start", "UserPromptSubmit": "prompt", "Stop": "stop"}
_BOTH: Final[frozenset[Kind]] = frozenset({"start", "prompt"})

READERS: Final[Mapping[str, Reader]] = {
    "claude-code": Reader(_CLAUDE, _claude, _nested, _BOTH, exchanges=of_claude_code),
    "codex": Reader(_CLAUDE, _claude, _nested, _BOTH, exchanges=of_codex),
    "gemini-cli": Reader(
        {"SessionStart": "start", "BeforeAgent": "prompt", "AfterAgent": "exchange"},
        _gemini,
        _nested,
        _BOTH,
        keeps=False,
    ),
    "cursor": Reader(
        {"sessionStart": "start", "beforeSubmitPrompt": "prompt", "afterAgentResponse": "text", "stop": "stop"},
        _cursor,
        _flat,
        frozenset({"start"}),  # it documents no text beside a prompt
    ),
}
