"""Which messages greet or thank and ask for nothing."""

from __future__ import annotations

import pytest

from memoryos.language.phatic import is_phatic


@pytest.mark.parametrize(
    "text",
    [
        *("hi", "Hello there!", "thanks a lot!", "ok great", "👋", "How are you?", "Guten Morgen", "merci beaucoup"),
        *("你好！", "谢谢", "こんにちは", "안녕하세요", "спасибо", "¡Buenos días!"),
    ],
)
def test_a_greeting_is_one(text: str) -> None:
    assert is_phatic(text)


@pytest.mark.parametrize(
    "text",
    [
        *("Hi, where do I live?", "good restaurants", "What's my name?", "thanks, and when is the dentist?", "Rex"),
        *("我住在哪里？", "Good morning routine", "Wo wohne ich?"),
    ],
)
def test_what_asks_for_something_is_none(text: str) -> None:
    assert not is_phatic(text)
