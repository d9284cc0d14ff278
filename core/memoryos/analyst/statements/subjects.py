"""Whom a statement is about: the user or one of the user's people."""
from __future__ import annotations
def subject_of(sentence: str, slot: str | None) -> str:
    return "user"
