"""Cuts a long text into overlapping pieces (windows), each short enough for an embedding model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from memoryos.embedding.base import MAX_WINDOWS

_OVERLAP: Final = 8
"""Two neighbouring windows share 1/8 of their tokens (31 of 254): a sentence cut in one is whole in the other."""

_FIRST_UNSPACED: Final = "\u2e80"
"""The first code point from which on Unicode is mostly Chinese, Japanese and Korean: any character may begin a word."""


_CHARACTER_BYTES: Final = 4
"""The most bytes of a character; an overlap of 4 bytes always holds the beginning of one."""

_UNKNOWN: Final = frozenset({"[UNK]", "<unk>"})


def cut(text: str, starts: Sequence[int], size: int, least_overlap: int = 1) -> tuple[str, ...]:
    """The text in at most `MAX_WINDOWS` pieces of at most `size` units each; a short text comes back as it is.

    `starts` holds the position in `text` where each unit (a token, a byte) begins; `size` is at least 8. Pieces begin
    and end between words, except within a word that is longer than the overlap.
    """
    if len(starts) <= size:
        return (text,)
    overlap = max(size // _OVERLAP, least_overlap)
    pieces: list[str] = []
    first = 0
    while len(pieces) < MAX_WINDOWS:
        end = first + size
        if end >= len(starts):
            pieces.append(text[starts[first] :])
            break
        end = _word_start(text, starts, range(end, end - overlap - 1, -1))
        pieces.append(text[starts[first] : starts[end]])
        first = _word_start(text, starts, range(end - overlap, end))
    return tuple(pieces)


def cut_bytes(text: str, size: int) -> tuple[str, ...]:
    """The text in pieces of at most `size` bytes of UTF-8, for a model whose tokenizer is not at hand.

    A tokenizer over bytes makes no more tokens than there are bytes, so `size` bounds the tokens in every script.
    """
    if len(text) * 4 <= size:
        return (text,)
    return cut(text, [at for at, character in enumerate(text) for _ in character.encode()], size, _CHARACTER_BYTES)


def _word_start(text: str, starts: Sequence[int], candidates: Iterable[int]) -> int:
    """The first of the candidates that begins a word; else the first that begins a character; else the first."""
    units = list(candidates)
    for unit in units:
        before, here = text[starts[unit] - 1], text[starts[unit]]
        if starts[unit] > starts[unit - 1] and (
            before.isspace() or here.isspace() or max(before, here) >= _FIRST_UNSPACED
        ):
            return unit
    return next((unit for unit in units if starts[unit] > starts[unit - 1]), units[0])


def known_share(tokens: Sequence[str]) -> float:
    """The share of tokens (0-1) that the vocabulary knows; the others stand for text it lacks."""
    return 1.0 - sum(token in _UNKNOWN for token in tokens) / len(tokens) if tokens else 1.0
