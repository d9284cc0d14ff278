"""The standard streams as the protocol needs them: there, and output kept for it whatever else prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO


def ensure_standard_streams() -> None:
    """Put the null device where the process was started without a standard stream, as by pythonw.

    Otherwise the next file that is opened takes its place, and gets what is printed.
    """
    missing = [descriptor for descriptor, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)) if stream is None]
    if not missing:
        return
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in missing:
        os.dup2(null, descriptor)
    if null not in missing:
        os.close(null)
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


@contextmanager
def stdout_diverted() -> Iterator[None]:
    """While inside, everything written to standard output, by Python or by C, goes to standard error."""
    python_stdout = sys.stdout
    with claimed_stdout() as wire:
        try:
            yield
        finally:
            sys.stderr.flush()
            sys.stdout = python_stdout
            os.dup2(wire.fileno(), 1)


def claimed_stdin() -> BinaryIO:
    """Standard input, for the caller alone: whoever else reads it finds its end.

    A library that looks at it while it loads could wait, on Windows, for what the caller's own reading waits for.
    """
    wire = os.fdopen(os.dup(0), "rb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    return wire


def claimed_stdout() -> BinaryIO:
    """Standard output, for the caller alone: what is written to it otherwise goes to standard error from now on."""
    sys.stdout.flush()
    wire = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return wire
