"""What is kept back, and which errors say that there is no memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from memoryos import MemoryOSError
from memoryos_mcp.transport import serving
from memoryos_mcp.transport.headroom import ran_out

LIMITED = """
import mmap, resource
from memoryos_mcp.transport.headroom import Headroom
headroom = Headroom()
print(headroom.is_enough_for(b"x"))
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
before = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (used + 4_000_000, before[1]))
print(headroom.is_enough_for(b"x"))
headroom.spend()
mmap.mmap(-1, 15_000_000).close()
print("room for a refusal")
resource.setrlimit(resource.RLIMIT_AS, before)
print(headroom.is_enough_for(b"x"))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much a process may have")
def test_a_refusal_finds_the_room_that_nothing_else_gets() -> None:
    done = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.splitlines() == ["True", "False", "room for a refusal", "True"]


class Panic(BaseException):
    """What a panic in Rust looks like."""


Panic.__module__ = "pyo3_runtime"


class Several(Exception):
    """A group of errors, which Python 3.10 does not have by itself."""

    exceptions = (ValueError(), Panic())


@pytest.mark.parametrize(
    ("error", "did"),
    [(MemoryError(), True), (Panic(), True), (Several(), True), (ValueError(), False), (KeyboardInterrupt(), False)],
)
def test_an_error_tells_whether_memory_ran_out(error: BaseException, did: bool) -> None:
    assert ran_out(error) is did


def test_a_server_that_cannot_go_on_without_memory_ends_with_one_line() -> None:
    with pytest.raises(MemoryOSError, match="the server got no memory where it needs some"), serving._ended_by_name():
        raise Several
    with pytest.raises(ValueError, match="another"), serving._ended_by_name():
        raise ValueError("another")
