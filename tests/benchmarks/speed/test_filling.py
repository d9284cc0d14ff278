"""Memories filled to a size."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.speed.copying import fill_copied
from benchmarks.speed.dialogue import Dialogue
from benchmarks.speed.filling import fill, fill_fast
from memoryos import Config, Memoryos, Pending


@pytest.mark.slow
@pytest.mark.parametrize("way", [fill, fill_fast])
def test_a_filled_memory_holds_the_dialogue_and_has_nothing_left_to_do(
    make_config: Callable[..., Config], way: Callable[..., None]
) -> None:
    config, dialogue, ticks = make_config(), Dialogue(), []
    way(config, dialogue, 0, 12, lambda: ticks.append(1))
    way(config, dialogue, 12, 25, lambda: ticks.append(1))
    with Memoryos.open(config) as memory:
        status = memory.status()
        found = {ranked.page.user_input for ranked in memory.retrieve("the garden fence", 100).pages}
    assert (len(ticks), status.counts.pages, status.pending) == (25, 25, Pending(0, 0, 0))
    assert found <= {dialogue.page(number).user_input for number in range(25)}
    assert found


@pytest.mark.slow
def test_the_short_cut_archives_the_oldest_segments_beyond_capacity(make_config: Callable[..., Config]) -> None:
    config = make_config(mid_term_capacity=2)
    fill_fast(config, Dialogue(), 0, 35, lambda: None)
    with Memoryos.open(config) as memory:
        counts = memory.status().counts
        themes = [segment.theme for segment, _ in memory.segments()]
    assert (counts.segments, counts.archived_segments) == (2, 2)
    assert sorted(themes) == sorted(Dialogue().page(number).user_input[:60] for number in (20, 30))


@pytest.mark.slow
def test_a_memory_grown_by_copies_is_as_sound_as_one_that_was_filled(make_config: Callable[..., Config]) -> None:
    config, ticks = make_config(mid_term_capacity=2), []
    fill_fast(config, Dialogue(), 0, 20, lambda: None)
    fill_copied(config, Dialogue(), 20, 45, lambda: ticks.append(1))
    with Memoryos.open(config) as memory:
        status = memory.status()
        found = [ranked.page for ranked in memory.retrieve("copy1", 3).pages]
    assert (len(ticks), status.counts.pages, status.counts.segments, status.pending) == (25, 45, 2, Pending(0, 0, 0))
    originals = {Dialogue().page(number).user_input for number in range(20)}
    assert {page.user_input.removesuffix(" copy1") for page in found} <= originals
    assert len({page.user_input for page in found}) == 3
