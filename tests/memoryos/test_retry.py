"""One policy of waiting: how long after which failure, by a clock that only the test moves."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from memoryos import retry
from memoryos.retry import Rest, RetryPolicy

DOUBLING = RetryPolicy(first_seconds=2.0, longest_seconds=60.0)


class Seconds:
    """A monotonic clock."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def waits(policy: RetryPolicy, failures: int, jitter: random.Random | None = None) -> list[float]:
    return [policy.wait_seconds(earlier, jitter=jitter) for earlier in range(failures)]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (retry.WORK, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]),
        (retry.STEP, [2, 4, 8, 16, 32, 60, 60]),
        (retry.LOADING, [30, 30, 30]),
        (retry.QUERY, [30, 30, 30]),
        (retry.REANALYSIS, [1, 1, 1, 1]),
    ],
)
def test_a_wait_doubles_with_each_failure_up_to_the_longest(policy: RetryPolicy, expected: list[float]) -> None:
    assert waits(policy, len(expected)) == expected


def test_what_fails_for_years_waits_the_longest_and_no_number_overflows() -> None:
    assert DOUBLING.wait_seconds(100_000) == 60.0


def test_processes_do_not_come_back_together() -> None:
    drawn = waits(retry.WORK, 10, random.Random(7))
    other = waits(retry.WORK, 10, random.Random(8))
    draw = random.Random(7)

    assert drawn == [min(300.0, 2.0**earlier) * draw.uniform(0.5, 1.5) for earlier in range(10)]
    assert all(one != two for one, two in zip(drawn, other, strict=True))


def test_what_an_endpoint_asks_for_is_waited_beyond_the_longest() -> None:
    assert DOUBLING.wait_seconds(20, asked_seconds=3_600.0) == 3_660.0


def test_nobody_tries_again_after_as_many_failures_in_a_row_as_the_policy_bears() -> None:
    assert [retry.REANALYSIS.gives_up(failures) for failures in (0, 4, 5, 6)] == [False, False, True, True]
    assert [retry.WORK.gives_up(failures) for failures in (0, 10_000)] == [False, False]


def test_what_never_failed_is_tried_at_once() -> None:
    assert Rest(DOUBLING, Seconds()).is_over


def test_what_failed_rests_longer_each_time_until_it_succeeds() -> None:
    clock = Seconds()
    rest = Rest(DOUBLING, clock)

    for seconds in (2.0, 4.0, 8.0):
        assert rest.failed() == seconds
        clock.now += seconds - 0.5
        assert not rest.is_over
        clock.now += 0.5
        assert rest.is_over
    assert rest.failures == 3

    rest.succeeded()
    assert (rest.failures, rest.is_over, rest.failed()) == (0, True, 2.0)


def test_a_rest_is_as_long_as_the_endpoint_asks() -> None:
    clock = Seconds()
    rest = Rest(DOUBLING, clock)

    assert rest.failed(asked_seconds=60.0) == 62.0
    clock.now += 61.0
    assert not rest.is_over
    clock.now += 1.0
    assert rest.is_over


def test_what_was_given_up_is_never_tried_again() -> None:
    clock: Callable[[], float] = Seconds()
    rest = Rest(RetryPolicy(0.0, 0.0, most_failures=2), clock)

    rest.failed()
    assert (rest.is_over, rest.is_given_up) == (True, False)
    rest.failed()
    assert (rest.is_over, rest.is_given_up) == (False, True)
