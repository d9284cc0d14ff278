"""Nothing of one project is ever seen from another, whatever is done in whatever order."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from projects_apart import Apart, check_stored

MANY = int(os.environ.get("MEMORYOS_TEST_OPERATIONS", "10000"))
IN_ONE_MEMORY = 500


@settings(max_examples=8, deadline=None, database=None)
@given(seed=st.integers(0, 2**32), operations=st.integers(1, 120))
def test_no_recall_fact_topic_or_batch_of_a_project_holds_a_word_of_another(seed: int, operations: int) -> None:
    assert done(seed, operations) >= operations


@pytest.mark.slow
def test_many_operations_bleed_nothing() -> None:
    total = sum(done(seed, IN_ONE_MEMORY) for seed in range(MANY // IN_ONE_MEMORY))
    sys.stdout.write(f"{total} operations, nothing of another project in what they gave\n")
    assert total >= MANY


def done(seed: int, operations: int) -> int:
    """Do so many operations on a new memory, which moves into another one half-way; how many were done."""
    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as lookups:
        path = Path(folder) / "memory.db"
        apart = Apart(path, seed, lookups)
        try:
            apart.run(operations - operations // 2)
            apart.engine.finish()
            check_stored(path)
            apart.move()
            apart.run(operations // 2)
        finally:
            apart.close()
        return apart.operations.total()
