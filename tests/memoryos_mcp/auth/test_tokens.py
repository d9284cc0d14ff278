"""Tokens of our own: what lets a caller in, and what is kept of it."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import stat
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from memoryos import ConfigError, MemoryOSError
from memoryos.errors import StoreError
from memoryos_mcp.auth.tokens import TokenStore, lasting

START = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)


class Clock:
    """A clock that stands until it is set."""

    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> TokenStore:
    return TokenStore(tmp_path, clock)


def test_a_token_says_whose_it_is_to_every_process(store: TokenStore, tmp_path: Path, clock: Clock) -> None:
    text, token = store.create("alice", lasts=timedelta(days=90))
    service_text, service = store.create("app", is_service=True)
    assert TokenStore(tmp_path, clock).check(text) == token
    assert TokenStore(tmp_path, clock).check(service_text) == service
    assert (token.user_id, token.is_service, token.expires_at) == ("alice", False, START + timedelta(days=90))
    assert (service.user_id, service.is_service, service.expires_at) == ("app", True, None)


def test_only_a_hash_is_kept_and_for_its_owner_only(store: TokenStore, tmp_path: Path) -> None:
    text, token = store.create("alice")
    (file,) = (tmp_path / "tokens").iterdir()
    kept = file.read_text()
    assert text.removeprefix(f"mos_{token.id}_") not in kept
    assert token.sha256 == hashlib.sha256(text.encode()).hexdigest()
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_nothing_but_the_whole_token_is_right(store: TokenStore) -> None:
    text, token = store.create("alice")
    other, _ = store.create("bob")
    secret = other.split("_", 2)[2]
    last = "A" if text[-1] != "A" else "B"
    for wrong in (
        "",
        "mos_",
        token.id,
        text[:-1],
        text[:-1] + last,
        f"{text}A",
        f" {text}",
        f"{text}\n",
        text.upper(),
        f"mos_{token.id}_{secret}",
        f"mos_{'0' * 12}_{secret}",
        f"mos_../{token.id}_{secret}",
        token.sha256,
        "\ud800",
    ):
        assert store.check(wrong) is None, wrong


def test_what_is_compared_takes_the_same_time_whether_the_id_is_known_or_not(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, _ = store.create("alice")
    compared: list[tuple[int, int]] = []
    in_constant_time = hmac.compare_digest

    def recorded(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return in_constant_time(one, other)

    monkeypatch.setattr(hmac, "compare_digest", recorded)
    assert store.check(text) is not None
    assert store.check(f"mos_{'0' * 12}_{'A' * 43}") is None
    assert store.check("no token") is None
    assert compared == [(64, 64)] * 3


def test_a_token_is_valid_until_it_expires(store: TokenStore, clock: Clock) -> None:
    text, token = store.create("alice", lasts=timedelta(minutes=30))
    clock.now = START + timedelta(minutes=30) - timedelta(microseconds=1)
    assert store.check(text) == token
    clock.now = START + timedelta(minutes=30)
    assert store.check(text) is None
    assert store.all() == (token,)


def test_a_revoked_token_is_valid_no_more_anywhere(store: TokenStore, tmp_path: Path, clock: Clock) -> None:
    text, token = store.create("alice")
    kept, _ = store.create("alice")
    TokenStore(tmp_path, clock).revoke(token.id)
    assert store.check(text) is None
    assert store.check(kept) is not None
    with pytest.raises(MemoryOSError, match=f"there is no token '{token.id}'"):
        store.revoke(token.id)


@pytest.mark.parametrize("id_", ["", "../config", "../../config", "0" * 12, "*"])
def test_what_is_no_tokens_id_revokes_nothing(store: TokenStore, tmp_path: Path, id_: str) -> None:
    (tmp_path / "config.json").write_text("{}")
    store.create("alice")
    with pytest.raises(MemoryOSError, match="there is no token"):
        store.revoke(id_)
    assert (len(store.all()), (tmp_path / "config.json").exists()) == (1, True)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"id": 1}', "\x00"])
def test_a_file_that_is_no_tokens_lets_nobody_in_and_harms_no_other(
    store: TokenStore, tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    text, token = store.create("alice")
    broken, lost = store.create("bob")
    (tmp_path / "tokens" / f"{lost.id}.json").write_text(content)
    assert (store.check(broken), store.check(text), store.all()) == (None, token, (token,))
    assert f"{lost.id}.json: this is no token's file" in caplog.text


def test_a_folder_that_cannot_be_read_lets_nobody_in(store: TokenStore, tmp_path: Path) -> None:
    text, token = store.create("alice")
    file = tmp_path / "tokens" / f"{token.id}.json"
    file.unlink()
    file.mkdir()
    with pytest.raises(StoreError, match=f"{token.id}.json: .*; give the server's user access"):
        store.check(text)


@pytest.mark.parametrize("said", ["false", 1, [0], None])
def test_only_what_is_surely_a_services_is_one(store: TokenStore, tmp_path: Path, said: object) -> None:
    text, token = store.create("alice")
    file = tmp_path / "tokens" / f"{token.id}.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "is_service": said}))
    assert store.check(text) == token


def test_tokens_are_listed_in_the_order_of_their_making(store: TokenStore, clock: Clock) -> None:
    assert store.all() == ()
    made = []
    for minute in range(3):
        clock.now = START + timedelta(minutes=minute)
        made.append(store.create(f"user {minute}")[1])
    assert store.all() == tuple(made)


def test_how_long_a_token_lasts_is_said_in_days_hours_or_minutes() -> None:
    assert [lasting(text) for text in ("90d", "12h", "30m")] == [
        timedelta(days=90),
        timedelta(hours=12),
        timedelta(minutes=30),
    ]
    for text in ("", "0d", "90", "d", "-1d", "1.5d", "90 d", "36501d", "9999999d", "٣d"):
        with pytest.raises(ConfigError, match="--expires: accepted: days, hours or minutes"):
            lasting(text)
