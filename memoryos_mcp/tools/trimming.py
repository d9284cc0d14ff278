"""A page that is too long for the room there is, told by the sentences that bear on a query."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from memoryos.language.words import sentences, words

ELLIPSIS: Final = "…"

_GAP_BYTES: Final = 5
"""An ellipsis with a space on either side."""

_NEIGHBOUR_WEIGHT: Final = 0.5
"""Of a sentence's score for those before and after it: an answer often stands beside what was asked about. Without
it a page cut to 40 % keeps two in a hundred fewer of an answer's words (LoCoMo); 0.3 does as well as 0.6."""

_SHORTEST_STEM, _LONGEST_STEM, _ENDING = 3, 5, 3
"""Words are alike where they begin alike, in letters: "moved" and "moving", "dog" and "dogs"."""

_LONGEST_PIECE: Final = 300
"""Characters that are kept or left out together; a sentence of talk is shorter."""

_CUT: Final = re.compile(r"[\s,;>}\]，、；。]+")
"""Where a piece without sentences may be cut."""

_LEAST_BYTES: Final = 24
"""Of a sentence that is cut; it is cut between two words, unless the word it would be cut in is longer than that."""

_LARGEST_ESCAPE: Final = 6
"""Bytes that one character costs at most as JSON."""


def json_bytes(text: str) -> int:
    """What a text costs in compact JSON, its quotes not counted."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


def trimmed(user_input: str, agent_response: str, query_words: Sequence[str], max_bytes: int) -> tuple[str, str]:
    """Both sides of a page in at most `max_bytes` of JSON: the sentences that hold most of a query, in their order.

    `query_words` stand rarest first. Where none of them is said, the sides are told from their beginnings. An ellipsis
    stands for what is left out.
    """
    query = _Query(query_words)
    sides = (_pieces(user_input), _pieces(agent_response))
    best_first = sorted(
        (-score, at, side)
        for side, pieces in enumerate(sides)
        for at, score in enumerate(_scores([query.weight(piece) for piece in pieces]))
    )
    kept: tuple[dict[int, str], dict[int, str]] = ({}, {})
    left = max_bytes - len(sides) * _GAP_BYTES  # for what is missing at the end of each
    for _, at, side in best_first:
        piece = sides[side][at]
        follows_on = at - 1 in kept[side] or at + 1 in kept[side]
        cost = json_bytes(piece) + (0 if follows_on else _GAP_BYTES)
        if cost > left:
            if left - _GAP_BYTES >= _LEAST_BYTES:
                kept[side][at] = beginning(piece, left - _GAP_BYTES)
            break
        kept[side][at] = piece
        left -= cost
    return _told(sides[0], kept[0]), _told(sides[1], kept[1])


def beginning(text: str, max_bytes: int) -> str:
    """The first words of a text that fit as JSON; its first characters where a word is too long."""
    head = text.encode()[: max(0, max_bytes)].decode(errors="ignore")
    while (excess := json_bytes(head) - max_bytes) > 0 and head:
        head = head[: -(excess // _LARGEST_ESCAPE + 1)]
    space = head.rfind(" ")
    return head[:space] if head != text and space > max(0, len(head) - _LEAST_BYTES) else head


def _pieces(side: str) -> list[str]:
    """The sentences of a side, each with what stands before the next; joined they are the side, [] for a blank one.

    What is longer than a sentence, as JSON in one line, HTML or base64, is cut into windows.
    """
    starts = []
    end = 0
    for sentence in sentences(side):
        starts.append(side.index(sentence, end))
        end = starts[-1] + len(sentence)
    if not side.strip():
        return []
    whole = [side[start:following] for start, following in pairwise((0, *starts[1:], len(side)))]
    return [window for piece in whole for window in _windows(piece)]


def _windows(piece: str) -> list[str]:
    """A piece of text in windows of at most `_LONGEST_PIECE` characters, cut where it may be; joined they are it."""
    windows = []
    start = 0
    while len(piece) - start > _LONGEST_PIECE:
        ends = [cut.end() for cut in _CUT.finditer(piece, start + _LONGEST_PIECE // 2, start + _LONGEST_PIECE)]
        end = ends[-1] if ends else start + _LONGEST_PIECE
        windows.append(piece[start:end])
        start = end
    return [*windows, piece[start:]]


@dataclass(frozen=True, slots=True)
class _Query:
    """The words of a query, rarest first, which is what weighs them."""

    words: Sequence[str]
    _alike: dict[str, frozenset[int]] = field(default_factory=dict)  # a long page says the same words over and over

    def weight(self, piece: str) -> int:
        """How much of the query a piece of text holds."""
        ranks = frozenset[int]().union(*map(self._ranks, frozenset(words(piece))))
        return sum(len(self.words) - rank for rank in ranks)

    def _ranks(self, said: str) -> frozenset[int]:
        """The ranks of the words of the query that a word is another form of."""
        if said not in self._alike:
            self._alike[said] = frozenset(rank for rank, word in enumerate(self.words) if _is_form_of(said, word))
        return self._alike[said]


def _is_form_of(said: str, word: str) -> bool:
    if len(word) < _SHORTEST_STEM:
        return said == word
    return said.startswith(word[: min(_LONGEST_STEM, max(_SHORTEST_STEM, len(word) - _ENDING))])


def _scores(weights: Sequence[int]) -> list[float]:
    """Each sentence's own weight, and a part of that of the better neighbour."""
    padded = (0, *weights, 0)
    return [
        weight + _NEIGHBOUR_WEIGHT * max(padded[at], padded[at + 2])  # at + 1 is the sentence itself
        for at, weight in enumerate(weights)
    ]


def _told(pieces: Sequence[str], kept: Mapping[int, str]) -> str:
    """The kept sentences by position, with an ellipsis where something is missing before, between or after them."""
    told, is_whole = "", True
    for at, piece in enumerate(pieces):
        said = kept.get(at, "")
        if said:
            told = f"{told}{said}" if is_whole else f"{told.rstrip()} {ELLIPSIS} {said}".lstrip()
        is_whole = said == piece
    return told if is_whole else f"{told.rstrip()} {ELLIPSIS}".lstrip()
