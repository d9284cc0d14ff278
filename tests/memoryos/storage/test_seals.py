"""Whether a page is as it was stored: what its digest vouches for."""

from __future__ import annotations

import pytest

from memoryos.storage.seals import content_digest, is_as_stored, page_seal

ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
SAID = ("then", "I live in Bern", "How is it?", None, None)
"""The timestamp as shown, both sides, no metadata and no assistant."""


def row(**changes: object) -> tuple[object, ...]:
    """The values that `is_as_stored` looks at, of a page without a project, some of them changed."""
    names = ("digest", "id", "happened_at", "added_at", "shown", "user", "agent", "meta_data", "assistant", "project")
    sealed = content_digest("I live in Bern", "How is it?", "then", None) + page_seal(ID, 1, 2, *SAID)
    return tuple((dict(zip(names, (sealed, ID, 1, 2, *SAID, None), strict=True)) | changes).values())


def test_a_page_is_as_it_was_stored_while_nothing_of_it_is_changed() -> None:
    assert is_as_stored(*row())


@pytest.mark.parametrize(
    "change",
    [
        {"id": ID[::-1]},
        {"happened_at": 2},
        {"added_at": 1},
        {"shown": "now"},
        {"user": "I live in Baar"},
        {"agent": ""},
        {"meta_data": "{}"},
        {"assistant": "aide"},
        {"project": "boat"},
        {"digest": bytes(32)},
        {"digest": b""},
        {"digest": None},
        {"digest": "0" * 32},
        {"user": None},
        {"user": 7},
        {"agent": b"How is it?"},
        {"happened_at": None},
        {"added_at": "2"},
    ],
)
def test_a_page_is_altered_once_a_single_value_is_another_or_of_another_kind(change: dict[str, object]) -> None:
    assert not is_as_stored(*row(**change))


@pytest.mark.parametrize("given", ["then", None])
def test_the_digest_of_an_earlier_version_vouches_for_what_was_said(given: str | None) -> None:
    digest = content_digest("I live in Bern", "How is it?", given, None)

    assert is_as_stored(*row(digest=digest))
    assert is_as_stored(*row(digest=digest, happened_at=2)), "which it does not cover"
    assert not is_as_stored(*row(digest=digest, user="I live in Baar"))


def test_what_stands_in_one_value_does_not_vouch_for_the_same_in_two() -> None:
    assert page_seal(ID, 1, 2, "then", "ab", "c") != page_seal(ID, 1, 2, "then", "a", "bc")
    assert page_seal(ID, 1, 2, "then", "a", "", None) != page_seal(ID, 1, 2, "then", "a", "", "")
