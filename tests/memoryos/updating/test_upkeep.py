"""The small work around the tiers: when the store is maintained, and what becomes of visits."""

from __future__ import annotations

import logging
from contextlib import ExitStack

import pytest
from engine import Clock, OpenEngine

from memoryos.updating.upkeep import FIRST_UPKEEP_SECONDS, UPKEEP_SECONDS, Upkeep, Visits


def test_a_store_is_maintained_a_minute_after_opening_and_every_ten_minutes_then(open_engine: OpenEngine) -> None:
    engine, monotonic = open_engine(), [0.0]
    engine.add("soup: refused by the embedder")
    upkeep = Upkeep(engine.store, engine.clock, lambda: monotonic[-1])
    tried_again = []

    first, second = FIRST_UPKEEP_SECONDS, FIRST_UPKEEP_SECONDS + UPKEEP_SECONDS
    for seconds in (first - 1, first, second - 1, second):
        claim = engine.store.claim("embed", "one", lease_seconds=30, now=engine.clock())
        assert claim is not None
        monotonic.append(seconds)
        engine.store.commit_refusal(claim, 1, "EmbeddingRefusalError", now=engine.clock())
        engine.clock.advance(86_400)
        assert not upkeep.run()
        tried_again.append(len(engine.store.unembedded_pages(1)))

    assert tried_again == [0, 1, 0, 1]


@pytest.mark.parametrize("trouble", ["locked", "closed"])
def test_visits_that_cannot_be_saved_are_given_up_with_a_word(
    open_engine: OpenEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    """They are saved while a memory closes, which must go on."""
    monkeypatch.setattr("memoryos.storage.sqlite.database.BUSY_TIMEOUT_SECONDS", 0.05)
    store, holder = open_engine().store, open_engine().store
    visits = Visits(store, Clock())
    visits.add({1: 2})

    with ExitStack() as around:
        if trouble == "locked":
            around.enter_context(holder._database.write())
        else:
            store.close()
        visits.save()

    (record,) = caplog.records
    assert (record.levelno, record.getMessage().partition(": ")[0]) == (
        logging.WARNING,
        "the last visits of segments are not counted",
    )
