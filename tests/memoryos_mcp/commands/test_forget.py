"""Forgetting as a user does it, with the command, and as an agent does it, where its user allows that."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import CONFIG_ERROR, run
from mcp import Client
from tool_calls import called, refused

from memoryos import Config, Memoryos
from memoryos.storage.paths import file_of
from memoryos_mcp.hooks.spool import Spool
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession

OpenSession = Callable[..., MemorySession]

NOBODYS = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

# The command


@pytest.fixture
def pages(make_config: Callable[..., Config]) -> list[str]:
    """The ids of the exchanges of a memory that was worked through and closed."""
    with Memoryos.open(make_config(short_term_capacity=1)) as memory:
        ids = [
            memory.add_memory(text, "I see.", "2026-03-01 12:00:00").page.id
            for text in ("I live in Bern.", "My sister's name is Ada. " * 4, "I own a boat.")
        ]
        memory.wait_until_idle()
        memory.force_mid_term_analysis()
    return ids


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"user_id": "tom", "data_storage_path": "data"}), encoding="utf-8")
    return file


def test_exchanges_are_shown_and_forgotten_with_what_stood_on_them(
    tmp_path: Path, config: Path, pages: list[str], make_config: Callable[..., Config]
) -> None:
    done = run("forget", "--config", config, "--yes", pages[0].lower(), pages[1], cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    first, second, last = done.stdout.splitlines()
    assert first == f"{pages[0]}  2026-03-01 12:00:00  I live in Bern. I see."
    assert second == f"{pages[1]}  2026-03-01 12:00:00  My sister's name is Ada. My sister's name is Ada. My sister…"
    assert last.startswith("Forgot 2 exchanges, and 2 facts and 0 traits that stood on what was said there.")
    with Memoryos.open(make_config()) as memory:
        assert [page.user_input for page in memory.retrieve("Bern").short_term] == ["I own a boat."]
        assert [fact.text for fact in memory.user_knowledge()] == ["I own a boat."]


def test_without_yes_nothing_is_forgotten(
    tmp_path: Path, config: Path, pages: list[str], make_config: Callable[..., Config]
) -> None:
    done = run("forget", "--config", config, pages[0], cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == ["Nothing was changed; add --yes to begin."]
    with Memoryos.open(make_config()) as memory:
        assert memory.status().counts.pages == 3


@pytest.mark.parametrize(("option", "stays"), [("--yes", False), ("--dry-run", True)])
def test_a_prompt_that_waits_is_forgotten_where_no_exchange_speaks_of_it(
    tmp_path: Path, config: Path, pages: list[str], make_config: Callable[..., Config], option: str, stays: bool
) -> None:
    spool = Spool(str(file_of(make_config())), "claude-code", "s1")
    spool.keep("My walrus is Bob.", "t1", 1_770_000_000.0)

    done = run("forget", "--config", config, "--about", "walrus", option, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert [prompt.text for prompt in spool.waiting()] == ["My walrus is Bob." if stays else ""]
    with Memoryos.open(make_config()) as memory:
        assert [page.id for page in memory.browsing.pages(9).pages[::-1]] == pages


def test_an_id_that_is_none_of_the_users_is_named_and_nothing_is_forgotten(
    tmp_path: Path, config: Path, pages: list[str], make_config: Callable[..., Config]
) -> None:
    done = run("forget", "--config", config, "--yes", pages[0], NOBODYS, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (CONFIG_ERROR, "")
    (line,) = done.stderr.splitlines()
    assert line == f"memoryos: page_ids: got '{NOBODYS}'; accepted: ids of stored exchanges; nothing was forgotten"
    with Memoryos.open(make_config()) as memory:
        assert memory.status().counts.pages == 3


def test_no_memory_is_made_where_there_is_none(tmp_path: Path, config: Path) -> None:
    done = run("forget", "--config", config, NOBODYS, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (CONFIG_ERROR, "")
    assert "no such file; set user_id and data_storage_path to those of a memory that was used before" in done.stderr
    assert not (tmp_path / "data").exists()


# The tool


async def test_agents_cannot_forget_unless_their_user_allows_it(client: Client) -> None:
    async with client:
        assert [tool.name for tool in (await client.list_tools()).tools] == [
            "add_memory",
            "retrieve_memory",
            "get_user_profile",
        ]


@pytest.fixture
def allowed(open_session: OpenSession) -> Client:
    return Client(build_server(open_session(forget_tool=True)))


async def test_the_tool_says_that_it_destroys(allowed: Client) -> None:
    async with allowed as client:
        *_, tool = (await client.list_tools()).tools
    assert tool.name == "forget_memory"
    assert tool.annotations is not None
    assert (tool.annotations.read_only_hint, tool.annotations.destructive_hint) == (False, True)


async def test_an_agent_forgets_what_its_user_wants_forgotten(allowed: Client) -> None:
    async with allowed as client:
        added = await called(client, "add_memory", user_input="I owe Tom money.", agent_response="Noted.")
        await called(client, "add_memory", user_input="I own a boat.", agent_response="Nice.")

        reply = await called(client, "forget_memory", page_ids=[added["details"]["id"]], confirm=True)

        recalled = await called(client, "retrieve_memory", query="Whom do I owe money?")
    assert reply == {
        "status": "success",
        "message": "Forgot 1 exchange, and 0 facts and 0 traits that stood on what was said there.",
        "pages": 1,
        "facts": 0,
        "traits": 0,
        "overwritten": True,
    }
    assert recalled["short_term_memory"] == []
    assert [page["user_input"] for page in recalled["retrieved_pages"]] == ["I own a boat."]


@pytest.mark.parametrize(
    ("ids", "refusal"),
    [
        ([NOBODYS], f"page_ids: got '{NOBODYS}'; accepted: ids of stored exchanges; nothing was forgotten"),
        ([], "page_ids: got 0 ids; accepted: 1 to 500"),
        (
            NOBODYS,
            "page_ids: got a text that is not shown; "
            "accepted: a list (ids of exchanges, as retrieve_memory gives them)",
        ),
        ([7], "page_ids: got 7; accepted: a list (ids of exchanges, as retrieve_memory gives them)"),
    ],
)
async def test_ids_that_do_not_fit_are_refused_in_one_line(allowed: Client, ids: object, refusal: str) -> None:
    async with allowed as client:
        assert await refused(client, "forget_memory", page_ids=ids) == f"Error executing tool forget_memory: {refusal}"
