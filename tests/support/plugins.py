"""A package of somebody else that is installed for a test."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest


def install(monkeypatch: pytest.MonkeyPatch, folder: Path, source: str, **entries: str) -> None:
    """Install the distribution `acme` of one module `acme`, with an entry point in each of these `memoryos.` groups."""
    folder.mkdir(parents=True)
    (folder / "acme.py").write_text(source, encoding="utf-8")
    metadata = folder / "acme-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n", encoding="utf-8")
    lines = [f"[memoryos.{group}]\n{entry}\n" for group, entry in entries.items()]
    (metadata / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    # Imported anew by each test, and gone after it.
    monkeypatch.setitem(sys.modules, "acme", ModuleType("acme"))
    del sys.modules["acme"]
