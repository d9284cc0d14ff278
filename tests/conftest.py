"""Fixtures shared by all tests."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from memoryos import Config, Memoryos, load_config

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

# A shell lets its jobs in the background ignore Ctrl-C, and whatever they start: here it is sent to processes.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

MOST_PROCESSES = 4
"""More would each load the model anew and gain little."""


def pytest_configure(config: pytest.Config) -> None:
    """Run a test that is named by its id, also where it is slow."""
    if config.option.markexpr == "not slow" and _names_tests(config):
        config.option.markexpr = ""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """How many processes share the tests: none for tests named by their ids, which a debugger may then stop in."""
    if _names_tests(config):
        return 0
    return min(MOST_PROCESSES, os.cpu_count() or 1)


def _names_tests(config: pytest.Config) -> bool:
    return all("::" in argument for argument in config.args)


OpenMemory = Callable[..., Memoryos]
"""Opens a memory in the test's folder with further settings; it is closed after the test."""


@pytest.fixture
def make_config(tmp_path: Path) -> Callable[..., Config]:
    """A configuration in the test's folder that consolidates at once, with further settings as keywords."""

    def make(**settings: object) -> Config:
        defaults = {"user_id": "tom", "data_storage_path": str(tmp_path / "data"), "consolidation_idle_seconds": 0}
        return load_config(None, environ={}, arguments={**defaults, **settings})

    return make


@pytest.fixture
def open_memory(make_config: Callable[..., Config]) -> Iterator[OpenMemory]:
    """A function that opens a memory with further settings as keywords."""
    opened: list[Memoryos] = []

    def open_one(**settings: object) -> Memoryos:
        opened.append(Memoryos.open(make_config(**settings)))
        return opened[-1]

    yield open_one
    for memory in opened:
        memory.close()


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Undo what a test or the SDK did to the root logger."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
