"""Words that mean the same in several languages."""

from __future__ import annotations

import pytest

from memoryos.analyst.statements.concepts import concepts


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["we've", "moved"], ["we", "move"]),
        (["ich", "bin", "umgezogen"], ["i", "move"]),
        (["я", "переехал"], ["i", "move"]),
        (["我搬家了"], ["i", "move", "home"]),
        (["引っ越しました"], ["move"]),
        (["이사했어요"], ["move"]),
        (["doesn't"], ["not"]),
        (["zebra"], []),
    ],
)
def test_the_same_is_meant_in_every_language(words: list[str], meant: list[str]) -> None:
    assert concepts(words) == meant
