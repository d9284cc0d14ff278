"""From events to exchanges in the inbox: what was said, less what is private, recalled or secret."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from memoryos_mcp.hooks.fence import unfenced
from memoryos_mcp.hooks.transcripts import Exchange, exchanges
from memoryos_mcp.privacy import masked, without_private

if TYPE_CHECKING:
    from memoryos_mcp.hooks.events import Event, Reader
    from memoryos_mcp.hooks.spool import Prompt, Spool


_COMMANDS = "/memoryos:"
"""What is said to the memory itself is no talk: "/memoryos:memory forget my address" would be kept for ever."""


def capture(event: Event, reader: Reader, spool: Spool, now: float) -> None:
    """Keep what an event tells; on disk when this returns, at `now` in seconds since 1970. Raises `OSError`."""
    if event.kind == "start":
        spool.tidy(now)
    elif event.kind == "prompt" and reader.keeps:
        if said := fit(event.prompt):
            spool.keep(said, event.turn, now)
    elif event.kind == "text":
        spool.note(fit(event.answer), event.turn)
    elif event.kind == "exchange" and not event.again:
        if said := fit(event.prompt):
            spool.leave(spool.told(said, event.turn, now), fit(event.answer), now)
    elif event.kind == "stop":
        _stop(event, spool, now)


def fit(text: str) -> str:
    """A text as it may be stored: without what is marked private or was recalled, secrets masked."""
    said = masked(without_private(unfenced(text))).text.strip()
    return "" if said.startswith(_COMMANDS) else said


def _stop(event: Event, spool: Spool, now: float) -> None:
    """The prompts that wait get their answers: the turn's own, or what the transcript has below an earlier one."""
    waiting = spool.waiting()
    own = [prompt for prompt in waiting if spool.is_of(prompt, event.turn)]
    answer = fit(event.answer or spool.noted(event.turn))
    if waiting and not own:
        own = waiting[-1:]
    if not own:
        _from_transcript(event, answer, spool, now)
        return
    earlier = [prompt for prompt in waiting if prompt.at < own[0].at]
    told = _transcript(event) if earlier or not answer else []
    for prompt in earlier:
        spool.answer(prompt, _answer_to(prompt, told), now)
    spool.answer(own[0], answer or _answer_to(own[0], told), now)


def _from_transcript(event: Event, answer: str, spool: Spool, now: float) -> None:
    """The last exchange of the transcript, where no hook kept its prompt and none has just answered it."""
    told = _transcript(event)
    if not told:
        return
    said = fit(told[-1].said)
    if not said or spool.was_answered(said, event.turn, now) or spool.was_answered(said, "", now):
        return
    prompt = spool.told(said, event.turn or told[-1].id, now)
    spool.answer(prompt, answer or fit(told[-1].answer), now)


def _transcript(event: Event) -> list[Exchange]:
    found: list[Exchange] = []
    if event.transcript and event.client == "claude-code":
        with suppress(OSError):
            found = exchanges(event.transcript)
    return found


def _answer_to(prompt: Prompt, told: list[Exchange]) -> str:
    same = [exchange.answer for exchange in told if fit(exchange.said) == prompt.text]
    return fit(same[-1]) if same else ""
