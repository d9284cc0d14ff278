"""Where a user's file lies."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryos.storage.paths import memory_file, user_folder

user_ids = st.text(st.characters(codec="utf-8"), min_size=1, max_size=128)


@pytest.mark.parametrize(
    ("user_id", "folder"),
    [
        ("tom", "tom-e1608f75c5d7813f"),
        ("Tom", "Tom-81f3bf42a93cf18d"),
        ("../../etc/passwd", "etcpasswd-3754d6cb3a38e118"),
        ("user@example.com", "userexamplecom-b4c9a289323b21a0"),
        ("a" * 128, "aaaaaaaaaaaaaaaaaaaaaaaa-6836cf13bac400e9"),
        ("汤姆", "-1389c86862b257a3"),
        ("CON", "CON-a3dbc4b644a9a2c5"),
    ],
)
def test_a_folder_is_the_safe_characters_of_the_user_id_and_its_digest(user_id: str, folder: str) -> None:
    """Pinned: another name for the same user would be a lost memory."""
    assert user_folder(user_id) == folder


@given(user_ids)
def test_any_user_id_gives_a_name_that_every_file_system_takes(user_id: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_]{0,24}-[0-9a-f]{16}", user_folder(user_id))


@given(user_ids, user_ids)
def test_different_users_have_different_folders_whatever_the_case_rules(one: str, other: str) -> None:
    assert (user_folder(one).lower() == user_folder(other).lower()) == (one == other)


def test_a_users_memory_is_one_file_under_the_data_folder() -> None:
    assert memory_file(Path("data"), "tom") == Path("data/users/tom-e1608f75c5d7813f/memory.db")
