"""When a kind of work may be claimed: leases, waits after failures, and clocks that were wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
from store_work import NOON

from memoryos.errors import ClaimLostError
from memoryos.storage.claims import LONGEST_LEASE, WorkState, check_holder
from memoryos.storage.plans import Claim

HELD = WorkState(holder="one", expires_at=NOON + timedelta(seconds=30), attempts=2, content_failures=1, batch=5)
SECOND = timedelta(seconds=1)


def test_work_that_nobody_does_is_anybodys() -> None:
    taken = WorkState().taken("one", lease_seconds=30, now=NOON)

    assert taken == WorkState(holder="one", expires_at=NOON + timedelta(seconds=30))
    assert taken.claim("embed") == Claim("embed", "one")


@pytest.mark.parametrize(
    ("holder", "ahead", "is_free"),
    [
        ("one", 30 * SECOND, True),
        ("two", 30 * SECOND, False),
        ("two", SECOND, False),
        ("two", 0 * SECOND, True),
        ("two", LONGEST_LEASE, False),
        ("two", LONGEST_LEASE + SECOND, True),
    ],
)
def test_a_lease_keeps_others_away_until_it_ends_unless_no_clock_could_have_given_it(
    holder: str, ahead: timedelta, is_free: bool
) -> None:
    held = WorkState(holder="one", expires_at=NOON + ahead)

    assert (held.taken(holder, lease_seconds=30, now=NOON) is not None) == is_free


@pytest.mark.parametrize(("passed", "is_free"), [(59, False), (60, True), (-1, True)])
def test_a_failure_keeps_everybody_away_for_its_wait_unless_it_is_yet_to_come(passed: int, is_free: bool) -> None:
    failed = HELD.failed("EmbeddingError", wait_seconds=60, now=NOON)

    taken = failed.taken("one", lease_seconds=30, now=NOON + timedelta(seconds=passed))

    assert (taken is not None) == is_free


def test_a_failure_is_counted_and_success_forgets_all_but_what_a_model_can_read() -> None:
    failed = HELD.failed("EmbeddingError", wait_seconds=60, now=NOON)

    assert failed == WorkState(
        attempts=3,
        not_before=NOON + timedelta(seconds=60),
        error="EmbeddingError",
        failed_at=NOON,
        content_failures=1,
        batch=5,
    )
    assert failed.released() == WorkState(content_failures=1, batch=5)


def test_work_whose_pages_are_no_longer_so_is_taken_from_its_holder_and_its_failures_stay() -> None:
    assert HELD.withdrawn() == WorkState(attempts=2, content_failures=1, batch=5)


@pytest.mark.parametrize("holder", ["two", None])
def test_a_commit_of_who_does_not_hold_the_work_is_refused(holder: str | None) -> None:
    check_holder(Claim("embed", "one"), "one")

    with pytest.raises(ClaimLostError, match=r"^embed: another worker took over"):
        check_holder(Claim("embed", "one"), holder)


def test_nobody_has_no_claim() -> None:
    with pytest.raises(ValueError, match="nobody holds embed"):
        WorkState().claim("embed")
