"""Sizes on disk and in memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.speed.footprint import installed_bytes, resident_bytes


def test_the_size_of_an_environment_is_that_of_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "lib" / "b").write_bytes(b"123")
    (tmp_path / "lib" / "same as b").hardlink_to(tmp_path / "lib" / "b")
    assert installed_bytes(tmp_path) == 8


def test_this_process_takes_some_memory() -> None:
    resident = resident_bytes(os.getpid())
    if resident is None:
        pytest.skip("this platform tells it only through psutil")
    assert 5_000_000 < resident < 50_000_000_000
