"""Keeping standard output for the protocol, whatever a dependency prints and at whatever level."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


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


def divert_stdout_for_good() -> None:
    """From now on standard output goes to standard error: the protocol has ended, exit handlers may still print."""
    os.dup2(2, 1)
    sys.stdout = sys.stderr
