"""What bears on a prompt, and what is known of the user, by words alone: out of the memory's file, which is only read.

Meaning takes a model, for whose loading a client does not wait: it is asked of a server that runs (`questions`). Where
none does, what is brought must share enough rare words with the prompt.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from memoryos.language.stems import stems, words_with_stems
from memoryos.language.words import content_words, sentences
from memoryos_mcp.hooks.fence import plain, quoted

if TYPE_CHECKING:
    from memoryos.storage.sqlite.glance import Glance, GlancedPage

FLOOR: Final = 0.35
"""The share of a prompt's words, by their rarity, that stands in what is injected, since that costs tokens."""

MOST_PAGES, MOST_FACTS = 3, 3
SIDE_CHARACTERS: Final = 260
"""Of each side of an exchange, and of a fact, that many are brought."""

_FEW_WORDS: Final = 2.0
"""As much weight as a word that stands in a fifth of the pages: one common word in common is no bearing."""

_LEAST_PAGES: Final = 50
_FREQUENT: Final = 2_000
"""A word that stands in more pages finds nothing that rarer ones do not, and takes long."""

_CANDIDATES: Final = 20
_RECENT_FACTS: Final = 400
_CARD_CHARACTERS: Final = 1_200
_CARD_FACTS: Final = 14
_ORIGIN_CHARACTERS: Final = 40


class Fact(NamedTuple):
    """What is known of the user, and the time that it is shown with."""

    text: str
    timestamp: str

    def line(self) -> str:
        """It as a quotation."""
        return f"{plain(self.timestamp)[:10]}, known of the user: {quoted(self.text[:SIDE_CHARACTERS])}"


class Exchange(NamedTuple):
    """What was said and answered, as far as it is brought; its time, and the client it came from ("": none)."""

    said: str
    answer: str
    timestamp: str
    client: str = ""

    @classmethod
    def about(
        cls, weights: Mapping[str, float], said: str, answer: str, timestamp: str, meta_data: Mapping[str, object]
    ) -> Exchange:
        """What of an exchange bears most on words with these weights by their stems."""
        client = str(meta_data.get("client") or "")[:_ORIGIN_CHARACTERS]
        return cls(_part(said, weights), _part(answer, weights), timestamp, client)

    def line(self) -> str:
        """It as quotations."""
        origin = f" in {plain(self.client)[:_ORIGIN_CHARACTERS]}" if self.client else ""
        sides = (("user", self.said), ("assistant", self.answer))
        told = [f"{who}: {quoted(side[:SIDE_CHARACTERS])}" for who, side in sides if side.strip()]
        return f"{plain(self.timestamp)[:_ORIGIN_CHARACTERS]}{origin}, {', '.join(told)}"


class Brought(NamedTuple):
    """What goes before the model, best first."""

    facts: Sequence[Fact] = ()
    exchanges: Sequence[Exchange] = ()

    def lines(self, told: Sequence[str]) -> list[str]:
        """One for each, at most so many as cost few tokens; without those that were `told` before."""
        facts = [line for line in map(Fact.line, self.facts) if line not in told]
        return [*facts[:MOST_FACTS], *map(Exchange.line, self.exchanges[:MOST_PAGES])]


def bearing_on(seen: Glance, prompt: str, session: str, project: str | None) -> Brought:
    """What bears on a prompt: facts, and exchanges of other sessions than this one. Raises `sqlite3.Error`."""
    written = _words(prompt)
    asked = _weights(seen, written)
    if not asked:
        return Brought()
    about = seen.pages_about([written[stem] for stem in asked], project, _CANDIDATES)
    facts = sorted(_facts(seen, asked, project), reverse=True)
    pages = sorted(_of_other_sessions(about, asked, session), reverse=True)
    return Brought([fact for _, fact in facts], [exchange for _, exchange in pages])


def card(seen: Glance, project: str | None) -> list[str]:
    """Lines about what is known of the user in their own words: pinned facts, then those that fill a slot, the newest.

    Raises `sqlite3.Error`.
    """
    lines: list[str] = []
    for fact in seen.told_facts(project, _CARD_FACTS):
        lines.append(Fact(*fact).line())
        if sum(map(len, lines)) > _CARD_CHARACTERS:
            return lines[:-1]
    return lines


def _part(side: str, weights: Mapping[str, float]) -> str:
    """A side from the sentence on that bears most on what is asked, by the weights of its stems."""
    pieces: Sequence[str] = sentences(side) or (side,)
    best = max(range(len(pieces)), key=lambda at: (_bearing(weights, pieces[at]), -at))
    text = " ".join(" ".join(pieces[best:]).split())
    return text if len(text) <= SIDE_CHARACTERS else f"{text[: SIDE_CHARACTERS - 1]}…"


def _words(prompt: str) -> Mapping[str, str]:
    """The words of a prompt that say something, as they are written, by their stems."""
    telling = frozenset(content_words(prompt))
    return {word.stem: word.written for word in words_with_stems(prompt) if word.written in telling}


def _weights(seen: Glance, words: Collection[str]) -> Mapping[str, float]:
    """The weight of each of these stems by its rarity; also of those that stand nowhere."""
    pages = max(_LEAST_PAGES, seen.pages_at_most())
    counts = seen.pages_with(words)
    rare = {stem: min(pages, counts.get(stem, 0)) for stem in words if counts.get(stem, 0) <= _FREQUENT}
    return {stem: math.log1p((pages - count + 0.5) / (count + 0.5)) for stem, count in rare.items()}


def _of_other_sessions(
    pages: Iterable[GlancedPage], asked: Mapping[str, float], session: str
) -> Iterator[tuple[float, Exchange]]:
    for page in pages:
        more = json.loads(page.meta_data) if page.meta_data else {}
        # What was asked tells nothing, whatever it holds of the prompt.
        bearing = _bearing(asked, page.answer if _asks(page.said) else f"{page.said}\n{page.answer}")
        if bearing < FLOOR or (session and more.get("session") == session):
            continue
        yield bearing, Exchange.about(asked, page.said, page.answer, page.timestamp, more)


def _facts(seen: Glance, asked: Mapping[str, float], project: str | None) -> Iterator[tuple[float, Fact]]:
    for fact in seen.newest_facts(project, _RECENT_FACTS):
        bearing = _bearing(asked, fact.text)
        if bearing >= FLOOR:
            yield bearing, Fact(*fact)


def _bearing(asked: Mapping[str, float], text: str) -> float:
    held = frozenset(stems(text))
    total = sum(asked.values())
    return sum(weight for stem, weight in asked.items() if stem in held) / (total + _FEW_WORDS)


def _asks(said: str) -> bool:
    return said.rstrip().endswith(("?", "？"))
