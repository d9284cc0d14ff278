"""Hooks in clients' files: put in once, found again, and taken out to the byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memoryos.errors import ConfigError
from memoryos_mcp.clients.hooking import HOOKED, Hooked, command_lines, hooking, hooks_of, unhooking

OWN = '{ "model": "opus",\n  "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "say done"}]}]}\n}\n'


def put_in(hooked: Hooked, path: Path) -> None:
    hooking(hooked, path, command_lines(hooked, "/usr/bin/python", "/etc/my config.json", windows=False)).write()


@pytest.mark.parametrize("hooked", HOOKED.values(), ids=list(HOOKED))
@pytest.mark.parametrize("before", [None, "{}", OWN, '{\n  // mine\n  "theme": "dark",\n}\n'])
def test_hooks_go_in_once_and_out_to_the_byte(hooked: Hooked, before: str | None, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    if before is not None:
        path.write_text(before, encoding="utf-8")

    put_in(hooked, path)
    first = path.read_text(encoding="utf-8")
    put_in(hooked, path)

    assert path.read_text(encoding="utf-8") == first
    assert set(hooks_of(first)) == set(hooked.events)
    taken_out = unhooking(hooked, path)
    assert taken_out is not None
    taken_out.write()
    assert (path.read_text(encoding="utf-8") if path.exists() else None) == before
    assert unhooking(hooked, path) is None


def test_what_a_user_changed_since_stays(tmp_path: Path) -> None:
    hooked, path = HOOKED["claude-code"], tmp_path / "settings.json"
    path.write_text(OWN, encoding="utf-8")
    put_in(hooked, path)
    path.write_text(path.read_text(encoding="utf-8").replace("opus", "sonnet"), encoding="utf-8")

    taken_out = unhooking(hooked, path)
    assert taken_out is not None
    taken_out.write()

    assert json.loads(path.read_text(encoding="utf-8")) == json.loads(OWN.replace("opus", "sonnet"))


@pytest.mark.parametrize("text", ["[]", "{", '{"hooks": {"Stop": 7}}'])
def test_a_file_that_is_not_as_expected_stays_as_it_is(text: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match="nothing was changed"):
        put_in(HOOKED["claude-code"], path)

    assert path.read_text(encoding="utf-8") == text
