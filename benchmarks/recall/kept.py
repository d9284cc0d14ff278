"""Findings kept in a folder, so that a run that was stopped goes on and one method is measured anew alone."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

from benchmarks.recall.findings import Finding

FINDINGS_HELP = "what was measured is kept there and not measured again (default: all is measured)"


class KeptFindings:
    """Files of findings, one for each conversation and method, under how the questions were put.

    Nothing tells a finding of an older ranking from one of today: `forget` the method after a change to it.
    """

    def __init__(self, folder: Path, asked: str) -> None:
        self._folder = folder / _name(asked)

    def of(self, set_name: str, conversation: str, method: str) -> list[Finding] | None:
        """What is kept; None where nothing is."""
        file = self._file(set_name, conversation, method)
        if not file.is_file():
            return None
        return [Finding.of(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]

    def keep(self, set_name: str, conversation: str, method: str, findings: Iterable[Finding]) -> None:
        """Keep all that a method found in a conversation."""
        file = self._file(set_name, conversation, method)
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".unfinished")
        lines = (json.dumps(finding.record(), ensure_ascii=False) + "\n" for finding in findings)
        unfinished.write_text("".join(lines), encoding="utf-8")
        os.replace(unfinished, file)

    def forget(self, methods: Iterable[str]) -> None:
        """Remove what these methods found in all conversations, with whatever weights."""
        for method in methods:
            for file in self._folder.glob(f"*/*/{_name(method)}*.jsonl"):
                file.unlink()

    def _file(self, set_name: str, conversation: str, method: str) -> Path:
        return self._folder / _name(set_name) / _name(conversation) / f"{_name(method)}.jsonl"


def _name(text: str) -> str:
    """A name for a file, of no other text."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "-", text)[:60]
    return plain if plain == text else f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
