"""How large texts are to a language model."""

from __future__ import annotations

import pytest

from memoryos.language.sizes import tokens, tokens_of_bytes


@pytest.mark.parametrize(
    ("texts", "size"), [((), 0), (("",), 0), (("a",), 1), (("tea!",), 1), (("tea", "pot"), 2), (("上海",), 2)]
)
def test_a_token_is_four_bytes_of_all_texts_together_and_a_begun_one_counts(texts: tuple[str, ...], size: int) -> None:
    assert tokens(*texts) == size
    assert tokens_of_bytes(sum(len(text.encode()) for text in texts)) == size
