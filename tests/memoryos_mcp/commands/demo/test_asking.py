"""Asking on at the end of the demo."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from memoryos import Config, Memoryos
from memoryos_mcp.commands.demo.asking import ask_on


def typed(*lines: str) -> Callable[[str], str]:
    """What a person types, and then nothing more."""
    left: Iterator[str] = iter(lines)

    def read_line(prompt: str) -> str:
        assert prompt == "Your question (Enter ends): "
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return read_line


def test_questions_are_answered_until_an_empty_line(
    make_config: Callable[..., Config], capsys: pytest.CaptureFixture[str]
) -> None:
    config = make_config()
    with Memoryos.open(config) as memory:
        memory.add_memory("I moved to Lyon.", "Noted.", timestamp="2026-03-01 12:00:00")

    ask_on(config, typed("Where did I move to?", "x" * 200_001, "", "never asked"))

    said = capsys.readouterr().out
    assert said.startswith("\nAsk it something yourself.\n")
    assert said.count("I moved to Lyon.") == 1
    assert said.splitlines()[-1].startswith("query: got 200001 characters")


def test_the_end_of_the_input_ends_it(make_config: Callable[..., Config], capsys: pytest.CaptureFixture[str]) -> None:
    ask_on(make_config(), typed())

    assert capsys.readouterr().out == "\nAsk it something yourself.\n\n"
