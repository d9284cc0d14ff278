"""The languages that dates are read in: one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from memoryos.language import (
    chinese,
    dutch,
    english,
    french,
    german,
    indonesian,
    italian,
    japanese,
    korean,
    polish,
    portuguese,
    russian,
    spanish,
    turkish,
)

if TYPE_CHECKING:
    from memoryos.language.base import Asking, Language

LANGUAGES: Final[tuple[Language, ...]] = (
    english.LANGUAGE,
    german.LANGUAGE,
    french.LANGUAGE,
    spanish.LANGUAGE,
    italian.LANGUAGE,
    portuguese.LANGUAGE,
    indonesian.LANGUAGE,
    dutch.LANGUAGE,
    russian.LANGUAGE,
    polish.LANGUAGE,
    turkish.LANGUAGE,
    chinese.LANGUAGE,
    japanese.LANGUAGE,
    korean.LANGUAGE,
)
"""Where two languages read a text alike, the first one's reading is taken."""

ASKINGS: Final[tuple[Asking, ...]] = (
    english.ASKING,
    german.ASKING,
    french.ASKING,
    spanish.ASKING,
    italian.ASKING,
    portuguese.ASKING,
    dutch.ASKING,
    indonesian.ASKING,
    polish.ASKING,
    russian.ASKING,
    turkish.ASKING,
    chinese.ASKING,
    japanese.ASKING,
    korean.ASKING,
)
"""How questions and empty answers are told apart."""
