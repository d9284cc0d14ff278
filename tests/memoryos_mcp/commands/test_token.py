"""`token`: users are let in, shown, and let in no more."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_line import CONFIG_ERROR, run


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"data_storage_path": "data", "auth": "tokens", "transport": "streamable-http"}))
    return path


def test_a_token_is_shown_once_listed_by_its_id_and_revoked(config: Path, tmp_path: Path) -> None:
    made = run("token", "create", "--config", config, "--user", "alice", "--expires", "90d", cwd=tmp_path)
    assert made.returncode == 0
    found = re.fullmatch(r"mos_([0-9a-f]{12})_[\w-]{43}\n", made.stdout)
    assert found is not None
    assert "It is shown this once; only a hash of it is kept." in made.stderr
    service = run("token", "create", "--config", config, "--user", "my-app", "--service", cwd=tmp_path)
    assert service.returncode == 0

    listed = run("token", "list", "--config", config, cwd=tmp_path)
    time = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"
    assert listed.returncode == 0
    lines = sorted(line.partition("  ")[2] for line in listed.stdout.splitlines())
    assert re.fullmatch(rf"service my-app  made {time}, until revoked", lines[0])
    assert re.fullmatch(rf"user alice  made {time}, until {time}", lines[1])
    assert [text for text in (made.stdout.strip(), service.stdout.strip()) if text in listed.stdout] == []

    gone = run("token", "revoke", "--config", config, found[1], cwd=tmp_path)
    assert (gone.returncode, gone.stdout) == (0, f"token {found[1]} is revoked\n")
    again = run("token", "revoke", "--config", config, found[1], cwd=tmp_path)
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.startswith(f"memoryos: there is no token '{found[1]}'")
    assert "alice" not in run("token", "list", "--config", config, cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--user", "alice", "--expires", "soon"), "--expires: accepted: days, hours or minutes"),
        (("--user", "a\tb"), "--user: accepted: text without control characters"),
        (("--user", ""), "--user: accepted: 1 to 128 characters"),
    ],
)
def test_a_token_that_cannot_be_is_not_made(
    config: Path, tmp_path: Path, options: tuple[str, ...], problem: str
) -> None:
    ended = run("token", "create", "--config", config, *options, cwd=tmp_path)
    assert (ended.returncode, ended.stdout, problem in ended.stderr) == (CONFIG_ERROR, "", True)
    assert run("token", "list", "--config", config, cwd=tmp_path).stdout == "there are no tokens\n"


def test_who_makes_tokens_for_a_server_that_asks_for_none_is_told(tmp_path: Path) -> None:
    made = run("token", "create", "--user", "alice", cwd=tmp_path, MEMORYOS_DATA_STORAGE_PATH=str(tmp_path / "data"))
    assert (made.returncode, 'set auth to "tokens"' in made.stderr) == (0, True)
