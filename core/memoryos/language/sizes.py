"""How large a text is to a language model."""

from __future__ import annotations

from typing import Final

BYTES_PER_TOKEN: Final = 4
"""UTF-8 bytes to a token, about; nobody here knows which tokenizer a model has."""


def tokens(*texts: str) -> int:
    """The size of texts together in tokens, estimated as UTF-8 bytes / 4, rounded up."""
    return tokens_of_bytes(sum(len(text.encode()) for text in texts))


def tokens_of_bytes(count: int) -> int:
    """The same for texts of so many bytes."""
    return -(-count // BYTES_PER_TOKEN)
