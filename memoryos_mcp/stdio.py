"""The standard streams as the protocol needs them: output kept for it whatever else prints, input that can be read."""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, TextIO

if TYPE_CHECKING:
    from typing_extensions import Buffer

_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)
"""A pair of surrogates, half of one, or any other escape."""


@contextmanager
def stdout_diverted() -> Iterator[None]:
    """While inside, everything written to standard output, by Python or by C, goes to standard error.

    The SDK does the same while it serves; this covers the time before and after.
    """
    if sys.stdout is None:  # pythonw: there is no standard output to protect
        yield
        return
    sys.stdout.flush()
    wire = os.dup(1)
    python_stdout = sys.stdout
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    try:
        yield
    finally:
        sys.stderr.flush()
        sys.stdout = python_stdout
        os.dup2(wire, 1)
        os.close(wire)


def with_whole_characters(stream: TextIO) -> TextIO:
    """A stream of JSON lines in which half a character, as JavaScript writes when it cuts a text there, is a mark.

    The SDK drops a line that holds one without an answer: the client would wait for ever, and the page be lost.
    """
    return io.TextIOWrapper(io.BufferedReader(_Mended(stream.buffer)), encoding="utf-8", errors="replace")


class _Mended(io.RawIOBase):
    def __init__(self, lines: BinaryIO) -> None:
        self._lines = lines
        self._line = io.BytesIO()

    def readable(self) -> bool:
        return True

    def readinto(self, room: Buffer) -> int:
        read = self._line.readinto(room)
        if not read:
            self._line = io.BytesIO(_mended(self._lines.readline()))
            read = self._line.readinto(room)
        return read


def _mended(line: bytes) -> bytes:
    line = line.removeprefix(codecs.BOM_UTF8)
    if b"\\u" not in line:
        return line
    return _ESCAPE.sub(lambda escape: rb"\ufffd" if escape[1] else escape[0], line)


def divert_stdout_for_good() -> None:
    """From now on standard output goes to standard error: the protocol has ended, exit handlers may still print."""
    os.dup2(2, 1)
    sys.stdout = sys.stderr
