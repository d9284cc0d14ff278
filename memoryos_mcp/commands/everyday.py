"""The commands a person uses by hand: ask a memory, tell it something, see what it knows and how it is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from memoryos import Memoryos, WaitTimeoutError
from memoryos.config.text import one_line
from memoryos.errors import EmbeddingError
from memoryos.language.words import content_words, sentences
from memoryos.storage.registry import check_existing
from memoryos_mcp.settings import seeing_all
from memoryos_mcp.wording import counted

if TYPE_CHECKING:
    from memoryos import Config, RankedPage

_SHOWN_CHARACTERS: Final = 160
"""Of each side of an exchange, from the sentence on that has most words of the question."""

_SETTLING_SECONDS: Final = 5.0
"""A command waits so long for what the memory still has to think about: the model is loaded in a second, and what was
added by hand is little."""

_SIGNALS: Final = {"words": "words", "meaning": "meaning", "neighbours": "the talk around it", "talk": "its talk"}
_SIGNALS_SHOWN: Final = 2


def ask(config: Config, question: str, *, max_results: int) -> int:
    """Print what the memory holds on a question, best first, with dates and why; the exit code.

    1 where nothing comes back. Raises `ConfigError` where there is no memory, `InvalidArgumentError` and `StoreError`.
    """
    with looked_at(config) as memory:
        try:
            memory.prepare()
        except EmbeddingError as error:
            sys.stderr.write(f"memoryos: it is searched by words only: {one_line(str(error))}\n")
        recall = memory.retrieve(question, max_results)
    if not recall.pages:
        sys.stdout.write("Nothing in memory bears on it.\n")
        return 1
    if not recall.bears:
        sys.stdout.write("Nothing in memory clearly bears on it; nearest comes:\n\n")
    for number, ranked in enumerate(recall.pages, 1):
        sys.stdout.write(_page(number, ranked, question))
    return 0


def add(config: Config, user_input: str, agent_response: str) -> int:
    """Add one exchange; the exit code. Raises `InvalidArgumentError` and `StoreError`."""
    with closing(Memoryos.open(config)) as memory:
        added = memory.add_memory(user_input, agent_response)
        settle(memory)
    sys.stdout.write(f"{'Was there already' if added.repeated else 'Remembered'}: {added.page.id}\n")
    return 0


def profile(config: Config) -> int:
    """Print who the user is, as far as the memory knows; the exit code. Raises `ConfigError` and `StoreError`."""
    with looked_at(config) as memory:
        text = memory.get_user_profile_summary()
    sys.stdout.write(f"{_plain_lines(text) or 'Nothing is known of the user yet.'}\n")
    return 0


def status(config: Config) -> int:
    """Print how much the memory holds and what is left to do; the exit code. Raises `ConfigError` and `StoreError`."""
    check_existing(config)
    with closing(Memoryos.open(config, works=False)) as memory:
        state = memory.status()
    counts = state.counts
    waiting = ", ".join(f"{count} to {kind}" for kind, count in asdict(state.pending).items() if count)
    lines = {
        "user": state.user_id,
        "memory": state.data_path,
        "exchanges": f"{counts.pages:,}",
        "topics": f"{counts.segments:,} ({counts.archived_segments:,} archived)",
        "facts": f"{counts.user_knowledge:,} ({counts.superseded_knowledge:,} outdated)",
        "traits": f"{counts.traits:,}",
        "waiting": waiting or "nothing",
        "embedder": state.embedder,
        "dialogue is sent": f"to {', '.join(config.dialogue_goes_to)}" if config.dialogue_goes_to else "nowhere",
    }
    for failure in state.failures:
        lines[f"{failure.kind} failed"] = f"{failure.error}, {counted(failure.attempts, 'time')} in a row"
    width = max(map(len, lines))
    sys.stdout.write("".join(f"{name:<{width}}  {one_line(value)}\n" for name, value in lines.items()))
    return 0


@contextmanager
def looked_at(config: Config) -> Iterator[Memoryos]:
    """Within it, the memory there is, of every project, to be looked at: nothing is thought about, no model is asked.

    Raises `ConfigError` where there is none, and `StoreError`.
    """
    check_existing(config)
    with closing(Memoryos.open(seeing_all(config), works=False)) as memory:
        yield memory


def settle(memory: Memoryos) -> None:
    """Give the memory a moment to think about what it was told."""
    with suppress(WaitTimeoutError):  # what is left is done by the next server, and nobody needs it now
        memory.wait_until_idle(_SETTLING_SECONDS)


def _page(number: int, ranked: RankedPage, question: str) -> str:
    page = ranked.page
    lines = [f"{number}. {page.timestamp}  ({_why(ranked)})  {page.id}"]
    for speaker, side in (("you", page.user_input), ("agent", page.agent_response)):
        if side.strip():
            lines.append(f"   {speaker:<5}  {_shown(side, question)}")
    return "\n".join(lines) + "\n\n"


def _why(ranked: RankedPage) -> str:
    """What made the score: the words that match, and the signals that weigh most."""
    strongest = sorted(ranked.signals.items(), key=lambda signal: -signal[1])
    reasons = [_SIGNALS.get(name, name) for name, weight in strongest[:_SIGNALS_SHOWN] if weight > 0]
    words = ", ".join(ranked.words[:3])
    return one_line(f"{ranked.score:.2f}: {' and '.join(reasons) or 'the newest'}{f'; {words}' if words else ''}")


def _shown(side: str, question: str) -> str:
    """A side from the sentence on that has most words of the question, in one line."""
    wanted = set(content_words(question))
    pieces = sentences(side) or (side,)
    best = max(range(len(pieces)), key=lambda at: (len(wanted & set(content_words(pieces[at]))), -at))
    text = " ".join(" ".join(pieces[best:]).split())
    shown = text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
    return one_line(f"{'… ' if best else ''}{shown}")


def _plain_lines(text: str) -> str:
    return "\n".join(map(one_line, text.splitlines()))
