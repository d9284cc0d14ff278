"""How values of the engine stand in PostgreSQL's columns where psycopg does it otherwise, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.types.numeric import Int2Dumper
from psycopg.types.string import StrDumperUnknown, TextLoader

if TYPE_CHECKING:
    from memoryos.models import Matrix, Vector

_ESCAPE: Final = "\ue000"
"""Of the private use area. PostgreSQL's texts hold no NUL: it stands as this and "0", and this as itself and "1"."""

_HALFVEC_HEADER: Final = 2
"""In half-precision numbers: the dimension and something unused, before the components."""


class _TextDumper(StrDumperUnknown):
    def dump(self, obj: str) -> Buffer | None:
        if "\0" in obj or _ESCAPE in obj:
            obj = obj.replace(_ESCAPE, f"{_ESCAPE}1").replace("\0", f"{_ESCAPE}0")
        return super().dump(obj)


class _TextLoader(TextLoader):
    def load(self, data: Buffer) -> bytes | str:
        text = super().load(data)
        if isinstance(text, str) and _ESCAPE in text:
            return text.replace(f"{_ESCAPE}0", "\0").replace(f"{_ESCAPE}1", _ESCAPE)
        return text


class _TruthDumper(Dumper):
    """A truth as SQLite has it: 1 or 0."""

    oid = Int2Dumper.oid

    def dump(self, obj: bool) -> Buffer | None:
        return b"1" if obj else b"0"


def register(connection: psycopg.Connection[Any]) -> None:
    """Make a connection read and write values so."""
    connection.adapters.register_dumper(str, _TextDumper)
    connection.adapters.register_loader("text", _TextLoader)
    connection.adapters.register_dumper(bool, _TruthDumper)


def halfvec(vector: Vector) -> str:
    """A vector as pgvector reads it."""
    return f"[{','.join(map(str, vector.astype(np.float16).tolist()))}]"


def from_halfvecs(values: list[bytes], dim: int) -> Matrix:
    """float32[n, dim] of vectors in pgvector's binary format."""
    numbers = np.frombuffer(b"".join(values), dtype=">f2").reshape(-1, _HALFVEC_HEADER + dim)
    return np.ascontiguousarray(numbers[:, _HALFVEC_HEADER:], dtype=np.float32)
