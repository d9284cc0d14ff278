"""What is indexed of a page beside its text."""

from __future__ import annotations

import pytest

from memoryos.storage import index_rows
from memoryos.storage.index_rows import counted_stems, stem_id


def test_the_stems_of_a_page_stand_by_their_ids_with_their_counts() -> None:
    stems = {"leek": 2, "soup": 1, "ski": 70_000}

    ids, counts = counted_stems(stems)

    in_order = sorted(stems, key=stem_id)
    assert (ids.tolist(), ids.dtype.name) == ([stem_id(stem) for stem in in_order], "uint32")
    assert (counts.tolist(), counts.dtype.name) == ([min(stems[stem], 65_535) for stem in in_order], "uint16")
    assert [column.tolist() for column in counted_stems({})] == [[], []]


def test_stems_that_share_an_id_count_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_rows, "stem_id", len)

    ids, counts = counted_stems({"ski": 1, "soup": 2, "leek": 3})

    assert (ids.tolist(), counts.tolist()) == ([3, 4], [1, 5])
