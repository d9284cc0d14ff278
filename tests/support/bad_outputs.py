"""Twenty bad answers of real small models, as they came."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BadOutput:
    """An answer nobody could use: what is wrong with it, how it ended, its text."""

    kind: str
    why: str
    model: str
    finish_reason: str
    text: str


def bad_outputs() -> tuple[BadOutput, ...]:
    """All of them, in the order of their collection."""
    lines = Path(__file__).with_name("bad_outputs.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(BadOutput(**json.loads(line)) for line in lines)
