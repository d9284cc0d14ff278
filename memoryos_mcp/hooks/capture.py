"""From events to exchanges in the inbox: what was said, less what is private, recalled or secret."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from memoryos_mcp.hooks.fence import unfenced
from memoryos_mcp.hooks.spool import MAX_TEXT
from memoryos_mcp.privacy import masked, without_private

if TYPE_CHECKING:
    from memoryos_mcp.hooks.events import Event, Reader
    from memoryos_mcp.hooks.spool import Prompt, Spool
    from memoryos_mcp.hooks.transcripts import Exchange


_NOT_SAID = ("/memoryos:", "<task-notification>")
"""What is said to the memory itself is no talk: "/memoryos:memory forget my address" would be kept for ever. Nor is a
note that the client sends itself."""

_MARK: Final = "[masked: "
"""With this begins what stands for a secret."""

_LAST: Final = 20
"""In so many exchanges of a transcript secrets are looked for, to find that of a prompt in which some were masked."""

_MARGIN: Final = 20_000
"""So many characters more than are stored are looked through for secrets."""


def fit(text: str, *, masks: bool = True) -> str:
    """A text as it may be stored: without what is marked private or was recalled, secrets masked unless told not to.

    It takes time for what is stored of it, however long it is.
    """
    kept = _own(text)
    said = (_masked(kept) if masks else kept)[:MAX_TEXT].strip()
    return "" if said.startswith(_NOT_SAID) else said


def _own(text: str) -> str:
    return without_private(unfenced(text)).strip()


def _masked(text: str) -> str:
    if len(text) > MAX_TEXT + _MARGIN:
        text = text[: MAX_TEXT + _MARGIN].rsplit(maxsplit=1)[0]  # half a secret would not be known for one
    return masked(text).text


class Capture:
    """What a client's hooks keep of one session."""

    def __init__(self, reader: Reader, spool: Spool, *, masks: bool = True) -> None:
        self._reader = reader
        self._spool = spool
        self._masks = masks
        self._read: tuple[str, list[Exchange]] = ("", [])

    def take(self, event: Event, now: float) -> None:
        """Keep what an event tells; on disk when this returns, at `now` in seconds since 1970. Raises `OSError`."""
        if event.kind == "start":
            self._spool.tidy(now, self._answer_since)
        elif event.kind == "prompt" and self._reader.keeps:
            # One of which nothing is to be kept waits, too: its answer is dropped with it.
            self._spool.keep(self._fit(event.prompt), event.turn, now, event.transcript)
        elif event.kind == "text":
            self._spool.note(self._fit(event.answer), event.turn)
        elif event.kind == "exchange" and not event.again:
            if said := self._fit(event.prompt):
                self._spool.leave(self._spool.told(said, event.turn, now), self._fit(event.answer), now)
        elif event.kind == "stop":
            self._stop(event, now)

    def _stop(self, event: Event, now: float) -> None:
        """The prompts that wait get their answers: the turn's own, or what the transcript has below an earlier one."""
        waiting = self._spool.waiting()
        own = [prompt for prompt in waiting if self._spool.is_of(prompt, event.turn)]
        answer = self._fit(event.answer or self._spool.noted(event.turn))
        if waiting and not own and not event.turn:
            own = waiting[-1:]
        if not own:
            self._from_transcript(event, answer, now)
            return
        if answer:  # first, for the time may be over before the transcript is read
            self._spool.answer(own[0], answer, now)
        earlier = [prompt for prompt in waiting if prompt.at < own[0].at]
        told = self._told(event.transcript) if not answer or any(prompt.text for prompt in earlier) else []
        for prompt in earlier:
            self._spool.answer(prompt, self._answer_to(prompt, told), now)
        if not answer:
            self._spool.answer(own[0], self._answer_to(own[0], told), now)

    def _from_transcript(self, event: Event, answer: str, now: float) -> None:
        """The last exchange of the transcript, where no hook kept its prompt and none has just answered it.

        A transcript that lags behind has an earlier turn there, by its own word.
        """
        told = self._told(event.transcript)
        if not told or not _may_be_of(told[-1], event.turn):
            return
        said = self._fit(told[-1].said)
        spool = self._spool
        if not said or spool.was_answered(said, event.turn, now) or spool.was_answered(said, "", now):
            return
        prompt = spool.told(said, event.turn or told[-1].turn or told[-1].id, now)
        spool.answer(prompt, answer or self._fit(told[-1].answer), now)

    def _told(self, transcript: str) -> list[Exchange]:
        if transcript != self._read[0] and self._reader.exchanges is not None:
            self._read = (transcript, [])
            with suppress(OSError):
                self._read = (transcript, self._reader.exchanges(transcript))
        return self._read[1] if transcript else []

    def _answer_since(self, prompt: Prompt) -> str:
        return self._answer_to(prompt, self._told(prompt.transcript)) if prompt.text else ""

    def _answer_to(self, prompt: Prompt, told: list[Exchange]) -> str:
        if not prompt.text:
            return ""
        newest_first = told[::-1]
        of_turn = (exchange for exchange in newest_first if exchange.turn and exchange.turn == prompt.turn)
        as_said = (exchange for exchange in newest_first if _own(exchange.said)[:MAX_TEXT].strip() == prompt.text)
        # To look for secrets costs most: only where what stands before the first one is the same.
        before, mark, _ = prompt.text.partition(_MARK)
        alike = (exchange for exchange in newest_first if mark and _own(exchange.said).startswith(before))
        as_kept = (exchange for exchange in islice(alike, _LAST) if self._fit(exchange.said) == prompt.text)
        same = next(chain(of_turn, as_said, as_kept), None)
        return "" if same is None else self._fit(same.answer)

    def _fit(self, text: str) -> str:
        return fit(text, masks=self._masks)


def _may_be_of(exchange: Exchange, turn: str) -> bool:
    """Whether the last exchange of a transcript may be that of an event with this id of a turn."""
    if turn and exchange.turn:
        return turn == exchange.turn
    return not exchange.is_over
